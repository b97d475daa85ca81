"""What can stand in the way of a VPN at a transit gateway, looked at beforehand. Everything here only reads.

Of the routes of a table the longest prefix counts, and of equals one that was entered before one that an attachment
brings, that of a VPN last of all (Amazon VPC Transit Gateways guide, "Route evaluation order", 2026-11).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network
from typing import Protocol

from flows.aws import site_to_site_vpn, transit_gateways, vpcs
from flows.aws.addresses import within
from flows.aws.route_tables import RouteTable
from flows.aws.transit_gateways import Attachment, Route, TransitGateway
from flows.aws.vpcs import Vpc
from flows.engine import Caution, Cloud, Finding, Grade

from . import by_transit_gateway
from .by_transit_gateway import Way

GATEWAYS_A_VPC = 5
"""Transit gateways that a VPC can be attached to (AWS Transit Gateway quotas, 2026-11)."""
KEY = "vpn_gateway"


class Answers(Protocol):
    """The set-up as the functions here see it."""

    cloud: Cloud
    vpc: Vpc
    networks: tuple[IPv4Network, ...]
    route_tables: tuple[RouteTable, ...]


def looked_at(flow: Answers, gateway: TransitGateway, connection: str, *, static: bool) -> Iterator[Finding | Caution]:
    """What there is to say of a transit gateway that is to be AWS's end; `connection` is one that is used."""
    cloud, vpc = flow.cloud, flow.vpc
    way = by_transit_gateway.way(cloud, gateway, vpc, connection)
    found = [
        *_to_office(way, way.routes[way.vpc_table], flow.networks, static=static),
        *_to_vpc(way, way.routes[way.office_table], vpc),
    ]
    yield from found
    if not found:
        yield Finding("transit-routes", Grade.PROVED, f"No route of {gateway.called} leads either side elsewhere.")
    served = by_transit_gateway.served(cloud, vpc, flow.route_tables)
    yield from _zones(cloud, way, vpc, served)
    if way.vpc is None and (others := transit_gateways.of_vpc(cloud, vpc.id)) >= GATEWAYS_A_VPC:
        yield Finding(
            "transit-room", Grade.REFUSED,
            f"{vpc.called} is attached to {others} transit gateways already; AWS takes no more than {GATEWAYS_A_VPC}.",
            "DescribeTransitGatewayVpcAttachments", "Take one of those, or the VPN gateway.",
        )  # fmt: skip
    if shared := _shared(cloud, way):
        yield Caution("transit-shared", shared, key=KEY)
    if not static and not gateway.ecmp:
        yield Caution(
            "transit-one-tunnel",
            f"{gateway.called} sends by one tunnel at a time, since ECMP is off there: the other one takes over, and "
            "adds nothing before.",
            key=KEY,
        )


def _shared(cloud: Cloud, way: Way) -> str:
    """Who else has the way to the office, and where else the office gets to; empty if nobody and nowhere."""
    others = [each for each in way.attachments if each not in (way.vpc, way.office)]
    beside = [each for each in others if each.table == way.vpc_table]
    led = {id for route in way.routes[way.office_table] if route.active for id in route.to}
    reached = [each for each in others if each.id in led]
    known = (
        f"{_names(cloud, beside)} {'goes' if len(beside) == 1 else 'go'} by the route table {way.vpc_table}, too: the "
        "way to the office is known to them as well."
    )
    onward = f"What comes from the office is led to {_names(cloud, reached)} as well."
    return " ".join((*([known] if beside else []), *([onward] if reached else [])))


def _names(cloud: Cloud, attached: list[Attachment]) -> str:
    names = {each.value.id: each.value.name for each in vpcs.vpcs(cloud)}
    names |= {each.id: each.name for each in site_to_site_vpn.connections(cloud)}
    shown = ((each.resource or each.id, names.get(each.resource)) for each in attached)
    told = [f"{name} ({id})" if name else id for id, name in shown]
    return ", ".join(told[:3]) + (f" and {len(told) - 3} more" if len(told) > 3 else "")


