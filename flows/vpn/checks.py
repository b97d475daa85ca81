"""What can stand in the way of a VPN, looked at beforehand; and why one that exists does not work.

Everything here only reads. The sentences say what was seen, and what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from flows.aws import network as net
from flows.aws import site_to_site as vpn
from flows.aws.network import RouteTable, SecurityGroup, Service, Vpc
from flows.engine import Action, Call, Caution, Cloud, CloudError, Finding, Grade, Refused, Use


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
ROUTES_PER_TABLE = Quota("L-93826ACB", "routes in one route table", 500)
RULES_PER_GROUP = Quota(
    "L-0EA8095F", "rules in one security group", 60, remedy="Combine networks or choose fewer services"
)
STATIC_ROUTES = 100
"""Static routes of one connection, and propagated routes of one table: fixed (VPN and VPC quotas, 2026-10)."""


# -- before ----------------------------------------------------------------------------------------------------


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
        limit, read = _limit(cloud, quota)
        known = known and read
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


def routes(
    tables: Iterable[RouteTable], networks: Sequence[IPv4Network], gateway: str, *, fixed: bool
) -> Iterator[Finding | Caution]:
    """What the chosen route tables already do with the office's networks.

    `gateway` is the id of the VPN gateway if it exists already. A route that exists is never replaced.
    """
    clear = True
    for table in tables:
        name = table.name or table.id
        for network in networks:
            for route in table.routes:
                if route.target in (gateway, "local") or not route.network.overlaps(network):
                    continue
                if route.network == network and not route.propagated:
                    clear = False
                    beats = "it stays as it is" if fixed else "a fixed entry always beats a propagated one"
                    yield Caution(
                        "route-taken",
                        f"Route table {name} already has {network} -> {route.target}; {beats}, "
                        "so this traffic will not use the VPN. Remove that route first if it should.",
                    )
                elif route.network.prefixlen > network.prefixlen:
                    clear = False
                    yield Caution(
                        "more-specific-route",
                        f"Route table {name} already sends {route.network} to {route.target}. "
                        "The more specific route wins, so that part of the office is not reached through the VPN.",
                    )
            full = len(table.routes) + len(networks)
            if fixed and full > ROUTES_PER_TABLE.default:
                yield Finding(
                    "route-table-full", Grade.REFUSED, f"Route table {name} is full ({len(table.routes)} routes)."
                )
    if clear:
        yield Finding("routes", Grade.PROVED, "No existing route leads the office's networks elsewhere.")


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


def elastic_ip(cloud: Cloud, address: IPv4Address) -> Iterator[Caution]:
    """Whether the office's address is one of the account's own."""
    try:
        found = cloud.make(Call("ec2.DescribeAddresses")).get("Addresses") or []
    except CloudError:
        return
    if any(item.get("PublicIp") == str(address) for item in found):
        yield Caution(
            "own-address",
            f"{address} is an Elastic IP of your own AWS account. That is fine if your VPN device is an EC2 instance.",
        )


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


# -- long after ------------------------------------------------------------------------------------------------


def diagnose(cloud: Cloud, connection_id: str) -> Iterator[Finding]:
    """Why a VPN connection works or does not, step by step, whoever made it. Raises Refused if there is none."""
    found = _describe(cloud, connection_id)
    connection = vpn.connection(found)
    state = str(found.get("State", "unknown"))
    if state in vpn.ENDED:
        raise Refused(f"The VPN connection {connection_id} is {state}.", remedy="A new one has new addresses and keys.")
    if state == "available":
        yield Finding("state", Grade.PROVED, f"{connection_id} is available.", "DescribeVpnConnections")
    else:
        yield Finding(
            "state",
            Grade.WAITING,
            f"{connection_id} is {state}.",
            "DescribeVpnConnections",
            "Wait; 2 to 10 minutes are usual.",
        )
    yield from tunnels(found)
    if not connection.vpn_gateway:
        yield Finding(
            "gateway",
            Grade.NOT_CHECKED,
            "It does not end at a virtual private gateway, so routes were not checked.",
            "no VpnGatewayId",
            "Look at the route tables of the transit gateway.",
        )
        return
    gateway = next((g for g in vpn.gateways(cloud) if g.id == connection.vpn_gateway), None)
    if gateway is None or gateway.attachment != "attached":
        yield Finding(
            "attachment",
            Grade.REFUSED,
            f"The VPN gateway {connection.vpn_gateway} is not attached to a VPC.",
            "DescribeVpnGateways",
            "Attach it to the VPC that the office should reach.",
        )
        return
    yield Finding(
        "attachment", Grade.PROVED, f"The VPN gateway {gateway.id} is attached to {gateway.vpc}.", "DescribeVpnGateways"
    )
    vpc = next((o.value for o in net.vpcs(cloud) if o.value.id == gateway.vpc), None)
    if vpc is None:
        yield Finding("vpc", Grade.NOT_CHECKED, f"The VPC {gateway.vpc} could not be read.")
        return
    tables = [option.value for option in net.route_tables(cloud, vpc)]
    networks = [IPv4Network(cidr) for cidr in connection.routes]
    yield from _ways_back(connection, gateway.id, vpc, tables, networks)
    yield from _doors(cloud, vpc, networks or _propagated(tables, gateway.id))


def tunnels(found: Mapping[str, Any]) -> Iterator[Finding]:
    """What AWS measures at the ends of both tunnels.

    "IPSEC IS UP" with status DOWN means that BGP is missing (Site-to-Site VPN User Guide, "Monitoring").
    """
    telemetry = found.get("VgwTelemetry") or []
    if not telemetry:
        yield Finding("tunnels", Grade.NOT_CHECKED, "AWS reports nothing about the tunnels yet.", "no VgwTelemetry")
        return
    up = 0
    for number, tunnel in enumerate(_in_order(telemetry, found), 1):
        address, message = tunnel.get("OutsideIpAddress") or "?", str(tunnel.get("StatusMessage") or "")
        since = tunnel.get("LastStatusChange")
        evidence = f"{message}{f', since {since:%Y-%m-%d %H:%M} UTC' if since else ''}"
        if tunnel.get("Status") == "UP":
            up += 1
            routes = tunnel.get("AcceptedRouteCount", 0)
            yield Finding(
                f"tunnel-{number}",
                Grade.PROVED,
                f"Tunnel {number} ({address}) is up, {routes} routes accepted.",
                evidence,
            )
        elif "IPSEC IS UP" in message.upper():
            yield Finding(
                f"tunnel-{number}",
                Grade.REFUSED,
                f"Tunnel {number} ({address}) stands, but BGP does not speak through it.",
                evidence,
                "The connection was made for BGP: let the device announce its networks to AWS's inside address.",
            )
        else:
            yield Finding(
                f"tunnel-{number}",
                Grade.WAITING,
                f"Tunnel {number} ({address}) waits for your device.",
                evidence,
                "Install the configuration on the device; then check address, key, IKE version, and UDP 500 and 4500.",
            )
    if up == 1:
        yield Finding(
            "redundancy",
            Grade.REFUSED,
            "It works, but not redundantly: one tunnel is down.",
            "VgwTelemetry",
            "Configure the other tunnel too; AWS takes one away now and then for maintenance.",
        )


def waiting(found: Mapping[str, Any]) -> str:
    """What the connection waits for; empty when a tunnel is up."""
    if any(tunnel.get("Status") == "UP" for tunnel in found.get("VgwTelemetry") or []):
        return ""
    return "AWS is ready and waits for your device. Install the configuration on it, then run the check."


def _ways_back(
    connection: vpn.Connection, gateway: str, vpc: Vpc, tables: list[RouteTable], networks: list[IPv4Network]
) -> Iterator[Finding]:
    if connection.static and not networks:
        yield Finding(
            "static-routes",
            Grade.REFUSED,
            "The connection is static and knows no network of the office.",
            "Routes of the connection",
            "Add the office's networks as static routes of the connection.",
        )
    elif connection.static:
        shown = ", ".join(str(network) for network in networks)
        yield Finding(
            "static-routes",
            Grade.PROVED,
            f"The connection knows the office's networks: {shown}.",
            "Routes of the connection",
        )
    else:
        yield Finding(
            "routing",
            Grade.PROVED,
            "The connection uses BGP: the device must announce its networks.",
            "StaticRoutesOnly is false",
        )
    for network in networks:
        if clash := next((own for own in vpc.networks if own.overlaps(network)), None):
            yield Finding(
                "overlap",
                Grade.REFUSED,
                f"{network} overlaps with the VPC range {clash}; those packets never leave the VPC.",
                "ranges of the VPC",
                "One side must use other addresses, or translate them.",
            )
    leading = [t for t in tables if gateway in t.propagating or any(r.target == gateway for r in t.routes)]
    if not leading:
        yield Finding(
            "route-tables",
            Grade.REFUSED,
            f"No route table of {vpc.id} leads to the VPN gateway.",
            "DescribeRouteTables",
            "Switch on route propagation, or enter the routes, in the tables of your servers' subnets.",
        )
    for table in leading:
        name = table.name or table.id
        missing = [n for n in networks if not any(n.subnet_of(r.network) and r.target == gateway for r in table.routes)]
        if table.id and gateway in table.propagating and missing:
            yield Finding(
                "route-tables",
                Grade.WAITING,
                f"{name} takes routes over, and none has come yet.",
                "propagation is on",
                "Propagated routes appear once a tunnel is up.",
            )
        elif missing:
            yield Finding(
                "route-tables",
                Grade.REFUSED,
                f"{name} has no route to {missing[0]}.",
                "DescribeRouteTables",
                "Enter it.",
            )
        else:
            yield Finding("route-tables", Grade.PROVED, f"{name} leads to the VPN gateway.", "DescribeRouteTables")
        for other in routes([table], networks, gateway, fixed=False):
            if isinstance(other, Caution):
                yield Finding(other.id, Grade.REFUSED, other.message, "DescribeRouteTables")


def _doors(cloud: Cloud, vpc: Vpc, networks: list[IPv4Network]) -> Iterator[Finding]:
    groups = [option.value for option in net.security_groups(cloud, vpc)]
    opened = [g.name for g in groups if any(n.overlaps(r.network) for r in g.rules for n in networks)]
    if not networks:
        yield Finding(
            "security-groups",
            Grade.NOT_CHECKED,
            "The office's networks are not known yet, so the security groups were not checked.",
        )
    elif opened:
        yield Finding(
            "security-groups",
            Grade.PROVED,
            f"These security groups let the office in: {', '.join(opened)}.",
            "their rules",
        )
    else:
        yield Finding(
            "security-groups",
            Grade.REFUSED,
            f"No security group of {vpc.id} lets the office in.",
            "their rules",
            f"Add a rule for {networks[0]} to the servers' security group.",
        )


def _propagated(tables: list[RouteTable], gateway: str) -> list[IPv4Network]:
    return [route.network for table in tables for route in table.routes if route.target == gateway]


def _describe(cloud: Cloud, connection_id: str) -> dict[str, Any]:
    try:
        found = cloud.make(Call("ec2.DescribeVpnConnections", {"VpnConnectionIds": [connection_id]}))["VpnConnections"]
    except CloudError as problem:
        if not problem.aws_code.startswith("InvalidVpnConnectionID"):
            raise
        found = []
    if not found:
        known = ", ".join(each.id for each in vpn.connections(cloud))
        remedy = f"There are: {known}." if known else "There is none in this region; is --region right?"
        raise Refused(f"There is no VPN connection “{connection_id}” in {cloud.identity.region}.", remedy=remedy)
    first: dict[str, Any] = found[0]
    return first


def _in_order(telemetry: Iterable[Mapping[str, Any]], found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """As AWS numbers the tunnels in what it hands out for the device; without that, as it lists them."""
    configuration = str(found.get("CustomerGatewayConfiguration") or "")
    return sorted(telemetry, key=lambda tunnel: configuration.find(f">{tunnel.get('OutsideIpAddress')}<"))


def _limit(cloud: Cloud, quota: Quota) -> tuple[int, bool]:
    call = Call("service-quotas.GetServiceQuota", {"ServiceCode": quota.service, "QuotaCode": quota.code})
    try:
        return int(cloud.make(call)["Quota"]["Value"]), True
    except (CloudError, KeyError, ValueError):
        return quota.default, False


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
