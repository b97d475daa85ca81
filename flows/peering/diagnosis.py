"""Why two VPCs reach each other or do not, in the order of causes, whoever connected them. It only reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TypeVar

from flows.aws import (
    accounts,
    interfaces,
    keepers,
    network_acls,
    prefix_lists,
    route_tables,
    security_groups,
    tags,
    vpc_peering,
    vpc_peering_options,
    vpcs,
)
from flows.aws.vpc_peering import ACTIVE, PENDING, Connection, End
from flows.aws.vpcs import Vpc
from flows.engine import Cloud, CloudError, Finding, Grade, Refused, shell
from flows.engine.elsewhere import There

from . import dual_stack, firewalls, private_names, repairs, rules
from .seen import Seen
from .sides import Side

T = TypeVar("T")
ENDED = {
    "expired": "Nobody accepted it within 7 days.",
    "rejected": "The other side refused it.",
    "failed": "AWS could not make it: a wrong id or account, or ranges that overlap.",
    "deleted": "It was deleted.",
    "deleting": "It is being deleted.",
}
"""What has become of a connection that is not alive."""


def diagnose(cloud: Cloud, subject: Mapping[str, str]) -> Iterator[Finding]:
    """Why a connection works or does not, by its id, its name or its two VPCs. Raises Refused if there is none."""
    if subject.get("connection"):
        found = _the(cloud, subject["connection"])
    else:
        alive, lacking = _between(cloud, subject["vpc"], subject["peer_vpc"])
        if alive is None:
            yield lacking
            return
        found = alive
    own = found.requester if _is_here(cloud, found.requester) else found.accepter
    far = found.accepter if own is found.requester else found.requester
    there = _there(cloud, far, subject.get("peer_profile", ""))
    yield _state(cloud, found, own, far)
    yield from keepers.told(found.id, f"The connection {found.id}", found.tags)
    if found.state != ACTIVE:
        yield from _dead_routes(cloud, found, own)
        return
    yield from _looked_at(cloud, there, found, own, far)


def _the(cloud: Cloud, named: str) -> Connection:
    """The connection of that id or name; a name outlives what had it."""
    if tags.is_id(named, "pcx"):
        found = [each for each in [vpc_peering.one(cloud, named)] if each]
    else:
        found = [each for each in vpc_peering.connections(cloud, named) if each.alive]
    if len(found) > 1:
        ids = ", ".join(each.id for each in found)
        raise Refused(f"There are several peering connections called “{named}”.", remedy=f"Take one by its id: {ids}.")
    if not found:
        here = [each for each in vpc_peering.connections(cloud) if each.alive]
        known = ", ".join(f"{each.id} ({each.name})" if each.name else each.id for each in here)
        raise Refused(
            f"There is no peering connection “{named}” in {cloud.identity.region}.",
            remedy=f"It exists in the regions of its two VPCs; choose one with --region. Here are: {known or 'none'}.",
        )
    return found[0]


def _between(cloud: Cloud, vpc: str, peer: str) -> tuple[Connection | None, Finding]:
    """The connection of two VPCs that is alive; else that there is none."""
    had = vpc_peering.between(cloud, vpc, peer)
    last = (
        f" The last one, {had[0].id}, is {had[0].state}: {had[0].message or ENDED.get(had[0].state, '')}" if had else ""
    )
    none = Finding(
        "state", Grade.REFUSED, f"{vpc} and {peer} are not connected.{last}", "DescribeVpcPeeringConnections",
        f"Connect them: {shell.handrail('run', 'peering', vpc=vpc)}",
    )  # fmt: skip
    return (had[0] if had and had[0].alive else None), none


def _is_here(cloud: Cloud, end: End) -> bool:
    here = cloud.identity
    return end.account in (here.account, "") and end.region in (here.region, "")


def _there(cloud: Cloud, far: End, profile: str) -> Cloud | None:
    """The other side's account and region, where it can be looked at."""
    here = cloud.identity
    region = "" if far.region in (here.region, "") else far.region
    if far.account in (here.account, ""):
        return There(cloud, region) if region else cloud
    if not profile:
        return None
    accounts.profile_of(cloud, profile, far.account)
    return There(cloud, region, profile)


