"""Why a VPN connection works or does not, step by step, whoever made it. Everything here only reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import IPv4Network
from typing import Any

from flows.aws import keepers, tags, vpcs
from flows.aws import site_to_site_vpn as vpn
from flows.engine import Call, Caution, Cloud, CloudError, Finding, Grade, Refused

from . import behind, logged, negotiated, repairs, starting, transit_gateway, tunnels, watched

RULES = behind.RULES


def diagnose(cloud: Cloud, named: str) -> Iterator[Finding]:
    """Why a VPN connection, given by id or name, works or does not. Raises Refused if there is none, or several."""
    found = _the(cloud, named)
    connection = vpn.connection(found)
    state = str(found.get("State") or "unknown")
    if state in vpn.ENDED:
        raise Refused(f"The VPN connection {connection.id} is {state}.", remedy="A new one has new addresses and keys.")
    yield _state(connection, state)
    yield from keepers.told(connection.id, f"The VPN connection {connection.id}", found.get("Tags"))
    up = any(each.get("Status") == "UP" for each in found.get("VgwTelemetry") or [])
    yield from _tunnels(cloud, connection.id, found, up=up)
    if transit := str(found.get("TransitGatewayId") or ""):
        yield from transit_gateway.looked_at(cloud, connection, transit, up=up)
        return
    if not connection.vpn_gateway:
        yield _elsewhere(found)
        return
    networks = tuple(IPv4Network(cidr, strict=False) for cidr in connection.routes)
    try:
        gateway = next((g for g in vpn.gateways(cloud) if g.id == connection.vpn_gateway), None)
    except CloudError as problem:
        what = f"Whether the VPN gateway {connection.vpn_gateway} is attached to a VPC could not be read."
        yield Finding("attachment", Grade.NOT_CHECKED, what, str(problem))
        yield _routing(connection)
        return
    if gateway is None or gateway.attachment != "attached":
        waits = gateway is not None and gateway.attachment == "attaching"
        finding = Finding(
            "attachment", Grade.WAITING if waits else Grade.REFUSED,
            f"The VPN gateway {connection.vpn_gateway} is "
            f"{'being attached' if waits else 'not attached to a VPC'}.", "DescribeVpnGateways",
            "Wait a minute." if waits else "Attach it to the VPC that the office should reach.",
            beyond=repairs.BEYOND["state"] if waits else repairs.known_by_run(found),
        )  # fmt: skip
        home = None if waits or gateway is None else repairs.where_it_belongs(cloud, gateway.id)
        yield finding.mended_by(repairs.attach(gateway, home, networks)) if gateway and home else finding
        return
    yield Finding(
        "attachment",
        Grade.PROVED,
        f"The VPN gateway {gateway.id} is attached to {gateway.vpc or 'a VPC'}.",
        "DescribeVpnGateways",
    )
    yield from keepers.told(gateway.id, f"The VPN gateway {gateway.id}", gateway.tags)
    vpc, why = None, "DescribeVpcs"
    try:
        vpc = vpcs.vpc(cloud, gateway.vpc) if gateway.vpc else None
    except CloudError as problem:
        why = str(problem)
    if vpc is None:
        yield _routing(connection)
        what = f"The VPC {gateway.vpc}" if gateway.vpc else f"The VPC that {gateway.id} is attached to"
        yield Finding("vpc", Grade.NOT_CHECKED, f"{what} could not be read.", why)
        return
    here = behind.situation(cloud, connection, vpc, gateway.id, networks, up=up)
    routing = _routing(connection)
    telling = routing.grade is Grade.REFUSED and here.networks
    if telling:
        routing = routing.mended_by(repairs.tell(connection.id, here.networks, found.get("Tags")))
    yield replace(routing, beyond=repairs.known_by_run(found))
    for rule in RULES:
        yield from (each for each in rule(here) if not isinstance(each, Caution))
    for table in here.tables:
        if gateway.id in table.propagating or any(route.target == gateway.id for route in table.routes):
            yield from keepers.told(table.id, f"The route table {table.name or table.id}", table.tags)
    for group in here.groups:
        if here.lets_in(group):
            yield from keepers.told(group.id, f"The security group {group.name}", group.told.get("Tags"))


def _tunnels(cloud: Cloud, connection: str, found: Mapping[str, Any], *, up: bool) -> Iterator[Finding]:
    """How the tunnels are, why, what they have agreed on, and who hears when they are down."""
    before = tunnels.NEW if up else tunnels.past(cloud, connection, found, datetime.now(UTC))
    said = [*logged.looked_at(cloud, found, before)]
    yield from said
    yield from logged.behind(tunnels.measured(found, before), said)
    yield from starting.looked_at(found)
    yield from negotiated.looked_at(cloud, found)
    yield from watched.looked_at(cloud, found)


def _state(connection: vpn.Connection, state: str) -> Finding:
    name = f"{connection.name} ({connection.id})" if connection.name else connection.id
    if state == "available":
        return Finding("state", Grade.PROVED, f"{name} is available.", "DescribeVpnConnections")
    changing = state == "modifying"
    return Finding(
        "state", Grade.CAUTION if changing else Grade.WAITING,
        f"{name} is {'being changed' if changing else state}.", f"DescribeVpnConnections: {state}",
        "Wait; 2 to 10 minutes are usual.",
    )  # fmt: skip


def _routing(connection: vpn.Connection) -> Finding:
    if connection.unsaid:
        return Finding(
            "routing", Grade.NOT_CHECKED, "Whether the connection is static or uses BGP was not told.",
            "DescribeVpnConnections says nothing of its Options",
        )  # fmt: skip
    if not connection.static:
        return Finding(
            "routing", Grade.PROVED, "The connection uses BGP: the device must announce its networks.",
            "StaticRoutesOnly is false",
        )  # fmt: skip
    if not connection.routes:
        return Finding(
            "static-routes", Grade.REFUSED, "The connection is static and knows no network of the office.",
            "Routes of the connection", "Add the office's networks as static routes of the connection.",
        )  # fmt: skip
    return Finding(
        "static-routes", Grade.PROVED, f"The connection knows the office's networks: {', '.join(connection.routes)}.",
        "Routes of the connection",
    )  # fmt: skip


def _elsewhere(found: Mapping[str, Any]) -> Finding:
    """What is behind a connection that ends at none of the gateways that are looked at."""
    if core := found.get("CoreNetworkArn"):
        return Finding(
            "gateway", Grade.NOT_CHECKED, f"It ends at Cloud WAN ({core}), whose routes were not looked at.",
            "CoreNetworkArn", "Look at its attachment, and at the routes of the attachment's segment.",
        )  # fmt: skip
    return Finding(
        "gateway", Grade.REFUSED, "The connection ends at no gateway: nothing of AWS is behind it.",
        "DescribeVpnConnections: no gateway", "Let it end at the VPN gateway of the VPC, or at a transit gateway.",
    )  # fmt: skip


def _the(cloud: Cloud, named: str) -> dict[str, Any]:
    """The connection of that id or name."""
    by_id = tags.is_id(named, "vpn")
    asked = {"VpnConnectionIds": [named]} if by_id else {"Filters": [{"Name": "tag:Name", "Values": [named]}]}
    try:
        found = cloud.make(Call("ec2.DescribeVpnConnections", asked)).get("VpnConnections") or []
    except CloudError as problem:
        if not problem.aws_code.startswith("InvalidVpnConnectionID"):
            raise
        found = []
    if not by_id:  # a name outlives what had it
        found = [each for each in found if each.get("State") not in vpn.ENDED]
    if len(found) > 1:
        ids = ", ".join(str(each["VpnConnectionId"]) for each in found)
        raise Refused(f"There are several VPN connections called “{named}”.", remedy=f"Take one by its id: {ids}.")
    if not found:
        all_ = vpn.connections(cloud)
        known = ", ".join(f"{each.id} ({each.name})" if each.name else each.id for each in all_)
        remedy = (
            f"There are: {known}." if known else "There is none in this region. Choose another region with --region."
        )
        raise Refused(f"There is no VPN connection “{named}” in {cloud.identity.region}.", remedy=remedy)
    one: dict[str, Any] = found[0]
    return one
