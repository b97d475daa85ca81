"""What must hold for a pipeline to read its file, whether it is looked at before a change or long after one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flows.aws import buckets, pipeline_sources, role_permissions
from flows.aws.buckets import Bucket
from flows.aws.role_permissions import Role
from flows.engine import Cloud, CloudError, Finding, Grade
from flows.policies import Answer, Policy, Verdict

FILE = ("s3:GetObject", "s3:GetObjectVersion")
BUCKET = ("s3:GetBucketVersioning",)
"""What the source step needs (CodePipeline User Guide, "Amazon S3 source action reference", 2026-11)."""


@dataclass(frozen=True)
class Situation:
    """A pipeline and the file that it reads.

    Args:
        cloud: the account.
        pipeline: its name.
        role: the ARN of the role with which the source step works; "" where the plan makes it, with all that it needs.
        bucket: where the file is.
        key: the file's name there.
    """

    cloud: Cloud
    pipeline: str
    role: str
    bucket: Bucket
    key: str

    @property
    def file(self) -> str:
        """Its ARN."""
        return f"arn:{self.cloud.identity.partition}:s3:::{self.bucket.name}/{self.key}"


def role(here: Situation) -> Iterator[Finding]:
    """Whether CodePipeline can take the pipeline's role on, without which no run gets as far as the file."""
    if not here.role:
        return
    found = _role(here)
    if isinstance(found, CloudError):
        yield Finding(
            "source-role", Grade.NOT_CHECKED, f"The role of {here.pipeline} could not be read.", found.what,
            f"It needs {', '.join((*FILE, *BUCKET))}, and kms:Decrypt where the file is encrypted with a key.",
        )  # fmt: skip
        return
    if found is None:
        yield Finding(
            "source-role", Grade.REFUSED,
            f"The role {here.role.rpartition('/')[2]}, with which {here.pipeline} works, does not exist.",
            "GetRole: NoSuchEntity", "Give the pipeline another role, or make it again with the same policies.",
        )  # fmt: skip
        return
    arn = pipeline_sources.arn(here.cloud, here.pipeline)
    verdict = found.taken_on("codepipeline.amazonaws.com", arn)
    if verdict.answer is Answer.UNTOLD:
        sentence = f"Whether CodePipeline may take the role {found.name} on cannot be told."
        yield Finding("source-role", Grade.NOT_CHECKED, sentence, _open(verdict))
    elif not verdict:
        yield Finding(
            "source-role", Grade.REFUSED, f"CodePipeline may not take the role {found.name} on, so {here.pipeline} "
            "cannot run.", "GetRole: its trust policy", "Let it allow codepipeline.amazonaws.com sts:AssumeRole.",
        )  # fmt: skip


def reads(here: Situation) -> Iterator[Finding]:
    """Whether the pipeline's role may read the file, by its own policies and the bucket's."""
    found = _role(here)
    if not isinstance(found, Role):
        return
    try:
        also: Policy = role_permissions.bucket_policy(here.cloud, here.bucket.name, here.bucket.region)
    except CloudError as problem:
        sentence = f"Whether {here.pipeline} may read {here.key} was not checked."
        yield Finding("reads", Grade.NOT_CHECKED, sentence, problem.what)
        return
    asked = {
        **{action: found.may(action, here.file, also) for action in FILE},
        **{action: found.may(action, here.file.partition("/")[0], also) for action in BUCKET},
    }
    lacking = [action for action, verdict in asked.items() if not verdict and verdict.answer is not Answer.UNTOLD]
    untold = {action: verdict for action, verdict in asked.items() if verdict.answer is Answer.UNTOLD}
    if lacking:
        denied = any(asked[action].answer is Answer.FORBIDDEN for action in lacking)
        yield Finding(
            "reads", Grade.REFUSED, f"The role {found.name} of {here.pipeline} may not read {here.key} in "
            f"{here.bucket.name}: {', '.join(lacking)} {'is denied' if denied else 'is not allowed'}.",
            "its role's policies, GetBucketPolicy", f"Allow the role {found.name}: {_needs(here, lacking)}",
        )  # fmt: skip
    elif untold:
        sentence = f"Whether {here.pipeline} may read {here.key} cannot be told ({', '.join(untold)})."
        yield Finding("reads", Grade.NOT_CHECKED, sentence, _open(next(iter(untold.values()))))
    else:
        sentence = f"The role {found.name} may read {here.key} in {here.bucket.name}."
        yield Finding("reads", Grade.PROVED, sentence, "its role's policies, GetBucketPolicy")


def key(here: Situation) -> Iterator[Finding]:
    """Whether the pipeline's role may decrypt the file, where the bucket encrypts with a key of the account's own."""
    used = buckets.encryption_key(here.cloud, here.bucket)
    if used is None:
        sentence = f"How {here.bucket.name} encrypts its files was not checked."
        yield Finding("key", Grade.NOT_CHECKED, sentence, "GetBucketEncryption")
        return
    if not used:
        return
    found = _role(here)
    try:
        arn, wrong = role_permissions.own_key(here.cloud, used)
        if wrong:
            yield Finding(
                "key", Grade.REFUSED, f"Files in {here.bucket.name} are encrypted with the key {used}, which {wrong}.",
                "DescribeKey", "Switch the key on, or give the bucket another one, and upload the file again.",
            )  # fmt: skip
        if wrong or not arn or found is None:
            return
        if isinstance(found, CloudError):
            raise found
        verdict = role_permissions.decrypts(here.cloud, found, arn)
    except CloudError as problem:
        yield Finding(
            "key", Grade.NOT_CHECKED, f"Whether {here.pipeline} may decrypt the file, by {used}, was not checked.",
            problem.what, "Its role needs kms:Decrypt for the key.",
        )  # fmt: skip
        return
    if verdict:
        sentence = f"The role {found.name} may decrypt what {used} encrypts."
        yield Finding("key", Grade.PROVED, sentence, "GetKeyPolicy and the role's policies")
    elif verdict.answer is Answer.UNTOLD:
        sentence = f"Whether the role {found.name} may use the key {used} cannot be told."
        yield Finding("key", Grade.NOT_CHECKED, sentence, _open(verdict))
    else:
        yield Finding(
            "key", Grade.REFUSED, f"Files in {here.bucket.name} are encrypted with {used}; the role {found.name} of "
            f"{here.pipeline} needs kms:Decrypt for it and may not use it, so the source step fails with AccessDenied.",
            "kms:Decrypt: the key's policy and its role's",
            f'Allow the role {found.name}: {{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "{arn}"}}; the '
            "key's policy must let the account or the role use it.",
        )  # fmt: skip


def _role(here: Situation) -> Role | CloudError | None:
    if not here.role:
        return None
    try:
        return role_permissions.role(here.cloud, here.role)
    except CloudError as problem:
        return problem


def _needs(here: Situation, actions: list[str]) -> str:
    on = [here.file] if any(each in FILE for each in actions) else []
    on += [here.file.partition("/")[0]] if any(each in BUCKET for each in actions) else []
    return f"{', '.join(actions)} on {' and '.join(on)}."


def _open(verdict: Verdict) -> str:
    return f"it depends on {', '.join(verdict.unknown) or 'a condition'}"
