"""What connecting two VPCs takes: the connection itself, ways and doors on both sides, and names."""

from __future__ import annotations

from collections.abc import Iterator

from flows.aws import vpc_peering
from flows.engine import Action, Use
from flows.engine.elsewhere import moved

from .sides import Pair


def link(pair: Pair, name: str) -> list[Action | Use]:
    """The connection: what there is, and what is still to be asked or accepted.

    Args:
        pair: the two.
        name: what it is called.
    """
    ours, theirs, standing, parties, id = pair.ours, pair.theirs, pair.standing, pair.parties, pair.id
    others = [vpc_peering.used_by(id, ours.vpc.id, [each.id for each in ours.tables], pair.wanted)]
    if theirs:
        there = vpc_peering.used_by(id, theirs.vpc.id, [each.id for each in theirs.tables], ours.ranges)
        others.append(moved(there, theirs.region, theirs.profile))
    if standing is None:
        account, region = pair.abroad
        asked = vpc_peering.ask(name, ours.vpc, pair.peer, account, region, parties, tuple(others))
        if not theirs:
            return [asked]
        named = [theirs.here(vpc_peering.name_there(name, parties))] if account or region else []
        return [asked, theirs.here(vpc_peering.accept(id, "", parties)), *named]
    used = Use(
        "connection", f"Use {standing.id}, which connects the two", "AWS::EC2::VPCPeeringConnection", standing.id
    )
    at = ours if standing.accepter.vpc == ours.vpc.id else theirs
    if standing.state != vpc_peering.PENDING or at is None:
        return [used]
    who = standing.requester.account or standing.requester.vpc
    costs = (vpc_peering.traffic(between_regions=standing.requester.region != standing.accepter.region),)
    accepted: list[Action | Use] = [
        at.here(vpc_peering.accept(standing.id, f"account {who}", parties, tuple(others), costs))
    ]
    if standing.requester.multipath:
        accepted.append(at.here(vpc_peering.single_path(standing.id, standing.role(at.vpc.id))))
    return accepted


def ways(pair: Pair, ready: tuple[str, ...]) -> Iterator[Action | Use]:
    """The routes of both sides; `ready` is after what they lead anywhere."""
    for side, networks, _ in pair.directions:
        yield from side.ways(networks, pair.id, ready)


def doors(pair: Pair, ready: tuple[str, ...]) -> Iterator[Action | Use]:
    """The rules in the security groups of both sides; `ready` is after what the other side's groups may be named."""
    for side, networks, other in pair.directions:
        yield from side.doors(networks, other.called, ready)


def hostnames(pair: Pair) -> list[Action]:
    """What switches DNS hostnames on where they are off."""
    return [
        side.here(vpc_peering.hostnames(side.vpc))
        for side, _, _ in pair.directions
        if not vpc_peering.attribute(side.cloud, side.vpc.id, "enableDnsHostnames")
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
        yield side.here(vpc_peering.names(pair.id, role, side.vpc, other.called, parties, after, standing=kept))
