"""Why a VPN connection works or does not, step by step, whoever made it. Everything here only reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Network
from typing import Any

from flows.aws import network as net
from flows.aws import site_to_site_vpn as vpn
from flows.aws.network import RouteTable, Vpc
from flows.engine import Call, Caution, Cloud, CloudError, Finding, Grade, Refused

from . import rules


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
        for other in rules.routes([table], networks, gateway, fixed=False):
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
