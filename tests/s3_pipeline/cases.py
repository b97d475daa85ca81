"""Answers for a pipeline that a file starts, a picture of what that touches, and what stands in the way of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.exceptions import ClientError
from support.killed import Case, by_kind

import flows
from flows.engine import Cloud, Journal, Place, Session
from flows.engine.clock import Clock

BUCKET, KEY, PIPELINE = "fjord-coffee-artifacts", "source.zip", "deliver-shop"
NEW: Mapping[str, Any] = {
    "pipeline": "shop-front",
    "bucket": "fjord-shop-source",
    "object_key": "app/source.zip",
    "detection": "eventbridge",
}
"""A pipeline and a bucket that are made for it."""
STANDING: Mapping[str, Any] = {
    "pipeline": PIPELINE,
    "bucket": BUCKET,
    "object_key": KEY,
    "detection": "eventbridge",
}
"""The pipeline of the demo company, which asks for changes itself."""
VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "new": NEW,
    "standing": STANDING,
    "new pipeline, standing bucket": {**NEW, "bucket": "fjord-coffee-files"},
    "new trail": {**STANDING, "detection": "cloudtrail", "trail": "new"},
    "standing trail": {**STANDING, "detection": "cloudtrail", "trail": "audit"},
    "all new, by a trail": {**NEW, "detection": "cloudtrail", "trail": "new"},
}
MOST = "new trail"
"""Of these the one that has as much of the set-up as can be."""


def session(
    cloud: Cloud, journal: Journal | None, answers: Mapping[str, Any] = STANDING, *, clock: Clock | None = None
) -> Session:
    """A session in which everything is answered and accepted."""
    made = Session(flows.find("s3_pipeline"), cloud, journal, place=Place(practice=True), clock=clock)
    made.accepted.add("versioning-on")
    made.fill(answers)
    return made


def audited(account: boto3.Session, *, advanced: bool = False) -> Any:
    """A trail of the company's own, with somebody's notifications in its bucket and in the source's."""
    s3, trail = account.client("s3"), account.client("cloudtrail")
    s3.create_bucket(Bucket="fjord-coffee-audit", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    trail.create_trail(Name="audit", S3BucketName="fjord-coffee-audit", IsMultiRegionTrail=True)
    theirs = [{"Field": "eventCategory", "Equals": ["Management"]}]
    if advanced:
        trail.put_event_selectors(
            TrailName="audit", AdvancedEventSelectors=[{"Name": "management", "FieldSelectors": theirs}]
        )
    else:
        selector: Any = {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}
        trail.put_event_selectors(TrailName="audit", EventSelectors=[selector])
    trail.start_logging(Name="audit")
    return trail


def notified(account: boto3.Session, bucket: str = BUCKET) -> None:
    """A queue hears of what lands in the source's bucket already."""
    theirs: Any = {
        "Id": "theirs",
        "QueueArn": "arn:aws:sqs:eu-central-1:123456789012:new-invoices",
        "Events": ["s3:ObjectCreated:*"],
    }
    account.client("s3").put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={"QueueConfigurations": [theirs]}
    )


def picture(account: boto3.Session, *, endpoint_url: str | None = None) -> dict[str, Any]:
    """Everything that this set-up could change, in all services. Versioning that is paused counts as off."""

    def client(name: str) -> Any:
        return account.client(name, region_name="eu-central-1", endpoint_url=endpoint_url)  # type: ignore[call-overload]

    s3, iam, events, trails = client("s3"), client("iam"), client("events"), client("cloudtrail")
    shown: dict[str, Any] = {}
    for rule in events.list_rules()["Rules"]:
        targets = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
        shown[f"rule {rule['Name']}"] = [rule["EventPattern"], rule["State"], targets]
    for bucket in (each["Name"] for each in s3.list_buckets()["Buckets"]):
        reads = (s3.get_bucket_policy, s3.get_public_access_block, s3.get_bucket_tagging)
        notifications = _setting(s3.get_bucket_notification_configuration, bucket)
        versions = s3.get_bucket_versioning(Bucket=bucket).get("Status") == "Enabled"
        shown[f"bucket {bucket}"] = [*(_setting(read, bucket) for read in reads), notifications, versions]
    for role in iam.list_roles()["Roles"]:
        inline = iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]
        shown[f"role {role['RoleName']}"] = [role["AssumeRolePolicyDocument"], inline]
    for trail in trails.describe_trails()["trailList"]:
        selectors = trails.get_event_selectors(TrailName=trail["Name"])
        logging = trails.get_trail_status(Name=trail["Name"])["IsLogging"]
        shown[f"trail {trail['Name']}"] = [
            selectors.get("EventSelectors") or [], selectors.get("AdvancedEventSelectors") or [], logging
        ]  # fmt: skip
    pipelines = client("codepipeline")
    for each in pipelines.list_pipelines()["pipelines"]:
        shown[f"pipeline {each['name']}"] = pipelines.get_pipeline(name=each["name"])["pipeline"] | {"version": 0}
    shown["projects"] = client("codebuild").list_projects()["projects"]
    shown["logs"] = [each["logGroupName"] for each in client("logs").describe_log_groups()["logGroups"]]
    return shown


def _setting(read: Any, bucket: str) -> Any:
    try:
        answer = read(Bucket=bucket)
    except ClientError as error:
        return error.response["Error"]["Code"]
    answer.pop("ResponseMetadata")
    return json.loads(answer["Policy"]) if "Policy" in answer else json.loads(json.dumps(answer, default=str))


def subject(made: Mapping[str, str]) -> dict[str, str]:
    """What `check` is asked about once a run has made it."""
    return {"pipeline": made["pipeline"]}


def _killed(answers: Mapping[str, Any]) -> Case:
    return Case(
        "s3_pipeline",
        answers,
        lambda account: by_kind(picture(account.session)),
        re.compile(r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\d{4}-\d\d-\d\d[T ][0-9:.]+(Z|[+]00:00)?|\d{4}-\d\d-\d\d \d\d:\d\d"),
        accept=("versioning-on",),
        ends="waiting",  # nobody has uploaded the file yet
    )


CASES: Mapping[str, Case] = {
    "s3_pipeline, a new trail": _killed(VARIANTS["new trail"]),
    "s3_pipeline": _killed(STANDING),
}
"""What is killed at every moment of it."""
