"""What somebody does to what starts a pipeline, and what an undo leaves because of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from s3_pipeline.cases import BUCKET, PIPELINE, STANDING, VARIANTS, audited, picture, session
from support.clock import FakeClock
from support.colleagues import Deed, client, taken_back_after
from support.sessions import carried_out

from flows.aws.eventbridge_listeners import BY_TRAIL
from flows.aws.pipeline_triggers import ASKS
from flows.engine import Call, Journal, Session
from flows.engine.boto import Aws
from flows.practice import PracticeAccount

TRAIL, TRAIL_BUCKET = "uploads-shop-front", "uploads-shop-front-123456789012-eu-central-1"
QUEUE = "arn:aws:sqs:eu-central-1:123456789012:theirs"
ANSWERS = VARIANTS["all new, by a trail"]


def nothing(account: PracticeAccount, made: Session) -> None:
    pass


def file_that_landed(account: PracticeAccount, made: Session) -> None:
    client(account, "s3").put_object(Bucket="fjord-shop-source", Key="app/source.zip", Body=b"theirs")


def accesses_written_down(account: PracticeAccount, made: Session) -> None:
    s3 = client(account, "s3")
    policy = s3.get_bucket_policy(Bucket=TRAIL_BUCKET)["Policy"]
    s3.delete_bucket_policy(Bucket=TRAIL_BUCKET)  # it lets nobody else write, not even for a test
    s3.put_object(Bucket=TRAIL_BUCKET, Key="AWSLogs/1.json.gz", Body=b"who did what")
    s3.put_bucket_policy(Bucket=TRAIL_BUCKET, Policy=policy)


def trail_records_more(account: PracticeAccount, made: Session) -> None:
    client(account, "cloudtrail").put_event_selectors(
        TrailName=TRAIL,
        EventSelectors=[{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}],
    )


def trail_writes_elsewhere(account: PracticeAccount, made: Session) -> None:
    client(account, "cloudtrail").update_trail(Name=TRAIL, S3KeyPrefix="theirs")


def trail_deleted(account: PracticeAccount, made: Session) -> None:
    client(account, "cloudtrail").delete_trail(Name=TRAIL)


def pattern_edited(account: PracticeAccount, made: Session) -> None:
    client(account, "events").put_rule(Name=_rule(account), EventPattern=json.dumps({"source": ["theirs"]}))


def target_of_theirs(account: PracticeAccount, made: Session) -> None:
    client(account, "events").put_targets(Rule=_rule(account), Targets=[{"Id": "theirs", "Arn": QUEUE}])


def pipeline_cloned(account: PracticeAccount, made: Session) -> None:
    pipelines = client(account, "codepipeline")
    pipeline = pipelines.get_pipeline(name="shop-front")["pipeline"]
    pipelines.create_pipeline(pipeline={**pipeline, "name": "theirs"})


def _rule(account: PracticeAccount) -> str:
    (ours,) = client(account, "events").list_rules(NamePrefix="handrail-")["Rules"]
    return str(ours["Name"])


CHANGED = "Somebody changed it since it was made"
DEEDS = (
    Deed(nothing),
    Deed(file_that_landed, "bucket", "There are files in it: app/source.zip"),
    Deed(accesses_written_down, "trail-bucket", "There are files in it: AWSLogs/1.json.gz"),
    Deed(trail_records_more, "trail-bucket trail", CHANGED),
    Deed(trail_writes_elsewhere, "trail-bucket trail", CHANGED),
    Deed(trail_deleted, gone="trail"),
    Deed(pattern_edited, "trail-bucket trail rule", CHANGED),
    Deed(target_of_theirs, "trail-bucket trail rule", "Somebody lets it start more: theirs (arn:aws:sqs:"),
    Deed(
        pipeline_cloned,
        "bucket artifacts log build-role build-role-policy project pipeline-role pipeline-role-policy",
        "Pipelines of others work with it: theirs",
    ),
)


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.act.__name__)
@pytest.mark.some("file_that_landed")
def test_what_somebody_did_to_it_is_left_and_told(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, deed: Deed
) -> None:
    made = session(cloud, journal, ANSWERS, clock=clock)
    carried_out(made)
    taken_back_after(account, made, deed)


def asks_itself_again(account: PracticeAccount, made: Session) -> None:
    pipelines = client(account, "codepipeline")
    pipeline = pipelines.get_pipeline(name="deliver-shop")["pipeline"]
    pipeline["stages"][0]["actions"][0]["configuration"]["PollForSourceChanges"] = "sometimes"
    pipelines.update_pipeline(pipeline=pipeline)


@pytest.mark.parametrize(
    "deed",
    [
        Deed(target_of_theirs, "bucket-events rule", "Somebody lets it start more"),
        Deed(pattern_edited, "bucket-events rule", CHANGED),
        Deed(asks_itself_again, "polling", "Somebody changed how the pipeline notices files since"),
    ],
    ids=lambda deed: deed.act.__name__,
)
@pytest.mark.wild
def test_what_a_rule_that_stays_needs_of_a_bucket_that_existed_stays_too(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, deed: Deed
) -> None:
    made = session(cloud, journal, STANDING, clock=clock)
    carried_out(made)
    taken_back_after(account, made, deed)


def another_rule(account: PracticeAccount, made: Session, **bucket: object) -> None:
    wanted = {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": bucket}
    client(account, "events").put_rule(Name="scan", EventPattern=json.dumps(wanted))


def rule_for_the_same_bucket(account: PracticeAccount, made: Session) -> None:
    another_rule(account, made, bucket={"name": [BUCKET, "theirs"]})


def rule_for_buckets_that_begin_so(account: PracticeAccount, made: Session) -> None:
    another_rule(account, made, bucket={"name": [{"prefix": "fjord"}]})


def rule_for_all_buckets(account: PracticeAccount, made: Session) -> None:
    another_rule(account, made, object={"key": ["index.html"]})


def rule_for_another_bucket(account: PracticeAccount, made: Session) -> None:
    another_rule(account, made, bucket={"name": ["theirs"]})


def rule_of_every_event(account: PracticeAccount, made: Session) -> None:
    client(account, "events").put_rule(Name="scan", EventPattern=json.dumps({"account": ["123456789012"]}))


def rule_of_the_trail(account: PracticeAccount, made: Session) -> None:
    wanted = {"source": ["aws.s3"], "detail-type": [BY_TRAIL], "detail": {"eventName": ["PutObject"]}}
    client(account, "events").put_rule(Name="scan", EventPattern=json.dumps(wanted))


def standing_pipeline_cloned(account: PracticeAccount, made: Session) -> None:
    pipelines = client(account, "codepipeline")
    pipelines.create_pipeline(pipeline={**pipelines.get_pipeline(name=PIPELINE)["pipeline"], "name": "theirs"})


HEARD, READ = "Rules of others hear of its files by them: scan.", "Pipelines of others work with it: theirs."


@pytest.mark.parametrize(
    "deed",
    [
        Deed(rule_for_the_same_bucket, "bucket-events", HEARD),
        Deed(rule_for_buckets_that_begin_so, "bucket-events", HEARD),
        Deed(rule_for_all_buckets, "bucket-events", HEARD),
        Deed(rule_of_every_event, "bucket-events", HEARD),
        Deed(rule_for_another_bucket),
        Deed(rule_of_the_trail),
        Deed(standing_pipeline_cloned, "versioning", READ),
    ],
    ids=lambda deed: deed.act.__name__,
)
@pytest.mark.some("rule_for_the_same_bucket")
def test_a_switch_on_which_others_lean_stays_on(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, deed: Deed
) -> None:
    made = session(cloud, journal, STANDING, clock=clock)
    carried_out(made)
    taken_back_after(account, made, deed)


@pytest.mark.parametrize(
    ("variant", "stays"), [("standing trail", "selectors"), ("new trail", "trail-bucket trail")], ids=lambda each: each
)
@pytest.mark.wild
def test_what_a_trail_records_stays_while_others_hear_of_it(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, variant: str, stays: str
) -> None:
    audited(account.session)
    made = session(cloud, journal, VARIANTS[variant], clock=clock)
    carried_out(made)
    taken_back_after(account, made, Deed(rule_of_the_trail, stays, "Rules of others hear of that file by it: scan."))


def source(account: PracticeAccount, **changed: str) -> dict[str, str]:
    """How the standing pipeline's source is set now, after a change."""
    pipelines = client(account, "codepipeline")
    pipeline = pipelines.get_pipeline(name=PIPELINE)["pipeline"]
    configuration: dict[str, str] = pipeline["stages"][0]["actions"][0]["configuration"]
    configuration |= changed
    if changed:
        pipelines.update_pipeline(pipeline=pipeline)
    return configuration


