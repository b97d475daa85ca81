"""Requests for a VPC peering connection: asking, accepting, and taking either back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from flows.engine import RUN, Action, Call, Cost, Find, Late, Others, Ref, Still, Undo, Wait, join

from . import edits
from .tags import OURS, others_tag, tagged, tags
from .vpc_peering import ACTIVE, ALIVE, MADE, NOT_FOUND, ONE, PENDING, REFUSALS, described
from .vpcs import Vpc, shown

TRAFFIC = "https://aws.amazon.com/ec2/pricing/on-demand/, US East (N. Virginia), not verified"


@dataclass(frozen=True)
class Parties:
    """Who asks and who accepts, as IAM knows them: the permissions for what the connection is about follow from it.

    Args:
        requester: the ARN of the VPC of whoever asks.
        accepter: the ARN of the other.
    """

    requester: str
    accepter: str

    def of(self, id: Late) -> Mapping[str, tuple[str, ...]]:
        """What is known of a call about a connection; of one whose id is not known yet, it is any."""
        known = {"Requester": (self.requester,), "AcceptingVpc": (self.accepter.rpartition("/")[2],)}
        return known | ({"VpcPeeringConnectionId": ("*",)} if isinstance(id, Ref) else {})


def ask(
    name: str, vpc: Vpc, peer: Vpc, account: str, region: str, parties: Parties, others: tuple[Others, ...]
) -> Action:
    """Ask the owner of another VPC to connect it.

    AWS knows no token for it: asked again in the same direction it answers with what exists, so at undo only what
    carries this run's tag is deleted.

    Args:
        name: the connection's.
        vpc: the one that is started from.
        peer: the other one.
        account: the other account; empty for the same.
        region: the other region; empty for the same.
        parties: the two, by their ARNs.
        others: what others may have let lead over it.
    """
    where = {**({"PeerOwnerId": account} if account else {}), **({"PeerRegion": region} if region else {})}
    look = described(MADE)
    mine = join(f"VpcPeeringConnections[?contains({edits.literal(ALIVE)}, Status.Code) && ", OURS, "] | [0]")
    return Action(
        "connect",
        f"Ask to connect {shown(vpc)} with {shown(peer)}{_of(account, region)}",
        Call(
            "ec2.CreateVpcPeeringConnection",
            {"VpcId": vpc.id, "PeerVpcId": peer.id, **where, **tagged("vpc-peering-connection", name)},
            known={"Accepter": (parties.accepter,)},
        ),
        wait=Wait(
            look,
            ready=f"contains(['{PENDING}', 'provisioning', '{ACTIVE}'], {ONE}.Status.Code)",
            failed=f"contains(['failed', 'rejected', 'expired', 'deleted', 'deleting'], {ONE}.Status.Code)",
            now=f"join(': ', {ONE}.Status.[Code, Message || Code][?@] || `[]`)",
            sentence="Waiting until the request is there",
            typical=5, limit=120,
        ),
        undo=_deleted(MADE),
        find=Find(
            Call("ec2.DescribeVpcPeeringConnections", {"Filters": [{"Name": "tag:handrail:run", "Values": [RUN]}]}),
            join(mine, ".{VpcPeeringConnection: @}"),
        ),
        whose=others_tag("VpcPeeringConnection"),
        others=others,
        refusals=REFUSALS,
        type="AWS::EC2::VPCPeeringConnection",
        resource=MADE,
        costs=(traffic(between_regions=bool(region)),),
        undone="The connection",
    )  # fmt: skip


def traffic(*, between_regions: bool) -> Cost:
    """What passes over a connection; the connection itself costs nothing. US East, from memory and not verified."""
    note = (
        "About 0.02 USD a GB between regions."
        if between_regions
        else "Nothing inside one Availability Zone; about 0.01 USD a GB on each side between two."
    )
    return Cost("Traffic over the connection", Decimal(0), "2026-11", TRAFFIC, note)


def accept(
    id: Late, who: str, parties: Parties, others: tuple[Others, ...] = (), costs: tuple[Cost, ...] = ()
) -> Action:
    """Accept a request, where its accepter is.

    Args:
        id: the connection's; a `Ref` where this run asked for it, and takes it back.
        who: whose request it is, where it was there before: to take that back is to delete the connection.
        parties: the two, by their ARNs.
        others: what others may have let lead over it, in that case.
        costs: what passes over it costs, in that case.
    """
    made = isinstance(id, Ref)
    return Action(
        "accept",
        "Accept the request on the other side" if made else f"Accept the request of {who}",
        Call("ec2.AcceptVpcPeeringConnection", {"VpcPeeringConnectionId": id}, known=parties.of(id)),
        wait=until_active(id),
        undo=() if made else _deleted(id, f"The request of {who} is gone with it: only they can ask anew."),
        find=Find(
            described(id),
            f"VpcPeeringConnections[?contains(['provisioning', '{ACTIVE}'], Status.Code)] | [0]"
            ".{VpcPeeringConnection: @}",
        ),
        not_yet=("InvalidStateTransition: from initiating-request",),
        others=others,
        refusals=REFUSALS,
        stands=Still(described(id), f"{ONE}.Status.Code", ACTIVE, "It is not active any more."),
        costs=() if made else costs,
        undone="The connection that was accepted",
    )  # fmt: skip


def until_active(id: Late) -> Wait:
    """Wait until packets may pass."""
    return Wait(
        described(id),
        ready=f"{ONE}.Status.Code=='{ACTIVE}'",
        failed=f"contains(['failed', 'rejected', 'expired', 'deleted', 'deleting'], {ONE}.Status.Code)",
        now=f"{ONE}.Status.Code",
        sentence="Waiting until the connection is active",
        typical=20,
        limit=180,
    )


def name_there(name: str, parties: Parties) -> Action:
    """Tags belong to one account and region: on the other side a connection has none until it is given some."""
    return Action(
        "name-there",
        "Give it its name on the other side",
        Call("ec2.CreateTags", {"Resources": [MADE], "Tags": tags(name)}, known=parties.of(MADE)),
        after=("accept",),
        of_new="connect",
        stands=Still(
            described(MADE), f"{ONE}.Tags[?Key=='handrail:run'].Value | [0]", RUN,
            "It has no tag of this run there any more.",
        ),
    )  # fmt: skip


def _of(account: str, region: str) -> str:
    parts = [f"account {account}"] * bool(account) + [region] * bool(region)
    return f", {', '.join(parts)}" if parts else ""


def _deleted(id: Late, loses: str = "") -> tuple[Undo, ...]:
    """Either owner may delete it. What was refused or has ended cannot be, and is gone all the same.

    `loses` is what was there before the run and goes with it; empty where this run asked for it.
    """
    ended = ("failed", "rejected", "expired", "deleted", "deleting")
    tag = "(Tags[?Key=='handrail:run'].Value | [0] || 'nobody')"
    alive = f"VpcPeeringConnections[?contains({edits.literal(ALIVE)}, Status.Code)] | [0]"
    ours = Still(
        described(id), f"{alive} | @ && {tag}", RUN,
        "It does not carry this run's tag: it existed before this run.",
    )  # fmt: skip
    there = Still(described(id), f"{alive}.VpcPeeringConnectionId", id, "")
    return (
        Undo(
            Call("ec2.DeleteVpcPeeringConnection", {"VpcPeeringConnectionId": id}),
            wait=Wait(
                described(id),
                ready=f"!VpcPeeringConnections || contains({edits.literal(ended[:4])}, {ONE}.Status.Code)",
                now=f"{ONE}.Status.Code",
                gone=NOT_FOUND,
                sentence="Waiting until the connection is gone",
                typical=5,
            ),
            gone=(*NOT_FOUND, *(f"InvalidStateTransition: from {state}" for state in ended)),
            not_yet=("InvalidStateTransition: from initiating-request", "InvalidStateTransition: from provisioning"),
            still=there if loses else ours,
            loses=loses,
        ),
    )
