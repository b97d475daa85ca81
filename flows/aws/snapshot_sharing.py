"""How a database snapshot is made, copied, shared, copied again by the receiver, and taken back.

Amazon RDS API Reference, 2026-10. Snapshots have no tokens; one is recognised by its name and its run's tag. AWS reads
CopyDBSnapshot's source from another region when `SourceRegion` names it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flows.engine import RUN, Action, Call, Cost, Find, Late, Undo, Wait, join

from . import tags
from .snapshots import CLUSTER, INSTANCE, OF, Data

GONE = {
    INSTANCE: ("DBSnapshotNotFound", "DBSnapshotNotFoundFault"),
    CLUSTER: ("DBClusterSnapshotNotFoundFault", "DBClusterSnapshotNotFound"),
}
NOT_YET = {INSTANCE: ("InvalidDBSnapshotState",), CLUSTER: ("InvalidDBClusterSnapshotStateFault",)}
TAKEN = {INSTANCE: "DBSnapshotAlreadyExists", CLUSTER: "DBClusterSnapshotAlreadyExistsFault"}
MONTHLY = {INSTANCE: Decimal("0.095"), CLUSTER: Decimal("0.021")}
"""USD per GB and month in us-east-1, from memory and not verified (2026-11)."""
THEIR_KEY = "alias/aws/rds"
"""What the receiver's copy is encrypted with: their own standard key."""


@dataclass(frozen=True)
class Piece:
    """A snapshot as the plan goes on with it: its name, its address, known now or later, and the region it is in."""

    kind: str
    name: str
    arn: Late
    region: str = ""
    after: tuple[str, ...] = ()
    actions: tuple[Action, ...] = field(default=(), compare=False)


def make(data: Data, called: str, *, passing: bool) -> Piece:
    """A snapshot of a database. One that is only `passing` is deleted again as soon as it is copied."""
    kind = data.kind
    params = {f"{kind}Identifier": called, f"{OF[kind]}Identifier": data.name, "Tags": tags.tags(called)}
    made = Action(
        "snapshot",
        f"Make the snapshot {called} of {data.name}",
        Call(f"rds.Create{kind}", params),
        wait=_available(kind, called, "Making the snapshot"),
        undo=_deleted(kind, called),
        find=_ours(kind, called),
        not_yet=("InvalidDBInstanceState", "InvalidDBClusterStateFault"),
        type=f"AWS::RDS::{kind}",
        resource=called,
        costs=() if passing else (_storage(data),),
        undone=f"The snapshot {called}",
        refusals=_refusals(kind, called),
    )
    return Piece(kind, called, made[f"{kind}.{kind}Arn"], after=("snapshot",), actions=(made,))


def copy(source: Piece, data: Data, called: str, here: str, region: str, key: Late, after: Sequence[str]) -> Piece:
    """A copy under another name; encrypted with `key` unless that is empty, and in another region if one is named."""
    kind = source.kind
    params: dict[str, Any] = {
        f"Source{kind}Identifier": source.arn if region else source.name,
        f"Target{kind}Identifier": called,
        "Tags": tags.tags(called),
    }
    if key:
        params["KmsKeyId"] = key
    if region:
        params["SourceRegion"] = here
    copied = Action(
        "copy",
        f"Copy it as {called}{f' to {region}' if region else ''}{', encrypted with that key' if key else ''}",
        Call(f"rds.Copy{kind}", params, region),
        wait=_available(kind, called, "Copying the snapshot", region),
        undo=_deleted(kind, called, region),
        find=_ours(kind, called, region),
        after=(*source.after, *after),
        type=f"AWS::RDS::{kind}",
        resource=called,
        costs=(_storage(data),),
        undone=f"The snapshot {called}{f' in {region}' if region else ''}",
        refusals=_refusals(kind, called),
    )
    return Piece(kind, called, copied[f"{kind}.{kind}Arn"], region, ("copy",), (copied,))


def drop(passing: Piece) -> Action:
    """Delete a snapshot that was only made to be copied. It may be gone: then that is what is wanted."""
    kind = passing.kind
    return Action(
        "drop",
        f"Delete {passing.name} again, now that it is copied",
        Call(f"rds.Delete{kind}", {f"{kind}Identifier": passing.name}),
        after=("copy",),
        exists=GONE[kind],
        gives_up="snapshot",
    )


