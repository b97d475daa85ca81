"""How a database snapshot is made, copied, shared, copied again by the receiver, and taken back.

Amazon RDS API Reference, 2026-10. Snapshots have no tokens; one is recognised by its name and its run's tag. AWS reads
CopyDBSnapshot's source from another region when `SourceRegion` names it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flows.aws import accounts, edits, namesakes, shared_keys, tags
from flows.aws.rds_snapshots import CLUSTER, INSTANCE, OF, RESTORE, Data
from flows.engine import RUN, Action, Call, Cost, Find, Late, Others, Settings, Still, Undo, Wait, join

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


def make(data: Data, called: str, accounts: Sequence[str], *, passing: bool) -> Piece:
    """A snapshot of a database, to be shared with these. A `passing` one is deleted as soon as it is copied."""
    kind = data.kind
    params = {f"{kind}Identifier": called, f"{OF[kind]}Identifier": data.name, "Tags": tags.tags(called)}
    made = Action(
        "snapshot",
        f"Make the snapshot {called} of {data.name}",
        Call(f"rds.Create{kind}", params),
        wait=_available(kind, called, "Making the snapshot"),
        undo=_deleted(kind, called),
        find=_ours(kind, called),
        others=(_namesake(kind, called), _shared_further(kind, called, accounts)),
        settings=_settings(kind, called),
        not_yet=("InvalidDBInstanceState", "InvalidDBClusterStateFault"),
        type=f"AWS::RDS::{kind}",
        resource=called,
        costs=() if passing else (_storage(data),),
        undone=f"The snapshot {called}",
        refusals=_refusals(kind, called),
    )
    return Piece(kind, called, made[f"{kind}.{kind}Arn"], after=("snapshot",), actions=(made,))


def copy(
    source: Piece,
    data: Data,
    called: str,
    here: str,
    region: str,
    key: Late,
    own: str,
    accounts: Sequence[str],
    after: Sequence[str],
) -> Piece:
    """A copy under another name, to be shared with these accounts.

    It is encrypted with `key`, or as before if that is empty, and in another region if one is named. `own` is the key
    of one's own with which the source is encrypted, if it is.
    """
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
    known = {**shared_keys.copied_from([own] if own else [], "rds", here)}
    if own and not key:
        known["KmsKeyId"] = (own,)
    copied = Action(
        "copy",
        f"Copy it as {called}{f' to {region}' if region else ''}{', encrypted with that key' if key else ''}",
        Call(f"rds.Copy{kind}", params, region, known=known),
        wait=_available(kind, called, "Copying the snapshot", region),
        undo=_deleted(kind, called, region),
        find=_ours(kind, called, region),
        others=(_namesake(kind, called, region), _shared_further(kind, called, accounts, region)),
        settings=_settings(kind, called, region),
        after=(*source.after, *after),
        copies=(*source.after, *shared_keys.let_in(after)),
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


def share(piece: Piece, accounts: Sequence[str], after: Sequence[str]) -> list[Action]:
    """Let other accounts copy and restore it, each by itself: one may be taken away without the others."""
    shared: list[Action] = []
    for number, account in enumerate(accounts):
        id_ = f"share-{number + 1}" if number else "share"
        shared.append(_share(id_, piece, account, (*piece.after, *after, *(each.id for each in shared[-1:]))))
    return shared


def _share(id_: str, piece: Piece, account: str, after: tuple[str, ...]) -> Action:
    kind = piece.kind
    which = {f"{kind}Identifier": piece.name, "AttributeName": "restore"}
    call, look = f"rds.Modify{kind}Attribute", _allowed(kind, piece.name, piece.region)
    mine = f"{RESTORE[kind]} | [?@=='{account}'] | [0]"
    there = Find(look, mine)
    return Action(
        id_,
        f"Let {account} copy and restore the snapshot {piece.name}",
        Call(call, {**which, "ValuesToAdd": [account]}, piece.region),
        undo=(
            Undo(
                Call(call, {**which, "ValuesToRemove": [account]}, piece.region),
                still=Still(look, mine, account, ""),
                gone=GONE[kind],
                kept=accounts.copied(account),
            ),
        ),
        find=there if piece.actions else None,
        unless=None if piece.actions else there,
        others=(_namesake(kind, piece.name, piece.region),) if piece.actions else (),
        settings=None if piece.actions else _taken(kind, piece.name),
        after=after,
        undone=f"The permission of {account} to use the snapshot {piece.name}",
        refusals={
            "InvalidParameterValue": f"AWS does not know the account {account}.",
            "SharedSnapshotQuotaExceeded": "A snapshot can be shared with at most 20 accounts.",
            "InvalidDBSnapshotState": "AWS does not share this snapshot: it is automated, or its key is Amazon's own.",
            "InvalidDBClusterSnapshotStateFault": (
                "AWS does not share this snapshot: it is automated, or its key is Amazon's own."
            ),
        },
    )


def receive(piece: Piece, data: Data, region: str, profile: str, *, encrypted: bool, after: Sequence[str]) -> Action:
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
        others=(_namesake(kind, called, region, profile), _shared_further(kind, called, (), region, profile)),
        settings=_settings(kind, called, region, profile),
        after=tuple(after),
        copies=(*after, *piece.after),
        not_yet=GONE[kind],
        type=f"AWS::RDS::{kind}",
        resource=called,
        costs=(_storage(data, "The snapshot in the other account", "Billed there. "),),
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
        now=f"{it}.Status && join('', [{it}.Status, ' ', to_string({it}.PercentProgress || `0`), ' %'])",
        sentence=f"{doing} {called}",
        typical=300,
        limit=86400,
    )


def _allowed(kind: str, called: str, region: str = "", profile: str = "") -> Call:
    """Who may restore it."""
    return Call(f"rds.Describe{kind}Attributes", {f"{kind}Identifier": called}, region, profile)


def _shared_further(kind: str, called: str, accounts: Sequence[str], region: str = "", profile: str = "") -> Others:
    """With whom others shared it, beside these accounts; with everybody is “all”."""
    theirs = f"{RESTORE[kind]} | [?!contains({edits.literal(list(accounts))}, @)]"
    return Others(_allowed(kind, called, region, profile), theirs, "Others may restore it")


def _namesake(kind: str, called: str, region: str = "", profile: str = "") -> Others:
    """Another snapshot of that name."""
    look = Call(f"rds.Describe{kind}s", {f"{kind}Identifier": called}, region, profile)
    return namesakes.by_tags("snapshot", look, f"{kind}s", "TagList", called)


def _settings(kind: str, called: str, region: str = "", profile: str = "") -> Settings:
    """What of a snapshot may be edited."""
    look = Call(f"rds.Describe{kind}s", {f"{kind}Identifier": called}, region, profile)
    return Settings(look, edits.each(f"{kind}s[0]", ["EngineVersion", "[OptionGroupName]"]))


def _taken(kind: str, called: str) -> Settings:
    """When one that existed was taken: another of its name was taken at another time."""
    return Settings(Call(f"rds.Describe{kind}s", {f"{kind}Identifier": called}), f"{kind}s[0].SnapshotCreateTime")


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


def _storage(data: Data, what: str = "The snapshot", whose: str = "") -> Cost:
    per_month = MONTHLY[data.kind]
    return Cost(
        f"{what}, at most {data.gigabytes} GB",
        (per_month * data.gigabytes / 730).quantize(Decimal("0.000001")),
        "2026-11",
        "https://aws.amazon.com/rds/pricing/, not verified",
        f"{whose}About {per_month} USD per GB and month; AWS never removes a manual snapshot by itself. What leaves "
        "the region costs about 0.02 USD per GB once.",
    )
