"""One of the two VPCs of a connection as it is looked at, planned or long standing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Network
from typing import Any

from flows.aws.addresses import Network, made_of, within
from flows.aws.interfaces import Interface
from flows.aws.ip_permissions import Service
from flows.aws.route_tables import Route, RouteTable
from flows.aws.security_groups import SecurityGroup

from .sides import Side


@dataclass(frozen=True)
class Seen:
    """One of the two VPCs as it is, or as it would be.

    Args:
        side: the VPC, all its route tables and security groups where it stands, those that were chosen where planned.
        connection: the id of the connection; empty while there is none.
        peer: what the other VPC is called.
        networks: the other VPC's, as far as they are known.
        own: whether it is the account and region from which is looked.
        acls: its network ACLs, as AWS tells them.
        subnets: the ids of its subnets.
        servers: what stands behind its security groups.
        listed: the networks of the prefix lists that its routes and groups name.
        unread: what could not be read, and why: "tables", "groups" …
        planned: whether it is looked at before anything is made.
        waits: whether somebody else is to accept first.
    """

    side: Side
    connection: str
    peer: str
    networks: tuple[Network, ...]
    own: bool = True
    acls: tuple[Mapping[str, Any], ...] = ()
    subnets: tuple[str, ...] = ()
    servers: tuple[Interface, ...] = ()
    listed: Mapping[str, tuple[IPv4Network, ...]] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)
    planned: bool = False
    waits: bool = False

    @property
    def tables(self) -> tuple[RouteTable, ...]:
        return self.side.tables

    @property
    def vpc(self) -> str:
        return self.side.vpc.id

    @property
    def where(self) -> dict[str, str]:
        """Options of a command that is made on that side."""
        found = {"region": self.side.cloud.identity.region} if self.side.region or self.side.profile else {}
        return found | ({"profile": self.side.profile} if self.side.profile else {})

    def behind(self, table: RouteTable) -> set[str]:
        """The subnets of a table. One that was given none uses the main table."""
        given = {subnet for each in self.tables for subnet in each.subnets}
        return {*table.subnets, *(each for each in self.subnets if table.main and each not in given)}

    def ways(self, table: RouteTable) -> list[Route]:
        """The routes of a table, those to prefix lists as routes to each network in them."""
        named = [Route(each, to, "active", False) for id, to in table.lists for each in self.listed.get(id, ())]
        return [*table.ways, *named]

    def led(self, table: RouteTable, network: Network) -> bool:
        """Whether a table leads all of a network to the connection, as a whole, in parts, or by a wider route; what
        narrower routes lead elsewhere is left out, unless that is all of it."""
        ways = self.ways(table)
        elsewhere = [each.network for each in ways if each.network != network and each.target != self.connection]
        if made_of(network, elsewhere):
            return False
        ours = [each for each in ways if each.target == self.connection and each.state == "active"]
        return made_of(network, (each.network for each in ours)) or self.way(table, network) in ours

    def led_in_part(self, table: RouteTable, network: Network) -> bool:
        """Whether a table leads a network to the connection, or something of it."""
        ours = [each.network for each in self.ways(table) if (each.target, each.state) == (self.connection, "active")]
        return self.led(table, network) or any(within(each, network) and self.led(table, each) for each in ours)

    def way(self, table: RouteTable, network: Network) -> Route | None:
        """The route that a network takes: the longest prefix, and of equals the one that was entered."""
        fit = [each for each in self.ways(table) if within(network, each.network) and each.target != "local"]
        return max(fit, key=lambda each: (each.network.prefixlen, not each.propagated), default=None)

    def lets_in(self, group: SecurityGroup) -> list[Service]:
        """What a group lets the other VPC use, by its networks or its groups. What everybody may is not meant."""
        found = (self._let_in(group, each) for each in self.networks)
        return list(dict.fromkeys(service for each in found for service, _ in each))

    def _let_in(
        self, group: SecurityGroup, network: Network, *, by_groups: bool = True
    ) -> list[tuple[Service, Network]]:
        """What a group lets a network of the other VPC use, each with the part of it that may."""
        ruled: list[tuple[Service, tuple[Network, ...]]]
        ruled = [(rule.service, (rule.network,)) for rule in (*group.rules, *group.rules6)]
        ruled += [(service, self.listed.get(id, ())) for service, id in group.lists]
        found = [
            (service, one if within(one, network) else network) for service, from_ in ruled for one in from_
            if one.prefixlen and one.overlaps(network)
        ]  # fmt: skip
        named = [
            Service("", str(each["IpProtocol"]), int(each.get("FromPort") or 0), int(each.get("ToPort") or 0))
            for each in group.told.get("IpPermissions") or []
            for pair in each.get("UserIdGroupPairs") or []
            if pair.get("VpcPeeringConnectionId") == self.connection != ""
        ]
        return [*found, *((service, network) for service in named if by_groups)]

    def asked(self, subnets: Iterable[str], network: Network) -> list[tuple[Service, Network]]:
        """What a network of the other VPC may use of what is in some subnets, each with the part of it that may."""
        if self.planned:
            return [(service, network) for service in self.side.services]
        behind = set(subnets)
        groups = {id for each in self.servers if each.subnet in behind for id in each.groups}
        return [found for group in self.side.groups if group.id in groups for found in self._let_in(group, network)]

    @cached_property
    def meant(self) -> list[Interface]:
        """What lets the other VPC in."""
        opened = {group.id for group in self.side.groups if self.lets_in(group)}
        return [each for each in self.servers if opened.intersection(each.groups)]

    def answering(self, table: RouteTable, networks: Iterable[Network], *, by_groups: bool) -> list[Interface]:
        """What behind a table lets somebody of these networks of the other VPC in to whom the table does not lead; with
        `by_groups` also by groups, which say of no network."""
        behind, wanted = self.behind(table), tuple(networks)
        opened = {
            group.id for group in self.side.groups for network in wanted
            for _, source in self._let_in(group, network, by_groups=by_groups)
            if not self.led_in_part(table, source)
        }  # fmt: skip
        return [each for each in self.servers if each.subnet in behind and opened.intersection(each.groups)]