def share(piece: Piece, accounts: Sequence[str], after: Sequence[str]) -> Action:
    """Let other accounts copy and restore it."""
    kind, who = piece.kind, " and ".join(accounts)
    which = {f"{kind}Identifier": piece.name, "AttributeName": "restore"}
    call = f"rds.Modify{kind}Attribute"
    return Action(
        "share",
        f"Let {who} copy and restore the snapshot {piece.name}",
        Call(call, {**which, "ValuesToAdd": list(accounts)}, piece.region),
        undo=(Undo(Call(call, {**which, "ValuesToRemove": list(accounts)}, piece.region), gone=GONE[kind]),),
        after=(*piece.after, *after),
        undone=f"The permission of {who} to use the snapshot {piece.name}",
        refusals={
            "InvalidParameterValue": f"AWS does not know the account {who}.",
            "SharedSnapshotQuotaExceeded": "A snapshot can be shared with at most 20 accounts.",
            "InvalidDBSnapshotState": "AWS does not share this snapshot: it is automated, or its key is Amazon's own.",
            "InvalidDBClusterSnapshotStateFault": (
                "AWS does not share this snapshot: it is automated, or its key is Amazon's own."
            ),
        },
    )


def receive(piece: Piece, region: str, profile: str, *, encrypted: bool, shared: bool) -> Action:
    """The receiver's own copy, made in their account: from then on they need neither this snapshot nor its key."""
    kind, called = piece.kind, piece.name
    params: dict[str, Any] = {
        f"Source{kind}Identifier": piece.arn, f"Target{kind}Identifier": called, "Tags": tags.tags(called),
    }  # fmt: skip
    if encrypted:
        params["KmsKeyId"] = THEIR_KEY
    return Action(
        "receive",
        f"Copy it in the other account (profile {profile})",
        Call(f"rds.Copy{kind}", params, region, profile),
        wait=_available(kind, called, "Copying it there", region, profile),
        undo=_deleted(kind, called, region, profile),
        find=_ours(kind, called, region, profile),
        after=("share",) if shared else piece.after,
        not_yet=GONE[kind],
        type=f"AWS::RDS::{kind}",
        resource=called,
        undone=f"The snapshot {called} in the other account",
        refusals={
            **_refusals(kind, called),
            "KMSKeyNotAccessibleFault": "The other account may not use the key: its policy, or their user's, forbids.",
        },
    )


def _available(kind: str, called: str, doing: str, region: str = "", profile: str = "") -> Wait:
    """A large database takes hours the first time; AWS's own waiter gives up after half an hour."""
    it = f"{kind}s[0]"
    return Wait(
        Call(f"rds.Describe{kind}s", {f"{kind}Identifier": called}, region, profile),
        ready=f"{it}.Status=='available'",
        failed=f"contains(['failed', 'incompatible-restore'], {it}.Status)",
        now=f"join('', [{it}.Status, ' ', to_string({it}.PercentProgress || `0`), ' %'])",
        sentence=f"{doing} {called}",
        typical=300,
        limit=86400,
    )


def _deleted(kind: str, called: str, region: str = "", profile: str = "") -> tuple[Undo, ...]:
    """One that is still being made cannot be deleted yet."""
    call = Call(f"rds.Delete{kind}", {f"{kind}Identifier": called}, region, profile)
    return (Undo(call, gone=GONE[kind], not_yet=NOT_YET[kind]),)


def _ours(kind: str, called: str, region: str = "", profile: str = "") -> Find:
    ours = f"{kind}s[?{kind}Identifier=='{called}' && TagList[?Key=='handrail:run' && Value=='"
    return Find(Call(f"rds.Describe{kind}s", {}, region, profile), join(ours, RUN, f"']] | [0].{{{kind}: @}}"))


def _refusals(kind: str, called: str) -> dict[str, str]:
    return {
        TAKEN[kind]: f"There is a snapshot called “{called}” already.",
        "SnapshotQuotaExceeded": "You have as many manual snapshots as AWS allows here (usually 100).",
        "KMSKeyNotAccessibleFault": "AWS cannot use that key: it is switched off, elsewhere, or closed to you.",
        "InvalidParameterCombination": "AWS does not encrypt this snapshot by copying it.",
    }


def _storage(data: Data) -> Cost:
    per_month = MONTHLY[data.kind]
    return Cost(
        f"The snapshot, at most {data.gigabytes} GB",
        (per_month * data.gigabytes / 730).quantize(Decimal("0.000001")),
        "2026-11",
        "https://aws.amazon.com/rds/pricing/, not verified",
        f"About {per_month} USD per GB and month; AWS never removes a manual snapshot by itself. What leaves the "
        "region costs about 0.02 USD per GB once.",
    )
