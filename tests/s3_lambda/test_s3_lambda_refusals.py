"""Every refusal and warning of the bucket that calls a function has its sentence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from s3_lambda.cases import ARN, BUCKET, PHOTOS, cautions, findings, session
from support.clouds import Between

from flows.aws import notifications
from flows.aws.notifications import Notification
from flows.aws.role_permissions import Role
from flows.engine import Call, Denied, Grade, Place, Refused
from flows.engine.boto import Aws
from flows.practice import PracticeAccount, open_account
from flows.s3_lambda import recursion
from flows.s3_lambda.answers import prefix

QUEUE = "arn:aws:sqs:eu-central-1:123456789012:invoices"


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeAccount]:
    """One account for all that only read."""
    with open_account(tmp_path_factory.mktemp("still") / "practice", hurry=True) as account:
        s3 = account.session.client("s3", region_name="eu-west-1")
        s3.create_bucket(Bucket="far-away", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        yield account


@pytest.fixture
def still_cloud(still: PracticeAccount) -> Aws:
    return Aws(Place(practice=True), still.session)


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"bucket": "nobody-has-this"}, "There is no bucket nobody-has-this. Choose one that exists"),
        (
            {"bucket": "far-away"},
            "The bucket far-away is in eu-west-1, the functions are looked for in eu-central-1. S3 can call only "
            "functions of its own region. Begin again with --region eu-west-1",
        ),
        ({"function": "nobody"}, "“nobody” is not among the choices for function. Choose from: resize-photos"),
        (
            {"function": ARN.replace("eu-central-1", "us-east-1")},
            "The bucket is in eu-central-1, the function in us-east-1. S3 can call only functions of its own region.",
        ),
        (
            {"function": ARN.replace("123456789012", "210987654321")},
            "The function resize-photos belongs to the account 210987654321.",
        ),
        ({"function": f"{ARN}:live"}, "names the alias or version live. Answer function with resize-photos and alias"),
        ({"function": "resize-photos:live"}, "names the alias or version live."),
        ({"events": []}, "Choose at least one."),
        ({"events": ["s3:ObjectCreated:Rename"]}, "“s3:ObjectCreated:Rename” is not among the choices for events."),
        (
            {"events": ["s3:ObjectCreated:*", "s3:ObjectCreated:Put"]},
            "s3:ObjectCreated:Put is part of s3:ObjectCreated:*. Choose only one of the two.",
        ),
        ({"prefix": "in/*"}, "“in/*” cannot be the beginning of a file's name: * stands for itself in a filter"),
        (
            {"prefix": "/in"},
            "“/in” cannot be the beginning of a file's name: names in S3 begin without a slash. Give the beginning",
        ),
        ({"prefix": "x" * 1025}, "It has 1025 bytes. A file's name has at most 1024."),
        ({"suffix": "*.csv"}, "“*.csv” cannot be the end of a file's name: * stands for itself in a filter"),
        ({"prefix": "x" * 1000, "suffix": "y" * 25}, "The name of a file has at most 1024 bytes."),
        ({"alias": "nobody"}, "“nobody” is not among the choices for alias."),
        ({"output": "in/small/"}, "resize-photos would start itself again and again and cost money without end"),
        ({"prefix": "", "output": "small/"}, "begins like what starts it, every file. Choose another folder"),
    ],
)
def test_a_refusal_has_its_sentence(still_cloud: Aws, answers: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        session(still_cloud, None, {**PHOTOS, **answers}).review()
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("answers", "warning", "sentence"),
    [
        ({}, "capitals", "Capital letters count: .JPG is something else than .jpg."),
        ({"prefix": "in"}, "no-folder", "“in” is no folder: a file in-old.csv counts, too"),
        ({"suffix": "csv"}, "no-dot", "“csv” has no dot: a file called mycsv counts, too."),
        ({"prefix": "", "suffix": ""}, "whole-bucket", "it starts itself again and again"),
        ({"events": ["s3:ObjectCreated:Put"]}, "only-put", "(CompleteMultipartUpload) will not be noticed"),
        ({"events": ["s3:ObjectRemoved:Delete"]}, "only-delete", "an ordinary delete only sets a marker"),
        ({"prefix": "photos/"}, "recursion", "resize-photos may write photos/….jpg in fjord-coffee-files: its role"),
    ],
)  # fmt: skip
def test_a_warning_has_its_sentence(still_cloud: Aws, answers: dict[str, Any], warning: str, sentence: str) -> None:
    found = {each.id: each for each in cautions(still_cloud, {**PHOTOS, **answers})}
    assert sentence in found[warning].message
    assert found[warning].confirm is (warning == "recursion"), "what may start itself needs a conscious yes"


@pytest.mark.parametrize(
    "answers",
    [{"prefix": "out/"}, {"prefix": "photos/", "events": ["removed"]}, {"prefix": "photos/", "output": "out/"}],
)
def test_what_cannot_start_itself_is_not_warned_of(still_cloud: Aws, answers: dict[str, Any]) -> None:
    assert "recursion" not in {each.id for each in cautions(still_cloud, {**PHOTOS, **answers})}


# -- what stands there already ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "overlaps"),
    [
        ({"prefix": "invoices/"}, True),
        ({"prefix": "invoices/2026/"}, True),
        ({"prefix": "inv", "events": ["s3:ObjectCreated:Copy"]}, True),
        ({"prefix": ""}, True),
        ({"prefix": "in/"}, False),
        ({"prefix": "invoices/", "events": ["s3:ObjectRemoved:*"]}, False),
    ],
)
def test_an_overlap_is_found_beforehand(still_cloud: Aws, answers: dict[str, Any], overlaps: bool) -> None:
    found = findings(still_cloud, {**PHOTOS, **answers})["overlap"]
    assert found.grade is (Grade.REFUSED if overlaps else Grade.PROVED)
    if overlaps:
        assert found.sentence.startswith("The queue invoices already gets s3:ObjectCreated:* for invoices/…, ")
        assert "S3 allows only one receiver there." in found.sentence
        assert "Narrow the folder (prefix)" in found.remedy
        assert "EventBridge" in found.remedy


@pytest.mark.parametrize(
    ("one", "other", "meets"),
    [
        (("in/", ".csv"), ("in/", ".jpg"), False),
        (("in/", ".csv"), ("in/", ""), True),
        (("in/", "gz"), ("in/a", ".tar.gz"), True),
        (("", ""), ("", ""), True),
        (("a", ""), ("b", ""), False),
    ],
)
def test_two_filters_meet_when_one_name_could_be_meant_by_both(
    one: tuple[str, str], other: tuple[str, str], meets: bool
) -> None:
    """In either order."""
    events = ("s3:ObjectCreated:*",)
    a, b = Notification("a", events, *one), Notification("b", ("s3:ObjectCreated:Put",), *other)
    assert a.meets(b) == b.meets(a) == meets
    assert not Notification("c", ("s3:ObjectRemoved:*",), *one).meets(a)


def test_what_stands_there_is_told_and_stays(still_cloud: Aws) -> None:
    kept = findings(still_cloud)["others"].sentence
    assert kept == f"{BUCKET} already notifies the queue invoices (invoices/…); that stays exactly as it is."


def test_filters_as_aws_writes_them_are_understood() -> None:
    """It answers with capitals."""

    class Answering(Between):
        def make(self, call: Call) -> dict[str, Any]:
            rules = [{"Name": "Prefix", "Value": "in/"}, {"Name": "Suffix", "Value": ".jpg"}]
            return {
                "QueueConfigurations": [{"QueueArn": QUEUE, "Events": ["x"], "Filter": {"Key": {"FilterRules": rules}}}]
            }

        @property
        def identity(self) -> Any:
            from flows.engine import Identity

            return Identity("1", "arn:aws:iam::1:user/x", "eu-central-1")

    (one,) = notifications.standing(Answering(None), BUCKET)  # type: ignore[arg-type]
    assert (one.prefix, one.suffix) == ("in/", ".jpg")


def test_with_receivers_alive_s3_looks_at_them(still_cloud: Aws) -> None:
    review = session(still_cloud, None).review()
    (notify,) = [action for action in review.plan.actions if action.id == "notification"]
    assert "SkipDestinationValidation" not in notify.call.params
    assert "dead-receiver" not in {each.id for each in review.cautions}


# -- the function ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ({"State": "Failed", "StateReason": "the image is gone"}, "The function is not ready: the image is gone."),
        ({"State": "Pending"}, "The function is not ready: its state is Pending."),
        ({"LastUpdateStatus": "Failed"}, "The function is not ready: its last update is Failed."),
    ],
)
def test_a_function_that_is_not_ready(still_cloud: Aws, state: dict[str, str], sentence: str) -> None:
    class Changed(Between):
        def make(self, call: Call) -> dict[str, Any]:
            found = super().make(call)
            return {**found, **state} if call.operation == "lambda.GetFunctionConfiguration" else found

    assert sentence in [each.message for each in cautions(Changed(still_cloud), PHOTOS)]


@pytest.mark.parametrize(
    ("statement", "may"),
    [
        ({"Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*"}, True),
        ({"Action": ["s3:Put*"], "Resource": ["arn:aws:s3:::b/in/*"]}, True),
        ({"Action": "*", "Resource": "*"}, True),
        ({"NotAction": "iam:*", "Resource": "*"}, True),
        ({"Action": "s3:*", "Resource": "arn:aws:s3:::b/in/*.jpg"}, True),
        ({"Action": "s3:*", "Resource": "arn:aws:s3:::b/in/*.png"}, False),
        ({"Action": "s3:Put*", "Resource": "arn:aws:s3:::b/in/????/small/*"}, True),
        ({"Action": "s3:Put*", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}}}, True),
        ({"Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/out/*"}, False),
        ({"Action": "s3:PutObject", "Resource": "arn:aws:s3:::other/*"}, False),
        ({"Action": "s3:GetObject", "Resource": "*"}, False),
        ({"Action": "s3:PutObject", "Resource": "*", "Effect": "Deny"}, False),
    ],
)
@pytest.mark.parametrize("told", [str, quote], ids=["text", "as in a URL"])
def test_a_role_may_write_what_starts_it(statement: dict[str, Any], may: bool, told: Callable[[str], str]) -> None:
    document = {"Statement": {"Effect": "Allow", **statement}}

    role = Role("arn:aws:iam::123456789012:role/r", policies={"one": told(json.dumps(document))})
    found = recursion.may("s3:PutObject", role, "arn:aws:s3:::b", "in/", ".jpg", {})
    assert bool(found) == may


def test_a_policy_that_cannot_be_read_is_said_to_be_unknown(still_cloud: Aws) -> None:
    class Broken(Between):
        def make(self, call: Call) -> dict[str, Any]:
            found = super().make(call)
            return {**found, "PolicyDocument": "{'Version"} if call.operation == "iam.GetRolePolicy" else found

    assert findings(Broken(still_cloud))["recursion"].grade is Grade.NOT_CHECKED


# -- how it looks ----------------------------------------------------------------------------------------------


def test_what_may_not_be_read_is_said_to_be_unknown(still_cloud: Aws) -> None:
    """Nothing that is only worth knowing holds a person up."""
    closed = {"sqs.GetQueueUrl", "iam.ListRolePolicies", "s3.GetBucketEncryption", "lambda.GetFunctionConcurrency"}

    def deny(_: int, call: Call) -> None:
        if call.operation in closed:
            raise Denied(f"You are not allowed to {call.operation}.", permission="x", aws_code="AccessDenied")

    found = findings(Between(still_cloud, before=deny))
    assert {id for id, each in found.items() if each.grade is Grade.NOT_CHECKED} >= {"receivers", "recursion", "key"}


def test_what_is_there_is_looked_up_once(still_cloud: Aws) -> None:
    found: list[str] = []
    between = Between(
        still_cloud, after=lambda _, call: found.append(f"{call.operation} {sorted(call.params.items())}")
    )
    session(between, None).review()
    assert found
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("reply", "key"),
    [
        (f"s3://{BUCKET}", BUCKET),
        (f"s3://{BUCKET}/in/", BUCKET),
        (f"arn:aws:s3:::{BUCKET}", BUCKET),
    ],
)
def test_a_bucket_in_any_form(still_cloud: Aws, reply: str, key: str) -> None:
    plan = session(still_cloud, None, {**PHOTOS, "bucket": reply}).review().plan
    assert plan.outputs["bucket"] == key


@pytest.mark.parametrize("reply", ["created", "ObjectCreated:*", "s3:ObjectCreated", "s3:ObjectCreated:*"])
def test_an_event_in_any_form(still_cloud: Aws, reply: str) -> None:
    assert (
        session(still_cloud, None, {**PHOTOS, "events": reply}).review().plan.outputs["events"] == "s3:ObjectCreated:*"
    )


@pytest.mark.parametrize("reply", [ARN, f"{ARN}:$LATEST"])
def test_a_function_by_its_arn(still_cloud: Aws, reply: str) -> None:
    assert session(still_cloud, None, {**PHOTOS, "function": reply}).review().plan.outputs["function"] == ARN


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("/in", "in/"), ("/in/", "in/"), ("in/*", "in/"), ("/in/*", "in/"), ("/photos/2026", "photos/2026/"),
     ("/in/report.csv", "in/report.csv"), ("/in/rep*", "in/rep"), ("/", ""), ("*", "")],
)  # fmt: skip
def test_what_is_offered_instead_is_the_folder_that_was_meant(typed: str, meant: str) -> None:
    """`in` alone begins index.html as well."""
    with pytest.raises(Refused) as refused:
        prefix(typed)
    assert refused.value.suggestion == meant
