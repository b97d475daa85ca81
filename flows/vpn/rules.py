"""What decides whether packets find their way between the office and the servers, planned or long standing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from ipaddress import IPv4Network
from typing import Any

from flows.aws.addresses import Network, made_of, within
from flows.aws.interfaces import Interface
from flows.aws.ip_permissions import Service
from flows.aws.route_tables import Route, RouteTable
from flows.aws.security_groups import SecurityGroup
from flows.aws.vpcs import Vpc
from flows.engine import Caution, Finding, Grade

from . import repairs

APPLIANCES = ("vpce-", "eni-", "i-")
"""Firewalls and routers of one's own: what comes to them goes on from there, or not."""
ROUTES_PER_TABLE = 500
"""Unless AWS raised it, quota L-93826ACB (VPC quotas, 2026-10)."""


@dataclass(frozen=True)
class Situation:
    """A VPC and an office, as they are or as they would be.

    Args:
        vpc: the VPC.
        gateway: the id of the VPN gateway or transit gateway; empty if there is none yet.
        networks: the office's.
        tables: the route tables that are looked at: those that were chosen, or all of the VPC.
        groups: its security groups.
        services: what the office may use; empty where that is for the groups to say.
        acls: its network ACLs, as AWS tells them.
        subnets: the ids of its subnets.
        servers: what stands behind security groups.
        listed: the networks of the prefix lists that routes and groups name.
        unread: what could not be read, and why: "acls", "servers" …
        up: whether a tunnel is up.
        planned: whether it is looked at before anything is made.
        fixed: whether routes are entered, and not propagated.
        static: whether the office's networks are listed, and not announced by the device.
        local: which of the office's addresses the tunnels carry.
        remote: which of AWS's.
    """

    vpc: Vpc
    gateway: str
    networks: tuple[IPv4Network, ...]
    tables: tuple[RouteTable, ...]
    groups: tuple[SecurityGroup, ...] = ()
    services: tuple[Service, ...] = ()
    acls: tuple[Mapping[str, Any], ...] = ()
    subnets: tuple[str, ...] = ()
    servers: tuple[Interface, ...] = ()
    listed: Mapping[str, tuple[IPv4Network, ...]] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)
    up: bool = False
    planned: bool = False
    fixed: bool = False
    static: bool = False
    local: str = "0.0.0.0/0"
    remote: str = "0.0.0.0/0"

    @property
    def transit(self) -> bool:
        return self.gateway.startswith("tgw-")

    @property
    def end(self) -> str:
        """What AWS's end is called."""
        return "transit gateway" if self.transit else "VPN gateway"

    @property
    def reached(self) -> list[IPv4Network]:
        """The office's networks, without those that are local to the VPC."""
        return [each for each in self.networks if not clash(each, self.vpc)]

    def behind(self, table: RouteTable) -> set[str]:
        """The subnets of a table. One that was given none uses the main table."""
        given = {subnet for each in self.tables for subnet in each.subnets}
        return {*table.subnets, *(each for each in self.subnets if table.main and each not in given)}

    def lets_in(self, group: SecurityGroup) -> list[Service]:
        """What a group lets the office use. What it lets everybody use is not meant for the office, nor what the VPC
        itself may use, where the office's networks contain that."""
        return list(dict.fromkeys(service for each in self.networks for service, _ in self._let_in(group, each)))

    def _let_in(
        self, group: SecurityGroup, network: IPv4Network, *, everybody: bool = False
    ) -> list[tuple[Service, Network]]:
        """What a group lets a network of the office use, each with the part of it that may."""
        ruled: list[tuple[Service, tuple[Network, ...]]]
        ruled = [(rule.service, (rule.network,)) for rule in group.rules]
        ruled += [(service, self.listed.get(id, ())) for service, id in group.lists]
        return [
            (service, one if within(one, network) else network) for service, from_ in ruled for one in from_
            if one.overlaps(network) and (one.prefixlen or everybody)
            and not any(within(one, own) for own in self.vpc.networks)
        ]  # fmt: skip

    def asked(self, subnets: Iterable[str], network: IPv4Network) -> list[tuple[Service, Network]]:
        """What a network of the office may use of the servers in some subnets, each with the part of it that may: where
        no server lets it in, what everybody may use."""
        if self.planned:
            return [(service, network) for service in self.services]
        behind, everybody = set(subnets), not self.meant
        groups = {id for each in self.servers if each.subnet in behind for id in each.groups}
        return [
            found for group in self.groups if group.id in groups
            for found in self._let_in(group, network, everybody=everybody)
        ]  # fmt: skip

    @cached_property
    def meant(self) -> list[Interface]:
        """The servers that let the office in."""
        return self.answering(self.networks)

    def answering(
        self, networks: Iterable[IPv4Network], unless: Callable[[Network], bool] = lambda source: False
    ) -> list[Interface]:
        """The servers that let somebody of these networks of the office in, `unless` that holds of all of those."""
        wanted = tuple(networks)
        opened = {
            group.id for group in self.groups for each in wanted for _, source in self._let_in(group, each)
            if not unless(source)
        }  # fmt: skip
        return [each for each in self.servers if opened.intersection(each.groups)]


