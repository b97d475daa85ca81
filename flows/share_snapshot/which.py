"""What the check of a shared snapshot asks: which snapshot, and who should be able to restore it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flows.aws import accounts, rds_snapshots
from flows.aws.rds_snapshots import MANUAL, NEW, Data
from flows.engine import Choice, Cloud, CloudError, Text
from flows.engine.check import Check, Subject, by_key
from flows.engine.pasted_lists import several


def _receiver(flow: Any) -> str | None:
    """The account it is shared with, where that is one alone."""
    try:
        found = rds_snapshots.one(flow.cloud, flow.snapshot)
        shared = rds_snapshots.shared_with(flow.cloud, found.kind, found.name) if found else []
    except CloudError:  # then it is typed
        return None
    return shared[0] if len(shared) == 1 and shared[0].isdigit() else None


class WhichSnapshot(Check):
    """A database snapshot that another account should be able to copy and restore."""

    title = "Another account cannot see, copy or restore a snapshot"
    what = "Shared snapshot"
    words = ("rds", "aurora", "DBSnapshotNotFound", "kms", "encrypted", "restore", "shared", "permission denied")

    snapshot = Choice(
        "Which snapshot?",
        lambda flow: by_key(rds_snapshots.mine(flow.cloud), NEW),
        form=rds_snapshots.by_name,
        why="Who may restore it is looked at, then what AWS demands of it, and the key that encrypts it.",
        example="orders-for-partner",
        empty="There is no snapshot in this region. Choose another region with --region.",
    )
    account = Text(
        "Which account should be able to restore it?",
        accounts.number,
        check=lambda account, flow: accounts.another(flow.cloud, account),
        wanted="An account number",
        default=_receiver,
        label="Receiver",
        example="210987654321",
        why="AWS accounts are identified by this number of 12 digits.",
    )

    @classmethod
    def of_run(cls, outputs: Mapping[str, str], answers: Mapping[str, Any]) -> dict[str, str]:
        """The snapshot, and the first of its receivers."""
        return cls.whole({"snapshot": outputs["snapshot"], "account": several(answers["account"])[0]})

    @classmethod
    def typed(cls, key: str, given: Mapping[str, str], cloud: Cloud) -> Iterable[str]:
        """The accounts that a snapshot is shared with."""
        found = rds_snapshots.one(cloud, given["snapshot"]) if key == "account" and "snapshot" in given else None
        shared = rds_snapshots.shared_with(cloud, found.kind, found.name) if found else []
        return [each for each in shared if each.isdigit()]

    @classmethod
    def everything(cls, cloud: Cloud) -> Iterator[Subject]:
        """Each snapshot that is shared, once for each account that has it; only those made by hand can be."""
        for option in rds_snapshots.mine(cloud):
            data = option.value
            if isinstance(data, Data) and data.made == MANUAL:
                for account in rds_snapshots.shared_with(cloud, data.kind, data.name):
                    if account.isdigit():
                        yield Subject({"snapshot": option.key, "account": account}, f"{data.name} for {account}")
