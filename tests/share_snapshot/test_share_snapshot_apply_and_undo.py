"""Applied, the snapshot is shared; undone, both accounts are as before."""

from __future__ import annotations

import json
from typing import Any

import pytest
from share_snapshot.cases import EXISTING, LOCKED, OWN_KEY, PLAIN, VARIANTS, own_key, picture, session
from support.clock import FakeClock
from support.clouds import Between
from support.sessions import carried_out, taken_back

from flows.engine import Call, Denied, Journal, Lost
from flows.engine.boto import Aws
from flows.engine.refusals import changes, explain
from flows.practice import SECOND_ACCOUNT_ID, PracticeAccount


def restore(account: PracticeAccount, name: str, region: str = "eu-central-1") -> list[str]:
    rds = account.session.client("rds", region_name=region)
    told = rds.describe_db_snapshot_attributes(DBSnapshotIdentifier=name)["DBSnapshotAttributesResult"]
    values: list[str] = told["DBSnapshotAttributes"][0]["AttributeValues"]
    return values


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.some("existing")
@pytest.mark.quick
def test_undone_is_as_before(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock, variant: str
) -> None:
    before = picture(account)
    made = session(both, journal, VARIANTS[variant], clock)
    made.review()
    assert picture(account) == before
    carried_out(made)
    told = made.hand_over()
    assert {finding.grade.value for finding in told.findings} == {"proved"}
    assert picture(account) != before
    taken_back(made)
    assert picture(account) == before


@pytest.mark.wild
def test_a_copy_has_a_key_that_the_receiver_may_use_and_what_was_in_between_is_gone(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock
) -> None:
    made = session(both, journal, LOCKED, clock)
    carried_out(made)
    rds, kms = account.session.client("rds"), account.session.client("kms")
    (copy,) = rds.describe_db_snapshots(DBSnapshotIdentifier="for-partner")["DBSnapshots"]
    assert kms.describe_key(KeyId=copy["KmsKeyId"])["KeyMetadata"]["KeyManager"] == "CUSTOMER"
    assert kms.get_key_rotation_status(KeyId=copy["KmsKeyId"])["KeyRotationEnabled"]
    policy = json.loads(kms.get_key_policy(KeyId=copy["KmsKeyId"], PolicyName="default")["Policy"])
    admin, use, grants = policy["Statement"]
    assert admin["Principal"]["AWS"] == "arn:aws:iam::123456789012:root"
    assert use["Principal"]["AWS"] == grants["Principal"]["AWS"] == [f"arn:aws:iam::{SECOND_ACCOUNT_ID}:root"]
    assert "kms:*" not in use["Action"]
    assert grants["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    assert restore(account, "for-partner") == [SECOND_ACCOUNT_ID]
    names = {each["DBSnapshotIdentifier"] for each in rds.describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]}
    assert names == {"orders-before-summer", "for-partner"}
    tags = {tag["Key"] for tag in copy["TagList"]}
    assert tags == {"Name", "handrail:run", "handrail:flow"}


@pytest.mark.wild
def test_the_receipt_says_what_becomes_of_the_key(both: Aws, journal: Journal, clock: FakeClock) -> None:
    made = session(both, journal, LOCKED, clock)
    carried_out(made)
    taken_back(made)
    copied, left = made.receipt().left
    assert copied.what.startswith(f"What {SECOND_ACCOUNT_ID} copied of it")
    assert "AWS deletes it after 30 days; until then it costs nothing" in left.why
    assert not left.costs


@pytest.mark.wild
def test_the_receiver_needs_neither_afterwards(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock
) -> None:
    made = session(both, journal, VARIANTS["locked, elsewhere, received"], clock)
    paid = [cost.what for cost in made.review().plan.costs]
    assert paid == ["The key", "The snapshot, at most 20 GB", "The snapshot in the other account, at most 20 GB"]
    carried_out(made)
    partner: Any = account.session_of("partner")
    rds, kms = (partner.client(service, region_name="eu-west-1") for service in ("rds", "kms"))
    (copy,) = rds.describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    assert copy["Encrypted"]
    assert SECOND_ACCOUNT_ID in kms.describe_key(KeyId=copy["KmsKeyId"])["KeyMetadata"]["Arn"]