def clash(network: IPv4Network, vpc: Vpc) -> IPv4Network | None:
    """The range of the VPC that a network of the office lies in: it is local there, whatever routes say.

    A network that contains the VPC's is none: of it, only the VPC's own part is local (Site-to-Site VPN User Guide,
    "Route tables and VPN route priority", 2026-11).
    """
    return next((own for own in vpc.networks if network.subnet_of(own)), None)


def overlap(here: Situation) -> Iterator[Finding]:
    """The office's networks are others than the VPC's."""
    for network in here.networks:
        if own := clash(network, here.vpc):
            yield Finding(
                f"overlap:{network}", Grade.REFUSED,
                f"{network} overlaps with the VPC range {own}; those packets never leave the VPC.",
                "DescribeVpcs: ranges of the VPC", "One side must use other addresses, or translate them.",
            )  # fmt: skip


def selectors(here: Situation) -> Iterator[Finding | Caution]:
    """The tunnels carry the addresses of both sides: a connection may be narrowed to one network of each.

    AWS keeps one pair of security associations for each tunnel. A device that is policy-based asks for as many as there
    are pairs of networks, and each takes the one before away (Site-to-Site VPN User Guide, "Requirements for your
    customer gateway device", 2026-11). Such a device knows no BGP.
    """
    pairs = len(here.networks) * len(here.vpc.networks)
    if here.static and here.planned and pairs > 1:
        yield Caution(
            "policy-based",
            f"These are {pairs} pairs of networks. A policy-based device (with a crypto map, for example) asks for one "
            "tunnel each, of which AWS keeps the last alone: let it use a single pair, 0.0.0.0/0 on both sides. "
            "Route-based devices do so by themselves.",
            key="networks",
        )
    local, remote = IPv4Network(here.local, strict=False), IPv4Network(here.remote, strict=False)
    for network in here.reached:
        if not network.subnet_of(local):
            yield Finding(
                f"selectors:{network}", Grade.CAUTION if network.overlaps(local) else Grade.REFUSED,
                f"The connection carries {local} of the office, and {network} is not in it.",
                f"LocalIpv4NetworkCidr is {local}", f"Make it 0.0.0.0/0, or a network that contains {network}.",
            )  # fmt: skip
    outside = [own for own in here.vpc.networks if not own.subnet_of(remote)]
    if outside:
        none = not any(own.overlaps(remote) for own in here.vpc.networks)
        yield Finding(
            f"selectors:{outside[0]}", Grade.REFUSED if none else Grade.CAUTION,
            f"The connection carries {remote} of AWS, and {outside[0]} of the VPC is not in it.",
            f"RemoteIpv4NetworkCidr is {remote}", f"Make it 0.0.0.0/0, or a network that contains {outside[0]}.",
        )  # fmt: skip
    if here.static and not here.planned and pairs > 1 and not (local.prefixlen or remote.prefixlen):
        yield Finding(
            "selectors", Grade.PREDICTED,
            f"The connection carries everything between both sides, {pairs} pairs of networks in one. A policy-based "
            "device must ask for one pair, too: 0.0.0.0/0 on both sides.",
            "LocalIpv4NetworkCidr and RemoteIpv4NetworkCidr are 0.0.0.0/0",
        )  # fmt: skip


def routes(here: Situation) -> Iterator[Finding | Caution]:
    """What the chosen route tables already do with the office's networks. A route that exists is never replaced."""
    clear = True
    for table in here.tables:
        name = table.name or table.id
        for network in here.networks:
            for route in astray(here, table, network):
                if route.network == network and not route.propagated:
                    clear = False
                    beats = "it stays as it is" if here.fixed else "a fixed entry always beats a propagated one"
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
        full = len(table.routes) + len(here.networks)
        if here.fixed and full > ROUTES_PER_TABLE:
            yield Finding(
                f"route-table-full:{table.id}", Grade.REFUSED,
                f"Route table {name} is full ({len(table.routes)} routes).", "DescribeRouteTables",
                "Combine networks, delete routes of it, or ask AWS to raise the quota L-93826ACB.",
            )  # fmt: skip
    if clear:
        yield Finding("routes", Grade.PROVED, "No existing route leads the office's networks elsewhere.")


