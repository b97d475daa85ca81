"""An image that another account cannot use is shared with it, and no longer once that is undone."""

from __future__ import annotations

import json

import pytest
from share_ami.cases import made_by_hand, picture
from share_ami.states import BROKEN, SHARED
from share_snapshot.cases import own_key
from support.clock import FakeClock
from support.repairs import check, mended_and_back, mended_or_why_not, repairing
from support.retold import Retold
from support.sessions import carried_out

from flows.engine import Journal
from flows.engine.boto import Aws
from flows.practice import SECOND_ACCOUNT_ID, PracticeAccount


@pytest.mark.wild
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


@pytest.mark.wild
def test_an_image_that_is_disabled_is_enabled_and_disabled_again(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Shared it is by the next repair; an undo of the first leaves it while it is."""
    own_key(account)
    made, ec2 = made_by_hand(account), account.session.client("ec2")
    ec2.disable_image(ImageId=made)
    asked = {"image": made, "account": SECOND_ACCOUNT_ID}
    mended_and_back(
        "share_ami", both, journal, clock, asked, lambda: states(account, made), cause="image", after="broken",
    )  # fmt: skip
    again = repairing("share_ami", both, journal, clock, asked)
    carried_out(again)
    second = repairing("share_ami", both, journal, clock, asked)
    carried_out(second)
    assert check("share_ami", both, asked).status.value == "works"
    list(again.undo())
    (left,) = [left.why for left in again.receipt().left if "shared, with" in left.why]
    assert left.startswith(f"It is shared, with: {SECOND_ACCOUNT_ID}.") and "undo that first" in left
    assert states(account, made) == "available"


def states(account: PracticeAccount, image: str) -> str:
    return str(account.session.client("ec2").describe_images(ImageIds=[image])["Images"][0]["State"])


@pytest.mark.wild
def test_a_key_that_is_switched_off_is_switched_on_and_off_again(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock
) -> None:
    key, kms = own_key(account).rpartition("/")[2], account.session.client("kms")
    asked = {"image": made_by_hand(account), "account": SECOND_ACCOUNT_ID}
    carried_out(repairing("share_ami", both, journal, clock, asked))
    kms.disable_key(KeyId=key)
    mended_and_back(
        "share_ami", both, journal, clock, asked,
        lambda: kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"], cause="key-state",
    )  # fmt: skip
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    (found,) = [each for each in check("share_ami", both, asked).findings if each.id.startswith("key-state")]
    assert found.grade.value == "refused" and not found.repair, "whoever has it deleted decides that"


@pytest.mark.parametrize("state", [name for name, each in BROKEN.items() if each[1] not in ("works", "unknown")])
def test_every_state_has_a_repair_or_a_reason(image: tuple[Aws, str, str], state: str) -> None:
    cloud, made, _ = image
    told = Retold(cloud, {**SHARED, **BROKEN[state][0]})
    found = check("share_ami", told, {"image": made, "account": SECOND_ACCOUNT_ID})
    assert mended_or_why_not("share_ami", found) == []
