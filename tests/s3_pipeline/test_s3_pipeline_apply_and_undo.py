"""Applied, a file that lands starts the pipeline, however it lands; undone, the account is as it was before."""

from __future__ import annotations

import json
from typing import Any

import pytest
from moto.events.models import EventPattern
from s3_pipeline.cases import BUCKET, KEY, NEW, PIPELINE, STANDING, VARIANTS, audited, notified, picture, session
from support.clock import FakeClock
from support.clouds import Between
from support.sessions import carried_out, taken_back

import flows
from flows.aws import event_patterns, file_events
from flows.engine import Call, Journal, Place, Session
from flows.engine.boto import Aws
from flows.engine.refusals import changes, explain
from flows.policies import Answer, Caller, Request, read
from flows.practice import PracticeAccount


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.some("standing trail")
@pytest.mark.quick
def test_undone_is_as_before(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, variant: str
) -> None:
    """Foreign notifications, rules, selectors and pipelines included; answering and reviewing only read."""
    audited(account.session)
    notified(account.session)
    before = picture(account.session)
    made = session(cloud, journal, VARIANTS[variant], clock=clock)
    plan = made.review().plan
    assert picture(account.session) == before
    carried_out(made)
    after = picture(account.session)
    others = {name: shown for name, shown in before.items() if name.startswith(("rule ", "role "))}
    assert others.items() <= after.items()
    assert after[f"bucket {BUCKET}"][3]["QueueConfigurations"] == before[f"bucket {BUCKET}"][3]["QueueConfigurations"]
    taken_back(made)
    assert picture(account.session) == before
    versions = [action for action in plan.actions if action.id == "versioning" and action.undo]
    told = [left.what for left in made.receipt().left]
    assert (f"Versions in {VARIANTS[variant]['bucket']}" in told) == bool(versions)


def runs(account: PracticeAccount, pipeline: str) -> int:
    codepipeline = account.session.client("codepipeline")
    return len(codepipeline.list_pipeline_executions(pipelineName=pipeline)["pipelineExecutionSummaries"])


