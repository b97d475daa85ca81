"""Snapshots as other people leave them: shared in unusual ways that are right, and in ways that are not."""

from __future__ import annotations

from typing import Any

import pytest
from share_snapshot.cases import EXISTING, session
from share_snapshot.states import ALL, CLUSTERS, LOCKED, NAME, PLAIN, check, of_key, of_snapshot, shared_with
from support.clock import FakeClock
from support.clouds import Between
from support.retold import Retold

from flows.aws import rds_snapshots
from flows.engine import Refused
from flows.engine.boto import Aws
from flows.engine.cache import CachedCloud
from flows.practice import SECOND_ACCOUNT_ID
from flows.share_snapshot import checks, diagnosis, handover, rules


@pytest.mark.parametrize("state", [*PLAIN, *LOCKED])
@pytest.mark.some(every=3)
def test_each_state_is_told_with_its_cause(still_both: Aws, key: str, state: str) -> None:
    locked = of_snapshot(Encrypted=True, KmsKeyId=key) if state in LOCKED else {}
    changed, status, cause, remedy, before = {**PLAIN, **LOCKED}[state]
    other = [each["rds.DescribeDBSnapshots"] for each in (locked, changed) if "rds.DescribeDBSnapshots" in each]

    def snapshots(page: dict[str, Any]) -> dict[str, Any]:
        for change in other:
            page = change(page)
        return page

    told = Retold(still_both, {**shared_with(SECOND_ACCOUNT_ID), **changed, "rds.DescribeDBSnapshots": snapshots})
    found = check(told)
    assert (found.status.value, found.cause.partition(":")[0]) == (status, cause)
    assert remedy in (found.because.remedy if found.because else "")
    if before == "answer":
        with pytest.raises(Exception, match=r"missing|is (creating|failed|dreaming)|not allowed"):
            session(told, None, EXISTING, FakeClock()).review()
        return
    findings = session(told, None, EXISTING, FakeClock()).review().findings
    wrong = [each.id.partition(":")[0] for each in findings if each.grade.value not in ("proved", "predicted")]
    assert wrong[:1] == ([before] if before else [])


def test_a_name_that_only_the_key_makes_necessary_is_asked_for(still_both: Aws, key: str) -> None:
    told = Retold(still_both, {**of_snapshot(Encrypted=True, KmsKeyId=key), **of_key(KeyManager="AWS")})
    with pytest.raises(Refused, match="1 answer is missing:\n  snapshot_name: What should the shared snapshot be"):
        session(told, None, EXISTING, FakeClock())


def test_the_letter_names_what_does_not_come_along(still_both: Aws) -> None:
    arn = f"arn:aws:rds:eu-central-1:123456789012:snapshot:{NAME}"
    facts = {"kind": "DBSnapshot", "region": "eu-central-1", "accounts": [SECOND_ACCOUNT_ID], "engine": "oracle-ee",
             "encrypted": False, "their_key": "", "option_group": "with-timezone"}  # fmt: skip
    told = handover.hand_over(still_both, {"snapshot": NAME, "snapshot_arn": arn}, facts)
    letter = told.files["for-the-receiver.txt"]
    for part in ("with-timezone", "--option-group-name", "--db-parameter-group-name", "Tags", ":123456789012:"):
        assert part in letter


def test_an_address_is_not_taken_for_another_of_that_name(still_both: Aws) -> None:
    assert check(still_both, CLUSTERS).cause == "snapshot"
    assert check(still_both, NAME.upper()).cause == "shared"


def test_a_check_knows_all_that_is_looked_at_beforehand() -> None:
    assert set(checks.RULES) <= set(diagnosis.RULES)


def test_of_several_receivers_each_is_told(still_both: Aws, key: str) -> None:
    """The one whom the key's policy lets in may; of the other that is said, and only of that one."""
    told = {**shared_with(SECOND_ACCOUNT_ID, "444444444444"), **of_snapshot(Encrypted=True, KmsKeyId=key), **ALL}
    cloud = CachedCloud(Retold(still_both, told))
    data = rds_snapshots.one(cloud, NAME)
    assert data
    here = rules.Situation(cloud, data, (SECOND_ACCOUNT_ID, "444444444444"))
    told_of = {each.id.rpartition(":")[2]: each.grade.value for each in rules.key_use(here)}
    assert told_of == {SECOND_ACCOUNT_ID: "proved", "444444444444": "refused"}
    assert [each.grade.value for each in rules.shared(here)] == ["proved"]


def test_a_check_asks_a_fixed_number_of_things(still_both: Aws, key: str) -> None:
    told = {**shared_with(SECOND_ACCOUNT_ID), **of_snapshot(Encrypted=True, KmsKeyId=key), **ALL}
    counted = Between(Retold(still_both, told))
    check(counted)
    assert len(counted.calls) == 7, [each.operation for each in counted.calls]
