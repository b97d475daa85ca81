"""Practice functions and the buckets that call them: what S3 and Lambda refuse is refused here."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from flows.practice import PracticeAccount
from flows.practice.clock import CLOCK

BUCKET, NAME = "fjord-coffee-files", "resize-photos"
ARN = f"arn:aws:lambda:eu-central-1:123456789012:function:{NAME}"
LET = {
    "FunctionName": NAME,
    "StatementId": "photos",
    "Action": "lambda:InvokeFunction",
    "Principal": "s3.amazonaws.com",
    "SourceArn": f"arn:aws:s3:::{BUCKET}",
    "SourceAccount": "123456789012",
}
AMBIGUOUS, UNABLE = "Configuration is ambiguously defined", "Unable to validate the following destination"


def refused(code: str, message: str = "") -> Any:
    return pytest.raises(ClientError, match=rf"\({code}\).*{message}")


@pytest.fixture
def lambdas(account: PracticeAccount) -> Any:
    return account.session.client("lambda")


@pytest.fixture
def s3(account: PracticeAccount) -> Any:
    return account.session.client("s3")


def call(prefix: str, arn: str = ARN, events: tuple[str, ...] = ("s3:ObjectCreated:*",)) -> dict[str, Any]:
    rules = [{"Name": "prefix", "Value": prefix}]
    return {"LambdaFunctionArn": arn, "Events": list(events), "Filter": {"Key": {"FilterRules": rules}}}


def put(s3: Any, *calls: dict[str, Any], **more: Any) -> None:
    document = {"LambdaFunctionConfigurations": list(calls)}
    s3.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration=document, **more)


def test_a_function_that_lets_the_bucket_in_can_be_called(lambdas: Any, s3: Any) -> None:
    with refused("InvalidArgument", UNABLE):
        put(s3, call("in/"))
    lambdas.add_permission(**LET)
    put(s3, call("in/"), call("old/"))
    found = s3.get_bucket_notification_configuration(Bucket=BUCKET)["LambdaFunctionConfigurations"]
    assert [each["LambdaFunctionArn"] for each in found] == [ARN, ARN]


@pytest.mark.parametrize(
    "other",
    [{"SourceArn": "arn:aws:s3:::another"}, {"SourceAccount": "210987654321"}, {"Principal": "sns.amazonaws.com"}],
)
def test_a_permission_for_something_else_is_none(lambdas: Any, s3: Any, other: dict[str, str]) -> None:
    lambdas.add_permission(**{**LET, **other})
    with refused("InvalidArgument", UNABLE):
        put(s3, call("in/"))


def test_a_function_that_does_not_exist_is_only_taken_unseen(s3: Any) -> None:
    with refused("InvalidArgument", UNABLE):
        put(s3, call("in/", f"{ARN}-2"))
    put(s3, call("in/", f"{ARN}-2"), SkipDestinationValidation=True)


def test_s3_learns_of_a_permission_a_moment_later(lambdas: Any, s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    lambdas.add_permission(**LET)
    monkeypatch.setattr(CLOCK, "hurry", False)
    with refused("InvalidArgument", UNABLE):
        put(s3, call("in/"))
    now = CLOCK.now()
    monkeypatch.setattr(CLOCK, "now", lambda: now + 3)
    put(s3, call("in/"))


@pytest.mark.parametrize(
    ("one", "other", "ambiguous"),
    [
        (call("in/"), call("in/big/"), True),
        (call("in/"), call("in/", events=("s3:ObjectCreated:Put",)), True),
        (call("in/"), call("out/"), False),
        (call("in/"), call("in/", events=("s3:ObjectRemoved:*",)), False),
    ],
)
def test_an_event_is_meant_for_one_receiver(
    lambdas: Any, s3: Any, one: dict[str, Any], other: dict[str, Any], ambiguous: bool
) -> None:
    lambdas.add_permission(**LET)
    if ambiguous:
        with refused("InvalidArgument", AMBIGUOUS):
            put(s3, one, other)
    else:
        put(s3, one, other)


def test_the_switch_for_eventbridge_is_shown(s3: Any) -> None:
    s3.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration={"EventBridgeConfiguration": {}})
    assert s3.get_bucket_notification_configuration(Bucket=BUCKET)["EventBridgeConfiguration"] == {}


def test_a_statement_stands_once_for_each_alias(lambdas: Any) -> None:
    for where in ({}, {"Qualifier": "live"}):
        lambdas.add_permission(**LET, **where)
        with refused("ResourceConflictException", "provided already exists"):
            lambdas.add_permission(**LET, **where)


def test_who_may_call_the_newest_code_may_not_call_an_alias(lambdas: Any, s3: Any) -> None:
    lambdas.add_permission(**LET)
    with refused("InvalidArgument", UNABLE):
        put(s3, call("in/", f"{ARN}:live"))
