"""Pipelines that read from S3 as other people leave them: what is right in an unusual way, and what is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
from s3_pipeline.cases import KEY, NEW, STANDING, session
from s3_pipeline.roles_and_keys import a_key_that_it_may_use
from s3_pipeline.standing import ACCOUNT, FILES, OLD, Delivery, WithPolicies, allow, check
from s3_pipeline.states import STATES
from s3_pipeline.what_starts_it import told_by_a_trail
from support.clouds import Between

from flows.engine import Call, Caution, Refused
from flows.engine.boto import Aws
from flows.policies import Caller, Request, read
from flows.practice import PARTNER, PracticeAccount
from flows.s3_pipeline import checks, diagnosis, rules


def test_what_an_organizations_trail_records_is_not_known(account: PracticeAccount, cloud: Aws) -> None:
    """It is listed in each account of it, and what it writes down is for the account that keeps it."""

    class Within(Between):
        def make(self, call: Call) -> dict[str, Any]:
            found = super().make(call)
            if call.name == "DescribeTrails":
                found["trailList"] = [
                    {**each, "TrailARN": each["TrailARN"].replace(ACCOUNT, "999999999999")}
                    for each in found["trailList"]
                ]
            return found

    told_by_a_trail(Delivery(account))
    assert (check(Within(cloud)).status, check(Within(cloud)).cause) == ("unknown", f"trail:{OLD}")


@pytest.mark.parametrize("name", STATES)
@pytest.mark.some(every=4)
def test_a_state_is_told_as_it_is(account: PracticeAccount, cloud: Aws, name: str) -> None:
    state = STATES[name]
    state.made(Delivery(account))
    found = check(WithPolicies(cloud, state.policies))
    because = found.because
    told = (str(found.status), found.cause.partition(":")[0])
    assert told == (state.status, state.cause), [f"{each.id} {each.grade}: {each.sentence}" for each in found.findings]
    assert state.remedy in (because.remedy if because else "")


def test_what_the_plan_knows_the_check_knows() -> None:
    """But who keeps it, of which a caution is given beforehand."""
    assert [*checks.RULES, rules.kept_by] == [*diagnosis.RULES]


@pytest.mark.parametrize("name", ["a_key_that_it_may_not_use", "may_not_read", "role_gone"])
def test_what_its_role_lacks_is_said_beforehand(account: PracticeAccount, cloud: Aws, name: str) -> None:
    state = STATES[name]
    state.made(Delivery(account))
    said = [each for each in session(cloud, None, STANDING).review().cautions if isinstance(each, Caution)]
    (found,) = [each for each in said if each.id == state.cause]
    assert state.remedy in found.message


def test_a_role_that_is_made_may_decrypt_what_it_reads(account: PracticeAccount, cloud: Aws) -> None:
    """The plan owns the role, so nothing of it is left to the person."""
    delivery = Delivery(account)
    key = delivery.encrypted("fjord-coffee-files")
    plan = session(cloud, None, {**NEW, "bucket": "fjord-coffee-files"}).review().plan
    (policy,) = [each for each in plan.actions if each.id == "pipeline-role-policy"]
    document = policy.call.params["PolicyDocument"]
    who = Caller(f"arn:aws:sts::{ACCOUNT}:assumed-role/shop-front-pipeline/x")
    via = {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}
    assert read(str(document), Request("kms:Decrypt", key, who, via))
    assert not read(
        str(document), Request("kms:Decrypt", key, who, {"kms:ViaService": "ec2.eu-central-1.amazonaws.com"})
    )


def test_a_bucket_of_another_account_is_not_taken_for_ones_own(account: PracticeAccount, cloud: Aws) -> None:
    """It may be looked at: versioning would be switched on there."""
    delivery = Delivery(account)
    partner = account.session_of(PARTNER)
    assert partner
    partner.client("s3").create_bucket(
        Bucket="theirs-123", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    with pytest.raises(Refused, match="The bucket theirs-123 belongs to another account"):
        session(cloud, None, {**NEW, "bucket": "theirs-123"})
    delivery.source(configuration={"S3Bucket": "theirs-123", "S3ObjectKey": KEY, "PollForSourceChanges": "false"})
    delivery.listens(bucket={"name": ["theirs-123"]})
    delivery.role(allow("s3:*", ["arn:aws:s3:::theirs-123", "arn:aws:s3:::theirs-123/*", *FILES]))
    found = check(cloud)
    assert (found.status, found.cause) == ("unknown", "bucket")


def test_a_key_that_is_being_changed_can_be_used(account: PracticeAccount, cloud: Aws) -> None:
    """Its state is `Updating` while it gets another primary region."""

    class Updating(Between):
        def make(self, call: Call) -> dict[str, Any]:
            found = super().make(call)
            if call.name == "DescribeKey":
                found["KeyMetadata"] = {**found["KeyMetadata"], "KeyState": "Updating"}
            return found

    a_key_that_it_may_use(Delivery(account))
    assert check(Updating(cloud)).status == "works"


def test_a_zip_that_is_too_large_is_told_before_and_after(account: PracticeAccount, cloud: Aws) -> None:
    class Large(Between):
        def make(self, call: Call) -> dict[str, Any]:
            found = super().make(call)
            return {**found, "ContentLength": 8 * 2**30} if call.name == "HeadObject" else found

    Delivery(account)
    found = check(Large(cloud))
    assert (found.status, found.cause) == ("broken", "file")
    assert found.because and "8.0 GB; CodePipeline takes at most 7 GB" in found.because.sentence


def test_rules_that_hear_of_something_else_cost_nothing(account: PracticeAccount, cloud: Aws) -> None:
    delivery, sent = Delivery(account), list[str]()
    for number in range(5):
        pattern = json.dumps({"source": ["aws.ec2"], "detail-type": ["EC2 Instance State-change Notification"]})
        delivery.client("events").put_rule(Name=f"other-{number}", EventPattern=pattern)
    check(Between(cloud, before=lambda _, call: sent.append(call.operation)))
    assert sent.count("events.ListTargetsByRule") == 1
    assert len(sent) == CALLS


CALLS = 23
"""Of a check of one pipeline that one rule starts: four for each of the two roles, seven about bucket and file."""
