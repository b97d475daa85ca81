"""What the check says about a bucket that calls a function: healthy, and broken in every way."""

from __future__ import annotations

import re
from typing import Any

import pytest
from s3_lambda.cases import ARN, BUCKET, NAME, VARIANTS, session
from support.clock import FakeClock
from support.clouds import Between
from support.sessions import carried_out

import flows
from flows.engine import Call, Denied, Finding, Grade, Journal, Refused
from flows.engine.boto import Aws
from flows.engine.verdict import Status, verdict
from flows.practice import PracticeAccount

S3_MAY = {
    "FunctionName": NAME,
    "StatementId": "old",
    "Action": "lambda:InvokeFunction",
    "Principal": "s3.amazonaws.com",
    "SourceArn": f"arn:aws:s3:::{BUCKET}",
}


@pytest.fixture
def lambdas(account: PracticeAccount) -> Any:
    return account.session.client("lambda")


def check(cloud: Any, bucket: str = BUCKET, function: str = "") -> dict[str, Finding]:
    subject = {"bucket": bucket, **({"function": function} if function else {})}
    found = list(flows.find("s3_lambda").diagnose(cloud, subject))
    assert len({each.id for each in found}) == len(found), "each is about a thing of its own"
    return {re.sub(rf":{NAME}(?![\w:-])", "", each.id): each for each in found}


def calls(account: PracticeAccount, arn: str = ARN, **more: Any) -> None:
    """A notification that somebody else made."""
    account.session.client("lambda").list_functions()
    one = {"Id": "old", "LambdaFunctionArn": arn, "Events": ["s3:ObjectCreated:*"]}
    s3: Any = account.session.client("s3")
    s3.put_bucket_notification_configuration(
        Bucket=BUCKET,
        NotificationConfiguration={"LambdaFunctionConfigurations": [one], **more},
        SkipDestinationValidation=True,
    )


@pytest.mark.parametrize("variant", ["photos", "by an alias"])
def test_a_healthy_one(cloud: Aws, journal: Journal, clock: FakeClock, variant: str) -> None:
    made = session(cloud, journal, VARIANTS[variant], clock=clock)
    carried_out(made)
    for function in ("", NAME, ARN):
        found = check(cloud, function=function)
        assert {each.grade for each in found.values()} == {Grade.PROVED, Grade.PREDICTED}
        rules = {each.partition(":")[0] for each in found}
        assert rules == {"notification", "function", "permission", "role", "reads", "recursion"}
        assert verdict(found.values()).status is Status.WORKS
    handed = made.hand_over()
    assert [each.grade.value for each in handed.findings] == [*["proved"] * 5, "predicted", "not checked"]
    assert next(iter(handed.outputs.items())) == ("trigger", "resize-photos runs for in/….jpg in fjord-coffee-files")
    assert handed.outputs["log"].endswith("log-group/$252Faws$252Flambda$252Fresize-photos")
    tried = [step for step in handed.next_steps if "s3://fjord-coffee-files/in/handrail-test.jpg" in step]
    assert "aws s3 cp" in tried[0] and "aws s3 rm" in tried[-1], "what the trial put there goes again"


@pytest.mark.parametrize(
    ("bucket", "function", "sentence"),
    [
        ("nobody-has-this", "", "There is no bucket nobody-has-this."),
        ("fjord-coffee-site", "", "fjord-coffee-site calls no function."),
        ("fjord-coffee-site", "another", "fjord-coffee-site calls another for no file."),
    ],
)
def test_nothing_there(cloud: Aws, bucket: str, function: str, sentence: str) -> None:
    (found,) = check(cloud, bucket, function).values()
    assert (found.grade, found.sentence) == (Grade.REFUSED, sentence)


def test_without_a_permission(account: PracticeAccount, cloud: Aws) -> None:
    """The command that mends it names bucket and account."""
    calls(account)
    found = check(cloud)["permission"]
    assert found.grade is Grade.REFUSED
    assert "S3 may not call resize-photos for this bucket, so its events are lost." in found.sentence
    assert f"--source-arn arn:aws:s3:::{BUCKET} --source-account 123456789012" in found.remedy


def test_with_a_permission_for_another_bucket(account: PracticeAccount, cloud: Aws, lambdas: Any) -> None:
    lambdas.add_permission(**{**S3_MAY, "SourceArn": "arn:aws:s3:::another"})
    calls(account)
    assert check(cloud)["permission"].grade is Grade.REFUSED


def test_with_the_permission_for_another_alias(account: PracticeAccount, cloud: Aws, lambdas: Any) -> None:
    lambdas.add_permission(**S3_MAY)
    calls(account, f"{ARN}:live")
    assert "--qualifier live" in check(cloud)[f"permission:{NAME}:live"].remedy


def test_a_permission_that_names_no_account(account: PracticeAccount, cloud: Aws, lambdas: Any) -> None:
    lambdas.add_permission(**S3_MAY)
    calls(account)
    found = check(cloud)["permission"]
    assert found.grade is Grade.PREDICTED
    assert "a stranger who takes its name could call the function" in found.remedy


def test_a_function_that_is_gone(account: PracticeAccount, cloud: Aws) -> None:
    calls(account, f"{ARN}-old")
    found = check(cloud)[f"function:{NAME}-old"]
    assert (found.grade, found.sentence) == (Grade.REFUSED, "The function resize-photos-old does not exist any more.")


def test_a_function_that_never_runs(account: PracticeAccount, cloud: Aws, lambdas: Any) -> None:
    lambdas.put_function_concurrency(FunctionName=NAME, ReservedConcurrentExecutions=0)
    calls(account)
    assert "resize-photos never runs" in check(cloud)["function"].sentence


def test_another_receiver_that_is_gone(account: PracticeAccount, cloud: Aws) -> None:
    queue = "arn:aws:sqs:eu-central-1:123456789012:gone"
    calls(account, QueueConfigurations=[{"Id": "q", "QueueArn": queue, "Events": ["s3:ObjectRemoved:*"]}])
    found = check(cloud)["other:q"]
    assert found.grade is Grade.CAUTION
    assert "also notifies the queue gone (all files), but it does not exist any more" in found.sentence


def test_what_may_not_be_read_is_unknown(account: PracticeAccount, cloud: Aws) -> None:
    calls(account)

    def deny(_: int, call: Call) -> None:
        if call.operation == "lambda.GetPolicy":
            raise Denied("You are not allowed to lambda:GetPolicy.", permission="lambda:GetPolicy")

    assert check(Between(cloud, before=deny))["permission"].grade is Grade.NOT_CHECKED


def test_somebody_elses_bucket(cloud: Aws) -> None:
    class Closed(Between):
        def make(self, call: Call) -> dict[str, Any]:
            if call.operation == "s3.HeadBucket":
                raise Denied("no", permission="x", aws_code="403")
            return super().make(call)

    found = check(Closed(cloud))["bucket"]
    assert found.grade is Grade.REFUSED
    with pytest.raises(Refused):
        session(Closed(cloud), None, {**VARIANTS["photos"], "bucket": "theirs"})
