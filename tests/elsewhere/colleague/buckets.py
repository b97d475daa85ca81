"""Buckets."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from elsewhere.colleague.deed import client, only, to
from elsewhere.hand import Made

from flows.practice import SECOND_ACCOUNT_ID, PracticeAccount


def _policy(account: PracticeAccount, bucket: str) -> dict[str, Any]:
    s3 = client(account, "s3")
    try:
        found: dict[str, Any] = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    except s3.exceptions.ClientError:
        return {"Version": "2012-10-17", "Statement": []}
    return found


def _write_policy(account: PracticeAccount, bucket: str, policy: Mapping[str, Any]) -> None:
    client(account, "s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))


def _their_statement(bucket: str) -> dict[str, Any]:
    who = f"arn:aws:iam::{SECOND_ACCOUNT_ID}:root"
    return {"Sid": "Theirs", "Effect": "Allow", "Principal": {"AWS": who}, "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{bucket}/theirs/*"}  # fmt: skip


@to("s3.PutBucketPolicy", "s3.CreateBucket")
def statement_of_theirs(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    bucket = it.params["Bucket"]
    policy = _policy(account, bucket)
    _write_policy(account, bucket, {**policy, "Statement": [*policy["Statement"], _their_statement(bucket)]})


@to("s3.PutPublicAccessBlock")
def everybody_let_in_by_theirs(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    bucket = it.params["Bucket"]
    policy = _policy(account, bucket)
    theirs = {**_their_statement(bucket), "Principal": "*"}
    _write_policy(account, bucket, {**policy, "Statement": [*policy["Statement"], theirs]})


@to("s3.PutBucketPolicy", turns=True)
def our_statement_edited(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    bucket = it.params["Bucket"]
    policy = _policy(account, bucket)
    ours = only([each for each in policy["Statement"] if "andrail" in str(each.get("Sid"))])
    resource = ours["Resource"]
    ours["Resource"] = [resource if isinstance(resource, str) else resource[0], f"arn:aws:s3:::{bucket}/theirs/*"]
    _write_policy(account, bucket, policy)


@to("s3.PutBucketPolicy")
def only_statement_left_as_no_list(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    """Somebody else's tool writes the policy with one statement, without a list around it."""
    bucket = it.params["Bucket"]
    _write_policy(account, bucket, {"Version": "2012-10-17", "Statement": _their_statement(bucket)})


@to("s3.CreateBucket")
def file_of_theirs(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    s3, bucket = client(account, "s3"), it.params["Bucket"]
    policy = _policy(account, bucket)
    if policy["Statement"]:  # moto takes a refusal without looking at its condition
        s3.delete_bucket_policy(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="theirs.txt", Body=b"theirs")
    if policy["Statement"]:
        _write_policy(account, bucket, policy)


@to(
    "s3.PutBucketPolicy", "s3.PutBucketNotificationConfiguration", "s3.PutBucketVersioning", "s3.PutBucketWebsite",
    "s3.PutPublicAccessBlock", takes=True)  # fmt: skip
def bucket_deleted(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    s3, bucket = client(account, "s3"), it.params["Bucket"]
    listed = s3.list_object_versions(Bucket=bucket)
    for each in listed.get("Versions", []) + listed.get("DeleteMarkers", []):
        s3.delete_object(Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"])
    s3.delete_bucket(Bucket=bucket)


@to("s3.PutBucketWebsite")
def hosting_edited(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "s3").put_bucket_website(
        Bucket=it.params["Bucket"], WebsiteConfiguration={"IndexDocument": {"Suffix": "theirs.html"}}
    )


@to("s3.PutPublicAccessBlock")
def block_edited(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    block = {**it.params["PublicAccessBlockConfiguration"]}
    block["IgnorePublicAcls"] = not block.get("IgnorePublicAcls", False)
    client(account, "s3").put_public_access_block(Bucket=it.params["Bucket"], PublicAccessBlockConfiguration=block)


@to("s3.PutBucketVersioning", mere=True)
def versioning_paused(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "s3").put_bucket_versioning(
        Bucket=it.params["Bucket"], VersioningConfiguration={"Status": "Suspended"}
    )


@to("s3.PutBucketNotificationConfiguration")
def queue_of_theirs_notified(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    s3, bucket = client(account, "s3"), it.params["Bucket"]
    found = s3.get_bucket_notification_configuration(Bucket=bucket)
    found.pop("ResponseMetadata")
    prefix = {"Key": {"FilterRules": [{"Name": "prefix", "Value": "theirs/"}]}}
    theirs = {"Id": "theirs", "QueueArn": "arn:aws:sqs:eu-central-1:123456789012:theirs",
              "Events": ["s3:ObjectRemoved:*"], "Filter": prefix}  # fmt: skip
    queues = [*found.get("QueueConfigurations", []), theirs]
    s3.put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={**found, "QueueConfigurations": queues},
        SkipDestinationValidation=True,
    )  # fmt: skip


@to("s3.PutBucketNotificationConfiguration", turns=True)
def our_notification_edited(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    s3, bucket = client(account, "s3"), it.params["Bucket"]
    found = s3.get_bucket_notification_configuration(Bucket=bucket)
    found.pop("ResponseMetadata")
    ours = only([each for each in found.get("LambdaFunctionConfigurations", []) if "andrail" in each["Id"]])
    ours["Events"] = ["s3:ObjectRemoved:*"]
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=found)
