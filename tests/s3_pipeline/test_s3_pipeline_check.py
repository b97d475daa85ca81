"""Why did my pipeline not start? Healthy, and each thing that can be in the way; given an event, which field is."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from s3_pipeline.cases import BUCKET, KEY, PIPELINE, STANDING, VARIANTS, audited, session
from support.clock import FakeClock
from support.clouds import Between
from support.sessions import carried_out

import flows
from flows.aws import file_events
from flows.engine import Call, Finding, Grade, Journal, Refused
from flows.engine.boto import Aws
from flows.engine.verdict import Status, verdict
from flows.practice import PracticeAccount
from flows.practice.server import serve
from tui.cli.main import main

OLD = "deliver-shop-uploads"


def check(cloud: Any, pipeline: str = PIPELINE, event: Any = None) -> list[Finding]:
    text = event if isinstance(event, str) else json.dumps(event) if event else ""
    found = list(flows.find("s3_pipeline").diagnose(cloud, {"pipeline": pipeline, "event": text}))
    assert len({each.id for each in found}) == len(found), "each is about a thing of its own"
    return found


def broken(cloud: Aws) -> dict[str, str]:
    found = [each for each in check(cloud) if each.grade is Grade.REFUSED]
    return {each.id.partition(":")[0]: f"{each.sentence} {each.remedy}" for each in found}


@pytest.fixture
def healthy(account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock) -> Any:
    """A pipeline that a file starts, without the old rule; the s3 client."""
    s3, events = account.session.client("s3"), account.session.client("events")
    events.remove_targets(Rule=OLD, Ids=["deliver-shop"])
    events.delete_rule(Name=OLD)
    carried_out(session(cloud, journal, STANDING, clock=clock))
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"PK")
    return s3


def ours(account: PracticeAccount) -> str:
    return next(
        str(each["Name"])
        for each in account.session.client("events").list_rules()["Rules"]
        if each["Name"].startswith("handrail-")
    )


def test_a_healthy_one(healthy: Any, cloud: Aws) -> None:
    found = check(cloud)
    assert {each.grade for each in found} == {Grade.PROVED}
    assert {"runs", "versioning", "file", "pattern", "bucket-events", "target", "role"} <= {
        each.id.partition(":")[0] for each in found
    }


def test_a_file_that_landed_unnoticed(account: PracticeAccount, cloud: Aws) -> None:
    """Before anything listened: it is newer than the last run."""
    account.session.client("s3").put_object(Bucket=BUCKET, Key=KEY, Body=b"PK")
    (runs,) = [each for each in check(cloud) if each.id == "runs"]
    assert runs.grade is Grade.PREDICTED
    assert "and it did not start for that one." in runs.sentence


def test_no_such_pipeline(cloud: Aws) -> None:
    (found,) = check(cloud, "nope")
    assert found.sentence == "There is no pipeline nope here."


def test_the_old_rule_that_overlooks_copies(account: PracticeAccount, cloud: Aws) -> None:
    """What the company has from the start: only PutObject, no trail, no versions, no file."""
    found = broken(cloud)
    beside = {each.id.partition(":")[0]: each for each in check(cloud) if each.grade is Grade.CAUTION}
    assert "lets through PutObject but not CopyObject, CompleteMultipartUpload" in beside["pattern"].sentence
    none = "no trail records uploads to fjord-coffee-artifacts/source.zip (trails: there is none)"
    assert none in beside["trail"].sentence
    assert "Versioning of fjord-coffee-artifacts is off" in found["versioning"]
    (awaited,) = [each for each in check(cloud) if each.id == "file"]
    assert awaited.grade is Grade.WAITING and "There is no source.zip in fjord-coffee-artifacts." in awaited.sentence
    assert "and so far only that starts it" in beside["polling"].sentence and not beside["polling"].repair
    assert beside["polling"].remedy.endswith(": handrail run s3_pipeline --set pipeline=deliver-shop"), "and how"
    assert check(cloud)[0].grade is Grade.REFUSED, "what is wrong comes first"


def test_versioning_that_is_paused(healthy: Any, cloud: Aws) -> None:
    healthy.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
    assert "Versioning of fjord-coffee-artifacts is paused" in broken(cloud)["versioning"]


def test_a_run_that_failed_because_the_file_is_not_there_yet_waits_for_it(healthy: Any, cloud: Aws) -> None:
    """Straight after a set-up, and after a first run without the file: the same as its ending says."""
    healthy.delete_object(Bucket=BUCKET, Key=KEY)
    failed = {"status": "Failed", "errorDetails": {"message": "The object with key source.zip does not exist."}}

    class Failed(Between):
        def make(self, call: Call) -> dict[str, Any]:
            found = super().make(call)
            if call.name == "GetPipelineState":
                found["stageStates"][0]["actionStates"][0]["latestExecution"] = failed
            return found

    found = verdict(check(Failed(cloud)))
    assert (found.status, found.cause) == (Status.WAITING, "file"), found
    assert any(each.id.startswith("stages:") and each.follows == ("file",) for each in found.findings)


@pytest.mark.wild
def test_a_file_of_nearly_that_name(healthy: Any, cloud: Aws) -> None:
    healthy.delete_object(Bucket=BUCKET, Key=KEY)
    healthy.put_object(Bucket=BUCKET, Key="app/Source.zip", Body=b"PK")
    assert "Did you mean app/Source.zip? Names are exact" in broken(cloud)["file"]


def test_a_bucket_that_tells_nobody(healthy: Any, cloud: Aws) -> None:
    healthy.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration={})
    assert "does not send its events to EventBridge" in broken(cloud)["bucket-events"]


def test_a_rule_that_is_off(account: PracticeAccount, healthy: Any, cloud: Aws) -> None:
    account.session.client("events").disable_rule(Name=ours(account))
    assert f"The rule {ours(account)} is switched off." in broken(cloud)["rule-on"]


@pytest.mark.parametrize(
    ("detail", "sentence"),
    [
        ({"bucket": {"name": ["elsewhere"]}}, 'detail.bucket.name: the event has "fjord-coffee-artifacts"'),
        ({"object": {"key": ["Source.zip"]}}, 'detail.object.key: the event has "source.zip", the rule wants "Source.'),
        ({"reason": ["PutObject"]}, "lets through PutObject but not POST Object, CopyObject, CompleteMultipartUpload"),
        ({"object": {"key": [{"starts": "a"}]}}, "is not well formed: detail.object.key has starts, which is no"),
    ],
)  # fmt: skip
@pytest.mark.some(1)
def test_a_pattern_that_does_not_match(
    account: PracticeAccount, healthy: Any, cloud: Aws, detail: Any, sentence: str
) -> None:
    pattern = {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": detail}
    account.session.client("events").put_rule(Name=ours(account), EventPattern=json.dumps(pattern))
    assert sentence in broken(cloud)["pattern"]


@pytest.mark.wild
def test_a_rule_without_a_pipeline_or_with_another(account: PracticeAccount, healthy: Any, cloud: Aws) -> None:
    events = account.session.client("events")
    wrong = f"arn:aws:codepipeline:eu-central-1:123456789012:pipeline/{PIPELINE}"
    (target,) = events.list_targets_by_rule(Rule=ours(account))["Targets"]
    events.put_targets(Rule=ours(account), Targets=[{**target, "Arn": wrong}])
    assert f"starts {wrong}; it must be arn:aws:codepipeline:eu-central-1" in broken(cloud)["target"]
    events.remove_targets(Rule=ours(account), Ids=["pipeline"])
    assert "Nobody watches the file" in broken(cloud)["watched"]


@pytest.mark.parametrize("what", ["trust", "policy", "gone"])
@pytest.mark.some("trust")
def test_a_role_that_may_not(account: PracticeAccount, healthy: Any, cloud: Aws, what: str) -> None:
    iam, role = account.session.client("iam"), "start-deliver-shop"
    if what == "trust":
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        iam.update_assume_role_policy(RoleName=role, PolicyDocument=document)
    else:
        iam.delete_role_policy(RoleName=role, PolicyName="handrail")
    if what == "gone":
        iam.delete_role(RoleName=role)
    sentence = {
        "trust": "EventBridge may not take the role start-deliver-shop on",
        "policy": "may not start deliver-shop",
        "gone": "does not exist",
    }[what]
    assert sentence in broken(cloud)["role"]


@pytest.mark.wild
def test_a_trail(account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """On, then off, then without the file; beside the rule that works the old one is only noticed."""
    trail = audited(account.session)
    account.session.client("s3").put_object(Bucket=BUCKET, Key=KEY, Body=b"PK")
    carried_out(session(cloud, journal, VARIANTS["standing trail"], clock=clock))
    assert broken(cloud) == {}
    trail.stop_logging(Name="audit")
    assert "The trail audit would record the uploads, but is switched off." in broken(cloud)["trail"]
    one: Any = [{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}]
    trail.put_event_selectors(TrailName="audit", EventSelectors=one)
    assert "no trail records uploads to fjord-coffee-artifacts/source.zip (trails: audit)" in broken(cloud)["trail"]


def asking_ended(cloud: Aws) -> Finding:
    from support.clouds import Between

    class Ended(Between):
        def make(self, call: Call) -> dict[str, Any]:
            answer = super().make(call)
            ended = {"metadata": {"pollingDisabledAt": "2026-10-01T00:00:00Z"}}
            return {**answer, **ended} if call.name == "GetPipeline" else answer

    found = flows.find("s3_pipeline").diagnose(Ended(cloud), {"pipeline": PIPELINE})
    (polling,) = [each for each in found if each.id == "polling"]
    assert "AWS stopped asking on 2026-10-01" in polling.sentence
    return polling


def test_asking_that_aws_ended_is_wrong_only_where_no_rule_starts_it(account: PracticeAccount, cloud: Aws) -> None:
    assert asking_ended(cloud).grade is Grade.PREDICTED
    events = account.session.client("events")
    events.remove_targets(
        Rule="deliver-shop-uploads",
        Ids=[each["Id"] for each in events.list_targets_by_rule(Rule="deliver-shop-uploads")["Targets"]],
    )
    assert asking_ended(cloud).grade is Grade.REFUSED


# -- given an event --------------------------------------------------------------------------------------------


def about_event(found: list[Finding]) -> list[str]:
    return [f"{each.grade.value}: {each.sentence}" for each in found if each.id.startswith("event:")]


@pytest.mark.wild
def test_events_that_start_it(healthy: Any, cloud: Aws) -> None:
    for reason in ("PutObject", "POST Object", "CopyObject", "CompleteMultipartUpload"):
        one = file_events.own(cloud.identity, BUCKET, KEY, reason).envelope
        (told,) = about_event(check(cloud, event=one))
        assert told.startswith("proved: ")
        assert told.endswith(f"lets the event through: {reason} of source.zip in fjord-coffee-artifacts.")


def test_a_record_of_a_copy_names_the_field(cloud: Aws) -> None:
    """As it stands in a trail's file, alone, in EventBridge's envelope, or as lookup-events prints it."""
    whole = file_events.recorded(cloud.identity, BUCKET, KEY, "CopyObject").envelope
    record = whole["detail"]
    wanted = 'detail.eventName: the event has "CopyObject", the rule wants "PutObject"'
    for form in (whole, record, {"Records": [record]}, [record], {"CloudTrailEvent": json.dumps(record)}):
        for pipeline in (PIPELINE, ""):
            (told,) = about_event(check(cloud, pipeline, form))
            assert told.startswith("refused: The rule deliver-shop-uploads does not let the event through")
            assert wanted in told


@pytest.mark.wild
def test_a_record_where_the_rule_listens_to_s3_itself(healthy: Any, cloud: Aws) -> None:
    one = file_events.recorded(cloud.identity, BUCKET, KEY, "CopyObject").envelope
    (told,) = about_event(check(cloud, event=one))
    assert told.startswith("predicted: ")
    assert "listens to S3's own events, not to CloudTrail's records. The own event of the same upload" in told


@pytest.mark.wild
def test_another_file_and_one_that_was_refused(healthy: Any, cloud: Aws) -> None:
    other = file_events.own(cloud.identity, BUCKET, "Source.zip", "PutObject").envelope
    about, field = about_event(check(cloud, event=other))
    assert "The event is about Source.zip in fjord-coffee-artifacts; deliver-shop reads source.zip" in about
    assert 'detail.object.key: the event has "Source.zip", the rule wants "source.zip"' in field
    denied = {**file_events.recorded(cloud.identity, BUCKET, KEY, "PutObject").detail, "errorCode": "AccessDenied"}
    (told,) = about_event(check(cloud, event=denied))
    assert "No file landed: S3 refused the PutObject" in told


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "The event is no JSON"),
        ("[]", "There is no event in it."),
        ('{"a": 1}', "This is neither an event nor a record of CloudTrail."),
        ('{"Records": [{"eventSource": "aws:s3"}]}', "This is what S3 sends to a function, a queue or a topic."),
    ],
)
def test_what_is_no_event(cloud: Aws, text: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        check(cloud, event=text)
    assert sentence in str(refused.value)


def test_an_event_on_the_command_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a file and from stdin; broken is exit code 3, and a set-up that takes none says so."""
    record = {
        "eventSource": "s3.amazonaws.com",
        "eventName": "CopyObject",
        "requestParameters": {"bucketName": BUCKET, "key": KEY},
    }
    file = tmp_path / "event.json"
    file.write_text(json.dumps(record))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(file.read_bytes()), encoding="utf-8"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "practice")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "practice")
    with serve() as served:

        def handrail(*words: object) -> tuple[object, str]:
            place = ("--endpoint-url", served.url, "--region", "eu-central-1", "--output", "json")
            with pytest.raises(SystemExit) as ending:
                main(["check", *map(str, words), *place])
            return ending.value.code, capfd.readouterr().out

        for given in (file, "-"):
            code, out = handrail("s3_pipeline", "--event", given)
            document = json.loads(out)
            assert (code, document["status"]) == (3, "broken")
            assert "detail.eventName" in document["findings"][0]["sentence"]
            assert "CopyObject" not in json.dumps(document["subject"]), "where it came from is enough"
        code, out = handrail("vpn", "--event", file)
        assert code == 2
        assert "“event” is not known in check vpn." in json.loads(out)["error"]["message"]
