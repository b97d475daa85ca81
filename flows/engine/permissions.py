"""What must be allowed: IAM's actions, and the things and conditions that they are for.

For nearly every operation the action is `service:Operation`. The exceptions stand here, one line each; the tests
compare each with AWS's own reference. What IAM asks about besides stands in `authorization`, and
`plan_permissions` works out of both what a plan needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from .authorization import RULES
from .resource_types import HOME, HOMES, TAGGING

READS = ("Describe", "List", "Get", "Head", "Lookup", "Search", "Simulate", "BatchGet")
"""How operations begin that only look."""
PREFIXES: Mapping[str, str] = {
    "ec2": "ec2", "sts": "sts", "iam": "iam", "service-quotas": "servicequotas", "s3": "s3",
    "cloudwatch": "cloudwatch", "pricing": "pricing", "acm": "acm", "cloudfront": "cloudfront", "route53": "route53",
    "resourcegroupstaggingapi": "tag",
    "elbv2": "elasticloadbalancing",
    "codepipeline": "codepipeline", "codebuild": "codebuild", "codecommit": "codecommit", "logs": "logs",
    "codeconnections": "codeconnections",
    "rds": "rds", "rds-data": "rds-data", "kms": "kms",
    "events": "events", "scheduler": "scheduler", "cloudtrail": "cloudtrail",
    "lambda": "lambda", "sns": "sns", "sqs": "sqs", "ssm": "ssm", "wafv2": "wafv2",
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
    "s3.GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3control.GetPublicAccessBlock": "s3:GetAccountPublicAccessBlock",
    "s3.ListObjectVersions": "s3:ListBucketVersions",
    "s3.DeleteObjects": "s3:DeleteObject",
    "s3.PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3.GetBucketNotificationConfiguration": "s3:GetBucketNotification",
    "s3.PutBucketNotificationConfiguration": "s3:PutBucketNotification",
    "cloudfront.CreateDistributionWithTags": "cloudfront:CreateDistribution",
}
"""Operations whose action is called otherwise; empty for those that need none."""
GLOBAL = ("iam:", "sts:", "cloudfront:", "route53:")
"""Services without a region; a condition on the region would lock them out (IAM User Guide, 2026-10)."""
ELSEWHERE: Mapping[str, Mapping[str, str]] = {
    "aws": {"": "us-east-1"},
    "aws-cn": {"": "cn-north-1", "cloudfront:": "cn-northwest-1", "route53:": "cn-northwest-1"},
    "aws-us-gov": {"": "us-gov-west-1"},
}
"""By partition, the region that their requests are made in (botocore's endpoints, 2026-11)."""
EVERYTHING = "*"
KNOWN_BY = {key for rule in RULES.values() for target in rule for keys in target.known_by.values() for key in keys}
Condition = tuple[str, str, tuple[str, ...]]
"""An operator, a condition key and the values."""


def permission(operation: str) -> str | None:
    """The IAM action for an operation, "" if it needs none, None if it is not known."""
    service, _, name = operation.partition(".")
    if operation in EXCEPTIONS:
        return EXCEPTIONS[operation]
    return f"{PREFIXES[service]}:{name}" if service in PREFIXES else None


def asked_in(action: str, partition: str, region: str) -> str:
    """The region that IAM is told of a request made in `region`; empty where that is not known."""
    for prefix in filter(action.startswith, GLOBAL):
        homes = ELSEWHERE.get(partition, {})
        return homes.get(prefix) or homes.get("", "")
    return region


def looks(action: str) -> bool:
    """Whether an IAM action only looks."""
    return action.partition(":")[2].startswith(READS)


def concerns(action: str, resource: str) -> bool:
    """Whether an action can be about a thing like this one at all."""
    kinds, kind = kinds_of().get(action, ()), kind_of(resource) if resource != EVERYTHING else ""
    return not kind or kind in kinds or f"{kind.partition('/')[0]}/" in kinds


@cache
def kinds_of() -> Mapping[str, set[str]]:
    """The kinds of things that each action is about; those that tag are about all of a service."""
    kinds = {action: {f"{action.partition(':')[0]}/"} for action in TAGGING.values()}
    for operation, rule in RULES.items():
        for target in rule:
            action = target.action or permission(operation) or ""
            form = form_of(target.asked or target.arn, action)
            kinds.setdefault(action, set()).update([kind_of(form)] if form != EVERYTHING else [])
    return kinds


def kind_of(arn: str) -> str:
    """The service and the kind of a thing; where an ARN does not tell kinds apart, S3's files from its buckets."""
    *_, service, _, _, name = arn.split(":", 5)
    match service:
        case "codecommit" | "codepipeline" | "servicequotas" | "sns" | "sqs":
            return service
        case "s3":
            return f"{service}/{('file' if '/' in name else 'bucket') if ':::' in arn else 'accesspoint'}"
        case "kms":
            return f"{service}/{'key' if name.startswith('key/') else 'alias'}"
        case _:
            return f"{service}/{re.split('[/:{*]', name)[0]}"


def form_of(arn: str, action: str) -> str:
    """An ARN of the table from its beginning on."""
    if arn.startswith("arn:") or arn == EVERYTHING:
        return arn
    service = action.partition(":")[0]
    return HOMES.get(service, HOME.format(service)) + arn


@dataclass(frozen=True, order=True)
class Need:
    """One thing that must be allowed.

    Args:
        action: the IAM action; `?service.Operation` where it is not known.
        resource: the ARN that it is asked for, a pattern where that is known only once the plan runs; "*" where AWS
            knows no single things.
        conditions: what is true of every such request of the plan.
        region: where it is asked for, as `aws:RequestedRegion` has it; empty where that is not known.
    """

    action: str
    resource: str = EVERYTHING
    conditions: tuple[Condition, ...] = ()
    region: str = ""

    @property
    def known_by(self) -> tuple[Condition, ...]:
        """What tells the thing from others, while it is made or afterwards."""
        tags = [each for each in self.conditions if each[1].startswith(("aws:RequestTag/", "aws:ResourceTag/"))]
        on_it = ((operator, key.replace("Request", "Resource"), values) for operator, key, values in tags)
        return tuple(sorted({*on_it, *(each for each in self.conditions if each[1] in KNOWN_BY)}))


def actions(needs: Iterable[Need]) -> tuple[str, ...]:
    """The actions alone, sorted."""
    return tuple(sorted({need.action for need in needs}))
