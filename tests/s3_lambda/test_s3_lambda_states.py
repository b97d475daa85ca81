"""Buckets and functions as other people leave them: what is right in an unusual way, and what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from s3_lambda.cases import BUCKET, NAME, PHOTOS, session
from s3_lambda.standing import Bucket, check
from s3_lambda.states import STATES, of_a_stack
from s3_lambda.ways import by_a_queue, by_a_rule, by_a_topic
from support.clouds import Between

from flows.engine import Call, Caution
from flows.engine.boto import Aws
from flows.practice import PracticeAccount
from flows.s3_lambda import checks, diagnosis


@pytest.mark.parametrize("name", STATES)
@pytest.mark.some(every=3)
def test_a_state_is_told_as_it_is(account: PracticeAccount, cloud: Aws, name: str) -> None:
    state = STATES[name]
    state.made(Bucket(account))
    found = check(cloud)
    because = found.because
    told = (str(found.status), found.cause.partition(":")[0])
    assert told == (state.status, state.cause), [f"{each.id} {each.grade}: {each.sentence}" for each in found.findings]
    assert state.remedy in (because.remedy if because else "")


def test_what_the_plan_knows_the_check_knows() -> None:
    """The check has besides whether it runs, which the question for the function asks before, and who keeps the
    function, of which a caution is given beforehand."""
    assert {each.__name__ for each in checks.RULES} == {each.__name__ for each in diagnosis.RULES} - {
        "ready",
        "kept_by",
    }


@pytest.mark.parametrize("made", [by_a_rule, by_a_queue, by_a_topic])
def test_it_is_said_beforehand_who_calls_it_already(
    account: PracticeAccount, cloud: Aws, made: Callable[[Bucket], None]
) -> None:
    made(Bucket(account))
    answers = {**PHOTOS, "events": ["s3:LifecycleTransition"], "prefix": "", "suffix": ""}
    said = [each for each in session(cloud, None, answers).review().cautions if isinstance(each, Caution)]
    (found,) = [each for each in said if each.id == "twice"]
    assert f"{NAME} is called for files of {BUCKET} already, by the " in found.message


def test_a_wish_that_is_wider_than_what_stands_is_not_done_yet(account: PracticeAccount, cloud: Aws) -> None:
    Bucket(account).calls("in/", ".jpg")
    review = session(cloud, None, {**PHOTOS, "suffix": ""}).review()
    (found,) = [each for each in review.findings if each.id == "overlap"]
    assert "which is less than in/…" in found.sentence
    assert "Nothing needs to be done" not in found.remedy


def test_rules_that_hear_of_other_buckets_cost_nothing(account: PracticeAccount, cloud: Aws) -> None:
    bucket, sent = Bucket(account), list[str]()
    bucket.calls()
    for number in range(5):
        pattern = {"source": ["aws.s3"], "detail": {"bucket": {"name": [f"other-{number}"]}}}
        bucket.client("events").put_rule(Name=f"other-{number}", EventPattern=json.dumps(pattern))
    check(Between(cloud, before=lambda _, call: sent.append(call.operation)))
    assert "events.ListTargetsByRule" not in sent
    assert len(sent) == CALLS


CALLS = 15
"""Of a check of one function that is called straight: six of them for its role, two for the bucket's other settings,
two for who keeps them."""


def test_a_function_that_is_being_made_is_waited_for(account: PracticeAccount, cloud: Aws) -> None:
    class Pending(Between):
        def make(self, call: Call) -> dict[str, Any]:
            found = super().make(call)
            more = {"State": "Pending", "StateReason": "The function is being created."}
            return {**found, **more} if call.name == "GetFunctionConfiguration" else found

    Bucket(account).calls()
    found = check(Pending(cloud))
    assert found.status == "waiting"
    assert found.because
    assert found.because.sentence.endswith("being created.")


@pytest.mark.parametrize(("update", "status"), [("InProgress", "works"), ("Failed", "works_but")])
def test_a_change_that_is_not_over_keeps_nothing_from_running(
    account: PracticeAccount, cloud: Aws, update: str, status: str
) -> None:
    """Until it is, the function runs as it was."""

    class Changing(Between):
        def make(self, call: Call) -> dict[str, Any]:
            found = super().make(call)
            return {**found, "LastUpdateStatus": update} if call.name == "GetFunctionConfiguration" else found

    Bucket(account).calls()
    assert check(Changing(cloud)).status == status


@pytest.mark.parametrize(("on", "status"), [(True, "works"), (False, "broken")])
def test_a_function_begins_only_where_its_variables_can_be_read(
    account: PracticeAccount, cloud: Aws, on: bool, status: str
) -> None:
    """moto forgets with which key they are encrypted."""
    kms = account.session.client("kms")
    key = kms.create_key()["KeyMetadata"]
    encrypted = {"KMSKeyArn": key["Arn"], "Environment": {"Variables": {"SIZE": "200"}}}
    if not on:
        kms.disable_key(KeyId=key["KeyId"])

    class Encrypted(Between):
        def make(self, call: Call) -> dict[str, Any]:
            found = super().make(call)
            return {**found, **encrypted} if call.name == "GetFunctionConfiguration" else found

    Bucket(account).calls()
    found = check(Encrypted(cloud))
    assert found.status == status
    assert on or (found.because and "aws kms enable-key" in found.because.remedy)


def test_who_keeps_the_function_is_said(account: PracticeAccount, cloud: Aws) -> None:
    of_a_stack(Bucket(account))
    (found,) = [each for each in check(cloud).findings if each.id.startswith("managed:")]
    assert found.sentence == f"The function {NAME} is managed by the CloudFormation stack photos: change it there."
    said = session(cloud, None, {**PHOTOS, "prefix": "other/"}).review().cautions
    assert [each.key for each in said if each.id == "managed"] == ["function"]
