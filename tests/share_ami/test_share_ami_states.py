"""Images as other people leave them: shared in unusual ways that are right, and in ways that are not."""

from __future__ import annotations

from typing import Any

import pytest
from share_ami.cases import NEW, session
from share_ami.states import BROKEN, HEALTHY, SHARED, disks_by, launched_by
from support.clock import FakeClock
from support.clouds import Between
from support.retold import Retold, denied, more

import flows
from flows.engine import Denied, Refused
from flows.engine.boto import Aws
from flows.engine.cache import CachedCloud
from flows.engine.verdict import Verdict, verdict
from flows.practice import SECOND_ACCOUNT_ID
from flows.share_ami import checks, diagnosis


def check(cloud: Any, image: str) -> Verdict:
    return verdict(flows.find("share_ami").diagnose(CachedCloud(cloud), {"image": image, "account": SECOND_ACCOUNT_ID}))


def given(image: str, **more: str) -> dict[str, str]:
    return {"image": image, "account": SECOND_ACCOUNT_ID, "region": "eu-central-1", "launch": "no", **more}


@pytest.mark.parametrize("state", HEALTHY)
@pytest.mark.some(every=3)
def test_what_is_right_is_said_to_work(image: tuple[Aws, str, str], state: str) -> None:
    cloud, made, _ = image
    told = Retold(cloud, {**SHARED, **HEALTHY[state]})
    found = check(told, made)
    assert (found.status.value, found.cause) == ("works", "")
    review = session(told, None, given(made), FakeClock()).review()
    assert not review.refusals
    assert not [each for each in review.plan.actions if each.id.startswith(("key", "copy"))]


@pytest.mark.parametrize("state", BROKEN)
@pytest.mark.some(every=3)
def test_what_is_not_is_told_with_its_cause(image: tuple[Aws, str, str], state: str) -> None:
    cloud, made, _ = image
    changed, status, cause, remedy, before = BROKEN[state]
    told = Retold(cloud, {**SHARED, **changed})
    found = check(told, made)
    assert (found.status.value, found.cause.partition(":")[0]) == (status, cause)
    assert remedy in (found.because.remedy if found.because else "")
    if before in ("answer", "denied"):  # what is not to be seen at all ends it there
        with pytest.raises(Refused if before == "answer" else Denied):
            session(told, None, given(made), FakeClock()).review()
        return
    findings = session(told, None, given(made), FakeClock()).review().findings
    wrong = [each.id.partition(":")[0] for each in findings if each.grade.value not in ("proved", "predicted")]
    assert wrong[:1] == ([before] if before else [])


def test_disks_under_several_keys_are_told_one_by_one(image: tuple[Aws, str, str]) -> None:
    """One key that is open does not hide another that is not."""
    cloud, made, key = image
    second = key[:-1] + ("0" if key[-1] != "0" else "1")

    def two(page: dict[str, Any]) -> dict[str, Any]:
        return {**page, "Snapshots": [{**each, "KmsKeyId": arn} for each in page["Snapshots"] for arn in (key, second)]}

    found = check(Retold(cloud, {**SHARED, "ec2.DescribeSnapshots": two}), made)
    assert (found.status.value, found.cause) == ("broken", f"key-state:{second.rpartition('/')[2]}")
    assert f"key-use:{key.rpartition('/')[2]}:{SECOND_ACCOUNT_ID}" in {each.id for each in found.findings}


def test_a_key_that_is_not_known_is_no_reason_for_a_copy(image: tuple[Aws, str, str]) -> None:
    """Nor for a new key: it is said that nobody looked at it, and AWS has the word."""
    cloud, made, _ = image
    told = Retold(cloud, {**denied("kms.DescribeKey"), **more("kms.ListAliases", "", Aliases=[])})
    review = session(told, None, given(made), FakeClock()).review()
    assert {action.call.name for action in review.plan.actions} == {"ModifyImageAttribute", "ModifySnapshotAttribute"}


def test_what_nobody_may_launch_nobody_may_copy(image: tuple[Aws, str, str]) -> None:
    cloud, made, _ = image
    found = check(Retold(cloud, {**SHARED, **launched_by(), **disks_by()}), made)
    assert found.cause == "shared"
    assert next(each for each in found.findings if each.id == "copies").follows == ("shared",)


def test_a_machine_with_software_from_the_marketplace_is_not_stopped_for_nothing(image: tuple[Aws, str, str]) -> None:
    cloud, _, _ = image
    codes = [{"ProductCodeId": "abc", "ProductCodeType": "marketplace"}]
    told = Retold(cloud, more("ec2.DescribeInstances", "Reservations.Instances", ProductCodes=codes))
    (refusal,) = session(told, None, {**NEW, "region": "eu-west-1"}, FakeClock()).review().refusals
    assert refusal.id == "products"
    (doubt,) = [each for each in session(told, None, NEW, FakeClock()).review().findings if each.id == "products"]
    assert doubt.grade.value == "caution"


def test_what_is_kept_by_others_is_said_before_and_after(image: tuple[Aws, str, str]) -> None:
    cloud, made, _ = image
    told = Retold(cloud, {**SHARED, **HEALTHY["kept by a stack"]})
    assert "managed" in [each.id.partition(":")[0] for each in check(told, made).findings]
    assert "managed" in [each.id for each in session(told, None, given(made), FakeClock()).review().cautions]


def test_a_check_knows_all_that_is_looked_at_beforehand() -> None:
    assert set(checks.RULES) <= set(diagnosis.RULES)


def test_a_check_asks_as_much_as_its_image_has_disks(image: tuple[Aws, str, str]) -> None:
    cloud, made, _ = image
    counted = Between(Retold(cloud, SHARED))
    check(counted, made)
    assert len(counted.calls) == 7, [each.operation for each in counted.calls]