def _to_office(
    way: Way, routes: Iterable[Route], office: Iterable[IPv4Network], *, static: bool
) -> Iterator[Finding | Caution]:
    """What the table that answers go by already does with the office's networks. What is there is never replaced."""
    own = {way.office.id} if way.office else set()
    for each in office:
        for route in _elsewhere(routes, each, own):
            to = _target(way, route)
            if route.network != each:
                yield Caution(
                    "transit-more-specific",
                    f"{way.vpc_table} already leads {route.network} to {to}. The more specific route wins, so that "
                    "part of the office is not reached through the VPN.",
                    key=KEY,
                )
            elif static:
                kept = (
                    "a route that is there is never replaced." if route.entered
                    else "an entered route would go before it, and take that way from whoever uses it."
                )  # fmt: skip
                yield Finding(
                    f"transit-taken:{each}", Grade.REFUSED, f"{way.vpc_table} leads {each} to {to} already; {kept}",
                    "SearchTransitGatewayRoutes", "Take that route out first, if the office is to be reached so.",
                )  # fmt: skip
            else:
                by_bgp = not route.entered and {each.kind for each in way.attachments if each.id in route.to} == {"vpn"}
                shares = "sends by both then (ECMP)" if way.gateway.ecmp else "sends by one of the two then"
                beats = (
                    f"where both announce it alike, {way.gateway.called} {shares}." if by_bgp else
                    "it goes before what the device announces, so this traffic will not use the VPN. Remove it first "
                    "if it should."
                )  # fmt: skip
                yield Caution("transit-route-taken", f"{way.vpc_table} already leads {each} to {to}; {beats}", key=KEY)


def _to_vpc(way: Way, routes: Iterable[Route], vpc: Vpc) -> Iterator[Finding | Caution]:
    """What the table that the office goes by already does with the VPC's ranges.

    Of a VPC whose range overlaps that of one which is attached, AWS propagates no route (Amazon VPC Transit Gateways
    guide, "Amazon VPC attachments", 2026-11).
    """
    own = {way.vpc.id} if way.vpc else set()
    for each in vpc.networks:
        for route in _elsewhere(routes, each, own):
            to = _target(way, route)
            if route.network == each:
                yield Finding(
                    f"transit-vpc:{each}", Grade.REFUSED,
                    f"{way.office_table} leads {each}, which is the VPC's own, to {to}: what comes from the office "
                    "does not reach the VPC.",
                    "SearchTransitGatewayRoutes", f"Let it lead to {vpc.called}, or take the VPN gateway.",
                )  # fmt: skip
            else:
                yield Caution(
                    "transit-part-of-vpc",
                    f"{way.office_table} leads {route.network}, a part of the VPC's own {each}, to {to}; that part is "
                    "not reached from the office.",
                    key=KEY,
                )


def _elsewhere(routes: Iterable[Route], network: IPv4Network, own: set[str]) -> list[Route]:
    """The routes that lead some of a network, or all of it and nothing else, to others."""
    return [each for each in routes if within(each.network, network) and not own.intersection(each.to)]


def _target(way: Way, route: Route) -> str:
    known = {each.id: each.resource or each.id for each in way.attachments}
    return ", ".join(known.get(id, id) for id in route.to) or "nothing (a blackhole)"


def _zones(cloud: Cloud, way: Way, vpc: Vpc, served: dict[str, str]) -> Iterator[Finding | Caution]:
    """What is in a zone where the VPC's attachment has no subnet does not reach the gateway (Amazon VPC Transit
    Gateways guide, "Amazon VPC attachments", 2026-11)."""
    if not served:
        yield Finding(
            "transit-zones", Grade.REFUSED,
            f"No subnet of {vpc.called} uses the chosen route tables: nothing there is to be reached.",
            "DescribeSubnets", "Choose the route tables that your servers' subnets use.",
        )  # fmt: skip
        return
    if way.vpc is None:
        return
    at = vpcs.zones(cloud, vpc)
    attached = {at.get(id, "") for id in transit_gateways.subnets(cloud, way.vpc.id)}
    missing = sorted(set(served.values()) - attached)
    if not missing:
        return
    where = ", ".join(missing)
    lacks = f"The attachment {way.vpc.id} has no subnet in {where}"
    if set(missing) == set(served.values()):
        yield Finding(
            "transit-zones", Grade.REFUSED, f"{lacks}, where all servers of the chosen route tables are.",
            "DescribeTransitGatewayVpcAttachments", f"Add a subnet of {where} to the attachment.",
        )  # fmt: skip
    else:
        yield Caution(
            "transit-zones",
            f"{lacks}: servers there do not reach the office. Add a subnet of {where} to the attachment.",
            key=KEY,
        )
