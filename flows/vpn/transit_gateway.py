"""What is behind a connection that ends at a transit gateway: its attachment, the ways there, and the VPCs.

Packets that come from an attachment go on by the route table that it is associated with; that table has routes to
another attachment by propagation, or because somebody entered them (Amazon VPC Transit Gateways guide, "How transit
gateways work", 2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network

from flows.aws import addresses, keepers, transit_gateways
from flows.aws import site_to_site_vpn as vpn
from flows.aws import vpcs as net
from flows.aws.transit_gateways import Attachment, Route
from flows.aws.vpcs import Vpc
from flows.engine import Caution, Cloud, CloudError, Finding, Grade

from . import behind, firewalls

BY = "SearchTransitGatewayRoutes"


@dataclass(frozen=True)
class Hub:
    """A transit gateway as one connection sees it.

    Args:
        gateway: its id.
        connection: the id of the connection.
        attachments: what is attached to it.
        tables: the routes of its route tables that were read.
        unread: the route tables that could not be read, and why.
        vpcs: the VPCs of this account that it leads to, by their ids.
    """

    gateway: str
    connection: str
    attachments: tuple[Attachment, ...]
    tables: Mapping[str, tuple[Route, ...]] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)
    vpcs: Mapping[str, Vpc] = field(default_factory=dict)

    def shown(self, attachment: Attachment) -> str:
        """What is attached, a VPC by its name."""
        its = self.vpcs.get(attachment.resource)
        return f"{its.name} ({its.id})" if its and its.name else attachment.resource or attachment.id

    def target(self, route: Route) -> str:
        """Where a route leads, in words."""
        found = {each.id: self.shown(each) for each in self.attachments}
        return ", ".join(found.get(id, id) for id in route.to) or "nobody"

    @property
    def office(self) -> Attachment | None:
        """The connection's own attachment."""
        return next((each for each in self.attachments if each.resource == self.connection), None)

    def onward(self) -> list[Attachment]:
        """What packets from the office are led to."""
        table = self.tables.get(self.office.table, ()) if self.office else ()
        ids = {id for route in table if route.active for id in route.to}
        return [each for each in self.attachments if each.id in ids and each != self.office]

    def back(self, vpc: Attachment) -> tuple[IPv4Network, ...]:
        """The networks that are led from a VPC to the connection."""
        office = self.office.id if self.office else ""
        routes = self.tables.get(vpc.table, ())
        led = [each.network for each in routes if each.active and office in each.to]
        return tuple(each for each in led if any(_leads(to, office) for to in transit_gateways.taken(each, routes)))


def _leads(route: Route | None, attachment: str) -> bool:
    return route is not None and route.active and attachment in route.to


def looked_at(cloud: Cloud, connection: vpn.Connection, gateway: str, *, up: bool) -> Iterator[Finding]:
    """What there is to say about a connection that ends at a transit gateway; `up` says that a tunnel is."""
    try:
        hub = Hub(gateway, connection.id, transit_gateways.attachments(cloud, gateway))
    except CloudError as problem:
        yield Finding(
            f"attachment:{gateway}", Grade.NOT_CHECKED,
            f"It ends at the transit gateway {gateway}; what is attached to that could not be read.", str(problem),
        )  # fmt: skip
        return
    yield attached(hub)
    office = hub.office
    if office is None or office.state not in transit_gateways.ATTACHED or not office.table:
        return
    yield from keepers.told(office.id, f"The attachment {office.id}", office.tags)
    if connection.six:
        yield Finding(
            "onward", Grade.NOT_CHECKED, "Its tunnels carry IPv6; where that is led, and back, was not looked at.",
            "TunnelInsideIpVersion is ipv6", f"See that {office.table} and the VPC's tables lead the IPv6 networks.",
        )  # fmt: skip
        return
    hub = _with(cloud, hub, [office.table])
    vpcs = [each for each in hub.onward() if each.kind == "vpc"]
    its, why = _vpcs(cloud, vpcs)
    hub = replace(hub, vpcs=its)
    yield from onward(hub)
    hub = _with(cloud, hub, [each.table for each in vpcs if each.table])
    looked = [list(_behind(cloud, hub, each, connection, up, why[each.resource])) for each in vpcs]
    one_works = any(all(each.grade is not Grade.REFUSED for each in found) for found in looked)
    for vpc, found in zip(vpcs, looked, strict=True):
        yield from (_of_several(each, vpc.resource, one_works) if len(vpcs) > 1 else each for each in found)


