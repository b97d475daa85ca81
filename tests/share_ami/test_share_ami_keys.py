"""Disks that have Amazon's key: copied under one that the receiver may use, and taken back with it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from share_ami.cases import NEW, picture, session
from share_snapshot.cases import OWN_KEY, own_key
from share_snapshot.cases import picture as keys
from support.clock import FakeClock
from support.clouds import Between
from support.sessions import carried_out, taken_back

from flows.engine import Call, Denied, Journal, Lost, Place, Refused
from flows.engine.boto import Aws
from flows.engine.refusals import changes, explain
from flows.practice import SECOND_ACCOUNT_ID, PracticeAccount

LOCKED = {**NEW, "instance": "vault", "image_name": "vault-golden"}
RECEIVED = {
    **LOCKED, "region": "eu-west-1", "launch": "yes", "target_profile": "partner", "own_copy": "yes",
}  # fmt: skip


def seen(account: PracticeAccount) -> Any:
    return picture(account), keys(account)


@pytest.mark.usefixtures("vault")
@pytest.mark.parametrize("answers", [LOCKED, RECEIVED], ids=["here", "elsewhere, received"])
@pytest.mark.wild
def test_undone_is_as_before(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock, answers: dict[str, Any]
) -> None:
    before = seen(account)
    made = session(both, journal, answers, clock)
    made.review()
    assert seen(account) == before
    carried_out(made)
    assert {finding.grade.value for finding in made.hand_over().findings} == {"proved"}
    taken_back(made)
    assert seen(account) == before
    copied, left = made.receipt().left
    assert SECOND_ACCOUNT_ID in copied.what
    assert "until then it costs nothing" in left.why


@pytest.mark.usefixtures("vault")
@pytest.mark.wild
def test_the_copy_has_a_key_that_the_receiver_may_use_and_its_disks_have_tags(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock
) -> None:
    made = session(both, journal, LOCKED, clock)
    carried_out(made)
    told = made.hand_over()
    ec2, kms = account.session.client("ec2"), account.session.client("kms")
    (image,) = ec2.describe_images(Owners=["self"])["Images"]
    assert (image["ImageId"], image["Name"]) == (told.outputs["image"], "vault-golden")
    (disk,) = ec2.describe_snapshots(SnapshotIds=[image["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]])["Snapshots"]
    assert disk["KmsKeyId"] == told.outputs["key"]
    assert {"Name", "handrail:run", "handrail:flow"} <= {tag["Key"] for tag in disk["Tags"]}
    policy = kms.get_key_policy(KeyId=disk["KmsKeyId"], PolicyName="default")["Policy"]
    assert f"arn:aws:iam::{SECOND_ACCOUNT_ID}:root" in policy
    assert disk["KmsKeyId"] in told.files["receiver-policy.json"]
    assert "--encrypted" in told.files["for-the-receiver.txt"]


@pytest.mark.usefixtures("vault")
@pytest.mark.wild
def test_a_key_of_ones_own_is_opened_and_closed_again(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock
) -> None:
    arn, kms = own_key(account), account.session.client("kms")
    before = seen(account)
    made = session(both, journal, {**LOCKED, "key": OWN_KEY}, clock)
    carried_out(made)
    policy = json.loads(kms.get_key_policy(KeyId=arn, PolicyName="default")["Policy"])
    assert len(policy["Statement"]) == 3
    taken_back(made)
    assert seen(account) == before


@pytest.mark.usefixtures("vault")
@pytest.mark.wild
def test_an_existing_image_is_shared_under_another_name_and_stays(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock
) -> None:
    ec2 = account.session.client("ec2")
    filters = [{"Name": "tag:Name", "Values": ["vault"]}]
    machine = ec2.describe_instances(Filters=filters)["Reservations"][0]["Instances"][0]["InstanceId"]
    image = ec2.create_image(InstanceId=machine, Name="by-hand")["ImageId"]
    before = seen(account)
    given = {"image": image, "account": SECOND_ACCOUNT_ID, "region": "eu-central-1", "launch": "no"}
    with pytest.raises(Refused, match="cannot keep their key: they are encrypted with Amazon's standard key"):
        session(both, None, {**given, "key": "keep"}, clock)
    made = session(both, journal, given, clock)
    carried_out(made)
    assert {each["Name"] for each in ec2.describe_images(Owners=["self"])["Images"]} == {"by-hand", "by-hand-shared"}
    taken_back(made)
    assert seen(account) == before


def test_what_they_may_do_already_is_not_taken_from_them(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock
) -> None:
    ec2 = account.session.client("ec2")
    shop = [{"Name": "tag:Name", "Values": [NEW["instance"]]}]
    machine = ec2.describe_instances(Filters=shop)["Reservations"][0]["Instances"][0]["InstanceId"]
    image = ec2.create_image(InstanceId=machine, Name="by-hand")["ImageId"]
    ec2.modify_image_attribute(
        ImageId=image, Attribute="launchPermission", OperationType="add", UserIds=[SECOND_ACCOUNT_ID]
    )
    given = {"image": image, "account": SECOND_ACCOUNT_ID, "region": "eu-central-1", "launch": "no"}
    made = session(both, journal, given, clock)
    assert [action.id for action in made.review().plan.actions] == ["share-disk-1"]
    carried_out(made)
    taken_back(made)
    allowed = ec2.describe_image_attribute(ImageId=image, Attribute="launchPermission")["LaunchPermissions"]
    assert allowed == [{"UserId": SECOND_ACCOUNT_ID}]


@pytest.mark.usefixtures("vault")
@pytest.mark.parametrize("how", ["denied", "lost"])
@pytest.mark.wild
def test_whatever_happens_at_each_call(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock, how: str
) -> None:
    """Denied, undo leads back to before; an answer that got lost is looked up, and nothing is made twice."""
    before = seen(account)
    actions = session(both, None, RECEIVED, clock).review().plan.actions
    for operation in dict.fromkeys(action.call.operation for action in actions if changes(action.call)):
        struck: list[Call] = []

        def strike(_: int, call: Call, operation: str = operation, struck: list[Call] = struck) -> None:
            if call.operation == operation and (how == "denied" or not struck):
                struck.append(call)
                if how == "denied":
                    raise explain(call, {"Error": {"Code": "AccessDenied", "Message": "no"}})
                raise Lost(f"The answer to {call.operation} got lost.")

        meddled = Between(both)
        made = session(meddled, journal, RECEIVED, clock)
        made.review()
        meddled.before, meddled.after = (strike, None) if how == "denied" else (None, strike)
        problems = [event.problem for event in made.apply() if event.problem]
        meddled.before = meddled.after = None
        assert struck
        if how == "denied":
            assert problems
            assert all(isinstance(problem, Denied) for problem in problems), problems
        else:
            assert not problems
        taken_back(made)
        assert seen(account) == before, operation


@pytest.mark.usefixtures("vault")
def test_a_copy_of_their_own_needs_the_snapshots(both: Aws, clock: FakeClock) -> None:
    with pytest.raises(Refused, match="the disks' snapshots are not shared"):
        session(both, None, {**RECEIVED, "copies": "no"}, clock)


@pytest.mark.wild
def test_their_account_may_hide_images_of_others(account: PracticeAccount, clock: FakeClock) -> None:
    class Strict(Aws):
        def make(self, call: Call) -> dict[str, Any]:
            if call.operation == "ec2.GetAllowedImagesSettings":
                return {"State": "enabled", "ImageCriteria": [{"ImageProviders": ["amazon"]}]}
            return super().make(call)

    strict = Strict(Place(practice=True), account.session, account.session_of)
    review = session(strict, None, {**NEW, "launch": "yes", "target_profile": "partner"}, clock).review()
    (refusal,) = review.refusals
    assert refusal.sentence == "Their account allows no images of 123456789012; it would not see this one."
