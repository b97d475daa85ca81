"""What decides whether packets find their way from one VPC to the other and back, planned or long standing."""

from __future__ import annotations

from collections.abc import Iterator

from flows.aws import addresses, service_quotas, vpc_peering
from flows.aws.addresses import Network, made_of, within
from flows.aws.route_tables import Route, RouteTable
from flows.aws.vpc_peering import Connection
from flows.engine import Call, Caution, Cloud, CloudError, Finding, Grade, shell

from . import repairs
from .seen import Seen
from .sides import REPLACE, to

APPLIANCES = ("vpce-", "eni-", "i-")
"""Firewalls and routers of one's own: what comes to them goes on from there, or not."""
ONWARD = ("igw-", "nat-", "vgw-", "tgw-", "vpce-", "pcx-", "eigw-", "lgw-", "cagw-", "arn:")
"""Targets that lead out of a VPC, or to what only it may use."""


# -- beforehand ------------------------------------------------------------------------------------------------


def taken(here: Seen) -> Iterator[Finding | Caution]:
    """What the chosen route tables do already with the other VPC's networks."""
    clear = True
    for table in here.tables:
        for network in here.networks:
            for route in table.ways:
                if route.target in ("local", here.connection) or not route.network.overlaps(network):
                    continue
                if route.network.prefixlen == 0:
                    continue
                clear = False
                yield from _taken(here, table, network, route)
        yield from _full(here, table)
    if clear:
        yield Finding(
            f"routes:{here.vpc}", Grade.PROVED,
            f"No route of {here.side.shown} leads {here.peer}'s networks elsewhere.",
            "DescribeRouteTables",
        )  # fmt: skip


def _taken(here: Seen, table: RouteTable, network: Network, route: Route) -> Iterator[Caution]:
    name, dead = table.shown, route.state == "blackhole"
    if route.network == network and route.propagated:
        yield Caution(
            "route-propagated",
            f"Until now {network} goes from {name} to {route.target} by VPN; a fixed entry always beats that.",
        )
    elif route.network == network and here.side.replace == REPLACE:
        if dead:
            message = f"Route table {name} has a dead entry for {network} ({route.target}). It is replaced."
            yield Caution("dead-route", message)
        else:
            message = f"Until now {network} goes from {name} to {route.target}. It is replaced, and put back at undo."
            yield Caution("route-replaced", message, confirm=True)
    elif route.network == network:
        yield Caution(
            "route-taken",
            f"Route table {name} already sends {network} to {route.target}{', which is gone' if dead else ''}. It "
            "stays, so this traffic will not use the connection.",
        )
    elif route.network.prefixlen > network.prefixlen:
        other = "another VPC with the same addresses" if route.target.startswith("pcx-") else route.target
        yield Caution(
            "more-specific-route",
            f"Route table {name} sends {route.network} to {other}; that part of {here.peer} is not reached.",
        )
    else:
        yield Caution(
            "wider-route",
            f"Until now {network} follows {route.network} from {name} to {route.target}; from then on the connection"
            f"{', and until they accept it may lead nowhere' if here.waits else ''}.",
        )


def _full(here: Seen, table: RouteTable) -> Iterator[Finding]:
    usual = vpc_peering.USUAL[vpc_peering.ROUTES]
    for routes, kind in ((table.routes, 4), (table.routes6, 6)):  # counted apart
        have = {route.network for route in routes}
        more = sum(each.version == kind and each not in have for each in here.networks)
        if not more or len(routes) + more <= usual:
            continue
        limit = service_quotas.limit(here.side.cloud, "vpc", vpc_peering.ROUTES) or usual
        if len(routes) + more > limit:
            yield Finding(
                f"route-table-full:{table.id}{':ipv6' if kind == 6 else ''}", Grade.REFUSED,
                f"Route table {table.shown} is full ({len(routes)} routes{' of IPv6' if kind == 6 else ''}).",
                "DescribeRouteTables",
                f"Delete routes of it, or ask AWS to raise the quota {vpc_peering.ROUTES}.",
            )  # fmt: skip


def passed_on(here: Seen) -> Iterator[Caution]:
    """A connection passes nothing on (VPC Peering Guide, "Limitations", 2026-11)."""
    if any(route.target.startswith(ONWARD) for table in here.tables for route in table.ways):
        yield Caution(
            "not-passed-on",
            f"Only these two VPCs see each other. {here.vpc}'s VPN, internet and NAT gateways, gateway endpoints and "
            f"other connections do not serve {here.peer}; for that a transit gateway is needed.",
        )


