"""What starts a pipeline by itself, or does not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from spa_pipeline.delivery import ACCOUNT, NAME, REGION, SOURCE, ZIPPED, Delivery, allow, trust


def told_of_each_upload(made: Delivery, *, state: str = "ENABLED", tells: bool = True, **wanted: Any) -> None:
    """A rule, and nothing that asks; `wanted` is what else it wants of an event."""
    made.source("S3", S3Bucket=SOURCE, S3ObjectKey=ZIPPED, PollForSourceChanges="false")
    detail = {"bucket": {"name": [SOURCE]}, "object": {"key": [{"prefix": ZIPPED}]}}
    started_by(made, {"source": ["aws.s3"], "detail": {**detail, **wanted}}, state)
    if tells:
        tell = {"EventBridgeConfiguration": {}}
        made.s3.put_bucket_notification_configuration(Bucket=SOURCE, NotificationConfiguration=tell)


def started_by(made: Delivery, pattern: Mapping[str, Any], state: str = "ENABLED") -> None:
    events, arn = made.client("events"), f"arn:aws:codepipeline:{REGION}:{ACCOUNT}:{NAME}"
    made.iam.create_role(RoleName="front-starts", AssumeRolePolicyDocument=trust("events.amazonaws.com"))
    made.role("front-starts", allow("codepipeline:StartPipelineExecution", arn))
    events.put_rule(Name="theirs", EventPattern=json.dumps(pattern), State=state)
    target = {"Id": "1", "Arn": arn, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/front-starts"}
    events.put_targets(Rule="theirs", Targets=[target])


def told_by_a_trail(made: Delivery) -> None:
    told_by_no_trail(made)
    trails, place = made.client("cloudtrail"), {"LocationConstraint": REGION}
    made.s3.create_bucket(Bucket="fjord-trail", CreateBucketConfiguration=place)
    trails.create_trail(Name="audit", S3BucketName="fjord-trail")
    data = {"Type": "AWS::S3::Object", "Values": [f"arn:aws:s3:::{SOURCE}/"]}
    trails.put_event_selectors(TrailName="audit", EventSelectors=[{"DataResources": [data]}])
    trails.start_logging(Name="audit")


def told_by_a_trail_that_is_off(made: Delivery) -> None:
    told_by_a_trail(made)
    made.client("cloudtrail").stop_logging(Name="audit")


def started_with_a_version_for_another_step(made: Delivery) -> None:
    """As it is copied from AWS's example, whose source is called Source."""
    told_of_each_upload(made)
    events = made.client("events")
    (target,) = events.list_targets_by_rule(Rule="theirs")["Targets"]
    one = {"actionName": "Source", "revisionType": "S3_OBJECT_VERSION_ID", "revisionValue": "<version>"}
    target["InputTransformer"] = {
        "InputPathsMap": {"version": "$.detail.object.version-id"},
        "InputTemplate": json.dumps({"sourceRevisions": [one]}),
    }
    events.put_targets(Rule="theirs", Targets=[target])


def told_by_no_trail(made: Delivery) -> None:
    made.source("S3", S3Bucket=SOURCE, S3ObjectKey=ZIPPED, PollForSourceChanges="false")
    detail = {"eventSource": ["s3.amazonaws.com"], "resources": {"ARN": [f"arn:aws:s3:::{SOURCE}/{ZIPPED}"]}}
    kind = ["AWS API Call via CloudTrail"]
    started_by(made, {"source": ["aws.s3"], "detail-type": kind, "detail": detail})


def nothing_starts_it(made: Delivery) -> None:
    made.source("S3", S3Bucket=SOURCE, S3ObjectKey=ZIPPED, PollForSourceChanges="false")


def its_rule_is_off(made: Delivery) -> None:
    told_of_each_upload(made, state="DISABLED")


def its_rule_is_about_another_file(made: Delivery) -> None:
    told_of_each_upload(made, object={"key": ["application.zip"]})


def its_bucket_tells_nobody(made: Delivery) -> None:
    told_of_each_upload(made, tells=False)


def its_rule_may_not_start_it(made: Delivery) -> None:
    told_of_each_upload(made)
    made.role("front-starts", allow("codepipeline:GetPipeline", "*"))


def its_rule_hears_of_small_ones(made: Delivery) -> None:
    told_of_each_upload(made, reason=["PutObject"])


def its_rule_hears_of_large_ones(made: Delivery) -> None:
    told_of_each_upload(made, reason=["CompleteMultipartUpload"])