def attached(hub: Hub) -> Finding:
    """The connection is attached to the transit gateway, and packets that come from it go on by a route table."""
    office, by, id = hub.office, "DescribeTransitGatewayAttachments", f"attachment:{hub.gateway}"
    if office is None:
        return Finding(
            id, Grade.NOT_CHECKED, f"Its attachment to the transit gateway {hub.gateway} was not found.", by,
            "The gateway may be another account's: its owner can look.",
        )  # fmt: skip
    if office.state not in transit_gateways.ATTACHED:
        return Finding(
            id, Grade.WAITING, f"Its attachment to {hub.gateway} is {office.state or 'in no known state'}.",
            f"{by}: {office.id}", "Wait some minutes, or let the gateway's owner accept it.",
        )  # fmt: skip
    if not office.table:
        return Finding(
            id, Grade.REFUSED,
            f"It is attached to the transit gateway {hub.gateway}, and its attachment is associated with no route "
            "table: what comes from the office goes nowhere.", f"{by}: {office.id}",
            f"Associate {office.id} with a route table of {hub.gateway}.",
        )  # fmt: skip
    return Finding(
        id, Grade.PROVED,
        f"It is attached to the transit gateway {hub.gateway}, by the route table {office.table}.", by,
    )  # fmt: skip


def onward(hub: Hub) -> Iterator[Finding]:
    """What comes from the office is led to a VPC."""
    table = hub.office.table if hub.office else ""
    if table in hub.unread:
        yield Finding(
            "onward", Grade.NOT_CHECKED, f"Where {table} leads what comes from the office could not be read.",
            hub.unread[table],
        )  # fmt: skip
        return
    found = hub.onward()
    vpcs = [hub.shown(each) for each in found if each.kind == "vpc"]
    if vpcs:
        yield Finding("onward", Grade.PROVED, f"What comes from the office is led to {', '.join(vpcs)}.", BY)
    elif found:
        others = ", ".join(f"{each.resource or each.id} ({each.kind or '?'})" for each in found)
        yield Finding(
            "onward", Grade.NOT_CHECKED, f"What comes from the office is led to {others}; what is behind that was not "
            "looked at.", f"{BY}: {table}",
        )  # fmt: skip
    elif any(route.active and set(route.to) - {hub.office.id if hub.office else ""} for route in hub.tables[table]):
        yield Finding(
            "onward", Grade.NOT_CHECKED, f"{table} leads what comes from the office to attachments that this account "
            "does not see.", BY, "Let the gateway's owner look.",
        )  # fmt: skip
    else:
        dead = ", ".join(str(route.network) for route in hub.tables[table] if not route.active)
        yield Finding(
            "onward", Grade.REFUSED, f"{table} leads what comes from the office nowhere.",
            f"{BY}: no active route{f'; blackholes: {dead}' if dead else ''}",
            f"Let the VPC's attachment propagate into {table}, or enter a route to it there."
            f"{' A blackhole of the same network has to go first.' if dead else ''}",
        )  # fmt: skip


def back(hub: Hub, vpc: Attachment) -> Finding:
    """What comes from a VPC is led back to the connection."""
    id, name = f"back:{vpc.resource}", hub.shown(vpc)
    office = hub.office.id if hub.office else ""
    if vpc.table in hub.unread:
        return Finding(
            id, Grade.NOT_CHECKED, f"Whether answers from {name} are led back could not be read.", hub.unread[vpc.table]
        )
    if networks := hub.back(vpc):
        told = ", ".join(map(str, networks))
        return Finding(id, Grade.PROVED, f"Answers from {name} to {told} are led back to the connection.", BY)
    if not vpc.table:
        return Finding(
            id, Grade.REFUSED, f"The attachment of {name} is associated with no route table: its answers go nowhere.",
            f"DescribeTransitGatewayAttachments: {vpc.id}", f"Associate {vpc.id} with a route table of {hub.gateway}.",
        )  # fmt: skip
    routes = hub.tables.get(vpc.table, ())
    if through := next((each for each in routes if each.active and not each.network.prefixlen), None):
        return Finding(
            id, Grade.NOT_CHECKED, f"Answers from {name} go on to {hub.target(through)}; whether that "
            "passes them on to the office was not found out.", f"{BY}: {through.network} in {vpc.table}",
        )  # fmt: skip
    dead = any(office in each.to for each in routes)
    return Finding(
        id, Grade.REFUSED, f"{vpc.table} leads answers from {name} {'into a dead route' if dead else 'nowhere'}.",
        f"{BY}: no active route to {office}",
        f"Let {office} propagate into {vpc.table}, or enter the office's networks to it there. By BGP, they come once "
        "the device announces them.", follows=("tunnels",),
    )  # fmt: skip


