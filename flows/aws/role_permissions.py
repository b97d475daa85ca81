"""What a role that a service takes on may do: who may take it on, and what its policies say to one request.

They are read as IAM reads them: an explicit deny first, a boundary beside the policies, and within one account the
policy of the bucket together with the role's (IAM User Guide, "Policy evaluation logic", 2026-11). What an
organization's policies forbid cannot be seen from inside an account.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flows.engine import Call, Cloud, CloudError
from flows.policies import Answer, Caller, Policy, Request, Verdict, narrowed, read

from . import buckets, key_policies, kms_keys
from .buckets import Bucket
from .kms_keys import Seen

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
    """The role of that ARN, None if there is none any more. Raises CloudError, also for one of another account."""
    here, (*_, account, _) = {"RoleName": arn.rpartition("/")[2]}, ("", *arn.split(":", 5))
    if account not in ("", cloud.identity.account):
        raise CloudError(f"The role {here['RoleName']} belongs to the account {account}.")
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


def bucket_key(cloud: Cloud, bucket: Bucket) -> str:
    """The ARN of the account's own key that encrypts new files of a bucket; "" for S3's and Amazon's, for which nobody
    needs a permission, and where it may not be seen."""
    try:
        used = buckets.encryption_key(cloud, bucket)
    except CloudError:
        return ""
    return kms_keys.look(cloud, used, bucket.region, named=False).arn if used else ""


def uses(cloud: Cloud, one: Role, seen: Seen, action: str, region: str, service: str = "s3") -> Verdict:
    """Whether a role may use a key, by a service in that region: by policies, or by a grant, which needs none of them
    (AWS KMS Developer Guide, "Grants in AWS KMS", 2026-11). Raises CloudError where one of them may not be read."""
    there = "" if region == cloud.identity.region else region
    policy = key_policies.policy(cloud, seen, there)
    asked = {"kms_ViaService": f"{service}.{region}.amazonaws.com", "kms_CallerAccount": one.account}
    verdict = let_in(one, action, seen.arn, policy, **asked)
    denied = one.may(action, seen.arn, policy, **asked).answer is Answer.FORBIDDEN
    if verdict.answer is not Answer.NOT_ALLOWED or denied:
        return verdict
    granted = key_policies.granted(cloud, seen, one.arn, action, there)
    if granted is None:
        return verdict
    bounds = ("its boundary, beside a grant of the key",)
    return granted if one.boundary is None else Verdict(Answer.UNTOLD, unknown=bounds)


def let_in(one: Role, action: str, resource: str, policy: Policy, **context: str) -> Verdict:
    """What a role may do with a key or with another role, whose policy this is.

    That policy must let the account decide before the role's own count, or name the role (AWS KMS Developer Guide, "Key
    policies in AWS KMS"; IAM User Guide, "Policy evaluation logic", 2026-11).
    """
    by_it = Role(one.arn).may(action, resource, policy, **context)
    if by_it:
        return one.may(action, resource, policy, **context)
    return one.may(action, resource, **context) if by_it.answer is Answer.TO_ACCOUNT else by_it
