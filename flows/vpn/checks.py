"""What can stand in the way of a VPN, looked at beforehand. Everything here only reads.

The sentences say what was seen, and what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from flows.aws import (
    interfaces,
    keepers,
    log_groups,
    network_acls,
    security_group_rules,
    security_groups,
    service_quotas,
    vpcs,
)
from flows.aws import site_to_site_vpn as vpn
from flows.aws import vpn_tunnel_logs as tunnel_logs
from flows.aws.ip_permissions import Service
from flows.aws.route_tables import RouteTable
from flows.aws.security_groups import SecurityGroup
from flows.aws.transit_gateways import TransitGateway
from flows.aws.vpcs import Vpc
from flows.engine import Action, Call, Caution, Cloud, CloudError, Finding, Grade, Use, shell

from . import answers, firewalls, own_keys, rules, starting, transit_rules
from .answers import Answers
from .rules import Situation

ONE_A_PAIR = " AWS allows one connection per pair of gateways."
RULES = (rules.overlap, rules.selectors, rules.routes, firewalls.network_acls)
"""What must hold in the VPC as it would be."""


@dataclass(frozen=True)
class Quota:
    """A limit of AWS. `default` counts where the account's own value cannot be read (VPN quotas, 2026-10)."""

    code: str
    what: str
    default: int
    service: str = "ec2"


CUSTOMER_GATEWAYS = Quota("L-4FB7FF5D", "customer gateways", 50)
VPN_GATEWAYS = Quota("L-7029FAB6", "virtual private gateways", 5)
CONNECTIONS = Quota("L-3E6EC3A3", "VPN connections", 50)
CONNECTIONS_PER_GATEWAY = Quota("L-B91E5754", "VPN connections on one gateway", 10)


def situation(
    cloud: Cloud, vpc: Vpc, gateway: str, networks: tuple[IPv4Network, ...], tables: tuple[RouteTable, ...],
    services: tuple[Service, ...], *, fixed: bool, static: bool,
) -> Situation:  # fmt: skip
    """The VPC as it would be."""
    unread: dict[str, str] = {}
    acls: tuple[Mapping[str, Any], ...] = ()
    subnets: tuple[str, ...] = ()
    try:
        acls = network_acls.of(cloud, vpc.id)
        subnets = vpcs.subnets(cloud, vpc) if any(table.main for table in tables) else ()
    except CloudError as problem:
        unread["acls"] = str(problem)
    return Situation(
        vpc, gateway, networks, tables, services=services, acls=acls, subnets=subnets, unread=unread, planned=True,
        fixed=fixed, static=static,
    )  # fmt: skip


def same_address(cloud: Cloud, office: Action | Use, address: IPv4Address) -> Iterator[Caution]:
    """Whether the device is registered already, with another number.

    AWS knows the refusal InvalidCustomerGateway.DuplicateIpAddress; since 2015 it mostly takes the second (EC2 API
    Reference, "Error codes", 2026-11).
    """
    if isinstance(office, Use):
        return
    for each in vpn.customer_gateways(cloud):
        if each.address == str(address):
            name = f" ({each.name})" if each.name else ""
            what = f"as the device “{each.device_name}”" if each.device_name else f"with the number (ASN) {each.asn}"
            yield Caution(
                "same-address",
                f"{address} is registered already {what}: {each.id}{name}. It is registered a second time. Where AWS "
                "refuses that (DuplicateIpAddress), use the same number with BGP, or delete that registration.",
                key="gateway_ip",
            )


def kept_by_others(tables: Iterable[RouteTable], groups: Iterable[SecurityGroup], gateway: object) -> Iterator[Caution]:
    """What is changed and somebody else keeps: they take the change back."""
    for table in tables:
        yield from keepers.beforehand(f"The route table {table.name or table.id}", table.tags, "route_tables")
    for group in groups:
        tags = group.told.get("Tags")
        yield from keepers.beforehand(f"The security group {group.name} ({group.id})", tags, "security_groups")
    if isinstance(gateway, vpn.VpnGateway):
        yield from keepers.beforehand(f"The VPN gateway {gateway.name or gateway.id}", gateway.tags, "vpn_gateway")
    if isinstance(gateway, TransitGateway):
        yield from keepers.beforehand(f"The transit gateway {gateway.called}", gateway.tags, "vpn_gateway")