def astray(here: Situation, table: RouteTable, network: IPv4Network) -> list[Route]:
    """The routes that lead some of a network elsewhere."""
    return [
        route for route in _routes(here, table)
        if route.target not in (here.gateway, "local") and route.network.overlaps(network)
    ]  # fmt: skip


def _routes(here: Situation, table: RouteTable) -> list[Route]:
    """The routes of a table, those to prefix lists as routes to each network in them."""
    named = [Route(each, to, "active", False) for id, to in table.lists for each in here.listed.get(id, ())]
    return [*table.routes, *named]


def parts(here: Situation, table: RouteTable, network: IPv4Network) -> list[Route]:
    """The routes by which something of a network is led to the gateway."""
    return [each for each in _routes(here, table) if each.target == here.gateway and _narrower(each, network)]


def way(here: Situation, table: RouteTable, network: IPv4Network) -> Route | None:
    """The route that a network takes: the longest prefix, and of equals the one that was entered. It may be led to the
    gateway in parts."""
    routes = _routes(here, table)
    fit = [route for route in routes if within(network, route.network) and route.target != "local"]
    away = [each for each in astray(here, table, network) if _narrower(each, network)]
    if made_of(network, (each.network for each in away)):
        return away[0]
    led = parts(here, table, network)
    if made_of(network, (part.network for part in led)):
        return next((part for part in led if part.state != "active"), led[0])
    return max(fit, key=lambda route: (route.network.prefixlen, not route.propagated), default=None)


def ways_back(here: Situation) -> Iterator[Finding]:
    """Each table of subnets leads the office's networks to AWS's end, or nobody there answers the office.

    A table whose servers the office is not let in to need not; but one at least must.
    """
    if why := here.unread.get("tables") or here.unread.get("subnets") or here.unread.get("lists"):
        yield Finding("route-tables", Grade.NOT_CHECKED, "The route tables could not be read.", why)
        return
    used = [table for table in here.tables if here.behind(table)]
    found = [_way_back(here, table) for table in used]
    some = any(_leads_some(here, table, each) for table in used for each in here.reached)
    if not some and all(each.grade in (Grade.CAUTION, Grade.PREDICTED) for each in found):
        found = [replace(each, grade=Grade.REFUSED) for each in found]
    yield from found
    if not found:
        yield Finding(
            "route-tables", Grade.CAUTION, f"{here.vpc.called} has no subnets: there is nothing to be reached.",
            "DescribeSubnets", f"Make one, and let its route table lead to the {here.end}.",
            beyond="Only you know which subnets the VPC is to have.",
        )  # fmt: skip
    for table in here.tables if found else ():
        part = [o for each in here.reached for o in astray(here, table, each) if _narrower(o, each)]
        if part and here.behind(table):
            yield Finding(
                f"more-specific-route:{table.id}", Grade.CAUTION,
                f"{table.shown} sends {part[0].network} to {part[0].target}: if that is in the office, it is not "
                "reached through the VPN.",
                "DescribeRouteTables", "Remove that route, if those addresses are in the office.",
            )  # fmt: skip


def _towards(route: Route | None) -> str:
    """Where a route leads that is there for its own sake, and not for whatever has no other."""
    return route.target if route and route.network.prefixlen else ""


def _leads(here: Situation, route: Route | None) -> bool:
    return route is not None and (route.target, route.state) == (here.gateway, "active")


def _leads_some(here: Situation, table: RouteTable, network: Network) -> bool:
    network = IPv4Network(network)
    return _leads(here, way(here, table, network)) or any(_leads(here, each) for each in parts(here, table, network))


def _narrower(route: Route, network: IPv4Network) -> bool:
    return route.network != network and within(route.network, network)


