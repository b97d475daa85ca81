"""What somebody does to what starts a pipeline, and what an undo leaves because of it."""

from __future__ import annotations

import json

import pytest
from support.clock import FakeClock
from support.colleagues import Deed, client, taken_back_after
from support.s3_pipeline import STANDING, VARIANTS, session
from support.sessions import carried_out

from flows.engine import Journal, Session
from flows.engine.cloud import Aws
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
def test_what_a_rule_that_stays_needs_of_a_bucket_that_existed_stays_too(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, deed: Deed
) -> None:
    made = session(cloud, journal, STANDING, clock=clock)
    carried_out(made)
    taken_back_after(account, made, deed)
