"""AWS's end of a connection: whether it has to be plugged in, what is on it already, and what may lead to it."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Any, Protocol

from flows.aws import route_tables, site_to_site_vpn, transit_gateways, vpn_dependents
from flows.aws.route_tables import RouteTable
from flows.aws.vpcs import Vpc
from flows.engine import Action, Call, Caution, Cloud, Late, Option, Others, Refused, Use

from . import answers, by_transit_gateway, handover, steps

Things = list[Action | Use]


class Answers(Protocol):
    """The set-up as the functions here see it."""

    cloud: Cloud
    name: str
    vpc: Vpc
    networks: tuple[IPv4Network, ...]
    routing: str
    vpn_gateway: site_to_site_vpn.VpnGateway | transit_gateways.TransitGateway | str
    route_tables: tuple[RouteTable, ...]
    route_method: str


def options(cloud: Cloud, vpc: Vpc) -> Iterator[Option[Any]]:
    """What can be AWS's end: the VPN gateway of the VPC or a new one, or a transit gateway. Raises Refused."""
    yield from site_to_site_vpn.gateway_options(cloud, vpc)
    yield from transit_gateways.options(cloud)


def usable(gateway: object, flow: Answers) -> Iterator[Caution]:
    """What there is to say about AWS's end. Raises Refused where no VPN can end there."""
    if isinstance(gateway, transit_gateways.TransitGateway):
        by_transit_gateway.usable(gateway, flow.vpc, flow.cloud)
        yield Caution(
            "transit-gateway-costs",
            "A transit gateway costs by what is attached to it: the VPN, and a VPC that is not yet, about 0.05 USD an "
            "hour each in US East, in some regions more, and about 0.02 USD for each GB that they send. A VPN gateway "
            "costs nothing itself.",
        )


def method(flow: Answers) -> str:
    """How routes get into the tables of the VPC if nobody says otherwise."""
    return answers.FIXED if by_hub(flow) else answers.PROPAGATION


def entered(method: str, flow: Answers) -> None:
    """Raises Refused: nothing propagates from a transit gateway into a VPC's route tables (Amazon VPC Transit Gateways
    guide, "How AWS Transit Gateway works", 2026-11)."""
    if by_hub(flow) and method == answers.PROPAGATION:
        raise Refused(
            "A transit gateway enters no routes into the route tables of a VPC; only a VPN gateway does.",
            remedy="Choose fixed entries.",
        )


def reads(flow: Answers) -> tuple[Call, ...]:
    """What the hand-over will call."""
    return (*handover.READS, *(handover.AT_A_HUB if by_hub(flow) else ()))


def by_hub(flow: Answers) -> bool:
    """Whether a transit gateway is AWS's end."""
    return isinstance(flow.vpn_gateway, transit_gateways.TransitGateway)


def plug(flow: Answers, aws_end: Action | Use) -> Things:
    """Attaching AWS's end, unless it is attached."""
    gateway = flow.vpn_gateway
    if isinstance(gateway, transit_gateways.TransitGateway):
        way = by_transit_gateway.way(flow.cloud, gateway, flow.vpc, "")
        leading = tables(flow, aws_end, attached=True)
        own = (way.office_table, gateway.propagation)
        leading += vpn_dependents.transit_tables(flow.vpc.id, gateway.id, brought=own)
        return by_transit_gateway.plug(flow, way, leading)
    if isinstance(gateway, site_to_site_vpn.VpnGateway) and gateway.vpc == flow.vpc.id:
        return []
    leading, known = tables(flow, aws_end, attached=True), connections(flow.cloud, aws_end)
    return [steps.attach(aws_end.resource, flow.vpc, leading, known)]


def first(flow: Answers, plugged: tuple[str, ...]) -> tuple[str, ...]:
    """Which of the steps that plug AWS's end in the connection waits for: a transit gateway is there without them."""
    return () if by_hub(flow) else plugged


def told(flow: Answers, tunnel: Action | Use, leading: tuple[Others, ...], *, made: bool) -> Things:
    """What AWS's end is told of the office's networks.

    Args:
        flow: the answers.
        tunnel: the connection.
        leading: what others may have let lead to it.
        made: whether this run makes the connection; else one may come meanwhile.
    """
    gateway = flow.vpn_gateway
    static = flow.routing == answers.STATIC
    if isinstance(gateway, transit_gateways.TransitGateway):
        standing = tunnel.resource if isinstance(tunnel, Use) else ""
        way = by_transit_gateway.way(flow.cloud, gateway, flow.vpc, standing)
        to_it = _to_connection(flow, gateway, tunnel.resource)
        return by_transit_gateway.told(way, tunnel.resource, flow.networks if static else (), to_it)
    known = site_to_site_vpn.routes_of(flow.cloud, tunnel if isinstance(tunnel, Use) else None)
    return [
        steps.static_route(tunnel.resource, each, leading, made=made)
        for each in flow.networks
        if static and str(each) not in known
    ]


def ways(flow: Answers, aws_end: Late, after: tuple[str, ...], known: tuple[str, ...]) -> Iterator[Action | Use]:
    """What the chosen route tables still need in order to lead the office's networks to AWS's end."""
    fixed = flow.route_method == answers.FIXED
    for table in flow.route_tables:
        yield from route_tables.ways(table, flow.networks, aws_end, fixed=fixed, after=after, known=known)


def connections(cloud: Cloud, aws_end: Action | Use) -> tuple[str, ...]:
    """The ids of the connections that AWS's end has already."""
    if isinstance(aws_end, Action):
        return ()
    found = site_to_site_vpn.connections(cloud)
    return tuple(each.id for each in found if each.aws_end == aws_end.resource)


def tables(flow: Answers, aws_end: Action | Use, *, attached: bool) -> tuple[Others, ...]:
    """What others may have let lead to AWS's end, more of it if this run attaches that."""
    return vpn_dependents.tables(
        aws_end.resource, flow.vpc.id, [table.id for table in flow.route_tables], flow.networks,
        fixed=flow.route_method == answers.FIXED, made=attached,
    )  # fmt: skip


def leading(flow: Answers, tunnel: Late, tables: tuple[Others, ...]) -> tuple[Others, ...]:
    """What others may have let lead to the connection, `tables` being what may lead to AWS's end."""
    gateway = flow.vpn_gateway
    if isinstance(gateway, transit_gateways.TransitGateway):
        return _to_connection(flow, gateway, tunnel)
    return tables


def _to_connection(flow: Answers, gateway: transit_gateways.TransitGateway, connection: Late) -> tuple[Others, ...]:
    """Where others may have let a transit gateway lead to the connection."""
    way = by_transit_gateway.way(flow.cloud, gateway, flow.vpc, "")
    static = flow.networks if flow.routing == answers.STATIC else ()
    own = (way.vpc_table, gateway.propagation)
    return (
        vpn_dependents.transit_routes(connection, way.vpc_table, static),
        *vpn_dependents.transit_tables(connection, gateway.id, entered=(way.vpc_table,), brought=own),
    )