def room(here: Seen, had: tuple[Connection, ...]) -> Iterator[Finding | Caution]:
    """Whether the VPC may have one more connection."""
    active = [each for each in had if each.state == vpc_peering.ACTIVE]
    usual = vpc_peering.USUAL[vpc_peering.PER_VPC]
    limit = usual
    if len(active) >= usual:
        limit = service_quotas.limit(here.side.cloud, "vpc", vpc_peering.PER_VPC) or usual
    if len(active) >= limit:
        yield Finding(
            f"room:{here.vpc}", Grade.REFUSED,
            f"{here.side.shown} has {len(active)} active connections; {limit} is the limit (quota "
            f"{vpc_peering.PER_VPC}, at most 125).", "DescribeVpcPeeringConnections",
            "Delete one, or use a transit gateway.",
        )  # fmt: skip
    elif len(active) >= 5:
        yield Caution(
            "many-connections",
            f"{here.side.shown} is connected to {len(active)} networks already. With more than a handful, one transit "
            "gateway is easier than a connection for each pair; it costs about 0.05 USD an hour per network plus 0.02 "
            "USD per GB (US East, 2026-11).",
        )


def encryption(here: Seen, other: Seen | None, *, across: bool) -> Iterator[Finding]:
    """A VPC that enforces encryption is connected only with one of the region that does so too, or with an exception
    (Amazon VPC User Guide, "Enforce VPC encryption in transit", 2026-11)."""
    try:
        strict = _enforces(here.side.cloud, here.vpc)
        if not strict:
            return
        both = other is not None and not across and _enforces(other.side.cloud, other.vpc)
    except CloudError as problem:
        yield Finding(
            f"encryption:{here.vpc}", Grade.NOT_CHECKED,
            f"Whether {here.side.shown} enforces encryption could not be read.", problem.what, aside=True,
        )  # fmt: skip
        return
    if not both:
        yield Finding(
            f"encryption:{here.vpc}", Grade.REFUSED if across or other else Grade.NOT_CHECKED,
            f"{here.side.shown} enforces encryption in transit and makes no exception for peering.",
            "DescribeVpcEncryptionControls",
            f"AWS takes the connection only if {here.peer} is in the same region and enforces it too, or with that "
            "exception. Ask whoever manages it.",
        )  # fmt: skip


def _enforces(cloud: Cloud, vpc: str) -> bool:
    told = cloud.make(Call("ec2.DescribeVpcEncryptionControls", {"VpcIds": [vpc]})).get("VpcEncryptionControls") or []
    return any(
        each.get("Mode") == "enforce"
        and (each.get("ResourceExclusions") or {}).get("VpcPeering", {}).get("State") != "enabled"
        for each in told
    )


# -- long after ------------------------------------------------------------------------------------------------


def ways(here: Seen) -> Iterator[Finding]:
    """Each table of subnets leads the other VPC's networks to the connection.

    One at least must. A table behind which something lets the other VPC in must, or its answers are lost; another may
    do without, and is told.
    """
    if why := here.unread.get("tables") or here.unread.get("subnets") or here.unread.get("lists"):
        yield Finding(
            f"routes:{here.vpc}", Grade.NOT_CHECKED, f"The route tables of {here.vpc} could not be read.", why
        )
        return
    used = [table for table in here.tables if here.behind(table)]
    if not used:
        yield Finding(
            f"routes:{here.vpc}", Grade.CAUTION, f"{here.side.shown} has no subnets: there is nothing to be reached.",
            "DescribeSubnets", "Make one, and let its route table lead to the connection.",
        )  # fmt: skip
        return
    reached = {table.id: [each for each in here.networks if here.led(table, each)] for table in used}
    somewhere = {each.version for each in here.networks if any(here.led_in_part(table, each) for table in used)}
    for table in used:
        missing = [each for each in here.networks if each not in reached[table.id]]
        if missing:
            yield _missing(here, table, missing, nowhere=missing[0].version not in somewhere)
        else:
            yield Finding(
                f"routes:{table.id}", Grade.PROVED, f"{table.shown} leads to {here.peer}.", "DescribeRouteTables"
            )
        yield from _astray(here, table)