def _way_back(here: Situation, table: RouteTable) -> Finding:
    id, name, by = f"route-tables:{table.id}", table.shown, "DescribeRouteTables"
    behind, gateway = here.behind(table), here.gateway
    takes_over = gateway in table.propagating
    found = [(each, way(here, table, each)) for each in here.reached]
    lost = [(each, to) for each, to in found if not _leads(here, to)]
    if not lost and (found or any(route.target == gateway for route in table.routes)):
        return Finding(id, Grade.PROVED, f"{name} leads to the {here.end}.", by)
    unreached = [each for each, _ in lost] or here.networks
    answering = [
        each.shown for each in here.answering(unreached, lambda source: _leads_some(here, table, source))
        if each.subnet in behind
    ]  # fmt: skip
    who = f", and {answering[0]} there lets the office in" if answering else ""
    matters = Grade.REFUSED if answering else Grade.PREDICTED if table.public else Grade.CAUTION
    network, to = lost[0] if lost else ("the office's networks", None)
    unled = [each for each, other in lost if _towards(other) == _towards(to)]
    if to and to.target == gateway:
        return Finding(
            id, Grade.REFUSED, f"{name} sends {network} into nothing: its route is dead{who}.",
            f"{by}: {to.network} is a {to.state}", f"Attach {gateway} to the VPC again.",
        )  # fmt: skip
    if to and _narrower(to, IPv4Network(network)):
        return Finding(
            id, matters, f"{name} sends all of {network} to {to.target} and not to the {here.end}, in narrower "
            f"entries{who}.", f"{by}: {to.network} and others", "Remove them, if those addresses are in the office.",
            beyond=repairs.BEYOND["more-specific-route"],
        )  # fmt: skip
    if lost and (part := [each for each in parts(here, table, lost[0][0]) if each.state == "active"]):
        return _led(here, table, unled, Finding(
            id, Grade.REFUSED if answering else Grade.CAUTION,
            f"{name} leads only {part[0].network} of {network} to the {here.end}{who}.", by,
            f"Let {network} lead to {gateway} as a whole, unless that is meant.",
        ))  # fmt: skip
    if to and to.network.prefixlen and to.target.startswith(APPLIANCES) and to.state == "active":
        return Finding(
            id, Grade.NOT_CHECKED,
            f"{name} sends {network} to {to.target}; whether that passes it on to the office was not found out.",
            f"{by}: {to.network}", f"See that {to.target} forwards it, and that the table of its own subnet leads to "
            f"{gateway}.",
        )  # fmt: skip
    if to and to.network.prefixlen and not (takes_over and to.network.prefixlen < IPv4Network(network).prefixlen):
        return _led(here, table, unled, Finding(
            id, matters, f"{name} sends {network} to {to.target} and not to the {here.end}{who}.",
            f"{by}: {to.network}", f"Let {to.network} there lead to {gateway}, if the office is to be reached.",
        ))  # fmt: skip
    if takes_over and not here.up:
        return Finding(
            id, Grade.WAITING, f"{name} takes routes over; {network} will be there once a tunnel is up.",
            f"{by}: propagation is on", "Propagated routes are there while a tunnel is up.", follows=("tunnels",),
        )  # fmt: skip
    if takes_over:
        missing = f"{network} has not come" if lost else "none has come"
        first = (
            "Wait a minute: the connection knows it." if here.static
            else f"Let the connection know {network}, by BGP from the device."
        )  # fmt: skip
        return _led(here, table, unled, Finding(
            id, Grade.REFUSED, f"{name} takes routes over, a tunnel is up, and {missing}{who}.",
            f"{by}: propagation is on",
            f"{first} A table takes over 100 routes at most; beyond them, enter it: {network} to {gateway}.",
            follows=() if here.static else ("announced",),
        ))  # fmt: skip
    switch_on = "" if here.transit else f"Switch on route propagation from {gateway} there, or enter"
    return _led(here, table, unled, Finding(
        id, matters, f"{name} has no route to {network}{who or ': its subnets do not answer the office'}.",
        f"{by}: subnets that use it: {len(behind)}", f"{switch_on or 'Enter'} {network} to {gateway}.",
    ), fixed=here.fixed and bool(unled))  # fmt: skip


def _led(
    here: Situation, table: RouteTable, networks: Sequence[IPv4Network], found: Finding, *, fixed: bool = True
) -> Finding:
    """With the repair: that table leads to the VPN gateway. What is behind a transit gateway is left to people."""
    if here.transit or (fixed and not networks):
        return replace(found, beyond=repairs.TRANSIT if here.transit else repairs.BEYOND["static-routes"])
    return found.mended_by(repairs.lead(table, networks, here.gateway, fixed=fixed))


def networks_through(tables: Iterable[RouteTable], gateway: str) -> tuple[IPv4Network, ...]:
    """What route tables lead to a gateway: where a device announces its networks, these are the office's.

    A default route is for whatever has no other, and says nothing of the office.
    """
    routes = (route for table in tables for route in table.routes if route.target == gateway)
    led = (route.network for route in routes if route.network.prefixlen)
    return tuple(dict.fromkeys(each for each in led if isinstance(each, IPv4Network)))
