"""What a role that a service takes on may do: who may take it on, and what its policies say to one request.

They are read as IAM reads them: an explicit deny first, a boundary beside the policies, and within one account the
policy of the bucket together with the role's (IAM User Guide, "Policy evaluation logic", 2026-11). What an
organization's policies forbid cannot be seen from inside an account.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flows.engine import Call, Cloud, CloudError
from flows.engine.refusals import no_such_thing
from flows.policies import Answer, Caller, Policy, Request, Verdict, narrowed, read

from . import buckets
from .buckets import Bucket

GONE = "NoSuchEntity"
OF_A_ROLE: Mapping[str, Mapping[str, str]] = {
    "iam.GetRole": {}, "iam.GetRolePolicy": {"PolicyName": "any"}, "iam.ListRolePolicies": {},
    "iam.ListAttachedRolePolicies": {},
}  # fmt: skip
"""What reading a role calls, and what else each of these calls needs to be complete."""


@dataclass(frozen=True)
class Role:
    """A role as its policies make it.

    Args:
        arn: its ARN.
        trust: the policy that says who may take it on.
        policies: what it may do, by the names of the policies.
        boundary: the most that it may do; None if there is no such policy.
    """

    arn: str
    trust: Policy = field(default_factory=dict)
    policies: Mapping[str, Policy] = field(default_factory=dict)
    boundary: Policy | None = None

    @property
    def name(self) -> str:
        return self.arn.rpartition("/")[2]

    @property
    def account(self) -> str:
        return self.arn.split(":")[4] if self.arn.count(":") > 4 else ""

    def taken_on(self, service: str, source: str) -> Verdict:
        """Whether a service may take it on, working for that thing."""
        context = {"aws:SourceAccount": self.account, "aws:SourceArn": source}
        return read(self.trust, Request("sts:AssumeRole", self.arn, Caller(service=service), context))

    def may(self, action: str, resource: str, *others: Policy, **context: str) -> Verdict:
        """What its policies, and those of what it works on, say to a request; `context` has `_` for the colon."""
        partition = self.arn.split(":")[1] if ":" in self.arn else "aws"
        session = f"arn:{partition}:sts::{self.account}:assumed-role/{self.name}/session"
        told = {key.replace("_", ":"): value for key, value in context.items()}
        known = {"aws:ResourceAccount": self.account, "aws:SecureTransport": "true", **told}
        request = Request(action, resource, Caller(session, role=self.arn), known)
        verdict = read([*self.policies.values(), *others], request)
        return verdict if self.boundary is None else narrowed(verdict, read(self.boundary, request))


def role(cloud: Cloud, arn: str) -> Role | None:
    """The role of that ARN, None if there is none any more. Raises CloudError."""
    here = {"RoleName": arn.rpartition("/")[2]}
    try:
        about = cloud.make(Call("iam.GetRole", here)).get("Role") or {}
    except CloudError as problem:
        if problem.aws_code != GONE:
            raise
        return None
    boundary = (about.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
    return Role(
        arn, about.get("AssumeRolePolicyDocument") or {}, dict(_policies(cloud, here)),
        _managed(cloud, boundary) if boundary else None,
    )  # fmt: skip


def policies(cloud: Cloud, arn: str) -> dict[str, Policy]:
    """What a role may do, by the names of its policies, its own first. Raises CloudError."""
    return dict(_policies(cloud, {"RoleName": arn.rpartition("/")[2]}))


def _policies(cloud: Cloud, here: Mapping[str, str]) -> Iterator[tuple[str, Policy]]:
    for page in cloud.pages(Call("iam.ListRolePolicies", here)):
        for name in page.get("PolicyNames") or []:
            found = cloud.make(Call("iam.GetRolePolicy", {**here, "PolicyName": name}))
            yield name, found.get("PolicyDocument") or {}
    for page in cloud.pages(Call("iam.ListAttachedRolePolicies", here)):
        for each in page.get("AttachedPolicies") or []:
            if arn := each.get("PolicyArn"):
                yield str(each.get("PolicyName") or arn), _managed(cloud, arn)


def _managed(cloud: Cloud, arn: str) -> Policy:
    version = (cloud.make(Call("iam.GetPolicy", {"PolicyArn": arn})).get("Policy") or {}).get("DefaultVersionId")
    found = cloud.make(Call("iam.GetPolicyVersion", {"PolicyArn": arn, "VersionId": str(version or "v1")}))
    return (found.get("PolicyVersion") or {}).get("Document") or {}


def bucket_policy(cloud: Cloud, bucket: str, region: str = "") -> Policy:
    """What the bucket's own policy says; nothing if it has none. Raises CloudError."""
    try:
        return str(cloud.make(Call("s3.GetBucketPolicy", {"Bucket": bucket}, region)).get("Policy") or "{}")
    except CloudError as problem:
        if problem.aws_code != "NoSuchBucketPolicy":
            raise
        return {}


def own_key(cloud: Cloud, key: str, region: str = "") -> tuple[str, str]:
    """The ARN of the key with which S3 encrypts, "" for Amazon's own, for which nobody needs a permission; and what is
    wrong with it. Raises CloudError.

    Args:
        key: its id, ARN or alias, as the bucket's encryption has it.
        region: the bucket's; empty is the account's at hand.
    """
    if key.endswith("alias/aws/s3"):
        return "", ""
    try:
        about = cloud.make(Call("kms.DescribeKey", {"KeyId": key}, region)).get("KeyMetadata") or {}
    except CloudError as problem:
        if not no_such_thing(problem):
            raise
        return key, "does not exist"
    if about.get("KeyManager") == "AWS":
        return "", ""
    state = str(about.get("KeyState") or "Enabled")
    return str(about.get("Arn") or key), "" if state == "Enabled" else f"is {state}"


def decrypts(cloud: Cloud, one: Role, key_arn: str) -> Verdict:
    """Whether a role may read what S3 encrypts with a key of the account's own. Raises CloudError."""
    return uses(cloud, one, key_arn, "kms:Decrypt")


def bucket_key(cloud: Cloud, bucket: Bucket) -> str:
    """The ARN of the account's own key that encrypts new files of a bucket; "" for S3's and Amazon's, for which nobody
    needs a permission, and where it may not be seen."""
    try:
        used = buckets.encryption_key(cloud, bucket)
        return own_key(cloud, used, bucket.region)[0] if used else ""
    except CloudError:
        return ""


def uses(cloud: Cloud, one: Role, key_arn: str, action: str, region: str = "") -> Verdict:
    """Whether a role may use a key of the account's own in that way, by S3 in a region.

    The key's policy must let the account decide before a role's policies count, or name the role (AWS KMS Developer
    Guide, "Key policies in AWS KMS", 2026-11). Raises CloudError.
    """
    look = Call("kms.GetKeyPolicy", {"KeyId": key_arn.rpartition("/")[2], "PolicyName": "default"}, region)
    policy = str(cloud.make(look).get("Policy") or "{}")
    asked = {"kms_ViaService": f"s3.{region or cloud.identity.region}.amazonaws.com", "kms_CallerAccount": one.account}
    by_key = Role(one.arn).may(action, key_arn, policy, **asked)
    if by_key:
        return one.may(action, key_arn, policy, **asked)
    return one.may(action, key_arn, **asked) if by_key.answer is Answer.TO_ACCOUNT else by_key