def ahead(hub: Hub, vpc: Attachment, its: Vpc) -> Iterator[Finding]:
    """What comes from the office for a VPC is led there, and not elsewhere by a narrower route or an entered one."""
    table = hub.office.table if hub.office else ""
    taken = {each: transit_gateways.taken(each, hub.tables.get(table, ())) for each in its.networks}
    astray = [(each, to) for each, ways in taken.items() for to in ways if not _leads(to, vpc.id)]
    if not astray:
        return
    nothing = not any(_leads(to, vpc.id) for ways in taken.values() for to in ways)
    network, to = min(astray, key=lambda found: (found[0], found[1].network if found[1] else found[0]))
    lost = "from the office that is not reached"
    where = f"nowhere: {lost}" if to is None else f"into a dead route: {lost}" if not to.active else (
        f"to {hub.target(to)}: from the office that is reached only if it is passed on there"
    )  # fmt: skip
    part = to.network if to and to.network.subnet_of(network) else network
    yield Finding(
        f"onward:{vpc.resource}", Grade.REFUSED if nothing else Grade.CAUTION,
        f"{table} leads {part} of {its.called} {where}.", BY,
        f"Let {table} lead {network} to {vpc.id}, if it is to be reached.",
    )  # fmt: skip


def apart(hub: Hub, vpc: Attachment) -> Iterator[Finding]:
    """Parts of the office to which answers are lost in a dead route, or led elsewhere than to a VPC by one that
    somebody entered. What else is there for its own sake is no part of the office."""
    office = hub.office.id if hub.office else ""
    vpcs = {each.id for each in hub.attachments if each.kind == "vpc"}
    routes = hub.tables.get(vpc.table, ())
    ways = {to for each in hub.back(vpc) if each.prefixlen for to in transit_gateways.taken(each, routes)}
    for to in sorted((to for to in ways if to and not _leads(to, office)), key=lambda to: to.network):
        if to.active and (not to.entered or vpcs & set(to.to)):
            continue
        yield Finding(
            f"back:{vpc.resource}:{addresses.slug(to.network)}", Grade.CAUTION,
            f"{vpc.table} leads {to.network} {'to ' + hub.target(to) if to.active else 'into a dead route'}: if that "
            "is in the office, it hears no answers.", BY, "Remove that route, if those addresses are in the office.",
        )  # fmt: skip


def stands_by(cloud: Cloud, hub: Hub, vpc: Attachment, found: Finding) -> Finding:
    """Where the connection brings its networks and none of them counts, another way to the same is preferred: that is
    right for one that only stands by (Amazon VPC Transit Gateways guide, "How AWS Transit Gateway works", 2026-11).

    Raises CloudError.
    """
    kinds = {each.id: each for each in hub.attachments if each.kind not in ("vpc", "peering") and each != hub.office}
    others = [kinds[id] for each in hub.tables.get(vpc.table, ()) if each.active for id in each.to if id in kinds]
    office = hub.office.id if hub.office else ""
    if not others or office not in transit_gateways.bringing(cloud, vpc.table):
        return found
    names = ", ".join(dict.fromkeys(each.resource or each.id for each in others))
    return replace(
        found, grade=Grade.CAUTION, follows=(),
        sentence=f"Answers from {hub.shown(vpc)} go by {names}, which AWS prefers to this connection.",
        evidence=f"{BY}, GetTransitGatewayRouteTablePropagations: {vpc.table}",
        remedy="That is right for a connection that only stands by. Else let its device announce shorter ways.",
    )  # fmt: skip


def _vpcs(cloud: Cloud, attached: list[Attachment]) -> tuple[dict[str, Vpc], dict[str, str]]:
    """Those of this account, by their ids, and why there is none of the others."""
    found, why = dict[str, Vpc](), dict[str, str]()
    for each in attached:
        why[each.resource] = f"it belongs to the account {each.owner}"
        if each.owner in ("", cloud.identity.account):
            why[each.resource] = "DescribeVpcs"
            try:
                its = net.vpc(cloud, each.resource)
            except CloudError as problem:
                its, why[each.resource] = None, str(problem)
            if its:
                found[each.resource] = its
    return found, why


