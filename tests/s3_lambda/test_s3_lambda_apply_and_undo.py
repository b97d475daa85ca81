"""Applied, the bucket calls the function and everybody else as before; undone, the account is as it was."""

from __future__ import annotations

import json
from typing import Any

import pytest
from s3_lambda.cases import ARN, BUCKET, NAME, PHOTOS, VARIANTS, picture, session
from support.clock import FakeClock
from support.clouds import Between
from support.sessions import carried_out, taken_back, there_and_back

from flows.engine import Call, CloudError, Journal
from flows.engine.boto import Aws
from flows.practice import PracticeAccount


@pytest.fixture
def s3(account: PracticeAccount) -> Any:
    return account.session.client("s3")


@pytest.fixture
def lambdas(account: PracticeAccount) -> Any:
    return account.session.client("lambda")


def theirs(s3: Any) -> Any:
    """The notifications that are not this run's."""
    found = s3.get_bucket_notification_configuration(Bucket=BUCKET)
    found.pop("ResponseMetadata")
    calls = [each for each in found.pop("LambdaFunctionConfigurations", []) if not each["Id"].startswith("handrail-")]
    return {**found, **({"LambdaFunctionConfigurations": calls} if calls else {})}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.some("a bucket that notifies nobody", "all that is deleted")
@pytest.mark.quick
def test_undone_is_as_before(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, variant: str
) -> None:
    """Answering and reviewing only read."""
    there_and_back(session(cloud, journal, VARIANTS[variant], clock=clock), lambda: picture(account.session))


def test_both_halves_say_who_may(s3: Any, lambdas: Any, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """One bucket of one account may, and it does so for the files that were asked for."""
    made = session(cloud, journal, clock=clock)
    carried_out(made)
    assert made.run is not None
    run = made.run.id
    (statement,) = json.loads(lambdas.get_policy(FunctionName=NAME)["Policy"])["Statement"]
    assert statement["Sid"] == f"handrail-{run}"
    assert statement["Principal"] == {"Service": "s3.amazonaws.com"}
    conditions = {key.lower(): value for test in statement["Condition"].values() for key, value in test.items()}
    assert conditions == {"aws:sourcearn": f"arn:aws:s3:::{BUCKET}", "aws:sourceaccount": "123456789012"}
    (call,) = s3.get_bucket_notification_configuration(Bucket=BUCKET)["LambdaFunctionConfigurations"]
    rules = [{"Name": "prefix", "Value": "in/"}, {"Name": "suffix", "Value": ".jpg"}]
    assert call == {
        "Id": f"handrail-{run}",
        "LambdaFunctionArn": ARN,
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {"Key": {"FilterRules": rules}},
    }


def test_an_alias_is_let_in_and_called_as_such(
    s3: Any, lambdas: Any, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    made = session(cloud, journal, VARIANTS["by an alias"], clock=clock)
    carried_out(made)
    (call,) = s3.get_bucket_notification_configuration(Bucket=BUCKET)["LambdaFunctionConfigurations"]
    assert call["LambdaFunctionArn"] == f"{ARN}:live"
    policy = json.loads(lambdas.get_policy(FunctionName=NAME, Qualifier="live")["Policy"])
    assert policy["Statement"][0]["Resource"] == f"{ARN}:live"


def test_special_characters_are_written_as_s3_wants_them(
    s3: Any, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    carried_out(session(cloud, journal, {**PHOTOS, "prefix": "a b/day=1/ü", "suffix": "+.jpg"}, clock=clock))
    (call,) = s3.get_bucket_notification_configuration(Bucket=BUCKET)["LambdaFunctionConfigurations"]
    assert [rule["Value"] for rule in call["Filter"]["Key"]["FilterRules"]] == ["a+b/day%3D1/%C3%BC", "%2B.jpg"]


def test_what_others_add_and_change_meanwhile_stays(
    s3: Any, lambdas: Any, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Notifications after the review, EventBridge and a permission after applying: undo takes ours alone."""
    made = session(cloud, journal, clock=clock)
    made.review()
    document = theirs(s3)
    document["QueueConfigurations"][0]["Filter"]["Key"]["FilterRules"][0]["Value"] = "bills/"
    s3.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration=document)
    carried_out(made)
    assert theirs(s3) == document
    now = s3.get_bucket_notification_configuration(Bucket=BUCKET)
    now.pop("ResponseMetadata")
    s3.put_bucket_notification_configuration(
        Bucket=BUCKET, NotificationConfiguration={**now, "EventBridgeConfiguration": {}}
    )
    lambdas.add_permission(
        FunctionName=NAME, StatementId="theirs", Action="lambda:InvokeFunction", Principal="events.amazonaws.com"
    )
    taken_back(made)
    assert theirs(s3) == {**document, "EventBridgeConfiguration": {}}
    policy = json.loads(lambdas.get_policy(FunctionName=NAME)["Policy"])
    assert [each["Sid"] for each in policy["Statement"]] == ["theirs"]


def test_a_notification_that_somebody_changed_stays_with_its_permission(
    account: PracticeAccount, s3: Any, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """It is theirs now, and would be dead without."""
    made = session(cloud, journal, clock=clock)
    carried_out(made)
    now = s3.get_bucket_notification_configuration(Bucket=BUCKET)
    now.pop("ResponseMetadata")
    now["LambdaFunctionConfigurations"][0]["Events"] = ["s3:ObjectCreated:Put"]
    s3.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration=now)
    changed = picture(account.session)
    list(made.undo())
    assert picture(account.session) == changed
    assert [left.why for left in made.receipt().left][:2] == [
        "Somebody changed it since; it is left as it is now.",
        "Somebody changed the notification, which is left as it is now and needs this permission.",
    ]


def test_a_bucket_or_a_function_that_is_gone_holds_nothing_up(
    s3: Any, lambdas: Any, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    made = session(cloud, journal, clock=clock)
    carried_out(made)
    s3.delete_object(Bucket=BUCKET, Key="photos/beans.jpg")
    s3.delete_bucket(Bucket=BUCKET)
    taken_back(made)
    assert NAME in [each["FunctionName"] for each in lambdas.list_functions()["Functions"]]


def test_a_function_that_is_gone_leaves_no_notification(
    s3: Any, lambdas: Any, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """S3 would refuse a document in which it stands; taking it out needs nobody to be looked at."""
    lambdas.list_functions()
    before = theirs(s3)
    made = session(cloud, journal, clock=clock)
    carried_out(made)
    lambdas.delete_function(FunctionName=NAME)
    taken_back(made)
    found = s3.get_bucket_notification_configuration(Bucket=BUCKET)
    assert "LambdaFunctionConfigurations" not in found
    assert theirs(s3) == before


def test_s3_is_asked_again_until_it_knows_the_permission(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """And only that answer is asked again."""
    tries: list[Call] = []

    def late(_: int, call: Call) -> None:
        if call.operation == "s3.PutBucketNotificationConfiguration":
            tries.append(call)
            if len(tries) < 3:
                said = "Unable to validate the following destination configurations"
                raise CloudError("AWS refused", aws_code="InvalidArgument", aws_message=said)

    made = session(Between(cloud, before=late), journal, clock=clock)
    carried_out(made)
    assert len(tries) == 3
    (notify,) = [action for action in made.review().plan.actions if action.id == "notification"]
    assert notify.not_yet == (
        "InvalidArgument: Unable to validate the following destination configurations",
        "OperationAborted",
    )
