"""How it is said what IAM asks about for a call: on which kinds of things, for which further actions, under what.

The words of the Service Authorization Reference (2026-11): resource types, dependent actions and condition keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Conditions = Mapping[str, Mapping[str, str]]
HOMES: Mapping[str, str] = {
    "s3": "arn:{partition}:s3:::", "route53": "arn:{partition}:route53:::",
    "iam": "arn:{partition}:iam::{account}:", "cloudfront": "arn:{partition}:cloudfront::{account}:",
}  # fmt: skip
"""How the ARNs of a service begin, where they name no region."""
HOME = "arn:{{partition}}:{}:{{region}}:{{account}}:"


@dataclass(frozen=True)
class Target:
    """One kind of thing that IAM asks about.

    Args:
        arn: its ARN; what stands in braces is a JMESPath into the call's parameters, or partition, account, region. It
            is completed by how the ARNs of the service begin. With a question mark, all are meant where it is missing.
        action: the IAM action, if it is not that of the operation.
        when: JMESPath into the parameters; it is asked about only if that is there.
        only: what else a request may be allowed for, by operator and condition key; with places as in `arn`.
        made: the call makes it, with the tags in its parameters.
        tags: whether AWS can be told to look at its tags.
        asked: what IAM is asked about while it is made, if not about the thing itself; "*" for no single thing.
        known_by: what else than its tags tells what was made from others afterwards, as `only`.
    """

    arn: str
    action: str = ""
    when: str = ""
    only: Conditions = field(default_factory=dict)
    made: bool = False
    tags: bool = True
    asked: str = ""
    known_by: Conditions = field(default_factory=dict)


Rule = tuple[Target, ...]


def on(*arns: str, **only: Mapping[str, str]) -> Rule:
    """Things that are there."""
    return tuple(Target(arn, only=only) for arn in arns)


def makes(*arns: str, tags: bool = True, asked: str = "", only: Conditions | None = None) -> Rule:
    """Things that the call makes."""
    return tuple(Target(arn, made=True, tags=tags, asked=asked, only=only or {}) for arn in arns)


def also(action: str, *arns: str, when: str = "", **only: Mapping[str, str]) -> Rule:
    """A further action that the call needs."""
    return tuple(Target(arn, action, when, only) for arn in arns)


def given(arn: str, path: str) -> Rule:
    """Things that are asked about only where they are named: at `path`."""
    return (Target(arn.replace("{}", f"{{{path}}}"), when=path),)


def passes(role: str, service: str, when: str = "") -> Rule:
    """A role that is handed to a service."""
    return also("iam:PassRole", role, when=when, StringEquals={"iam:PassedToService": f"{service}.amazonaws.com"})


def linked(service: str, role: str, when: str = "") -> Rule:
    """A role that AWS makes for a service, where the account has not used it so far."""
    arn = f"role/aws-service-role/{service}.amazonaws.com/{role}"
    name = {"iam:AWSServiceName": f"{service}.amazonaws.com"}
    return also("iam:CreateServiceLinkedRole", arn, when=when, StringEquals=name)


def encrypts(service: str, *actions: str, at: str = "KmsKeyId", through: str = "") -> Rule:
    """The keys with which a service encrypts or decrypts, for whoever calls; grants for AWS's own services alone.

    Args:
        service: the service, as KMS calls it.
        actions: what it does with them beside making grants.
        at: where in the parameters they stand, or in what else is known of the call.
        through: the whole name of the service, if it is not the one of that region.
    """
    via, key = {"kms:ViaService": through or f"{service}.{{region}}.amazonaws.com"}, f"key/{{{at}}}"
    grant = also("kms:CreateGrant", key, when=at, StringEquals=via, Bool={"kms:GrantIsForAWSResource": "true"})
    used = (also(action, key, when=at, StringEquals=via) for action in actions)
    return (*grant, *(each for one in used for each in one))


TAGGING: Mapping[str, str] = {
    "ec2": "ec2:CreateTags", "elbv2": "elasticloadbalancing:AddTags", "rds": "rds:AddTagsToResource",
    "acm": "acm:AddTagsToCertificate", "cloudfront": "cloudfront:TagResource", "kms": "kms:TagResource",
    "logs": "logs:TagResource", "codecommit": "codecommit:TagResource", "codepipeline": "codepipeline:TagResource",
    "events": "events:TagResource", "cloudtrail": "cloudtrail:AddTags", "scheduler": "scheduler:TagResource",
    "codeconnections": "codeconnections:TagResource", "sqs": "sqs:TagQueue", "cloudwatch": "cloudwatch:TagResource",
}  # fmt: skip
"""The action that a service asks for besides when something is made with tags."""
WHILE_MAKING: Mapping[str, str] = {"ec2": "ec2:CreateAction", "elbv2": "elasticloadbalancing:CreateAction"}
"""Services that can be told to allow tagging only while a thing is made."""
SOURCE_KEYS, SOURCE_THROUGH, DISK_KEYS = "SourceKeys", "SourceThrough", "DiskKeys"
"""What is known of a call besides its parameters: with which keys of one's own that is encrypted which it copies or
starts, and through which service they are used."""
OUT_OF = encrypts(
    "", "kms:Decrypt", "kms:DescribeKey", "kms:ReEncryptFrom", at=SOURCE_KEYS, through=f"{{{SOURCE_THROUGH}}}"
)
"""Amazon EBS User Guide, "Copy an Amazon EBS snapshot", and Amazon RDS User Guide, "Copying a DB snapshot", 2026-11."""
