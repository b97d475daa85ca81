"""A snapshot that another account cannot use is shared with it, and no longer once that is undone."""

from __future__ import annotations

from typing import Any

import pytest
from share_snapshot.cases import own_key, picture
from share_snapshot.states import LOCKED, NAME, PLAIN, of_snapshot, shared_with
from support.clock import FakeClock
from support.repairs import check, mended_and_back, mended_or_why_not
from support.retold import Retold

from flows.engine import Journal
from flows.engine.boto import Aws
from flows.practice import SECOND_ACCOUNT_ID, PracticeAccount


@pytest.mark.parametrize("name", [NAME, "safe"])
@pytest.mark.some("safe")
def test_shared_with_its_key_and_taken_back(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock, name: str
) -> None:
    if name == "safe":
        rds: Any = account.session.client("rds")
        rds.copy_db_snapshot(
            SourceDBSnapshotIdentifier=NAME, TargetDBSnapshotIdentifier=name, KmsKeyId=own_key(account)
        )  # fmt: skip
    mended_and_back(
        "share_snapshot", both, journal, clock, {"snapshot": name, "account": SECOND_ACCOUNT_ID},
        lambda: picture(account), cause="shared",
    )  # fmt: skip


@pytest.mark.parametrize(
    "state", [name for name, each in {**PLAIN, **LOCKED}.items() if each[1] not in ("works", "unknown")]
)
def test_every_state_has_a_repair_or_a_reason(still_both: Aws, key: str, state: str) -> None:
    locked = of_snapshot(Encrypted=True, KmsKeyId=key) if state in LOCKED else {}
    changed = {**PLAIN, **LOCKED}[state][0]
    other = [each["rds.DescribeDBSnapshots"] for each in (locked, changed) if "rds.DescribeDBSnapshots" in each]

    def snapshots(page: dict[str, Any]) -> dict[str, Any]:
        for change in other:
            page = change(page)
        return page

    told = Retold(still_both, {**shared_with(SECOND_ACCOUNT_ID), **changed, "rds.DescribeDBSnapshots": snapshots})
    found = check("share_snapshot", told, {"snapshot": NAME, "account": SECOND_ACCOUNT_ID})
    assert mended_or_why_not("share_snapshot", found) == []
