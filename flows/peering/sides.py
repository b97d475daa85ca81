"""The two VPCs of a connection, each with what is looked at and done on its side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flows.aws import addresses, group_rules, route_tables, security_groups, vpc_peering, vpc_peering_routes, vpcs
from flows.aws.addresses import Network
from flows.aws.group_rules import GroupRule
from flows.aws.ip_permissions import Rule, Service
from flows.aws.route_tables import Route, RouteTable
from flows.aws.security_groups import SecurityGroup
from flows.aws.vpc_peering import Connection
from flows.aws.vpc_peering_requests import Parties
from flows.aws.vpcs import Vpc
from flows.engine import Action, Cloud, Identity, Late, Use
from flows.engine.elsewhere import There, moved

LEAVE, REPLACE = "leave", "replace"
Rules = tuple[Rule, ...] | tuple[GroupRule, ...]


@dataclass(frozen=True)
class Side:
    """One side, as far as one may look there and change something.

    Args:
        cloud: the account and region of that side.
        vpc: its VPC.
        tables: the route tables that get routes to the other side.
        groups: the security groups that let the other side in.
        services: what these let it use.
        ranges: the networks of the VPC to which the other side gets routes.
        replace: whether a route that leads elsewhere is let lead to the connection.
        named: the other side's security groups that may come in; none where its networks may.
        named_of: the account of these, where it is another.
    """

    cloud: Cloud
    vpc: Vpc
    tables: tuple[RouteTable, ...] = ()
    groups: tuple[SecurityGroup, ...] = ()
    services: tuple[Service, ...] = ()
    ranges: tuple[Network, ...] = ()
    replace: str = LEAVE
    named: tuple[SecurityGroup, ...] = ()
    named_of: str = ""

    @property
    def region(self) -> str:
        """As a call says it: empty where it is the run's own."""
        return self.cloud.region if isinstance(self.cloud, There) else ""

    @property
    def profile(self) -> str:
        return self.cloud.profile if isinstance(self.cloud, There) else ""

    def here(self, action: Action) -> Action:
        """The action, done on this side."""
        return moved(action, self.region, self.profile)

    def globally(self, action: Action) -> Action:
        """The action, done in this side's account by a service that has no regions."""
        return moved(action, "", self.profile)

    @cached_property
    def shown(self) -> str:
        return vpcs.shown(self.vpc)

    @property
    def called(self) -> str:
        """The VPC's name, or its id where it has none."""
        return self.vpc.name or self.vpc.id

    def ways(self, ranges: tuple[Network, ...], id: Late, after: tuple[str, ...]) -> Iterator[Action | Use]:
        """Whatever the tables still need in order to lead to these networks of the other side."""
        for table in self.tables:
            entered = {route.network: route for route in table.ways if not route.propagated}
            for each in ranges:
                taken = entered.get(each)
                name = f"route-{table.id}-{addresses.slug(each)}"
                if taken is None:
                    yield self.here(vpc_peering_routes.way(table, each, id, after))
                elif taken.target == id:
                    yield Use(name, f"{table.shown} leads {each} there already", "AWS::EC2::Route", table.id)
                elif self.replaces(taken):
                    yield self.here(vpc_peering_routes.way_instead(table, taken, id, after))
                else:
                    yield Use(
                        name, f"{table.shown} keeps sending {each} to {taken.target}", "AWS::EC2::Route", table.id
                    )

    def replaces(self, taken: Route) -> bool:
        """Whether a route that leads elsewhere is to lead to the connection."""
        return self.replace == REPLACE and taken.target != "local"

    def rules(self, group: SecurityGroup, ranges: tuple[Network, ...]) -> tuple[Rules, Rules]:
        """The rules that a group needs in order to let these networks of the other side in, or its groups, and those
        that it has."""
        if self.named:
            return group_rules.missing(group, self.services, self.named, ranges, self.named_of)
        return security_groups.missing_rules(group, self.services, ranges)

    def doors(self, ranges: tuple[Network, ...], peer: str, ready: tuple[str, ...]) -> Iterator[Action | Use]:
        """Whatever the security groups still need in order to let the other side in."""
        for group in self.groups:
            missing, covered = self.rules(group, ranges)
            for rule in covered:
                yield Use(
                    f"rule-{group.id}-{rule.service.name}-{rule.key}",
                    f"{group.name} ({group.id}) lets {rule.source} use {rule.service.name} already",
                    "AWS::EC2::SecurityGroupIngress", group.id,
                )  # fmt: skip
            if missing:
                yield self.here(vpc_peering_routes.let_in(group, missing, peer, ready))


@dataclass(frozen=True)
class Pair:
    """The two VPCs that are to be connected.

    Args:
        who: as whom it is done.
        ours: the side that is started from.
        theirs: the other, where one may work there.
        peer: the other VPC.
        account: the number of its account.
        region: its region.
        wanted: those of its networks that are to be reached.
        standing: the connection or request that there is between the two already.
    """

    who: Identity
    ours: Side
    theirs: Side | None
    peer: Vpc
    account: str
    region: str
    wanted: tuple[Network, ...]
    standing: Connection | None

    @property
    def id(self) -> Late:
        """The connection's."""
        return self.standing.id if self.standing else vpc_peering.MADE

    @property
    def abroad(self) -> tuple[str, str]:
        """The other account and region, each empty where it is the run's own."""
        return (
            "" if self.account == self.who.account else self.account,
            "" if self.region == self.who.region else self.region,
        )

    @property
    def parties(self) -> Parties:
        """Who asks and who accepts, as IAM knows them."""
        ours = vpcs.arn(self.who.partition, self.who.region, self.who.account, self.ours.vpc.id)
        theirs = vpcs.arn(self.who.partition, self.region, self.account, self.peer.id)
        asked_there = self.standing is not None and self.standing.accepter.vpc == self.ours.vpc.id
        return Parties(theirs, ours) if asked_there else Parties(ours, theirs)

    @property
    def directions(self) -> Iterator[tuple[Side, tuple[Network, ...], Vpc]]:
        """Each side on which something may be done, with the networks that it is to reach and whose they are."""
        yield self.ours, self.wanted, self.peer
        if self.theirs:
            yield self.theirs, self.ours.ranges, self.ours.vpc

    def facts(self) -> dict[str, Any]:
        """What the hand-over tells of the two."""
        return {
            "account": self.who.account,
            "region": self.who.region,
            "peer_account": self.account,
            "peer_region": self.region,
            "vpc": self.ours.vpc.id,
            "peer_vpc": self.peer.id,
            "networks": [str(each) for each in self.ours.ranges],
            "peer_networks": [str(each) for each in self.wanted],
            "tables": [each.id for each in self.ours.tables],
            "peer_tables": [each.id for each in self.theirs.tables] if self.theirs else [],
        }


def serving(cloud: Cloud, vpc: Vpc) -> list[str]:
    """The ids of the route tables that serve a subnet. One without a table of its own uses the main one. Raises
    CloudError."""
    tables = [option.value for option in route_tables.route_tables(cloud, vpc)]
    given = {subnet for table in tables for subnet in table.subnets}
    left = set(vpcs.subnets(cloud, vpc)) - given
    used = [table.id for table in tables if table.subnets or (left and table.main)]
    return used or [table.id for table in tables if table.main]


def to(network: str) -> dict[str, str]:
    """The option of `aws ec2 create-route` that names a network."""
    return {"destination_ipv6_cidr_block" if ":" in network else "destination_cidr_block": network}
