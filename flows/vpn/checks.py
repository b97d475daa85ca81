"""What can stand in the way of a VPN, looked at beforehand. Everything here only reads.

The sentences say what was seen, and what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Network
from typing import Any

from flows.aws import network as net
from flows.aws import service_quotas
from flows.aws import site_to_site_vpn as vpn
from flows.aws.network import RouteTable, SecurityGroup, Service, Vpc
from flows.engine import Action, Call, Caution, Cloud, CloudError, Finding, Grade, Use


@dataclass(frozen=True)
class Quota:
    """A limit of AWS. `default` counts where the account's own value cannot be read (VPN quotas, 2026-10)."""

    code: str
    what: str
    default: int
    service: str = "vpc"
    remedy: str = "Use or delete one of them"


CUSTOMER_GATEWAYS = Quota("L-4FB7FF5D", "customer gateways", 50, "ec2")
VPN_GATEWAYS = Quota("L-7029FAB6", "virtual private gateways", 5, "ec2")
CONNECTIONS = Quota("L-3E6EC3A3", "VPN connections", 50, "ec2")
CONNECTIONS_PER_GATEWAY = Quota("L-B91E5754", "VPN connections on one gateway", 10, "ec2")
RULES_PER_GROUP = Quota(
    "L-0EA8095F", "rules in one security group", 60, remedy="Combine networks or choose fewer services"
)


def room(cloud: Cloud, office: Action | Use, aws_end: Action | Use, connection: Use | None) -> Iterator[Finding]:
    """Whether the account has room for what would be created."""
    taken = vpn.connections(cloud)
    on_it = sum(each.vpn_gateway == aws_end.resource for each in taken)
    wanted = [] if connection else [(CONNECTIONS, len(taken)), (CONNECTIONS_PER_GATEWAY, on_it)]
    if isinstance(office, Action):
        wanted.append((CUSTOMER_GATEWAYS, len(vpn.customer_gateways(cloud))))
    if isinstance(aws_end, Action):
        wanted.append((VPN_GATEWAYS, len(vpn.gateways(cloud))))
    yield from _room(cloud, [(quota, existing, 1) for quota, existing in wanted], "gateways and connections")


def room_for_rules(
    cloud: Cloud, groups: Iterable[SecurityGroup], services: Sequence[Service], networks: Sequence[IPv4Network]
) -> Iterator[Finding]:
    """Whether each security group has room for its new rules."""
    more = [(group, len(net.missing_rules(group, services, networks)[0])) for group in groups]
    wanted = [(replace(RULES_PER_GROUP, what=f"rules in {g.name}"), g.rule_count, count) for g, count in more if count]
    if wanted:
        yield from _room(cloud, wanted, "security group rules")


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
                f"{quota.remedy}, or ask AWS to raise the quota {quota.code}.",
            )
    if fits:
        grade, by = (Grade.PROVED, "") if known else (Grade.PREDICTED, ", going by AWS's usual limits")
        yield Finding(
            f"room-{what}".replace(" ", "-"), grade, f"There is room for the {what}{by}.", "counted in your account"
        )


def network_acls(
    cloud: Cloud, vpc: Vpc, tables: Iterable[RouteTable], networks: Sequence[IPv4Network], services: Iterable[Service]
) -> Iterator[Finding]:
    """Whether the network ACLs of the subnets let the office in and the answers out, by AWS's first match."""
    subnets = {subnet for table in tables for subnet in table.subnets}
    main = any(table.main for table in tables)
    try:
        acls = cloud.make(Call("ec2.DescribeNetworkAcls", {"Filters": [{"Name": "vpc-id", "Values": [vpc.id]}]}))
    except CloudError as problem:
        yield Finding("network-acls", Grade.NOT_CHECKED, "The network ACLs could not be read.", problem.what)
        return
    blocked = False
    for acl in acls.get("NetworkAcls") or []:
        covered = {item["SubnetId"] for item in acl.get("Associations") or [] if item.get("SubnetId")}
        touched = sorted(covered & subnets) or (sorted(covered) if main else [])
        if not touched:
            continue
        for network in networks:
            inward = all(_acl_allows(acl, network, service, egress=False) for service in services)
            outward = _acl_allows(acl, network, Service("answers", "tcp", 1024, 65535), egress=True)
            if not (inward and outward):
                blocked = True
                yield Finding(
                    "network-acls",
                    Grade.PREDICTED,
                    f"The network ACL {acl['NetworkAclId']} of subnet {touched[0]} blocks {network} "
                    f"({'answers out' if inward else 'the way in'}). Handrail does not change it.",
                    "its entries, first match wins",
                    "Allow it there, in both directions.",
                )
    if not blocked:
        yield Finding("network-acls", Grade.PREDICTED, "The network ACLs let the office in and the answers out.")


def same_routing(cloud: Cloud, used: Use | None, *, static: bool) -> Iterator[Finding | Caution]:
    """What an existing connection between the two gateways means."""
    existing = next((each for each in vpn.connections(cloud) if used and each.id == used.resource), None)
    if existing and existing.static is static:
        yield Caution(
            "already-connected",
            f"There is already a VPN connection {existing.id} between these two; it is used as it is, with its "
            "encryption and addresses. AWS allows one connection per pair of gateways.",
        )
    elif existing:
        kind = "static routing" if existing.static else "BGP"
        yield Finding(
            "already-connected",
            Grade.REFUSED,
            f"There is already a VPN connection {existing.id} between these two, and it uses {kind}.",
            "DescribeVpnConnections",
            "That cannot be changed: choose the same routing, or register the device a second time with a device name.",
        )


def shared_gateway(cloud: Cloud, gateway: object) -> Iterator[Caution]:
    """Who else uses an existing VPN gateway."""
    if not isinstance(gateway, vpn.VpnGateway):
        return
    others = sum(each.vpn_gateway == gateway.id for each in vpn.connections(cloud))
    if others:
        some = "another connection" if others == 1 else f"{others} other connections"
        yield Caution(
            "shared-gateway",
            f"{gateway.id} is also used by {some}. They are not touched, and undo will not detach it.",
        )


def office_side() -> Finding:
    """What nobody can know from here."""
    return Finding(
        "office",
        Grade.NOT_CHECKED,
        "Whether the office's device can be reached on UDP 500 and 4500 was not checked.",
        "it is not visible from AWS before the tunnels exist",
        "`handrail check vpn` tells once they do.",
    )


def _acl_allows(acl: Mapping[str, Any], network: IPv4Network, service: Service, *, egress: bool) -> bool:
    numbers = {"tcp": "6", "udp": "17", "icmp": "1"}
    for entry in sorted(acl.get("Entries") or [], key=lambda entry: int(entry["RuleNumber"])):
        if bool(entry.get("Egress")) is not egress or not entry.get("CidrBlock"):
            continue
        if not network.subnet_of(IPv4Network(entry["CidrBlock"], strict=False)):
            continue
        protocol = str(entry.get("Protocol"))
        if protocol != "-1" and protocol != numbers.get(service.protocol):
            continue
        ports = entry.get("PortRange") or {}
        if ports and not (int(ports.get("From", 0)) <= service.first and service.last <= int(ports.get("To", 65535))):
            continue
        return str(entry.get("RuleAction")) == "allow"
    return False
