"""An image that another account cannot use is shared with it, and no longer once that is undone."""

from __future__ import annotations

import json

import pytest
from share_ami.cases import made_by_hand, picture
from share_snapshot.cases import own_key
from support.clock import FakeClock
from support.repairs import check, mended_and_back, mended_or_why_not
from support.retold import Retold
from test_share_ami_states import BROKEN, SHARED, image

from flows.engine import Journal
from flows.engine.boto import Aws
from flows.practice import SECOND_ACCOUNT_ID, PracticeAccount

__all__ = ["image"]


def test_shared_with_its_disks_and_its_key_and_taken_back(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock
) -> None:
    key = own_key(account)
    made = made_by_hand(account)
    kms = account.session.client("kms")
    run = mended_and_back(
        "share_ami", both, journal, clock, {"image": made, "account": SECOND_ACCOUNT_ID},
        lambda: (picture(account), json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])),
        cause="shared",
    )  # fmt: skip
    assert run.run and run.run.plan
    assert {action.id.partition("-")[0] for action in run.run.plan.actions} == {"share", "key"}


@pytest.mark.parametrize("state", [name for name, each in BROKEN.items() if each[1] == "broken"])
def test_every_state_has_a_repair_or_a_reason(image: tuple[Aws, str, str], state: str) -> None:
    cloud, made, _ = image
    told = Retold(cloud, {**SHARED, **BROKEN[state][0]})
    found = check("share_ami", told, {"image": made, "account": SECOND_ACCOUNT_ID})
    assert mended_or_why_not("share_ami", found) == []
