"""What must hold for a pipeline to read its file, whether it is looked at before a change or long after one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from flows.aws import (
    artifact_stores,
    buckets,
    keepers,
    kms_keys,
    pipeline_sources,
    role_permissions,
    service_roles,
)
from flows.aws.buckets import Bucket
from flows.aws.kms_keys import Whose
from flows.aws.role_permissions import Role
from flows.aws.service_roles import Worker, open_questions
from flows.engine import Cloud, CloudError, Finding, Grade
from flows.policies import Answer

FILE = ("s3:GetObject", "s3:GetObjectVersion")
BUCKET = ("s3:GetBucketVersioning",)
"""What the source step needs (CodePipeline User Guide, "Amazon S3 source action reference", 2026-11)."""

MAYBE = (Answer.ALLOWED, Answer.UNTOLD)


@dataclass(frozen=True)
class Situation:
    """A pipeline and the file that it reads.

    Args:
        cloud: the account.
        pipeline: its name.
        role: the ARN of the role with which the source step works; "" where the plan makes it, with all that it needs.
        bucket: where the file is.
        key: the file's name there.
        own: the ARN of the role with which the pipeline as a whole works; that of the source step where it has none
            of its own.
        store: the bucket in which its stages hand on their files; "" where the plan makes it.
        store_key: the key that encrypts them there; "" for the usual one.
    """

    cloud: Cloud
    pipeline: str
    role: str
    bucket: Bucket
    key: str
    own: str = ""
    store: str = ""
    store_key: str = ""

    @property
    def file(self) -> str:
        """Its ARN."""
        return f"arn:{self.cloud.identity.partition}:s3:::{self.bucket.name}/{self.key}"

    @cached_property
    def whole(self) -> Worker:
        """The pipeline, with its own role."""
        arn = pipeline_sources.arn(self.cloud, self.pipeline)
        return Worker(self.cloud, self.pipeline, self.own or self.role, "codepipeline.amazonaws.com", arn)

    @cached_property
    def step(self) -> Worker:
        """Its source step, with the role with which that reads the file."""
        return self.whole if self.role == self.whole.role else replace(self.whole, role=self.role)


def role(here: Situation) -> Iterator[Finding]:
    """Whether CodePipeline can take the pipeline's role on, and with that the source step's if it has one of its own
    (CodePipeline User Guide, "Pipeline structure reference", roleArn of an action, 2026-11)."""
    if not here.role:
        return
    needs = f"It needs {', '.join((*FILE, *BUCKET))}, and kms:Decrypt where the file is encrypted with a key."
    again = "Give the pipeline another role, or make it again with the same policies."
    yield from service_roles.taken_on(here.whole, "source-role", needs=needs, again=again)
    if here.step is not here.whole:
        id = f"source-role:{here.role.rpartition('/')[2]}"
        yield from service_roles.handed_on(here.step, here.whole, id, needs=needs, again=again)


def reads(here: Situation) -> Iterator[Finding]:
    """Whether the pipeline's role may read the file, by its own policies and the bucket's."""
    found = here.step.found if here.role else None
    if not isinstance(found, Role):
        return
    try:
        also = buckets.policy(here.cloud, here.bucket)
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
        yield Finding("reads", Grade.NOT_CHECKED, sentence, open_questions(next(iter(untold.values()))))
    else:
        sentence = f"The role {found.name} may read {here.key} in {here.bucket.name}."
        yield Finding("reads", Grade.PROVED, sentence, "its role's policies, GetBucketPolicy")


def key(here: Situation) -> Iterator[Finding]:
    """Whether the pipeline's role may decrypt the file, where a key of the account's own encrypts it."""
    if not here.role:
        return  # the plan makes one that may
    try:
        own = pipeline_sources.encrypted_with(here.cloud, here.bucket.name, here.key)
    except CloudError:
        own = None
    yield from service_roles.decrypts(
        here.step, here.bucket, "key", without=Grade.REFUSED, then="the source step fails with AccessDenied", own=own
    )


def hands_on(here: Situation) -> Iterator[Finding]:
    """Whether the source step can hand on what it read: in a bucket that is there, with a key that its role may use."""
    found, cloud, name = here.step.found, here.cloud, here.store
    if not name:
        return
    try:
        if useless := artifact_stores.useless(cloud, name, here.pipeline):
            yield useless
            return
        if not isinstance(found, Role):
            return  # what is wrong with it is told already
        store, on = Bucket(name, cloud.identity.region), artifact_stores.place(cloud, name, here.pipeline)
        may = found.may("s3:PutObject", on, buckets.policy(cloud, store), **artifact_stores.AS_WRITTEN)
        asked = {"s3:PutObject": (may, artifact_stores.files(cloud, name, here.pipeline))}
        seen = kms_keys.look(cloud, here.store_key, named=False) if here.store_key else None
        if seen and (hindered := kms_keys.hindered(seen, store.region)):
            sentence = f"{here.pipeline} encrypts what it hands on with the key {here.store_key}. {hindered.sentence}"
            yield Finding(
                "artifacts", Grade.REFUSED, sentence, hindered.evidence,
                "Give the pipeline's artifact store another key, or bring this one back.",
            )  # fmt: skip
            return
        if seen and seen.whose is not Whose.AMAZONS:
            action = "kms:GenerateDataKey"
            asked[action] = role_permissions.uses(cloud, found, seen, action, store.region), seen.arn
    except CloudError as problem:
        sentence = f"Whether {here.pipeline} can hand on what it read was not checked."
        yield Finding("artifacts", Grade.NOT_CHECKED, sentence, problem.what)
        return
    lacking = {each: on for each, (verdict, on) in asked.items() if verdict.answer not in MAYBE}
    untold = [verdict for verdict, _ in asked.values() if verdict.answer is Answer.UNTOLD]
    if lacking:
        needs = " and ".join(f"{action} on {on}" for action, on in lacking.items())
        yield Finding(
            "artifacts", Grade.REFUSED,
            f"The role {found.name} of {here.pipeline} may not hand on what it read, in {name}: {', '.join(lacking)} "
            "is not allowed.", "the policies of the role, the bucket and the key",
            f"Allow the role {found.name} {needs}.",
        )  # fmt: skip
    elif untold:
        sentence = f"Whether {here.pipeline} may hand on what it read, in {name}, cannot be told."
        yield Finding("artifacts", Grade.NOT_CHECKED, sentence, open_questions(untold[0]))
    else:
        sentence = f"The role {found.name} may hand on what it read, in {name}."
        yield Finding("artifacts", Grade.PROVED, sentence, "its role's policies, GetBucketPolicy")


def kept_by(here: Situation) -> Iterator[Finding]:
    """Who else keeps the pipeline and the bucket."""
    name, bucket = here.pipeline, here.bucket.name
    yield from keepers.told(name, f"The pipeline {name}", pipeline_sources.tags(here.cloud, name))
    yield from keepers.told(f"bucket/{bucket}", f"The bucket {bucket}", buckets.tags(here.cloud, here.bucket))


def _needs(here: Situation, actions: list[str]) -> str:
    on = [here.file] if any(each in FILE for each in actions) else []
    on += [here.file.partition("/")[0]] if any(each in BUCKET for each in actions) else []
    return f"{', '.join(actions)} on {' and '.join(on)}."
