"""How the shop's software is delivered: people, roles, a build, a pipeline and a function."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from flows.practice.company.basics import ACCOUNT_ID, ALIAS, BLOG, REGION, Client
from flows.practice.company.storage import ARTIFACTS, FILES

RULES_ROLE = "cwe-role-deliver-shop"
ROLES = {
    "deliver-shop-pipeline": "codepipeline.amazonaws.com",
    "deliver-shop-build": "codebuild.amazonaws.com",
    "resize-photos": "lambda.amazonaws.com",
    RULES_ROLE: "events.amazonaws.com",
    BLOG: "ec2.amazonaws.com",
}


def people_and_roles(client: Client) -> None:
    iam = client("iam")
    iam.create_account_alias(AccountAlias=ALIAS)
    iam.create_user(UserName="ada")
    for name, service in ROLES.items():
        trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy(trust))
    files = {"Effect": "Allow", "Action": "s3:*", "Resource": [f"arn:aws:s3:::{ARTIFACTS}{end}" for end in ("", "/*")]}
    builds = {"Effect": "Allow", "Action": ["codebuild:StartBuild", "codebuild:BatchGetBuilds"], "Resource": "*"}
    log = {"Effect": "Allow", "Action": ["logs:Create*", "logs:PutLogEvents"], "Resource": "*"}
    start = {"Effect": "Allow", "Action": "codepipeline:StartPipelineExecution", "Resource": "*"}
    for role, name, document in (
        ("deliver-shop-pipeline", "deliver-shop", _policy(files, builds)),
        ("deliver-shop-build", "build-shop", _policy(files, log)),
        (RULES_ROLE, "start-pipeline", _policy(start)),
        ("resize-photos", "photos-read", _policy(_photos("Read", "s3:GetObject", f"{FILES}/*"))),
        ("resize-photos", "photos-write", _policy(_photos("Write", "s3:PutObject", f"{FILES}/photos/*"))),
    ):
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=document)
    iam.create_instance_profile(InstanceProfileName=BLOG)
    iam.add_role_to_instance_profile(InstanceProfileName=BLOG, RoleName=BLOG)


def _photos(sid: str, action: str, names: str) -> dict[str, str]:
    return {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": f"arn:aws:s3:::{names}"}


def _policy(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _role(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT_ID}:role/{name}"


def build(client: Client) -> None:
    client("codebuild").create_project(
        name="build-shop",
        source={"type": "S3", "location": f"{ARTIFACTS}/source.zip"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/amazonlinux2-x86_64-standard:5.0",
            "computeType": "BUILD_GENERAL1_SMALL",
        },
        serviceRole=_role("deliver-shop-build"),
    )


def pipeline(client: Client) -> None:
    source = {
        "name": "Source",
        "actionTypeId": {"category": "Source", "owner": "AWS", "provider": "S3", "version": "1"},
        "configuration": {"S3Bucket": ARTIFACTS, "S3ObjectKey": "source.zip"},
        "outputArtifacts": [{"name": "source"}],
    }
    built = {
        "name": "Build",
        "actionTypeId": {"category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1"},
        "configuration": {"ProjectName": "build-shop"},
        "inputArtifacts": [{"name": "source"}],
        "outputArtifacts": [{"name": "built"}],
    }
    client("codepipeline").create_pipeline(
        pipeline={
            "name": "deliver-shop",
            "roleArn": _role("deliver-shop-pipeline"),
            "artifactStore": {"type": "S3", "location": ARTIFACTS},
            "stages": [{"name": "Source", "actions": [source]}, {"name": "Build", "actions": [built]}],
            "version": 1,
        }
    )


def rules(client: Client) -> None:
    """An old rule for the pipeline, as consoles made them: it overlooks copies, and no trail tells it of anything."""
    events = client("events")
    uploads = {
        "source": ["aws.s3"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventSource": ["s3.amazonaws.com"],
            "eventName": ["PutObject"],
            "requestParameters": {"bucketName": [ARTIFACTS], "key": ["source.zip"]},
        },
    }
    events.put_rule(Name="deliver-shop-uploads", EventPattern=json.dumps(uploads))
    target = {
        "Id": "deliver-shop",
        "Arn": f"arn:aws:codepipeline:{REGION}:{ACCOUNT_ID}:deliver-shop",
        "RoleArn": _role(RULES_ROLE),
    }
    events.put_targets(Rule="deliver-shop-uploads", Targets=[target])


def functions(client: Client) -> None:
    """One that makes photos small, with an alias for what is in use."""
    makes_photos_small = client("lambda")
    makes_photos_small.create_function(
        FunctionName="resize-photos",
        Runtime="python3.13",
        Role=_role("resize-photos"),
        Handler="photos.resize",
        Code={"ZipFile": _zipped("photos.py", "def resize(event, context):\n    return event\n")},
        Timeout=30,
        MemorySize=256,
        Publish=True,
    )
    makes_photos_small.create_alias(FunctionName="resize-photos", Name="live", FunctionVersion="1")


def invoices(client: Client) -> None:
    """A queue that hears of new invoices; whatever changes how the bucket calls has to leave that as it is."""
    sqs, arn = client("sqs"), f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:invoices"
    s3_may = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sqs:SendMessage"}
    policy = {"Version": "2012-10-17", "Statement": [{**s3_may, "Resource": arn}]}
    sqs.create_queue(QueueName="invoices", Attributes={"Policy": json.dumps(policy)})
    client("s3").put_bucket_notification_configuration(
        Bucket=FILES,
        NotificationConfiguration={
            "QueueConfigurations": [
                {
                    "Id": "invoices",
                    "QueueArn": arn,
                    "Events": ["s3:ObjectCreated:*"],
                    "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "invoices/"}]}},
                }
            ]
        },
    )


def _zipped(name: str, text: str) -> bytes:
    """The same bytes every time, which an ordinary archive with its date would not be."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), text)
    return packed.getvalue()


def topics(client: Client) -> None:
    """One that calls somebody's telephone, and one whose mail nobody has confirmed."""
    sns = client("sns")
    for name, protocol, endpoint in (("on-call", "sms", "+4930123456"), ("news", "email", "news@fjord-coffee.example")):
        topic = sns.create_topic(Name=name)["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint)