def _behind(
    cloud: Cloud, hub: Hub, vpc: Attachment, connection: vpn.Connection, up: bool, why: str
) -> Iterator[Finding]:
    """The way back from a VPC, and all that must hold in it; `why` says why it was not read, if it was not."""
    found = back(hub, vpc)
    networks, its = hub.back(vpc), hub.vpcs.get(vpc.resource)
    if not networks and not up and not connection.static and vpc.table and vpc.table not in hub.unread:
        found = Finding(
            found.id, Grade.WAITING, f"No answers from {hub.shown(vpc)} are led back yet: the device announces the "
            "office's networks once a tunnel is up.", found.evidence,
            f"If they do not come then, let {hub.office.id if hub.office else 'the connection'} propagate into "
            f"{vpc.table}.", follows=("tunnels",),
        )  # fmt: skip
    elif found.grade is Grade.REFUSED and vpc.table and not connection.static:
        try:
            found = stands_by(cloud, hub, vpc, found)
        except CloudError as problem:
            found = replace(found, grade=Grade.NOT_CHECKED, evidence=str(problem))
    yield found
    if its is None:
        yield Finding(f"vpc:{vpc.resource}", Grade.NOT_CHECKED, f"The VPC {vpc.resource} could not be looked at.", why)
        return
    try:
        between, attached = transit_gateways.appliance(cloud, vpc.id), transit_gateways.subnets(cloud, vpc.id)
    except CloudError:  # then its zones are not read either, and that is said
        between, attached = False, ()
    if between:
        yield Finding(
            f"vpc:{vpc.resource}", Grade.NOT_CHECKED,
            f"{its.called} is attached in appliance mode, as a firewall between others is: what that passes on, and to "
            "whom, was not looked at.", "DescribeTransitGatewayVpcAttachments",
        )  # fmt: skip
        return
    yield from ahead(hub, vpc, its)
    yield from apart(hub, vpc)
    yield from zones(cloud, vpc, its)
    if networks:
        named = tuple(each for each in networks if each.prefixlen)  # a default route does not say where the office is
        here = behind.situation(cloud, connection, its, hub.gateway, named, up=up)
        for rule in behind.RULES:
            yield from (each for each in rule(here) if not isinstance(each, Caution))
        yield from firewalls.entrances(here, attached)


def zones(cloud: Cloud, vpc: Attachment, its: Vpc) -> Iterator[Finding]:
    """The attachment of a VPC has a subnet in each zone that the VPC is in; else what is there does not reach it.

    Amazon VPC Transit Gateways guide, "Amazon VPC attachments", 2026-11.
    """
    id, by = f"zones:{vpc.resource}", "DescribeTransitGatewayVpcAttachments"
    try:
        at = net.zones(cloud, its)
        attached = {at.get(each, "") for each in transit_gateways.subnets(cloud, vpc.id)}
    except CloudError as problem:
        yield Finding(
            id, Grade.NOT_CHECKED, f"In which zones {its.called} is attached could not be read.", str(problem)
        )
        return
    missing = sorted({*at.values()} - attached)
    if missing:
        where = ", ".join(missing)
        yield Finding(
            id, Grade.CAUTION,
            f"{its.called} is attached by no subnet in {where}: what is there does not reach the transit gateway.",
            by, f"Add a subnet of {where} to {vpc.id}, if servers there are to be reached.",
        )  # fmt: skip
    else:
        yield Finding(id, Grade.PROVED, f"{its.called} is attached in each zone that it has subnets in.", by)


def _of_several(found: Finding, vpc: str, one_works: bool) -> Finding:
    """A finding about one of several VPCs: the office need not be let in to all of them."""
    grade = Grade.CAUTION if one_works and found.grade is Grade.REFUSED else found.grade
    return replace(found, id=found.id if vpc in found.id else f"{found.id}:{vpc}", grade=grade)


def _with(cloud: Cloud, hub: Hub, tables: list[str]) -> Hub:
    """With those route tables read."""
    known, unread = dict(hub.tables), dict(hub.unread)
    for table in dict.fromkeys(tables):
        if table in known or table in unread:
            continue
        try:
            known[table] = transit_gateways.routes(cloud, table)
        except CloudError as problem:
            unread[table] = str(problem)
    return replace(hub, tables=known, unread=unread)
