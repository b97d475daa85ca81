"""What can stand in the way of connecting two VPCs, looked at beforehand. Everything here only reads."""

from __future__ import annotations

from collections.abc import Iterator

from flows.aws import keepers, network_acls, security_group_rules, vpc_peering, vpcs
from flows.aws.addresses import Network
from flows.aws.vpc_peering import ACTIVE, PENDING, Connection
from flows.aws.vpcs import Vpc
from flows.engine import Caution, CloudError, Finding, Grade

from . import dual_stack, firewalls, rules
from .seen import Seen
from .sides import Pair, Side


def beforehand(pair: Pair) -> Iterator[Finding | Caution]:
    """Everything that both sides tell."""
    ours, theirs, peer, standing = pair.ours, pair.theirs, pair.peer, pair.standing
    had = vpc_peering.of_vpc(ours.cloud, ours.vpc.id)
    yield from already(ours, peer, standing, had)
    here = planned(ours, peer.called, pair.wanted, standing, waits=theirs is None)
    there = planned(theirs, ours.vpc.called, ours.ranges, standing) if theirs else None
    for each in filter(None, (here, there)):
        yield from rules.taken(each)
        yield from firewalls.network_acls(each)
        for group in each.side.groups:
            missing, _ = each.side.rules(group, each.networks)
            more = [rule.admitted for rule in missing]
            yield from security_group_rules.room(each.side.cloud, group.told, more)
        yield from dual_stack.without_addresses(each.side)
        yield from _kept_by_others(each.side)
    if not standing or standing.state != ACTIVE:
        yield from rules.room(here, had)
        if there:
            yield from rules.room(there, vpc_peering.of_vpc(there.side.cloud, there.vpc))
        across = there is not None and there.side.region != here.side.region
        yield from rules.encryption(here, there, across=across)
        if there:
            yield from rules.encryption(there, here, across=across)
    yield from rules.passed_on(here)
    yield packets(ours.vpc.id)


def planned(
    side: Side, peer: str, networks: tuple[Network, ...], standing: Connection | None, *, waits: bool = False
) -> Seen:
    """One side as it would be."""
    unread: dict[str, str] = {}
    try:
        acls = network_acls.of(side.cloud, side.vpc.id)
        subnets = vpcs.subnets(side.cloud, side.vpc) if any(table.main for table in side.tables) else ()
    except CloudError as problem:
        acls, subnets, unread["acls"] = (), (), str(problem)
    id = standing.id if standing else ""
    return Seen(side, id, peer, networks, acls=acls, subnets=subnets, unread=unread, planned=True, waits=waits)


def already(
    ours: Side, peer: Vpc, standing: Connection | None, had: tuple[Connection, ...]
) -> Iterator[Finding | Caution]:
    """What there is between the two: what is alive is used, and what has ended is told."""
    name, by = peer.name or peer.id, "DescribeVpcPeeringConnections"
    ended = [each for each in had if peer.id in (each.requester.vpc, each.accepter.vpc) and not each.alive]
    if standing is None:
        going = [each for each in ended if each.state == "deleting"]
        for each in going:
            yield Finding(
                "changing", Grade.REFUSED, f"{each.id} is being deleted right now.", by, "Wait a minute and try again."
            )
        for each in ended[:1] if not going else ():
            yield Finding(
                "earlier", Grade.PROVED, f"An earlier request ({each.id}) is {each.state}; a new one is sent.", by
            )
        return
    until = f", until {standing.expires}" if standing.expires else ""
    mine = standing.requester.vpc == ours.vpc.id
    if standing.state == ACTIVE:
        yield Caution(
            "already-connected",
            f"{ours.shown} and {name} are connected already by {standing.id}. Only what is missing is added: routes, "
            "rules, names. Undo leaves the connection.",
        )
    elif standing.state == PENDING and mine:
        yield Caution(
            "request-waits",
            f"A request to {name} waits already: {standing.id}{until}. It is used; once it is accepted, undo can only "
            "delete the connection.",
        )
    elif standing.state == PENDING:
        yield Caution(
            "accept-theirs",
            f"Account {standing.requester.account} has asked to connect {standing.requester.vpc} with {ours.shown} "
            f"({standing.id}{until}). It is accepted instead of sending a second request. Only go on if you know them. "
            "Undo deletes the connection, and they would have to ask anew.",
            confirm=True,
        )
        if standing.requester.multipath:
            yield Caution(
                "multipath",
                "Their request asks for multipath resilience, which costs extra for every GB. Accepting switches it on "
                "for your side too; it is switched off on your side right after.",
                confirm=True,
            )
    else:
        yield Finding(
            "changing", Grade.REFUSED, f"{standing.id} is being set up right now ({standing.state}).", by,
            "Wait a minute and try again.",
        )  # fmt: skip


def _kept_by_others(side: Side) -> Iterator[Caution]:
    """What is changed and somebody else keeps: they take the change back."""
    for table in side.tables:
        yield from keepers.beforehand(f"The route table {table.name or table.id}", table.tags, "route_tables")
    for group in side.groups:
        tags = group.told.get("Tags")
        yield from keepers.beforehand(f"The security group {group.name} ({group.id})", tags, "security_groups")


def packets(vpc: str) -> Finding:
    """What nobody can know before."""
    return Finding(
        "packets", Grade.NOT_CHECKED, "Whether packets really arrive is not known before the connection exists.",
        "nothing is sent", f"Try then from a machine in {vpc}: nc -zv ADDRESS PORT.",
    )  # fmt: skip
