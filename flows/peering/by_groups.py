"""Whether rules may name the other side's security groups instead of its networks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

from flows.aws.security_groups import SecurityGroup
from flows.aws.vpcs import Vpc
from flows.engine import Caution, Cloud, Refused

from .sides import Side

NETWORKS, GROUPS = "networks", "groups"


class Answers(Protocol):
    """The set-up as `usable` sees it."""

    cloud: Cloud
    vpc: Vpc
    peer_region: str
    security_groups: tuple[SecurityGroup, ...]
    peer_security_groups: tuple[SecurityGroup, ...]

    def peer(self) -> Vpc: ...


def usable(by: str, flow: Answers) -> Iterator[Caution]:
    if by == NETWORKS:
        return
    if flow.peer_region != flow.cloud.identity.region:
        raise Refused(
            f"AWS takes a security group of another VPC only in the same region, and {flow.peer().called} is in "
            f"{flow.peer_region}. Answer by={NETWORKS}."
        )
    for vpc, chosen in ((flow.vpc, flow.security_groups), (flow.peer(), flow.peer_security_groups)):
        if not chosen:
            raise Refused(
                f"No security group of {vpc.called} is chosen, so the other side has none to name. Choose one that "
                f"lets in and may come in, or answer by={NETWORKS}."
            )
    yield Caution(
        "by-groups",
        "Such rules let in only what is in those groups, and nobody any more once the connection is deleted.",
    )


def naming(ours: Side, theirs: Side) -> tuple[Side, Side]:
    """Both sides, each letting the other in by its groups."""
    here, there = ours.cloud.identity.account, theirs.cloud.identity.account
    apart = here != there
    return (
        replace(ours, named=theirs.groups, named_of=there if apart else ""),
        replace(theirs, named=ours.groups, named_of=here if apart else ""),
    )
