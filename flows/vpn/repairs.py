"""What mends a VPN connection, as far as that is done in AWS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from ipaddress import IPv4Network
from typing import Any

from flows.aws import (
    keepers,
    network_acls,
    route_tables,
    security_group_rules,
    security_groups,
    tags,
    used_by_others,
    vpcs,
    vpn_dependents,
)
from flows.aws import site_to_site_vpn as vpn
from flows.aws.route_tables import RouteTable
from flows.aws.vpcs import Vpc
from flows.engine import Cloud, CloudError, shell, since
from flows.engine.flow import Mend
from flows.engine.repair import Part, admits, redirects

from . import steps

BEYOND = {
    "overlap": "Only you can give one side other addresses, or translate them.",
    "selectors": "Changing what the tunnels carry takes both down, and the device must be changed with it.",
    "tunnels": "Only the office's device can bring a tunnel up; `handrail runs RUN` names the files for it.",
    "tunnel": "Only the office's device can bring a tunnel up.",
    "startup": "Changing a tunnel's options takes it down, and only you know which IKE version the device speaks.",
    "log": "Only the office's device can be set up otherwise.",
    "maintenance": "AWS is doing it.",
    "alarm": "Only you know who is to be told.",
    "announced": "Only the office's device says which networks it announces.",
    "silent": "Only the office's device says which networks it announces.",
    "state": "AWS is doing it.",
    "route-tables": "AWS revives a dead route itself once its target is there again.",
    "ways-in": "Only you know which firewall is meant to stand there.",
    "more-specific-route": "Only you know whether those addresses are in the office.",
    "security-groups": "Only you know which of the servers the office is to use, and for what.",
    "network-acls": "No number is free before the entry that blocks it, and Handrail renumbers nothing.",
    "static-routes": "Only you know the office's networks.",
    "attachment": "Only you know which VPC the office is to reach.",
    "onward": "Which VPCs a transit gateway leads to is its owner's to say.",
    "zones": "Which subnets an attachment has is its keeper's to say.",
    "back": "Which ways a transit gateway leads answers is its owner's to say.",
    "gateway": "Only you know at which gateway the connection is to end.",
}
"""What is left to people or their device, by the rule that finds it. Some of it can be mended in other cases."""


MEANT = "Only you know whether it was meant that a part is kept away."
"""Why what a network ACL keeps away in part is left."""
TRANSIT = "What leads to a transit gateway is left to whoever keeps that."
"""Why no route is entered there."""


def known_by_run(told: Mapping[str, Any]) -> str:
    """Why what a run of Handrail made is not guessed anew: that run knows it. Nothing for what others made."""
    run = tags.of(told).get("handrail:run", "")
    return f"The run {run} made it, and knows: {shell.handrail('runs', run, '--look', '--put-back')}." if run else ""


def attach(gateway: vpn.VpnGateway, vpc: Vpc, networks: Iterable[IPv4Network]) -> Mend:
    """Plug the VPN gateway into the VPC whose routes lead to it."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from keepers.agreed(f"The VPN gateway {gateway.id}", gateway.tags)
        tables = vpn_dependents.tables(gateway.id, vpc.id, (), networks, fixed=True, made=True)
        yield steps.attach(gateway.id, vpc, since(cloud, *tables), _known(cloud, gateway.id))
        yield redirects(f"Whatever routes of {vpc.called} lead to {gateway.id} goes to the office then.")

    return mend


def lead(table: RouteTable, networks: Sequence[IPv4Network], gateway: str, *, fixed: bool) -> Mend:
    """Let a route table lead to the office: by routes, or by letting AWS enter them."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from keepers.agreed(f"The route table {table.name or table.id}", table.tags)
        known = _known(cloud, gateway)
        what = ", ".join(map(str, networks)) if fixed else "what the connection tells"
        for network in networks if fixed else ():
            entered = [each for each in table.routes if each.network == network and not each.propagated]
            if entered:
                yield route_tables.lead_elsewhere(table, entered[0], gateway)
            else:
                yield route_tables.route(table, network, gateway, (), known)
        if not fixed:
            yield route_tables.propagate(table, gateway, (), known)
        yield redirects(f"Servers that use {table.name or table.id} reach {what} by the VPN then, whatever led there.")

    return mend


def let_in(groups: Sequence[used_by_others.Shut], networks: Sequence[IPv4Network], gateway: str) -> Mend:
    """Let the office use what a group lets others use."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        for each in groups:
            group = each.group
            yield from keepers.agreed(f"The security group {group.name}", group.told.get("Tags"))
            missing, _ = security_groups.missing_rules(group, each.services, networks)
            rules = [rule.admitted for rule in missing]
            yield from security_group_rules.room(cloud, group.told, rules)
            yield security_groups.let_in(group, missing, gateway, _known(cloud, gateway))
            yield admits(used_by_others.admitted(", ".join(map(str, networks)), each))

    return mend


def let_through(acl: Mapping[str, Any], entries: Sequence[network_acls.Entry]) -> Mend:
    """Enter into a network ACL what lets the office through, before what blocks it."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from keepers.agreed(f"The network ACL {acl['NetworkAclId']}", acl.get("Tags"))
        for entry in entries:
            yield network_acls.enter(entry)
            yield admits(f"{entry.told} may pass {entry.acl} then, into every subnet that it guards.")

    return mend


def tell(connection: str, networks: Sequence[IPv4Network], tags: keepers.Tags) -> Mend:
    """Tell a static connection, which has these tags, of the networks that the route tables lead to it."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from keepers.agreed(f"The VPN connection {connection}", tags)
        for network in networks:
            yield steps.static_route(connection, network, (), made=False)

    return mend


def where_it_belongs(cloud: Cloud, gateway: str) -> Vpc | None:
    """The VPC whose route tables lead to a gateway that is attached to none; None if none or several do."""
    try:
        found = route_tables.leading_to(cloud, gateway)
        return vpcs.vpc(cloud, found[0]) if len(found) == 1 else None
    except CloudError:
        return None


def _known(cloud: Cloud, gateway: str) -> tuple[str, ...]:
    return tuple(each.id for each in vpn.connections(cloud) if each.vpn_gateway == gateway)
