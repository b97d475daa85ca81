"""What mends a connection of two VPCs, on either side that may be worked on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flows.aws import (
    keepers,
    network_acls,
    security_group_rules,
    security_groups,
    used_by_others,
    vpc_peering_options,
    vpc_peering_requests,
    vpc_peering_routes,
    vpcs,
)
from flows.aws.addresses import Network
from flows.aws.route_tables import RouteTable
from flows.aws.vpc_peering import Connection
from flows.aws.vpc_peering_requests import Parties
from flows.aws.vpcs import Vpc
from flows.engine import Cloud
from flows.engine.flow import Mend
from flows.engine.repair import Part, admits, redirects

from .sides import Side

BEYOND = {
    "state": "Only the owner of the other VPC accepts; what has ended cannot be revived: ask again by the set-up.",
    "routes": "Only you know whether a part of the other VPC is left out on purpose.",
    "not-theirs": "Taking away a route that somebody entered is theirs to decide.",
    "more-specific-route": "Taking away a route that somebody entered is theirs to decide.",
    "same-addresses": "Only you know what is to be reached by which of the two.",
    "stale": "Taking away a rule that somebody wrote is theirs to decide.",
    "room": "Only AWS raises a quota.",
    "one-way": "The routes that are missing are mended one by one.",
    "security-groups": "Only you know what is to be reached, and for what.",
    "network-acls": "No number is free before the entry that blocks it, and Handrail renumbers nothing.",
    "encryption": "Whoever enforces encryption decides on exceptions.",
}
"""What is left to people, by the rule that finds it. Some of it can be mended in other cases."""
MEANT = "Only you know whether it was meant that a part is kept away."
"""Why what a network ACL keeps away in part is left."""


def accept(connection: Connection, side: Side) -> Mend:
    """Accept a request of somebody else's."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        who = f"account {connection.requester.account}"
        yield from _kept(connection)
        yield side.here(vpc_peering_requests.accept(connection.id, who, _parties(connection)))
        yield admits(
            f"{connection.requester.vpc} of {who} is connected with {connection.accepter.vpc} then. Go on only if you "
            "know them. Undo deletes the connection, and they would have to ask anew."
        )

    return mend


def lead(table: RouteTable, networks: Sequence[Network], connection: str, side: Side, peer: str) -> Mend:
    """Let a route table lead to the other VPC."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from keepers.agreed(f"The route table {table.name or table.id}", table.tags)
        for network in networks:
            entered = [each for each in table.ways if each.network == network and not each.propagated]
            if entered:
                yield side.here(vpc_peering_routes.way_instead(table, entered[0], connection, ()))
            else:
                yield side.here(vpc_peering_routes.way(table, network, connection, ()))
        what = ", ".join(map(str, networks))
        yield redirects(f"Whatever uses {table.shown} reaches {what} of {peer} by the connection then.")

    return mend


def let_in(groups: Sequence[used_by_others.Shut], networks: Sequence[Network], side: Side, peer: str) -> Mend:
    """Let the other VPC use what a group lets others use."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        for each in groups:
            group = each.group
            yield from keepers.agreed(f"The security group {group.name}", group.told.get("Tags"))
            missing, _ = security_groups.missing_rules(group, each.services, networks)
            rules = [rule.admitted for rule in missing]
            yield from security_group_rules.room(side.cloud, group.told, rules)
            yield side.here(vpc_peering_routes.let_in(group, missing, peer))
            yield admits(used_by_others.admitted(", ".join(map(str, networks)), each))

    return mend


def let_through(acl: Mapping[str, Any], entries: Sequence[network_acls.Entry], side: Side) -> Mend:
    """Enter into a network ACL what lets the other VPC through, before what blocks it."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from keepers.agreed(f"The network ACL {acl['NetworkAclId']}", acl.get("Tags"))
        for entry in entries:
            yield side.here(network_acls.enter(entry))
            yield admits(f"{entry.told} may pass {entry.acl} then, into every subnet that it guards.")

    return mend


def resolve(connection: Connection, vpc: Vpc, peer: str, side: Side) -> Mend:
    """Let public names of a VPC lead the other to private addresses."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from _kept(connection)
        role = connection.role(vpc.id)
        yield side.here(
            vpc_peering_options.names(connection.id, role, vpc, peer, _parties(connection), (), standing=True)
        )
        yield redirects(f"Public names of {vpc.id} lead {peer} to private addresses then.")

    return mend


def _kept(connection: Connection) -> Iterator[Part]:
    yield from keepers.agreed(f"The connection {connection.id}", connection.tags)


def _parties(connection: Connection) -> Parties:
    both = (connection.requester, connection.accepter)
    return Parties(*(vpcs.arn("*", each.region, each.account, each.vpc) for each in both))
