"""A bucket and a function with nothing between them, and how those stand that somebody connected."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from s3_lambda.cases import ARN, BUCKET, NAME

import flows
from flows.engine.cache import CachedCloud
from flows.engine.verdict import Verdict, verdict
from flows.practice import PracticeAccount

ACCOUNT, REGION = "123456789012", "eu-central-1"
QUEUE, TOPIC = f"arn:aws:sqs:{REGION}:{ACCOUNT}:photos", f"arn:aws:sns:{REGION}:{ACCOUNT}:photos"
CREATED = "s3:ObjectCreated:*"


def check(cloud: Any, function: str = NAME) -> Verdict:
    return verdict(flows.find("s3_lambda").diagnose(CachedCloud(cloud), {"bucket": BUCKET, "function": function}))


class Bucket:
    """The bucket and the function of the demo company, with nothing between them."""

    def __init__(self, account: PracticeAccount) -> None:
        self.client: Callable[..., Any] = account.session.client
        self.document: dict[str, Any] = {}
        self.client("lambda").list_functions()  # a receiver is told a test event, for which moto must know of it

    def put(self, **more: Any) -> None:
        self.document |= more
        self.client("s3").put_bucket_notification_configuration(
            Bucket=BUCKET, NotificationConfiguration=self.document, SkipDestinationValidation=True
        )

    def calls(self, prefix: str = "in/", suffix: str = "", *events: str, arn: str = ARN, let: bool = True) -> None:
        filters = [{"Name": "prefix", "Value": prefix}] if prefix else []
        filters += [{"Name": "suffix", "Value": suffix}] if suffix else []
        one: dict[str, Any] = {"Id": "theirs", "LambdaFunctionArn": arn, "Events": list(events) or [CREATED]}
        one |= {"Filter": {"Key": {"FilterRules": filters}}} if filters else {}
        self.put(LambdaFunctionConfigurations=[*self.document.get("LambdaFunctionConfigurations", []), one])
        if let:
            self.let("s3.amazonaws.com", f"arn:aws:s3:::{BUCKET}", SourceAccount=ACCOUNT)

    def let(self, service: str, source: str, **more: str) -> None:
        self.client("lambda").add_permission(
            FunctionName=NAME, StatementId=service.partition(".")[0], Action="lambda:InvokeFunction",
            Principal=service, SourceArn=source, **more,
        )  # fmt: skip

    def rule(
        self, pattern: dict[str, Any] | None = None, to: str = ARN, *, on: bool = True, bridge: bool = True
    ) -> None:
        pattern = pattern or {"source": ["aws.s3"], "detail": {"bucket": {"name": [BUCKET]}}}
        events = self.client("events")
        arn = events.put_rule(Name="photos", EventPattern=json.dumps(pattern), State="ENABLED" if on else "DISABLED")
        events.put_targets(Rule="photos", Targets=[{"Id": "1", "Arn": ARN}])
        self.let("events.amazonaws.com", arn["RuleArn"])
        if bridge:
            self.put(EventBridgeConfiguration={})

    def queue(self, *, enabled: bool = True) -> None:
        policy = allow("sqs:SendMessage", QUEUE, Principal={"Service": ["s3.amazonaws.com", "sns.amazonaws.com"]})
        self.client("sqs").create_queue(QueueName="photos", Attributes={"Policy": policy})
        fetch = allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], QUEUE)
        self.client("iam").put_role_policy(RoleName=NAME, PolicyName="fetch", PolicyDocument=fetch)
        self.client("lambda").create_event_source_mapping(EventSourceArn=QUEUE, FunctionName=NAME, Enabled=enabled)

    def role(self, *statements: str, name: str = "photos-read") -> None:
        """What the function's role may do, in the place of what it may now."""
        iam = self.client("iam")
        for each in iam.list_role_policies(RoleName=NAME)["PolicyNames"]:
            iam.delete_role_policy(RoleName=NAME, PolicyName=each)
        for number, each in enumerate(statements):
            iam.put_role_policy(RoleName=NAME, PolicyName=f"{name}-{number}", PolicyDocument=each)

    def encrypted(self) -> str:
        key = self.client("kms").create_key()["KeyMetadata"]["Arn"]
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
        self.client("s3").put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})
        return str(key)


def allow(action: Any, resource: Any, effect: str = "Allow", **more: Any) -> str:
    one = {"Effect": effect, "Action": action, "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": one})


@dataclass(frozen=True)
class State:
    """How it is made, and how it stands then: the status, the rule that it is because of, a part of the way out."""

    made: Callable[[Bucket], None]
    status: str
    cause: str = ""
    remedy: str = ""
