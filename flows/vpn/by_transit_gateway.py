"""A transit gateway as AWS's end: how packets come from the office to the VPC and back, and what is missing for that.

Both are attached to it. What comes from the office goes on by the route table that the connection's attachment is
associated with, and answers by that of the VPC's: each must know the way to the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Protocol

from flows.aws import route_tables, transit_gateway_routes, transit_gateways, vpcs
from flows.aws.route_tables import RouteTable
from flows.aws.transit_gateways import Attachment, Route, TransitGateway
from flows.aws.vpcs import Vpc
from flows.engine import Action, Cloud, Late, Others, Refused, Use

OFFICE, VPC = "the office", "the VPC"


class Answers(Protocol):
    """The set-up as the functions here see it."""

    cloud: Cloud
    name: str
    vpc: Vpc
    route_tables: tuple[RouteTable, ...]


@dataclass(frozen=True)
class Way:
    """How a transit gateway leads, or would lead, between a connection and a VPC.

    Args:
        gateway: the transit gateway.
        attachments: what is attached to it.
        vpc: the VPC's attachment; None if it has none yet.
        office: the connection's; None if there is no connection yet.
        office_table: the id of the route table by which what comes from the office goes on.
        vpc_table: that by which what comes from the VPC goes on.
        known: the ids of the attachments that bring their networks into each of the two.
        routes: the routes of each of the two.
    """

    gateway: TransitGateway
    attachments: tuple[Attachment, ...]
    vpc: Attachment | None
    office: Attachment | None
    office_table: str
    vpc_table: str
    known: dict[str, tuple[str, ...]]
    routes: dict[str, tuple[Route, ...]]

    def brings(self, attachment: Attachment | None, table: str) -> bool:
        """Whether an attachment brings its networks into a route table, a new one by itself."""
        if attachment is None:
            return self.gateway.propagation == table
        return attachment.id in self.known[table]

    def leads(self, vpc: Vpc) -> bool:
        """Whether what comes from the office is led to all of the VPC, brought by its attachment or entered."""
        its, routes = self.vpc.id if self.vpc else "", self.routes[self.office_table]
        ways = [to for own in vpc.networks for to in transit_gateways.taken(own, routes)]
        return self.brings(self.vpc, self.office_table) or all(to and to.active and its in to.to for to in ways)

    def goes(self, attachment: Attachment | None) -> bool:
        """Whether an attachment is associated with a route table, a new one by itself."""
        return bool(attachment.table if attachment else self.gateway.association)


def way(cloud: Cloud, gateway: TransitGateway, vpc: Vpc, connection: str) -> Way:
    """How it leads between a VPC and a connection, whose id is empty as long as it is not there.

    Raises CloudError; Refused where it has no route table, or leaves open which.
    """
    found = transit_gateways.attachments(cloud, gateway.id)
    its = next((each for each in found if each.resource == vpc.id), None)
    office = next((each for each in found if connection and each.resource == connection), None)
    standing = [each.table for each in (office, its) if each and each.table]
    table = gateway.association or next(iter(standing), "") or _only(cloud, gateway)
    office_table = office.table if office and office.table else table
    vpc_table = its.table if its and its.table else table
    both = dict.fromkeys((office_table, vpc_table))
    known = {each: transit_gateways.bringing(cloud, each) for each in both}
    routes = {each: transit_gateways.routes(cloud, each) for each in both}
    return Way(gateway, found, its, office, office_table, vpc_table, known, routes)


def _only(cloud: Cloud, gateway: TransitGateway) -> str:
    """The one route table that there is. Raises Refused."""
    found = transit_gateways.tables(cloud, gateway.id)
    if len(found) == 1:
        return found[0]
    if found:
        raise Refused(
            f"{gateway.called} has {len(found)} route tables and no default one, and the VPC goes by none of them. "
            "Which is meant is not for Handrail to say.",
            remedy="Associate the VPC's attachment with one of them first, or take another gateway.",
        )
    raise Refused(
        f"{gateway.called} has no route table: nothing that comes to it goes on.",
        remedy="Make one for it first, or take another gateway.",
    )


def usable(gateway: TransitGateway, vpc: Vpc, cloud: Cloud) -> None:
    """Raises Refused where a VPN for this VPC cannot end at the gateway.

    A VPN must be made in the account that owns the gateway; only that account associates and propagates (Amazon VPC
    Transit Gateways guide, "Transit gateway sharing considerations", 2026-11).
    """
    if not gateway.ours:
        raise Refused(
            f"The transit gateway {gateway.called} belongs to account {gateway.owner} and is shared with you. AWS "
            "lets a VPN end at it only in that account.",
            remedy="Ask its owner to connect the office, or take the VPN gateway.",
        )
    state = way(cloud, gateway, vpc, "").vpc
    if state and state.state not in transit_gateways.ATTACHED:
        waits = state.state == "pendingAcceptance"
        raise Refused(
            f"The attachment {state.id} of {vpc.called} to {gateway.called} is {state.state}.",
            remedy="Its owner has to accept it first." if waits else "Wait a minute, then read again.",
        )


def plug(flow: Answers, way: Way, leading: tuple[Others, ...]) -> list[Action | Use]:
    """Attaching the VPC, unless it is attached, and letting the gateway know the way to it."""
    things: list[Action | Use] = []
    ours = () if way.vpc else leading  # what led to an attachment of others did so without this run
    if way.vpc:
        sentence = f"{flow.vpc.called} is attached to {way.gateway.called} already"
        used = Use(route_tables.ATTACH, sentence, "AWS::EC2::TransitGatewayVpcAttachment", way.vpc.id)
        things.append(used)
        attachment: Late = way.vpc.id
    else:
        made = transit_gateway_routes.attach(
            way.gateway, flow.vpc, places(flow.cloud, flow.vpc, flow.route_tables), flow.name, leading
        )
        things.append(made)
        attachment = made.resource
    if not way.goes(way.vpc):
        things.append(transit_gateway_routes.associate("attach-associate", attachment, way.vpc_table, VPC, ours))
    if not way.leads(flow.vpc):
        things.append(transit_gateway_routes.bring("attach-bring", attachment, way.office_table, VPC, ours))
    return things


def told(
    way: Way, connection: Late, networks: Iterable[IPv4Network], leading: tuple[Others, ...]
) -> list[Action | Use]:
    """Letting the gateway know the way to the office: each of `networks`, or what the device announces if there are
    none. `leading` is what others may have let lead to the connection."""
    things: list[Action | Use] = []
    attachment: Late = transit_gateway_routes.ATTACHMENT
    if way.office:
        attachment = way.office.id
    else:
        things.append(transit_gateway_routes.attachment(connection, way.gateway))
    if not way.goes(way.office):
        ours = () if way.office else leading
        things.append(transit_gateway_routes.associate("transit-associate", attachment, way.office_table, OFFICE, ours))
    networks = tuple(networks)
    things += [transit_gateway_routes.route(way.vpc_table, each, attachment) for each in networks]
    if not networks and not way.brings(way.office, way.vpc_table):
        things.append(transit_gateway_routes.bring("transit-bring", attachment, way.vpc_table, OFFICE))
    return things


def places(cloud: Cloud, vpc: Vpc, tables: Sequence[RouteTable]) -> tuple[str, ...]:
    """A subnet in each zone that the route tables serve, to attach the VPC in. Raises CloudError."""
    found: dict[str, str] = {}
    for id, zone in sorted(served(cloud, vpc, tables).items()):
        found.setdefault(zone, id)
    return tuple(found[zone] for zone in sorted(found))


def served(cloud: Cloud, vpc: Vpc, tables: Sequence[RouteTable]) -> dict[str, str]:
    """The ids of the subnets that use one of the route tables, each with its zone. Raises CloudError."""
    zones = vpcs.zones(cloud, vpc)
    every = [option.value for option in route_tables.route_tables(cloud, vpc)]
    given = {id for table in every for id in table.subnets}
    behind = {id for table in tables for id in table.subnets}
    if any(table.main for table in tables):
        behind |= zones.keys() - given
    return {id: zone for id, zone in zones.items() if id in behind}
