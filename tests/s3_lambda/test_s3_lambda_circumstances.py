"""What stands at the bucket and the function already decides what S3 takes, and what is worth saying."""

from __future__ import annotations

from typing import Any

import pytest
from s3_lambda.cases import ARN, BUCKET, NAME, PHOTOS, cautions, findings, session
from support.clouds import Between

from flows.aws import notifications
from flows.engine import Call, Grade
from flows.engine.boto import Aws
from flows.practice import PracticeAccount

QUEUE = "arn:aws:sqs:eu-central-1:123456789012:invoices"


def test_the_same_once_more_is_said_to_be_there_already(account: PracticeAccount, cloud: Aws) -> None:
    one = {"LambdaFunctionArn": ARN, "Events": ["s3:ObjectCreated:*"], "Id": "old"}
    there(account, {"LambdaFunctionConfigurations": [one]})
    refusal = findings(cloud)["overlap"]
    assert refusal.sentence.startswith(f"{BUCKET} calls the function resize-photos for all files already")
    assert refusal.remedy.startswith("Nothing needs to be done")


def test_a_hundred_are_enough(cloud: Aws) -> None:
    class Full(Between):
        def make(self, call: Call) -> dict[str, Any]:
            if call.operation != "s3.GetBucketNotificationConfiguration":
                return super().make(call)
            one = {"QueueArn": QUEUE, "Events": ["s3:ObjectAcl:Put"]}
            return {"QueueConfigurations": [{**one, "Id": str(number)} for number in range(100)]}

    found = findings(Full(cloud))["overlap"]
    assert found.grade is Grade.REFUSED
    assert "S3 takes at most 100" in found.sentence


def there(account: PracticeAccount, document: dict[str, Any]) -> None:
    """Notifications that stand there, whether their receivers do or not."""
    account.session.client("lambda").list_functions()
    s3: Any = account.session.client("s3")
    s3.put_bucket_notification_configuration(
        Bucket=BUCKET, NotificationConfiguration=document, SkipDestinationValidation=True
    )


def only(id_: str, arn: str, kind: str) -> dict[str, Any]:
    rules = [{"Name": "prefix", "Value": f"{id_}/"}]
    return {"Id": id_, kind: arn, "Events": ["s3:ObjectCreated:*"], "Filter": {"Key": {"FilterRules": rules}}}


@pytest.mark.parametrize(
    ("kind", "arn", "why"),
    [
        ("LambdaFunctionArn", f"{ARN}-old", "the function resize-photos-old (old/…), but it does not exist any more"),
        ("LambdaFunctionArn", ARN, "but its policy does not let S3 call it for this bucket"),
        ("QueueArn", f"{QUEUE}-old", "the queue invoices-old (old/…), but it does not exist any more"),
        (
            "TopicArn",
            "arn:aws:sns:eu-central-1:123456789012:old",
            "the topic old (old/…), but it does not exist any more",
        ),
    ],
)
@pytest.mark.some(3)
def test_a_receiver_that_is_dead_is_said_and_stays(
    account: PracticeAccount, cloud: Aws, kind: str, arn: str, why: str
) -> None:
    """S3 would refuse every change because of it; it is told not to look."""
    (name,) = [name for name, arn_of in notifications.LISTS.items() if arn_of == kind]
    there(account, {name: [only("old", arn, kind)]})
    review = session(cloud, None).review()
    (caution,) = [each for each in review.cautions if each.id == "dead-receiver"]
    assert why in caution.message
    (notify,) = [action for action in review.plan.actions if action.id == "notification"]
    assert notify.call.params["SkipDestinationValidation"] is True


def test_a_function_that_never_runs(account: PracticeAccount, cloud: Aws) -> None:
    account.session.client("lambda").put_function_concurrency(FunctionName=NAME, ReservedConcurrentExecutions=0)
    (found,) = [each for each in cautions(cloud, PHOTOS) if each.id == "function-off"]
    assert "aws lambda delete-function-concurrency --function-name resize-photos" in found.message


def test_a_bucket_with_a_key_of_its_own(account: PracticeAccount, cloud: Aws) -> None:
    key = account.session.client("kms").create_key()["KeyMetadata"]["Arn"]
    rule: Any = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    account.session.client("s3").put_bucket_encryption(
        Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]}
    )
    (found,) = [each for each in cautions(cloud) if each.id == "key"]
    assert f"encrypted with {key}; the role resize-photos of resize-photos needs kms:Decrypt for it" in found.message


def test_somebody_elses_receiver_counts_as_alive(account: PracticeAccount, cloud: Aws) -> None:
    """AWS says of what may not be looked at that it is not there."""
    arn = QUEUE.replace("123456789012", "210987654321")
    there(account, {"QueueConfigurations": [only("theirs", arn, "QueueArn")]})
    review = session(cloud, None).review()
    (unseen,) = [each for each in review.findings if each.id == "receivers"]
    assert (unseen.grade, unseen.evidence) == (Grade.NOT_CHECKED, "It belongs to the account 210987654321.")
    (notify,) = [action for action in review.plan.actions if action.id == "notification"]
    assert "SkipDestinationValidation" not in notify.call.params


@pytest.mark.parametrize("value", [BUCKET, f"s3://{BUCKET}/small/", f"arn:aws:s3:::{BUCKET}"])
def test_a_function_that_knows_the_bucket_may_write_into_it(account: PracticeAccount, cloud: Aws, value: str) -> None:
    """Its role is not all that can let it; the names of the variables are told, their values are not."""
    lambdas: Any = account.session.client("lambda")
    known = {"TARGET": value, "OTHER": f"{BUCKET}-2", "TOKEN": "tell-nobody"}
    lambdas.update_function_configuration(FunctionName=NAME, Environment={"Variables": known})
    (found,) = [each for each in cautions(cloud) if each.id == "recursion"]
    assert "its environment names the bucket (TARGET)" in found.message
    assert "tell-nobody" not in found.message


@pytest.mark.parametrize("bridged", [False, True])
def test_eventbridge_is_told_and_stays(account: PracticeAccount, cloud: Aws, bridged: bool) -> None:
    there(account, {"EventBridgeConfiguration": {}} if bridged else {})
    found = findings(cloud)
    assert found["overlap"].grade is Grade.PROVED
    assert ("others" in found) == bridged
    if bridged:
        assert found["others"].sentence.startswith(f"{BUCKET} already notifies EventBridge (all files); ")
