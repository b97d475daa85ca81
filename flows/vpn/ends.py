"""AWS's end of a connection: whether it has to be plugged in, what is on it already, and what may lead to it."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Protocol

from flows.aws import network, site_to_site_vpn, vpn_dependents
from flows.engine import Action, Cloud, Others, Use

from . import answers, steps


class Answers(Protocol):
    """The set-up as the functions here see it."""

    cloud: Cloud
    vpc: network.Vpc
    networks: tuple[IPv4Network, ...]
    vpn_gateway: site_to_site_vpn.VpnGateway | str
    route_tables: tuple[network.RouteTable, ...]
    route_method: str


def plug(flow: Answers, aws_end: Action | Use) -> list[Action]:
    """Attaching AWS's end, unless it is attached."""
    gateway = flow.vpn_gateway
    if isinstance(gateway, site_to_site_vpn.VpnGateway) and gateway.vpc == flow.vpc.id:
        return []
    leading, known = tables(flow, aws_end, attached=True), connections(flow.cloud, aws_end)
    return [steps.attach(aws_end.resource, flow.vpc, leading, known)]


def connections(cloud: Cloud, aws_end: Action | Use) -> tuple[str, ...]:
    """The ids of the connections that AWS's end has already."""
    if isinstance(aws_end, Action):
        return ()
    found = site_to_site_vpn.connections(cloud)
    return tuple(each.id for each in found if each.vpn_gateway == aws_end.resource)


def tables(flow: Answers, aws_end: Action | Use, *, attached: bool) -> tuple[Others, ...]:
    """What others may have let lead to AWS's end, more of it if this run attaches that."""
    return vpn_dependents.tables(
        aws_end.resource, flow.vpc.id, [table.id for table in flow.route_tables], flow.networks,
        fixed=flow.route_method == answers.FIXED, made=attached,
    )  # fmt: skip
