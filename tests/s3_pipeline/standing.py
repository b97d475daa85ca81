"""A pipeline that is told of its file, and how one that somebody left otherwise stands."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from s3_pipeline.cases import BUCKET, KEY, PIPELINE
from support.clouds import Between

import flows
from flows.engine import Call
from flows.engine.cache import CachedCloud
from flows.engine.verdict import Verdict, verdict
from flows.practice import PracticeAccount

ACCOUNT, OLD, ROLE, STARTS = "123456789012", "deliver-shop-uploads", "deliver-shop-pipeline", "cwe-role-deliver-shop"
STEP = "deliver-shop-source"
FILES = [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"]


def check(cloud: Any) -> Verdict:
    return verdict(flows.find("s3_pipeline").diagnose(CachedCloud(cloud), {"pipeline": PIPELINE}))


def allow(action: Any, resource: Any, effect: str = "Allow", **more: Any) -> str:
    one = {"Effect": effect, "Action": action, "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": one})


class Delivery:
    """The demo company's pipeline, told of its file by S3's own events, which it is not after a tool's first try."""

    def __init__(self, account: PracticeAccount) -> None:
        self.client: Callable[..., Any] = account.session.client
        pipelines = self.client("codepipeline")
        one = pipelines.get_pipeline(name=PIPELINE)["pipeline"]
        one["stages"][0]["actions"][0]["configuration"]["PollForSourceChanges"] = "false"
        pipelines.update_pipeline(pipeline=one)
        s3 = self.client("s3")
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"PK")
        s3.put_bucket_notification_configuration(
            Bucket=BUCKET, NotificationConfiguration={"EventBridgeConfiguration": {}}
        )
        self.listens()
        pipelines.start_pipeline_execution(name=PIPELINE)

    def listens(self, *, key: Any = KEY, **detail: Any) -> None:
        where = {"bucket": {"name": [BUCKET]}, **({"object": {"key": [key]}} if key else {}), **detail}
        pattern = {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": where}
        self.client("events").put_rule(Name=OLD, EventPattern=json.dumps(pattern))

    def role(self, *policies: str) -> None:
        """What the pipeline's role may do, in the place of what it may now."""
        iam = self.client("iam")
        for each in iam.list_role_policies(RoleName=ROLE)["PolicyNames"]:
            iam.delete_role_policy(RoleName=ROLE, PolicyName=each)
        for number, each in enumerate(policies):
            iam.put_role_policy(RoleName=ROLE, PolicyName=f"theirs-{number}", PolicyDocument=each)

    def source(self, **more: Any) -> None:
        """What else the source step is told."""
        pipelines = self.client("codepipeline")
        one = pipelines.get_pipeline(name=PIPELINE)["pipeline"]
        one["stages"][0]["actions"][0] |= more
        pipelines.update_pipeline(pipeline=one)

    def waits_for_a_trail(self, *, named: bool = True) -> None:
        """A rule of the older kind, as people paste it, with or without the kind of the event."""
        calls = ["PutObject", "CopyObject", "CompleteMultipartUpload"]
        where = {"bucketName": [BUCKET], "key": [KEY]}
        detail = {"eventSource": ["s3.amazonaws.com"], "eventName": calls, "requestParameters": where}
        kind = {"detail-type": ["AWS API Call via CloudTrail"]} if named else {}
        pattern = json.dumps({"source": ["aws.s3"], **kind, "detail": detail})
        self.client("events").put_rule(Name=OLD, EventPattern=pattern)

    def trail(self, *more: dict[str, Any]) -> None:
        """One that writes down what is done to files, in the newer form, as Terraform writes it."""
        self.client("s3").create_bucket(
            Bucket="fjord-trail", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        trails = self.client("cloudtrail")
        trails.create_trail(Name="audit", S3BucketName="fjord-trail", IsMultiRegionTrail=True)
        trails.start_logging(Name="audit")
        data = (
            {"Field": "eventCategory", "Equals": ["Data"]},
            {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
        )
        selectors = [{"Name": "files", "FieldSelectors": [*data, *more]}]
        trails.put_event_selectors(TrailName="audit", AdvancedEventSelectors=selectors)

    def starts_with(self, step: str, what: str = "S3_OBJECT_VERSION_ID") -> None:
        """The target tells the pipeline which version, or file, to read, for one step of its source."""
        events = self.client("events")
        (target,) = events.list_targets_by_rule(Rule=OLD)["Targets"]
        one = f'{{"actionName": "{step}", "revisionType": "{what}", "revisionValue": "<version>"}}'
        paths = {"version": "$.detail.object.version-id"}
        target["InputTransformer"] = {"InputPathsMap": paths, "InputTemplate": f'{{"sourceRevisions": [{one}]}}'}
        events.put_targets(Rule=OLD, Targets=[target])

    def hands_on(self, **store: Any) -> None:
        """Where, and with which key, its stages hand on their files."""
        pipelines = self.client("codepipeline")
        one = pipelines.get_pipeline(name=PIPELINE)["pipeline"]
        one["artifactStore"] |= store
        pipelines.update_pipeline(pipeline=one)

    def encrypted(self, bucket: str = BUCKET, key: str = "") -> str:
        key = key or self.client("kms").create_key()["KeyMetadata"]["Arn"]
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
        self.client("s3").put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
        if bucket == BUCKET:
            self.zipped(key)
        return str(key)

    def zipped(self, key: str = "") -> None:
        """The zip anew, with that key or none, whatever its bucket does."""
        by: Any = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key} if key else {"ServerSideEncryption": "AES256"}
        self.client("s3").put_object(Bucket=BUCKET, Key=KEY, Body=b"PK", **by)


def as_it_is(delivery: Delivery) -> None:
    pass


@dataclass(frozen=True)
class State:
    """How it is made, and how it stands then: the status, the rule that it is because of, a part of the way out."""

    made: Callable[[Delivery], None]
    status: str
    cause: str = ""
    remedy: str = ""
    policies: Mapping[str, str] = field(default_factory=dict)
    """What certain calls answer as policies: moto would apply these to the test's own calls, and without conditions."""


class WithPolicies(Between):
    def __init__(self, cloud: Any, policies: Mapping[str, str]) -> None:
        super().__init__(cloud)
        self.policies = policies

    def make(self, call: Call) -> dict[str, Any]:
        return {"Policy": self.policies[call.name]} if call.name in self.policies else super().make(call)