def _state(cloud: Cloud, found: Connection, own: End, far: End) -> Finding:
    name, by = (f"{found.name} ({found.id})" if found.name else found.id), "DescribeVpcPeeringConnections"
    told = f"{by}: {found.state}{f', {found.message}' if found.message else ''}"
    if found.state == ACTIVE:
        return Finding("state", Grade.PROVED, f"{name} connects {own.vpc} with {far.vpc} and is active.", by)
    until = f" until {found.expires}" if found.expires else ""
    if found.state == PENDING and own is found.accepter:
        side = Side(cloud, Vpc(own.vpc, "", (), False, own.account, True))
        return Finding(
            "state", Grade.WAITING,
            f"Account {far.account} asks to connect {far.vpc} with {own.vpc}; it waits for you{until}.", told,
            f"Accept it if you know them: {_accepting(found, own)}",
        ).mended_by(repairs.accept(found, side))  # fmt: skip
    if found.state == PENDING:
        return Finding(
            "state", Grade.WAITING, f"Account {far.account} has not accepted {name} yet; the request waits{until}.",
            told,
            f"Its owner accepts it in {far.region}: "
            f"{_accepting(found, far, '' if far.account == own.account else far.account)}."
            f" Until then no address range can be added to {own.vpc}.",
        )  # fmt: skip
    if found.alive:
        return Finding("state", Grade.WAITING, f"{name} is being set up ({found.state}).", told, "Wait a minute.")
    again = shell.handrail("run", "peering", vpc=own.vpc)
    return Finding(
        "state", Grade.REFUSED, f"{name} is {found.state}: {ENDED.get(found.state, found.message)}", told,
        f"Ask again: {again}",
    )  # fmt: skip


def _accepting(found: Connection, end: End, owner: str = "") -> str:
    """The command that accepts it at that end, for the `owner` of another account."""
    words = ("ec2", "accept-vpc-peering-connection")
    which = {"region": end.region, "vpc_peering_connection_id": found.id}
    return shell.aws_of(owner, *words, **which) if owner else shell.aws(*words, **which)


def _dead_routes(cloud: Cloud, found: Connection, own: End) -> Iterator[Finding]:
    """Routes stay when a connection goes, and lead nowhere."""
    if found.alive:
        return
    try:
        vpc = vpcs.vpc(cloud, own.vpc)
        tables = [option.value for option in route_tables.route_tables(cloud, vpc)] if vpc else []
    except CloudError as problem:
        yield Finding(f"routes:{own.vpc}", Grade.NOT_CHECKED, "The route tables could not be read.", problem.what)
        return
    for table in tables:
        dead = [str(route.network) for route in table.ways if route.target == found.id]
        if dead:
            yield Finding(
                f"routes:{table.id}", Grade.CAUTION,
                f"{table.shown} still sends {', '.join(dead)} to it, into nothing.",
                "DescribeRouteTables", "Delete those entries, or replace them once there is a new connection.",
                follows=("state",),
            )  # fmt: skip


def _looked_at(cloud: Cloud, there: Cloud | None, found: Connection, own: End, far: End) -> Iterator[Finding]:
    here = seen(cloud, found, own, far)
    both = [here]
    if there is not None:
        beyond = seen(there, found, far, own)
        both = [replace(here, peer=beyond.side.called), replace(beyond, peer=here.side.called)]
    both = dual_stack.as_used(both)
    for side in both:
        yield from rules.ways(side)
    if len(both) > 1:
        yield from rules.both_ways(both[0], both[1])
    else:
        yield _not_looked_at(found, far)
    here = both[0]
    had = _had(here)
    yield from rules.same_addresses(here, had)
    doors = [each for side in both for each in firewalls.doors(side)]
    yield from firewalls.either(doors, both)
    if len(both) > 1:
        yield from firewalls.outward(both, doors)
    for side, other in zip(both, [*reversed(both)] if len(both) > 1 else [None], strict=True):
        yield from firewalls.stale(side)
        yield from firewalls.network_acls(side, other)
    for side in both:
        yield from _names(side, found, there is not None)
    if len(both) > 1:
        yield from private_names.apart(*both)
    yield from _facts(both, found, had)
    yield from dual_stack.unused(both, own.networks, far.networks)
    yield Finding(
        "machine", Grade.NOT_CHECKED, "Nothing was sent. What the machines' own firewalls do, and whether a program "
        "listens on the private address, cannot be seen from AWS.", "",
        "Try from a machine: nc -zv ADDRESS PORT. Flow logs of the receiver tell the rest: no record is a route, "
        "REJECT a group or network ACL, ACCEPT the machine.", aside=True,
    )  # fmt: skip


