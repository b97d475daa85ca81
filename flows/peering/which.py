"""What the check of two connected VPCs asks: which connection, or which two VPCs should have one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flows.aws import vpc_peering
from flows.engine import Choice, Option, Text
from flows.engine.asked import NOT_LISTED
from flows.engine.check import Check

from .answers import vpc_id


def _connections(flow: Any) -> Iterator[Option[str]]:
    alive = [each for each in vpc_peering.connections(flow.cloud) if each.alive]
    for each in alive:
        between = f"{each.requester.vpc} to {each.accepter.vpc}"
        yield Option(each.id, each.id, each.name or each.id, f"{each.id}  {each.state}, {between}")
    which = "None of these" if alive else "There is no connection in this region"
    yield Option(NOT_LISTED, NOT_LISTED, f"{which}, but I know the two VPCs")


class WhichConnection(Check):
    """A connection of two VPCs (VPC peering): its state, then routes, firewalls and names on both sides."""

    title = "Two VPCs do not reach each other"
    what = "Peering"
    words = (
        "vpc peering", "pcx", "timeout", "blackhole", "route", "pending-acceptance", "security group", "dns",
        "cannot connect", "unreachable",
    )  # fmt: skip

    connection = Choice(
        "Which connection?",
        _connections,
        why="Its state is looked at first, then each thing that a packet meets: routes, network ACLs and security "
        "groups of both VPCs, and names.",
        example="pcx-0123456789abcdef0",
        empty="There is no peering connection in this region. It exists in the regions of its two VPCs; choose one "
        "with --region.",
    )
    vpc = Text(
        "Which VPC of this region?",
        vpc_id,
        wanted="An id",
        when=connection.is_(NOT_LISTED),
        label="VPC",
        example="vpc-0123456789abcdef0",
        why="Whether the two are connected at all is looked at, whoever asked for it.",
    )
    peer_vpc = Text(
        "And which other VPC?",
        vpc_id,
        wanted="An id",
        when=connection.is_(NOT_LISTED),
        label="Other VPC",
        example="vpc-0fedcba9876543210",
        why="It may be in another region or account.",
    )
    peer_profile = Text(
        "Which AWS profile belongs to the other account, if it is another?",
        lambda text: text,
        default="",
        fine_tuning=True,
        label="Their profile",
        example="partner",
        why="With it the other side is looked at, too. Without one, what is there stays unknown.",
    )

    @classmethod
    def of_run(cls, outputs: Mapping[str, str], answers: Mapping[str, Any]) -> dict[str, str]:
        profile = str(answers.get("peer_profile") or "")
        return cls.whole({"connection": outputs["connection"], **({"peer_profile": profile} if profile else {})})
