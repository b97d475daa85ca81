"""What connecting two VPCs takes: the connection itself, ways and doors on both sides, and names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from flows.aws import vpc_peering, vpc_peering_options, vpc_peering_requests, vpc_peering_routes
from flows.engine import Action, Others, Use, since
from flows.engine.elsewhere import moved

from .sides import Pair, Side


def link(pair: Pair, name: str) -> list[Action | Use]:
    """The connection: what there is, and what is still to be asked or accepted.

    Args:
        pair: the two.
        name: what it is called.
    """
    ours, theirs, standing, parties, id = pair.ours, pair.theirs, pair.standing, pair.parties, pair.id
    others = [moved(_led(side, pair), side.region, side.profile) for side, _, _ in pair.directions]
    if standing is None:
        account, region = pair.abroad
        asked = vpc_peering_requests.ask(name, ours.vpc, pair.peer, account, region, parties, tuple(others))
        if not theirs:
            return [asked]
        named = [theirs.here(vpc_peering_requests.name_there(name, parties))] if account or region else []
        return [asked, theirs.here(vpc_peering_requests.accept(id, "", parties)), *named]
    used = Use(
        "connection", f"Use {standing.id}, which connects the two", "AWS::EC2::VPCPeeringConnection", standing.id
    )
    at = ours if standing.accepter.vpc == ours.vpc.id else theirs
    if standing.state != vpc_peering.PENDING or at is None:
        return [used]
    who = standing.requester.account or standing.requester.vpc
    costs = (vpc_peering_requests.traffic(between_regions=standing.requester.region != standing.accepter.region),)
    accepted: list[Action | Use] = [
        at.here(vpc_peering_requests.accept(standing.id, f"account {who}", parties, tuple(others), costs))
    ]
    if standing.requester.multipath:
        accepted.append(at.here(vpc_peering_options.single_path(standing.id, standing.role(at.vpc.id))))
    return accepted


def ways(pair: Pair, ready: tuple[str, ...]) -> Iterator[Action | Use]:
    """The routes of both sides; `ready` is after what they lead anywhere."""
    for side, networks, _ in pair.directions:
        yield from _answering(side.ways(networks, pair.id, ready), side, pair)


def doors(pair: Pair, ready: tuple[str, ...]) -> Iterator[Action | Use]:
    """The rules in the security groups of both sides; `ready` is after what the other side's groups may be named."""
    for side, networks, other in pair.directions:
        yield from _answering(side.doors(networks, other.called, ready), side, pair)


NEED_ANSWERS = "Routes of others lead over the connection and need the answers"


def _answering(things: Iterable[Action | Use], side: Side, pair: Pair) -> Iterator[Action | Use]:
    """What is made on one side, kept for whoever lets more of the other side lead over the connection later.

    Over a connection that was there they may do so already: those did without.
    """
    led = list[Others]()
    for other in (each for each, _, _ in pair.directions if each is not side):
        there = replace(_led(other, pair), what=NEED_ANSWERS, remove=None)
        later = since(other.cloud, there) if pair.standing else (there,)
        led += [moved(each, other.region, other.profile) for each in later]
    yield from (replace(each, others=tuple(led)) if isinstance(each, Action) else each for each in things)


def _led(side: Side, pair: Pair) -> Others:
    """What others let lead over the connection on one side."""
    networks = next(networks for each, networks, _ in pair.directions if each is side)
    return vpc_peering_routes.used_by(pair.id, side.vpc.id, [each.id for each in side.tables], networks)


def hostnames(pair: Pair, *, names: bool) -> list[Action]:
    """What switches DNS hostnames on where they are off. They stay on as long as a connection of this run lets `names`
    lead over it."""
    part_of = ("connect",) if names and pair.standing is None else ()
    return [
        side.here(replace(vpc_peering_options.hostnames(side.vpc), part_of=part_of))
        for side, _, _ in pair.directions
        if not vpc_peering_options.attribute(side.cloud, side.vpc.id, "enableDnsHostnames")
    ]


def names(pair: Pair, after: tuple[str, ...]) -> Iterator[Action]:
    """What lets names of each side lead the other to private addresses, unless they do.

    Args:
        pair: the two.
        after: what must be done first.
    """
    standing, parties = pair.standing, pair.parties
    for side, _, other in pair.directions:
        if standing and standing.end_of(side.vpc.id).names:
            continue
        role = standing.role(side.vpc.id) if standing else "Requester" if side is pair.ours else "Accepter"
        kept = standing is not None and standing.state == vpc_peering.ACTIVE
        yield side.here(vpc_peering_options.names(pair.id, role, side.vpc, other.called, parties, after, standing=kept))