@pytest.mark.wild
def test_a_key_that_exists_is_opened_and_closed_again_with_the_statements_of_others_in_it(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock
) -> None:
    arn = own_key(account)
    before, kms = picture(account), account.session.client("kms")
    made = session(both, journal, {**LOCKED, "key": arn}, clock)
    assert made.answers()["key"] == arn
    carried_out(made)
    policy = json.loads(kms.get_key_policy(KeyId=arn, PolicyName="default")["Policy"])
    assert len(policy["Statement"]) == 3
    policy["Statement"].append({**policy["Statement"][0], "Sid": "Auditor"})
    kms.put_key_policy(KeyId=arn, PolicyName="default", Policy=json.dumps(policy))
    taken_back(made)
    policy = json.loads(kms.get_key_policy(KeyId=arn, PolicyName="default")["Policy"])
    assert policy["Statement"].pop()["Sid"] == "Auditor"
    kms.put_key_policy(KeyId=arn, PolicyName="default", Policy=json.dumps(policy))
    assert picture(account) == before


@pytest.mark.wild
def test_a_key_that_lets_the_receiver_in_already_stays_as_it_is(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock
) -> None:
    own_key(account)
    first = session(both, journal, {**LOCKED, "key": OWN_KEY}, clock)
    carried_out(first)
    second = session(both, None, {**LOCKED, "key": OWN_KEY, "snapshot_name": "again"}, clock)
    assert not [action for action in second.review().plan.actions if action.call.service == "kms"]


@pytest.mark.wild
def test_somebody_who_had_it_before_keeps_it(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock
) -> None:
    rds = account.session.client("rds")
    shared = {"DBSnapshotIdentifier": "orders-before-summer", "AttributeName": "restore"}
    rds.modify_db_snapshot_attribute(**shared, ValuesToAdd=[SECOND_ACCOUNT_ID])
    before = picture(account)
    made = session(both, journal, {**EXISTING, "account": [SECOND_ACCOUNT_ID, "333333333333"]}, clock)
    (action,) = made.review().plan.actions
    assert action.call.params["ValuesToAdd"] == ["333333333333"]
    (used,) = made.review().plan.uses
    assert SECOND_ACCOUNT_ID in used.sentence
    carried_out(made)
    taken_back(made)
    assert picture(account) == before


@pytest.mark.parametrize("how", ["denied", "lost"])
@pytest.mark.parametrize("variant", ["locked, elsewhere, received"])
@pytest.mark.wild
def test_whatever_happens_at_each_call(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock, variant: str, how: str
) -> None:
    """Denied, the sentence names the permission; an answer that got lost is looked up; undo leads back to before."""
    before, at = picture(account), 0
    while True:
        at, count = at + 1, [0]

        def strike(_: int, call: Call, at: int = at, count: list[int] = count) -> None:
            if changes(call):
                count[0] += 1
                if count[0] == at and how == "denied":
                    raise explain(call, {"Error": {"Code": "AccessDenied", "Message": "no"}})
                if count[0] == at:
                    raise Lost(f"The answer to {call.operation} got lost.")

        meddled = Between(both, before=strike) if how == "denied" else Between(both, after=strike)
        made = session(meddled, journal, VARIANTS[variant], clock)
        problems = [event.problem for event in made.apply() if event.problem]
        meddled.before = meddled.after = None
        if how == "denied":
            assert all(isinstance(problem, Denied) and problem.permission in str(problem) for problem in problems)
        else:
            assert not problems
        taken_back(made)
        assert picture(account) == before
        if count[0] < at:
            break
    assert at > 7


@pytest.mark.wild
def test_no_call_is_repeated_before_the_review(both: Aws, clock: FakeClock) -> None:
    counted = Between(both)
    session(counted, None, PLAIN, clock).review()
    looks = [(call.operation, json.dumps(dict(call.params)), call.region) for call in counted.calls]
    assert len(looks) == len(set(looks))
    assert not [call for call in counted.calls if changes(call)]