@pytest.mark.parametrize(
    ("theirs", "asks"),
    [({"AllowOverrideForS3ObjectKey": "true", "S3ObjectKey": "new.zip"}, {}), ({"New": "1"}, {ASKS: "true"})],
    ids=["what AWS knows", "what came later"],
)
@pytest.mark.wild
def test_of_a_source_that_others_set_only_the_asking_is_put_back(
    account: PracticeAccount,
    cloud: Aws,
    journal: Journal,
    clock: FakeClock,
    theirs: dict[str, str],
    asks: dict[str, str],
) -> None:
    before = source(account)
    assert ASKS not in before
    made = session(cloud, journal, STANDING, clock=clock)
    carried_out(made)
    source(account, **theirs)
    list(made.undo())
    assert source(account) == {**before, **theirs, **asks}


@pytest.mark.wild
def test_a_pipeline_that_runs_is_not_written_by_undo_either(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writing it would stop the run; so it is waited for."""
    made = session(cloud, journal, STANDING, clock=clock)
    carried_out(made)
    sent, states, send = [], ["InProgress", "Stopping", "Succeeded"], vars(Aws)["_send"]

    def told(aws: Aws, call: Call, how: object) -> Any:
        sent.append(call.name)
        if call.name == "ListPipelineExecutions":
            state = states.pop(0) if len(states) > 1 else states[0]
            return {"pipelineExecutionSummaries": [{"pipelineExecutionId": "1", "status": state}]}
        return send(aws, call, how)

    monkeypatch.setattr(Aws, "_send", told)
    list(made.undo())
    assert made.receipt().complete and states == ["Succeeded"]
    assert "UpdatePipeline" not in sent[: sent.index("ListPipelineExecutions") + 2]


def asks_no_more(account: PracticeAccount) -> None:
    source(account, **{ASKS: "false"})


def versions_kept(account: PracticeAccount) -> None:
    client(account, "s3").put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})


def written_down_already(account: PracticeAccount) -> None:
    trail = client(account, "cloudtrail")
    standing = trail.get_event_selectors(TrailName="audit")["EventSelectors"]
    values = [f"arn:aws:s3:::{BUCKET}/source.zip"]
    theirs = {
        "ReadWriteType": "WriteOnly", "IncludeManagementEvents": False,
        "DataResources": [{"Type": "AWS::S3::Object", "Values": values}],
    }  # fmt: skip
    trail.put_event_selectors(TrailName="audit", EventSelectors=[*standing, theirs])


@pytest.mark.parametrize(
    ("answers", "action", "theirs"),
    [
        ("standing", "polling", asks_no_more),
        ("standing", "versioning", versions_kept),
        ("standing trail", "selectors", written_down_already),
    ],
    ids=lambda each: getattr(each, "__name__", None),
)
@pytest.mark.wild
def test_what_others_switched_since_the_review_is_theirs(
    account: PracticeAccount,
    cloud: Aws,
    journal: Journal,
    clock: FakeClock,
    answers: str,
    action: str,
    theirs: Callable[[PracticeAccount], None],
) -> None:
    audited(account.session)
    made = session(cloud, journal, {**VARIANTS, "standing": STANDING}[answers], clock=clock)
    made.review()
    theirs(account)
    before = picture(account.session)
    carried_out(made)
    assert made.run and not made.run.facts(action)["created"]
    list(made.undo())
    now = picture(account.session)
    changed = {"polling": f"pipeline {PIPELINE}", "versioning": f"bucket {BUCKET}", "selectors": "trail audit"}[action]
    assert now[changed] == before[changed]


@pytest.mark.parametrize("advanced", [False, True], ids=["classic", "advanced"])
@pytest.mark.wild
def test_a_selector_that_others_widened_stays(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, advanced: bool
) -> None:
    trail = audited(account.session, advanced=advanced)
    kind = "AdvancedEventSelectors" if advanced else "EventSelectors"
    made = session(cloud, journal, VARIANTS["standing trail"], clock=clock)
    carried_out(made)
    selectors = trail.get_event_selectors(TrailName="audit")[kind]
    if advanced:
        selectors[-1]["FieldSelectors"][2]["Equals"].append("arn:aws:s3:::theirs/book.csv")
    else:
        theirs = {"Type": "AWS::Lambda::Function", "Values": ["arn:aws:lambda"]}
        selectors[-1]["DataResources"].append(theirs)
    trail.put_event_selectors(TrailName="audit", **{kind: selectors})
    list(made.undo())
    assert trail.get_event_selectors(TrailName="audit")[kind] == selectors
    assert "Somebody changed it since." in {left.why for left in made.receipt().left}