def _missing(here: Seen, table: RouteTable, missing: list[Network], *, nowhere: bool) -> Finding:
    id, by, network = f"routes:{table.id}", "DescribeRouteTables", missing[0]
    behind = here.behind(table)
    answering = [each.shown for each in here.answering(table, missing, by_groups=nowhere)]
    who = f", and {answering[0]} there lets {here.peer} in" if answering else ""
    subnets = ", ".join(sorted(behind)[:3]) + (" and others" if len(behind) > 3 else "")
    ways = here.ways(table)
    part = [route for route in ways if route.target == here.connection and within(route.network, network)]
    narrower = [each for each in ways if each.network != network and within(each.network, network) and each not in part]
    route = here.way(table, network)
    grade = Grade.REFUSED if nowhere or answering else Grade.PREDICTED if table.public else Grade.CAUTION
    command = shell.aws(
        "ec2", "create-route", **here.where, route_table_id=table.id, **to(str(network)),
        vpc_peering_connection_id=here.connection,
    )  # fmt: skip
    mend = repairs.lead(table, missing, here.connection, here.side, here.peer)
    if made_of(network, (each.network for each in narrower)):
        to_ = ", ".join(dict.fromkeys(each.target for each in narrower))
        return Finding(
            id, grade, f"{table.shown} sends all of {network} to {to_} instead, in narrower entries{who}.", by,
            f"Remove those entries, if the addresses are those of {here.peer}.",
            beyond=repairs.BEYOND["more-specific-route"],
        )  # fmt: skip
    if route and route.network.prefixlen and route.target.startswith(APPLIANCES) and route.state == "active":
        return Finding(
            id, Grade.NOT_CHECKED,
            f"{table.shown} sends {network} to {route.target}; whether that passes it on to {here.peer} was not found "
            "out.", f"{by}: {route.network}",
            f"See that {route.target} forwards it, and that the table of its own subnet leads to {here.connection}.",
        )  # fmt: skip
    if part and part[0].state == "active":
        return Finding(
            id, Grade.CAUTION if grade is Grade.PREDICTED else grade,
            f"{table.shown} leads only {part[0].network} of {network} to {here.peer}{who}.", by,
            "Enter the rest, unless that is meant.",
        )  # fmt: skip
    if route and route.network.prefixlen and route.state == "blackhole":
        gone = (
            f"an entry for a connection that is gone ({route.target})"
            if route.target != here.connection
            else "a dead entry"
        )
        return Finding(
            id, Grade.REFUSED if nowhere or answering else Grade.CAUTION,
            f"{table.shown} has {gone} for {route.network}; packets to {here.peer} are lost there{who}.", by,
            f"Let {route.network} lead to {here.connection}.",
        ).mended_by(mend if route.network == network else None)  # fmt: skip
    if route and route.network.prefixlen:
        return Finding(
            id, grade, f"{table.shown} sends {network} to {route.target} instead{who}.", f"{by}: {route.network}",
            f"Let {network} there lead to {here.connection}, if {here.peer} is to be reached.",
        ).mended_by(mend)  # fmt: skip
    return Finding(
        id, grade, f"Subnets {subnets} (table {table.shown}) do not know the way to {network} of {here.peer}{who}.", by,
        f"Enter it: {command}. It may have been added to {here.peer} later.",
    ).mended_by(mend)  # fmt: skip


def _astray(here: Seen, table: RouteTable) -> Iterator[Finding]:
    for route in here.ways(table):
        over = route.target == here.connection
        if over and not any(route.network.overlaps(each) for each in here.networks):
            yield Finding(
                f"not-theirs:{table.id}:{addresses.slug(route.network)}", Grade.REFUSED,
                f"{table.shown} sends {route.network} over the connection, but {here.peer} does not own it; a peering "
                "passes nothing on.", "DescribeRouteTables",
                "Take that route away. A transit gateway passes traffic on.",
            )  # fmt: skip
        narrower = [each for each in here.networks if route.network != each and within(route.network, each)]
        if not over and narrower and route.target != "local":
            lost = "a connection that is gone" if route.state == "blackhole" else route.target
            also = " Both have the same addresses: answers go to whichever entry is longer."
            yield Finding(
                f"more-specific-route:{table.id}:{addresses.slug(route.network)}", Grade.CAUTION,
                f"{table.shown} sends {route.network} to {lost}; that part of {here.peer} is not reached."
                f"{also if route.target.startswith('pcx-') and route.state == 'active' else ''}",
                "DescribeRouteTables", "Remove that route, if those addresses are the other VPC's.",
            )  # fmt: skip


def both_ways(one: Seen, other: Seen) -> Iterator[Finding]:
    """Where only one side leads to the other, packets arrive and answers do not."""
    if one.unread.get("tables") or other.unread.get("tables"):
        return
    for here, there, kind in ((one, other, 4), (other, one, 4), (one, other, 6), (other, one, 6)):
        back = [each for each in there.networks if each.version == kind]
        leads = any(_leads(here, each) for each in here.networks if each.version == kind)
        if leads and back and not any(_leads(there, each) for each in back):
            yield Finding(
                "one-way" if kind == 4 else "one-way:ipv6", Grade.REFUSED,
                f"Packets of {here.side.shown} reach {there.side.shown}, but its answers do not come back: there is no "
                f"route to {back[0]} there.", "DescribeRouteTables of both",
                "Enter the routes there as well.",
                follows=tuple(f"routes:{table.id}" for table in there.tables if there.behind(table)),
            )  # fmt: skip


def _leads(here: Seen, network: Network) -> bool:
    return any(here.led_in_part(table, network) for table in here.tables)


def same_addresses(here: Seen, had: tuple[Connection, ...]) -> Iterator[Finding]:
    """Two peers with the same addresses: AWS looks at no reverse path, and answers go where the table says."""
    for each in had:
        if each.state != vpc_peering.ACTIVE or each.id == here.connection:
            continue
        if shared := vpc_peering.overlap(here.networks, each.beyond(here.vpc).networks):
            yield Finding(
                f"same-addresses:{each.id}", Grade.CAUTION,
                f"{here.side.shown} is connected by {each.id} with another VPC that has {shared[1]} as well. Answers "
                "go to whichever entry of the route table is longer.", "DescribeVpcPeeringConnections",
                "Route only what is needed of each, in entries that do not overlap.",
            )  # fmt: skip