def room(cloud: Cloud, office: Action | Use, aws_end: Action | Use, connection: Use | None) -> Iterator[Finding]:
    """Whether the account has room for what would be created."""
    taken = vpn.connections(cloud)
    on_it = sum(each.vpn_gateway == aws_end.resource for each in taken)
    per_gateway = [] if str(aws_end.resource).startswith("tgw-") else [(CONNECTIONS_PER_GATEWAY, on_it)]
    wanted = [] if connection else [(CONNECTIONS, len(taken)), *per_gateway]
    if isinstance(office, Action):
        wanted.append((CUSTOMER_GATEWAYS, len(vpn.customer_gateways(cloud))))
    if isinstance(aws_end, Action):
        wanted.append((VPN_GATEWAYS, len(vpn.gateways(cloud))))
    yield from _room(cloud, [(quota, existing, 1) for quota, existing in wanted], "gateways and connections")


def room_for_rules(
    cloud: Cloud, groups: Iterable[SecurityGroup], services: Sequence[Service], networks: Sequence[IPv4Network]
) -> Iterator[Finding]:
    """Whether each security group has room for its new rules."""
    for group in groups:
        missing = security_groups.missing_rules(group, services, networks)[0]
        yield from security_group_rules.room(cloud, group.told, [rule.admitted for rule in missing])


def servers_behind(cloud: Cloud, vpc: Vpc, groups: Iterable[SecurityGroup]) -> Iterator[Caution]:
    """A group that nothing is in lets the office in to nobody. What may not be read is left to the check afterwards."""
    groups = list(groups)
    if not groups:
        return
    try:
        used = {group for each in interfaces.guarded(cloud, vpc.id) for group in each.groups}
    except CloudError:
        return
    for group in groups:
        if group.id not in used:
            yield Caution(
                "nothing-in-group",
                f"Nothing is in {group.name} ({group.id}) now: it will let the office in, and there is nobody to be "
                "reached. Choose the group that your servers are in, or put them into this one.",
                key="security_groups",
            )


def _room(cloud: Cloud, wanted: Sequence[tuple[Quota, int, int]], what: str) -> Iterator[Finding]:
    fits = known = True
    for quota, existing, more in wanted:
        told = service_quotas.limit(cloud, quota.service, quota.code)
        known = known and told is not None
        limit = quota.default if told is None else told
        if existing + more > limit:
            fits = False
            yield Finding(
                f"quota-{quota.code}",
                Grade.REFUSED,
                f"You have {existing} {quota.what}; {more} more would be over the limit of {limit}.",
                "counted in your account",
                f"Use or delete one of them, or ask AWS to raise the quota {quota.code}.",
            )
    if fits:
        grade, by = (Grade.PROVED, "") if known else (Grade.PREDICTED, ", going by AWS's usual limits")
        yield Finding(
            f"room-{what}".replace(" ", "-"), grade, f"There is room for the {what}{by}.", "counted in your account"
        )


def _called(existing: vpn.Connection, name: str) -> str:
    """That an existing connection is not named anew."""
    if existing.name == name:
        return ""
    keeps = f"keeps its name {existing.name}" if existing.name else "stays without a name"
    return f" It {keeps}; {name} is only given to what is new."


def same_routing(cloud: Cloud, used: Use | None, name: str, *, static: bool) -> Iterator[Finding | Caution]:
    """What an existing connection between the two gateways means, where what is new is called `name`."""
    existing = next((each for each in vpn.connections(cloud) if used and each.id == used.resource), None)
    run = existing.run if existing else ""
    made = f" The run {run} of Handrail made it: {shell.handrail('runs', run)}." if run else ""
    if existing and existing.unsaid:
        yield Finding(
            "already-connected",
            Grade.NOT_CHECKED,
            f"There is already a VPN connection {existing.id} between these two; how it routes was not told. It is "
            f"used as it is.{_called(existing, name)}{made}",
            "DescribeVpnConnections says nothing of its Options",
        )
    elif existing and existing.static is static:
        yield Caution(
            "already-connected",
            f"There is already a VPN connection {existing.id} between these two; it is used as it is, with its "
            f"encryption, keys and addresses.{_called(existing, name)}"
            f"{'' if existing.transit_gateway else ONE_A_PAIR}{made}",
        )
        told = cloud.make(Call("ec2.DescribeVpnConnections")).get("VpnConnections") or []
        for found in told:
            if found["VpnConnectionId"] == existing.id:
                yield from starting.looked_at(found)
    elif existing:
        kind = "static routing" if existing.static else "BGP"
        yield Finding(
            "already-connected",
            Grade.REFUSED,
            f"There is already a VPN connection {existing.id} between these two, and it uses {kind}.{made}",
            "DescribeVpnConnections",
            "That cannot be changed: choose the same routing, or register the device a second time with a device name.",
        )


