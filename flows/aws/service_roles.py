"""What works with a role in a service's name, such as a function or a pipeline: is the role there, may the service take
it on, and may it decrypt a bucket's files?

The same questions before something is set up and long after.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from flows.engine import Cloud, CloudError, Finding, Grade
from flows.policies import Answer, Verdict

from . import buckets, kms_keys, role_permissions
from .buckets import Bucket
from .kms_keys import Whose
from .role_permissions import Role

SERVICES = {
    "lambda.amazonaws.com": "Lambda",
    "codepipeline.amazonaws.com": "CodePipeline",
    "events.amazonaws.com": "EventBridge",
    "scheduler.amazonaws.com": "EventBridge Scheduler",
}
"""What people call them."""
START = "codepipeline:StartPipelineExecution"


@dataclass(frozen=True)
class Worker:
    """Something that works with a role.

    Args:
        cloud: the account.
        name: what people call it, for example resize-photos.
        role: the ARN of its role; empty is not known.
        service: that takes the role on, for example "lambda.amazonaws.com".
        source: the ARN of the thing for which the service does that.
    """

    cloud: Cloud
    name: str
    role: str
    service: str
    source: str

    @cached_property
    def found(self) -> Role | CloudError | None:
        """The role, None if there is none any more, or why that cannot be told. It is asked for once."""
        if not self.role:
            return CloudError("AWS did not tell which role it is.")
        try:
            return role_permissions.role(self.cloud, self.role)
        except CloudError as problem:
            return problem


def taken_on(of: Worker, id: str, *, needs: str, again: str) -> Iterator[Finding]:
    """Whether the service can take the role on, without which nothing runs.

    Args:
        of: what works with it.
        id: of the finding.
        needs: what to say it needs where that cannot be seen.
        again: what to do if the role is gone.
    """
    found, by = of.found, "GetRole: its trust policy"
    if not isinstance(found, Role):
        yield _missing(of, id, needs, again)
        return
    verdict, service = found.taken_on(of.service, of.source), SERVICES[of.service]
    if verdict.answer is Answer.UNTOLD:
        sentence = f"Whether {service} may take the role {found.name} on cannot be told."
        yield Finding(id, Grade.NOT_CHECKED, sentence, open_questions(verdict))
    elif not verdict:
        yield Finding(
            id, Grade.REFUSED, f"{service} may not take the role {found.name} on, so {of.name} cannot run.", by,
            f"Let its trust policy allow {of.service} sts:AssumeRole for {of.source}.",
        )  # fmt: skip
    else:
        yield Finding(id, Grade.PROVED, f"{of.name} works with the role {found.name}.", by)


def handed_on(of: Worker, by: Worker, id: str, *, needs: str, again: str) -> Iterator[Finding]:
    """Whether what works with one role may take on another, with which a part of it works."""
    found, first = of.found, by.found
    if not isinstance(found, Role):
        yield _missing(of, id, needs, again)
        return
    if not isinstance(first, Role):
        return  # what is wrong with that is told already
    verdict = role_permissions.let_in(first, "sts:AssumeRole", found.arn, found.trust)
    if verdict.answer is Answer.UNTOLD:
        sentence = f"Whether the role {first.name} may take the role {found.name} on cannot be told."
        yield Finding(id, Grade.NOT_CHECKED, sentence, open_questions(verdict))
    elif not verdict:
        yield Finding(
            id, Grade.REFUSED,
            f"The role {first.name} may not take the role {found.name} on, with which a part of {of.name} works.",
            "sts:AssumeRole: its trust policy, and the policies of the other",
            f"Allow the role {first.name} sts:AssumeRole on {found.arn}; the trust policy there must let it, too.",
        )  # fmt: skip
    else:
        sentence = f"A part of {of.name} works with the role {found.name}."
        yield Finding(id, Grade.PROVED, sentence, "GetRole: its trust policy")


def starts(of: Worker, id: str, pipeline: str, arn: str) -> Iterator[Finding]:
    """Whether EventBridge may take the role of a rule on, and whether that may start a pipeline."""
    needs = f"It needs {START} on {arn}."
    again = "Make it again, or let a new rule with its own role do it."
    for found in taken_on(of, id, needs=needs, again=again):
        if found.grade is not Grade.PROVED:
            yield found
            return
    if not isinstance(of.found, Role):
        return
    name, verdict = of.found.name, of.found.may(START, arn)
    if verdict:
        yield Finding(id, Grade.PROVED, f"The role {name} may start {pipeline}.", "GetRole and its policies")
    elif verdict.answer is Answer.UNTOLD:
        sentence = f"Whether the role {name} may start {pipeline} cannot be told."
        yield Finding(id, Grade.NOT_CHECKED, sentence, open_questions(verdict))
    else:
        denied = "a statement denies it" if verdict.answer is Answer.FORBIDDEN else "no policy allows it"
        sentence = f"The role {name} may not start {pipeline}."
        yield Finding(id, Grade.REFUSED, sentence, f"its policies: {denied}", needs)


def _missing(of: Worker, id: str, needs: str, again: str) -> Finding:
    if isinstance(of.found, CloudError):
        return Finding(id, Grade.NOT_CHECKED, f"The role of {of.name} could not be read.", of.found.what, needs)
    return Finding(
        id, Grade.REFUSED,
        f"The role {of.role.rpartition('/')[2]}, with which {of.name} works, does not exist: it cannot run.",
        "GetRole: NoSuchEntity", again,
    )  # fmt: skip


def decrypts(
    of: Worker, bucket: Bucket, id: str, *, without: Grade, then: str, own: str | None = None
) -> Iterator[Finding]:
    """Whether the role may decrypt a bucket's files, where a key of the account's own encrypts them.

    Args:
        of: what reads them.
        bucket: where they are.
        id: of the finding.
        without: how bad it is if it may not.
        then: what happens if it may not.
        own: where it is about one file that is there, the key of that, "" for none: the bucket's is for the next one.
    """
    if own:
        yield from _decrypts(of, bucket, id, own, without, then)
    try:
        used, why = buckets.encryption_key(of.cloud, bucket), "GetBucketEncryption"
    except CloudError as problem:
        used, why = None, problem.what
    if used is None:
        sentence = f"How {bucket.name} encrypts its files was not checked."
        yield Finding(f"{id}:next" if own else id, Grade.NOT_CHECKED, sentence, why, aside=own is not None)
    if not used or (own and own in (used, kms_keys.look(of.cloud, used, bucket.region, named=False).arn)):
        return
    if own is None:
        yield from _decrypts(of, bucket, id, used, without, then)
        return
    for each in _decrypts(of, bucket, f"{id}:next", used, Grade.CAUTION, then):
        yield replace(each, sentence=f"At the next upload: {each.sentence}", aside=True)


def _decrypts(of: Worker, bucket: Bucket, id: str, used: str, without: Grade, then: str) -> Iterator[Finding]:
    by, name = "GetBucketEncryption, HeadObject, DescribeKey", bucket.name
    seen = kms_keys.look(of.cloud, used, bucket.region, named=False)
    if seen.whose is Whose.AMAZONS:
        return
    hindered = kms_keys.hindered(seen, bucket.region)
    if hindered:
        grade = without if hindered.grade is Grade.REFUSED else hindered.grade
        other = "Give the bucket another key, and upload the files again."
        yield Finding(
            id, grade, f"The files in {name} are encrypted with the key {used}. {hindered.sentence}", by,
            other if seen.state == kms_keys.GONE else f"{hindered.remedy} Or: {other}",
        )  # fmt: skip
        return
    if of.found is None:
        return
    try:
        if isinstance(of.found, CloudError):
            raise of.found
        verdict = role_permissions.uses(of.cloud, of.found, seen, "kms:Decrypt", bucket.region)
    except CloudError as problem:
        yield Finding(
            id, Grade.NOT_CHECKED, f"Whether {of.name} may decrypt the files in {name}, by {used}, was not checked.",
            problem.what, "Its role needs kms:Decrypt for the key.",
        )  # fmt: skip
        return
    by = "kms:Decrypt: the key's policy and its role's"
    if verdict:
        yield Finding(id, Grade.PROVED, f"The role {of.found.name} may decrypt the files, with {used}.", by)
    elif verdict.answer is Answer.UNTOLD:
        sentence = f"Whether the role {of.found.name} may use the key {used} cannot be told."
        yield Finding(id, Grade.NOT_CHECKED, sentence, open_questions(verdict))
    else:
        yield Finding(
            id, without, f"The files in {name} are encrypted with {used}; the role {of.found.name} of {of.name} needs "
            f"kms:Decrypt for it and may not use it: {then}.", by,
            f'Allow the role {of.found.name}: {{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": '
            f'"{seen.arn}"}}; the key\'s policy must let the account or the role use it.',
        )  # fmt: skip


def open_questions(verdict: Verdict) -> str:
    """What it depends on, where what policies say cannot be told."""
    return f"it depends on {', '.join(verdict.unknown) or 'a condition'}"