@pytest.mark.wild
def test_a_file_starts_it_however_it_lands(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Uploaded, copied, or sent in parts; another file does not, and neither does this one after undo."""
    s3: Any = account.session.client("s3")
    made = session(cloud, journal, STANDING, clock=clock)
    carried_out(made)

    seen = runs(account, PIPELINE)

    def started() -> bool:
        nonlocal seen
        seen, before = runs(account, PIPELINE), seen
        return seen > before

    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"one")
    assert started()
    s3.put_object(Bucket="fjord-coffee-files", Key="in/source.zip", Body=b"two")
    s3.copy_object(Bucket=BUCKET, Key=KEY, CopySource="fjord-coffee-files/in/source.zip")
    assert started()
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key=KEY)["UploadId"]
    part = s3.upload_part(Bucket=BUCKET, Key=KEY, UploadId=upload, PartNumber=1, Body=b"three")
    s3.complete_multipart_upload(
        Bucket=BUCKET, Key=KEY, UploadId=upload,
        MultipartUpload={"Parts": [{"ETag": part["ETag"], "PartNumber": 1}]},
    )  # fmt: skip
    assert started()
    s3.put_object(Bucket=BUCKET, Key="app/source.zip", Body=b"another")
    assert not started()
    taken_back(made)
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"four")
    assert not started()


@pytest.mark.parametrize("variant", ["new", "new trail"])
@pytest.mark.wild
def test_the_rule_lets_every_way_through_and_no_other_file(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, variant: str
) -> None:
    """By our matcher and by moto's."""
    answers = VARIANTS[variant]
    carried_out(session(cloud, journal, answers, clock=clock))
    events: Any = account.session.client("events")
    (rule,) = [each for each in events.list_rules()["Rules"] if each["Name"].startswith("handrail-")]
    pattern, who = json.loads(rule["EventPattern"]), cloud.identity
    by_trail = answers["detection"] == "cloudtrail"
    bucket, key = answers["bucket"], answers["object_key"]
    for place, wanted in (((bucket, key), True), ((bucket, "other.zip"), False), (("elsewhere", key), False)):
        for each in file_events.every(who, *place, by_trail=by_trail):
            assert event_patterns.matches(pattern, each.envelope) == wanted
            assert EventPattern.load(rule["EventPattern"]).matches_event(dict(each.envelope)) == wanted  # type: ignore[arg-type]


@pytest.mark.wild
def test_exactly_the_version_that_landed_is_built(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """In pipelines of type V2; those of V1 know no such thing."""
    assert "InputTransformer" in target(cloud, NEW)
    assert "InputTransformer" not in target(cloud, STANDING)
    template = json.loads(target(cloud, NEW)["InputTransformer"]["InputTemplate"])
    (revision,) = template["sourceRevisions"]
    assert (revision["actionName"], revision["revisionType"]) == ("Source", "S3_OBJECT_VERSION_ID")


def target(cloud: Aws, answers: Any) -> dict[str, Any]:
    plan = session(cloud, None, answers).review().plan
    (put,) = [action.call for action in plan.actions if action.id == "target"]
    one: dict[str, Any] = put.params["Targets"][0]
    return one


@pytest.mark.wild
def test_versioning_that_was_on_stays_on(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    s3: Any = account.session.client("s3")
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    made = session(cloud, journal, STANDING, clock=clock)
    assert "versioning" not in {action.id for action in made.review().plan.actions}
    carried_out(made)
    taken_back(made)
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"


@pytest.mark.wild
def test_events_that_were_sent_before_are_sent_after(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    s3: Any = account.session.client("s3")
    s3.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration={"EventBridgeConfiguration": {}})
    made = session(cloud, journal, STANDING, clock=clock)
    assert "bucket-events" not in {action.id for action in made.review().plan.actions}
    carried_out(made)
    taken_back(made)
    assert "EventBridgeConfiguration" in s3.get_bucket_notification_configuration(Bucket=BUCKET)


@pytest.mark.parametrize("former", [None, "true"])
@pytest.mark.wild
def test_asking_is_as_it_was_and_the_rest_of_the_pipeline_untouched(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, former: str | None
) -> None:
    """Also where somebody changed another stage meanwhile; nothing of the pipeline is kept in the journal."""
    codepipeline: Any = account.session.client("codepipeline")

    def pipeline() -> Any:
        return codepipeline.get_pipeline(name=PIPELINE)["pipeline"]

    def change(stage: int, **settings: str) -> None:
        now = pipeline()
        now["stages"][stage]["actions"][0]["configuration"] |= settings
        codepipeline.update_pipeline(pipeline=now)

    change(1, EnvironmentVariables='[{"name":"TOKEN","value":"hush-hush"}]')
    if former:
        change(0, PollForSourceChanges=former)
    before = pipeline()["stages"]
    made = session(cloud, journal, STANDING, clock=clock)
    carried_out(made)
    now = pipeline()["stages"]
    assert now[0]["actions"][0]["configuration"]["PollForSourceChanges"] == "false"
    assert now[1] == before[1]
    change(1, PrimarySource="source")
    taken_back(made)
    after = pipeline()["stages"]
    assert after[0] == before[0]
    assert after[1]["actions"][0]["configuration"]["PrimarySource"] == "source"
    assert made.run is not None
    assert "hush-hush" not in repr(made.run.history())


@pytest.mark.wild
def test_of_two_sources_the_one_of_the_file_is_meant(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    codepipeline: Any = account.session.client("codepipeline")
    now = codepipeline.get_pipeline(name=PIPELINE)["pipeline"]
    (first,) = now["stages"][0]["actions"]
    settings = {"S3Bucket": "fjord-coffee-files", "S3ObjectKey": "more.zip"}
    now["stages"][0]["actions"] = [first, {**first, "name": "More", "configuration": settings}]
    codepipeline.update_pipeline(pipeline=now)
    before = codepipeline.get_pipeline(name=PIPELINE)["pipeline"]["stages"]
    more = {**STANDING, "bucket": "fjord-coffee-files", "object_key": "more.zip"}
    made = session(cloud, journal, more, clock=clock)
    carried_out(made)
    one, other = codepipeline.get_pipeline(name=PIPELINE)["pipeline"]["stages"][0]["actions"]
    assert "PollForSourceChanges" not in one["configuration"]
    assert other["configuration"]["PollForSourceChanges"] == "false"
    taken_back(made)
    assert codepipeline.get_pipeline(name=PIPELINE)["pipeline"]["stages"] == before


@pytest.mark.wild
def test_a_change_since_is_left(account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """Somebody lets the pipeline ask again, and pauses versioning: that is theirs."""
    made = session(cloud, journal, STANDING, clock=clock)
    carried_out(made)
    codepipeline, s3 = account.session.client("codepipeline"), account.session.client("s3")
    now: Any = codepipeline.get_pipeline(name=PIPELINE)["pipeline"]
    now["stages"][0]["actions"][0]["configuration"]["PollForSourceChanges"] = "true"
    codepipeline.update_pipeline(pipeline=now)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
    list(made.undo({}))
    left = " ".join(each.why for each in made.receipt().left)
    assert "Somebody changed how the pipeline notices files since" in left
    assert "Somebody paused it since" in left


@pytest.mark.wild
def test_what_never_arrived_is_not_said_to_be_changed_by_others(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """A process that dies right before a call leaves the setting as it was."""
    s3, codepipeline = account.session.client("s3"), account.session.client("codepipeline")
    for status in ("Enabled", "Suspended"):
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": status})  # type: ignore[typeddict-item]
    now: Any = codepipeline.get_pipeline(name=PIPELINE)["pipeline"]
    now["stages"][0]["actions"][0]["configuration"]["PollForSourceChanges"] = "true"
    codepipeline.update_pipeline(pipeline=now)

    class Died(BaseException):
        pass

    for operation in ("s3.PutBucketVersioning", "codepipeline.UpdatePipeline"):

        def die(_: int, call: Call, operation: str = operation) -> None:
            if call.operation == operation:
                raise Died

        made = session(Between(cloud, before=die), journal, STANDING, clock=clock)
        list(made.apply())
        assert made.run is not None
        id = "polling" if "Pipeline" in operation else "versioning"
        assert made.run.status(id) == "intent"
        made.close()
        place = Place(practice=True)
        again = Session(flows.find("s3_pipeline"), cloud, journal, place=place, run=made.run, clock=clock)
        taken_back(again)
        assert "Somebody" not in " ".join(each.why for each in again.receipt().left)
        again.close()


@pytest.mark.parametrize("advanced", [False, True])
@pytest.mark.wild
def test_what_a_trail_records_otherwise_stays(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, advanced: bool
) -> None:
    """Also what others let it record meanwhile."""
    trail, kind = (
        audited(account.session, advanced=advanced),
        "AdvancedEventSelectors" if advanced else "EventSelectors",
    )

    def recorded() -> Any:
        return trail.get_event_selectors(TrailName="audit")[kind]

    (theirs,) = recorded()
    made = session(cloud, journal, VARIANTS["standing trail"], clock=clock)
    carried_out(made)
    assert recorded()[0] == theirs
    assert len(recorded()) == 2
    later = {**theirs, **({"Name": "later"} if advanced else {"ReadWriteType": "WriteOnly"})}
    trail.put_event_selectors(TrailName="audit", **{kind: [*recorded(), later]})
    taken_back(made)
    assert recorded() == [theirs, later]


@pytest.mark.wild
def test_a_new_trails_files_are_safe(account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """Closed, over TLS only, kept for a year, written by the trail alone; a file that somebody changes shows."""
    made = session(cloud, journal, VARIANTS["new trail"], clock=clock)
    carried_out(made)
    (trail,) = account.session.client("cloudtrail").describe_trails()["trailList"]
    assert trail["LogFileValidationEnabled"]
    s3, here = account.session.client("s3"), {"Bucket": trail["S3BucketName"]}
    assert all(s3.get_public_access_block(**here)["PublicAccessBlockConfiguration"].values())
    policy = s3.get_bucket_policy(**here)["Policy"]
    file = f"arn:aws:s3:::{trail['S3BucketName']}/AWSLogs/123456789012/CloudTrail/a.json.gz"

    def says(tls: str, by: str) -> Answer:
        context = {"aws:SourceArn": by, "s3:x-amz-acl": "bucket-owner-full-control", "aws:SecureTransport": tls}
        caller = Caller(service="cloudtrail.amazonaws.com")
        return read(policy, Request("s3:PutObject", file, caller, context, whole=True)).answer

    assert says("true", trail["TrailARN"]) is Answer.ALLOWED
    assert says("false", trail["TrailARN"]) is Answer.FORBIDDEN
    assert says("true", f"{trail['TrailARN']}-of-others") is Answer.NOT_ALLOWED
    (rule,) = s3.get_bucket_lifecycle_configuration(**here)["Rules"]
    assert (rule["Status"], rule["Expiration"]["Days"]) == ("Enabled", 365)


@pytest.mark.wild
def test_denied_at_each_call(account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """Each operation in turn: a sentence with the permission, and undo leaves the account as it was."""
    before = picture(account.session)
    plan = session(cloud, None, VARIANTS["new trail"]).review().plan
    for operation in dict.fromkeys(action.call.operation for action in plan.actions if changes(action.call)):

        def strike(_: int, call: Call, operation: str = operation) -> None:
            if call.operation == operation:
                raise explain(call, {"Error": {"Code": "AccessDenied", "Message": "no"}})

        made = session(Between(cloud, before=strike), journal, VARIANTS["new trail"], clock=clock)
        problems = [event.problem for event in made.apply() if event.problem]
        assert "You are not allowed to " in str(problems[0]), operation
        assert made.run is not None
        made.close()
        place = Place(practice=True)
        again = Session(flows.find("s3_pipeline"), cloud, journal, place=place, run=made.run, clock=clock)
        taken_back(again)
        again.close()
        assert picture(account.session) == before, operation