def shared_gateway(cloud: Cloud, gateway: object, used: Use | None) -> Iterator[Caution]:
    """Who else uses an existing VPN gateway, beside the connection that is `used` itself."""
    if not isinstance(gateway, vpn.VpnGateway):
        return
    own = used.resource if used else ""
    others = sum(each.vpn_gateway == gateway.id and each.id != own for each in vpn.connections(cloud))
    if others:
        some = "another connection" if others == 1 else f"{others} other connections"
        yield Caution(
            "shared-gateway",
            f"{gateway.id} is also used by {some}. They are not touched, and undo will not detach it.",
        )


def logs(cloud: Cloud, connection: Use | None, name: str) -> Iterator[Finding | Caution]:
    """What stands in the way of a log, and what is there already."""
    if connection:
        yield Caution(
            "logs-as-they-are",
            f"{connection.resource} is used as it is, and so are its logs: switching them on would cut each tunnel for "
            "several minutes. Change a VPN's tunnels does that one after the other.",
            key="logs",
            instead="vpn_options",
        )
        return
    log = tunnel_logs.name_of(name)
    try:
        pages = cloud.pages(Call("logs.DescribeLogGroups", {"logGroupNamePrefix": log}))
        there = any(each.get("logGroupName") == log for page in pages for each in page.get("logGroups") or [])
    except CloudError:
        there = False
    if there:
        yield Caution(
            "log-there",
            f"The log {log} is there already. AWS writes into it, it keeps what is in it for as long as it did, and "
            "undo leaves it.",
            key="logs",
        )
    try:
        standing = log_groups.policies(cloud)
    except CloudError:
        return
    if len(standing) >= log_groups.MOST_POLICIES and not log_groups.delivers(cloud, log, standing):
        yield Finding(
            "log-policies", Grade.REFUSED,
            f"This region has {len(standing)} resource policies for logs already, of which none lets AWS write into "
            f"{log}; AWS takes no more than {log_groups.MOST_POLICIES}.",
            "DescribeResourcePolicies",
            "Delete one that nobody needs, or answer “Tunnel logs” with no.",
        )  # fmt: skip


def rings_at_first() -> Caution:
    return Caution(
        "rings-at-first",
        "The alarm rings soon after it is made, and until your device is set up: the tunnels are down so far.",
        key="alarm",
    )


def keys(connection: Use | None, flow: Answers) -> Iterator[Caution]:
    """Whether the keys that were asked for are used, and each tunnel has one of its own."""
    if connection and flow.keys != answers.WITH_THE_CONNECTION:
        yield Caution("keys-as-they-are", own_keys.kept(str(connection.resource), flow.keys), key="keys")
    elif flow.keys == answers.OWN and flow.psk_1 == flow.psk_2:
        yield Caution("same-keys", "Both tunnels have the same key. It works; two keys are safer.", key="psk_2")


def aws_side(flow: Answers, connection: Use | None) -> Iterator[Finding | Caution]:
    """What can stand in the way at AWS's end, where that is a transit gateway."""
    gateway = flow.vpn_gateway
    if isinstance(gateway, TransitGateway):
        standing = str(connection.resource) if connection else ""
        yield from transit_rules.looked_at(flow, gateway, standing, static=flow.routing == answers.STATIC)


def office_side() -> Finding:
    """What nobody can know from here."""
    return Finding(
        "office",
        Grade.NOT_CHECKED,
        "Whether the office's device can be reached on UDP 500 and 4500 was not checked.",
        "it is not visible from AWS before the tunnels exist",
        "Once there are tunnels, `handrail check vpn` tells.",
    )