def seen(cloud: Cloud, found: Connection, own: End, far: End) -> Seen:
    """One side as it is. What cannot be read is noted, and the rules that need it say so."""
    unread: dict[str, str] = {}

    def read(what: str, get: Callable[[], tuple[T, ...]]) -> tuple[T, ...]:
        try:
            return get()
        except CloudError as problem:
            unread[what] = str(problem)
            return ()

    told = read("vpc", lambda: tuple(filter(None, (vpcs.vpc(cloud, own.vpc),))))
    vpc = told[0] if told else Vpc(own.vpc, "", (), False, own.account, True)
    tables = read("tables", lambda: tuple(option.value for option in route_tables.route_tables(cloud, vpc)))
    groups = read("groups", lambda: tuple(option.value for option in security_groups.security_groups(cloud, vpc)))
    named = {id for table in tables for id, target in table.lists if not target.startswith("vpce-")}
    named |= {id for group in groups for _, id in group.lists}
    listed = {id: read("lists", partial(prefix_lists.networks, cloud, id)) for id in sorted(named)}
    return Seen(
        Side(cloud, vpc, tables, groups), found.id, far.vpc, far.networks,
        acls=read("acls", lambda: network_acls.of(cloud, vpc.id)),
        subnets=read("subnets", lambda: vpcs.subnets(cloud, vpc)),
        servers=read("servers", lambda: interfaces.named(cloud, vpc.id, interfaces.guarded(cloud, vpc.id))),
        listed=listed, unread=unread,
    )  # fmt: skip


def _not_looked_at(found: Connection, far: End) -> Finding:
    tables = shell.aws_of(
        far.account, "ec2", "describe-route-tables", region=far.region, filters=f"Name=vpc-id,Values={far.vpc}",
        query="RouteTables[].{table:RouteTableId,routes:Routes[].[DestinationCidrBlock||DestinationIpv6CidrBlock,"
        "VpcPeeringConnectionId,State]}",
    )  # fmt: skip
    return Finding(
        "other-side", Grade.NOT_CHECKED,
        f"{far.vpc} is account {far.account}'s: its routes and firewalls were not looked at.",
        "it cannot be read from here",
        f"Give a profile of that account (peer_profile), or ask its owner for: {tables}",
    )  # fmt: skip


def _had(here: Seen) -> tuple[Connection, ...]:
    try:
        return vpc_peering.of_vpc(here.side.cloud, here.vpc)
    except CloudError:  # then only what is told of this one counts
        return ()


def _names(here: Seen, found: Connection, whole: bool) -> Iterator[Finding]:
    """Whether public names of this side lead the other to private addresses. Nobody needs that who uses addresses."""
    id = f"names:{here.vpc}"
    if found.end_of(here.vpc).names:
        yield Finding(
            id, Grade.PROVED, f"Public names of {here.vpc} lead {here.peer} to private addresses.", "its options"
        )
        return
    try:
        off = [
            what for what, attribute in vpc_peering_options.NAMING.items()
            if not vpc_peering_options.attribute(here.side.cloud, here.vpc, attribute)
        ]  # fmt: skip
    except CloudError as problem:
        yield Finding(
            id, Grade.NOT_CHECKED, f"What names of {here.vpc} need could not be read.", problem.what, aside=True
        )
        return
    role = found.role(here.vpc)
    options = "AllowDnsResolutionFromRemoteVpc=true"
    command = shell.aws(
        "ec2", "modify-vpc-peering-connection-options", **here.where, vpc_peering_connection_id=found.id,
        **{f"{role.lower()}_peering_connection_options": options},
    )  # fmt: skip
    needs = f" {' and '.join(off)} {'is' if len(off) == 1 else 'are'} switched off in {here.vpc}, too." if off else ""
    told = Finding(
        id, Grade.PROVED,
        f"A public name of {here.vpc} leads to its public address from {here.peer}: the option on the {role.lower()} "
        f"side is off.{needs}", "its options",
        f"If names should lead there privately: {command}.",
    )  # fmt: skip
    yield told.mended_by(None if off or not whole else repairs.resolve(found, here.side.vpc, here.peer, here.side))


def _facts(both: list[Seen], found: Connection, had: tuple[Connection, ...]) -> Iterator[Finding]:
    """What is worth knowing and hinders nothing."""
    across = found.requester.region != found.accepter.region
    if across:
        yield Finding(
            "packet-size", Grade.PROVED, "Across regions packets of 8500 bytes arrive, and machines may send 9001.",
            "VPC Peering Guide, 2026-11", "If large transfers hang, lower the machines' MTU.", aside=True,
        )  # fmt: skip
    if found.requester.multipath or found.accepter.multipath:
        yield Finding(
            "multipath", Grade.PROVED, "Multipath resilience is on; every GB costs extra.", "its options",
            "Switch it off unless it is wanted.", aside=True,
        )  # fmt: skip
    active = sum(each.state == ACTIVE for each in had)
    if active >= 40:
        yield Finding(
            "room", Grade.CAUTION,
            f"{both[0].vpc} has {active} active connections; 50 is the usual limit (quota {vpc_peering.PER_VPC}, at "
            "most 125).", "DescribeVpcPeeringConnections", "Ask AWS to raise the quota, or use a transit gateway.",
            aside=True,
        )  # fmt: skip
