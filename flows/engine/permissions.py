"""Which IAM actions an API call needs.

For nearly every operation it is `service:Operation`. The exceptions stand here, one line each; an operation
whose action is not known is reported as such, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .plan import Call

PREFIXES: Mapping[str, str] = {
    "ec2": "ec2", "sts": "sts", "iam": "iam", "service-quotas": "servicequotas", "s3": "s3",
    "cloudwatch": "cloudwatch", "pricing": "pricing", "acm": "acm", "cloudfront": "cloudfront", "route53": "route53",
    "resourcegroupstaggingapi": "tag",
    "elbv2": "elasticloadbalancing",
    "codepipeline": "codepipeline", "codebuild": "codebuild", "codecommit": "codecommit", "logs": "logs",
    "codeconnections": "codeconnections",
    "rds": "rds", "rds-data": "rds-data", "kms": "kms",
    "events": "events", "cloudtrail": "cloudtrail",
    "lambda": "lambda", "sns": "sns", "sqs": "sqs", "ssm": "ssm",
}  # fmt: skip
"""botocore's name of a service to IAM's prefix (Service Authorization Reference, 2026-10)."""

EXCEPTIONS: Mapping[str, str] = {
    "sts.GetCallerIdentity": "",  # always allowed
    "s3.HeadBucket": "s3:ListBucket",
    "s3.ListBuckets": "s3:ListAllMyBuckets",
    "s3.ListObjectsV2": "s3:ListBucket",
    "s3.HeadObject": "s3:GetObject",
    "s3.GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3.PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3.DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3.GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3control.GetPublicAccessBlock": "s3:GetAccountPublicAccessBlock",
    "s3.ListObjectVersions": "s3:ListBucketVersions",
    "s3.DeleteObjects": "s3:DeleteObject",
    "s3.PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3.GetBucketNotificationConfiguration": "s3:GetBucketNotification",
    "s3.PutBucketNotificationConfiguration": "s3:PutBucketNotification",
    "cloudfront.CreateDistributionWithTags": "cloudfront:CreateDistribution",
}
"""Operations whose action is called otherwise; empty for those that need none."""


def permission(operation: str) -> str | None:
    """The IAM action for an operation, "" if it needs none, None if it is not known."""
    service, _, name = operation.partition(".")
    if operation in EXCEPTIONS:
        return EXCEPTIONS[operation]
    return f"{PREFIXES[service]}:{name}" if service in PREFIXES else None


def permissions(calls: Iterable[Call]) -> list[str]:
    """The IAM actions for those of these calls that are made here, not in another account, sorted.

    An operation that is not known stands as `?operation`.
    """
    found: set[str] = set()
    for call in calls:
        if call.profile:
            continue
        action = permission(call.operation)
        found.add(f"?{call.operation}" if action is None else action)
        found.update(_implied(call.service, call.params))
    return sorted(found - {""})


def _implied(service: str, params: Mapping[str, Any]) -> Iterable[str]:
    if service == "ec2" and "TagSpecifications" in params:
        yield "ec2:CreateTags"
    if service == "elbv2" and "Tags" in params:
        yield "elasticloadbalancing:AddTags"
    if service == "cloudfront" and "DistributionConfigWithTags" in params:
        yield "cloudfront:TagResource"
    if service == "acm" and "Tags" in params:
        yield "acm:AddTagsToCertificate"
    if service == "rds-data" and "secretArn" in params:
        yield "secretsmanager:GetSecretValue"
    if service == "rds" and "Tags" in params:
        yield "rds:AddTagsToResource"
    if service == "rds" and params.get("ManageMasterUserPassword"):
        yield from ("kms:DescribeKey", "secretsmanager:CreateSecret", "secretsmanager:TagResource")
    if service == "rds" and "FinalDBSnapshotIdentifier" in params:
        yield from ("rds:AddTagsToResource", "rds:CreateDBClusterSnapshot")
    if service == "rds" and "KmsKeyId" in params:
        yield from ("kms:CreateGrant", "kms:Decrypt", "kms:GenerateDataKey")
    if service == "kms" and "Tags" in params:
        yield "kms:TagResource"
    if service == "iam" and "Tags" in params:
        yield "iam:TagInstanceProfile" if "InstanceProfileName" in params else "iam:TagRole"
    if service in ("codecommit", "codepipeline", "logs") and "tags" in params:
        yield f"{service}:TagResource"
    if service == "events" and "Tags" in params:
        yield "events:TagResource"
    if service == "events" and "RoleArn" in str(params.get("Targets", "")):
        yield "iam:PassRole"
    if service == "cloudtrail" and "TagsList" in params:
        yield "cloudtrail:AddTags"
    if service == "codeconnections" and "Tags" in params:
        yield "codeconnections:TagResource"
    if service == "s3" and "ObjectOwnership" in params:
        yield "s3:PutBucketOwnershipControls"
    if service == "s3" and "Delete" in params:
        yield "s3:DeleteObjectVersion"
    if (service == "codebuild" and "serviceRole" in params) or (service == "codepipeline" and "pipeline" in params):
        yield "iam:PassRole"
    if service == "codepipeline" and "ConnectionArn" in str(params.get("pipeline", "")):
        yield "codeconnections:PassConnection"
    if service == "ec2" and "IamInstanceProfile" in params:
        yield "iam:PassRole"
    yield from ("iam:PassRole" for name in params if name.lower().endswith("rolearn"))
