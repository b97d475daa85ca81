"""What must hold for a file to run a function, whether it is looked at before a change or long after one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote_plus, unquote_plus

from flows.aws import buckets, event_receivers, keepers, kms_keys, lambda_functions, service_roles
from flows.aws.kms_keys import Whose
from flows.aws.notifications import CREATED, SAFE, SEEN, Notification
from flows.aws.role_permissions import Role, uses
from flows.aws.service_roles import Worker, open_questions
from flows.engine import Cloud, CloudError, Finding, Grade, shell
from flows.policies import Answer, Policy

from . import recursion, repairs

FETCHING = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
"""What Lambda does with a queue, in the name of the function's role."""
ENCODED = f"{SAFE}~%+"
"""Signs that stand in a filter for themselves, or for others."""
PUT, PARTS = "s3:ObjectCreated:Put", "s3:ObjectCreated:CompleteMultipartUpload"


@dataclass(frozen=True)
class Situation:
    """A function that files of a bucket run, or would run.

    Args:
        cloud: the account.
        bucket: where the files land.
        function: the ARN by which it is called.
        role: the ARN of the role with which it works.
        calls: the notifications that call it straight, those that are planned included; none where it is only called
            by other ways.
        planned: whether that is looked at before the change.
    """

    cloud: Cloud
    bucket: buckets.Bucket
    function: str
    role: str
    calls: tuple[Notification, ...]
    planned: bool

    @property
    def name(self) -> str:
        return named(self.function)

    @cached_property
    def worker(self) -> Worker:
        """The function with its role, which is the same for every version of it."""
        return Worker(self.cloud, self.name, self.role, "lambda.amazonaws.com", _bare(self.function))

    @cached_property
    def policy(self) -> Policy | CloudError:
        """The bucket's own policy, or why it is not known."""
        try:
            return buckets.policy(self.cloud, self.bucket)
        except CloudError as problem:
            return problem

    @property
    def arn(self) -> str:
        """The bucket's."""
        return f"arn:{self.cloud.identity.partition}:s3:::{self.bucket.name}"

    @property
    def files(self) -> tuple[tuple[str, str], ...]:
        """How the names of the files begin and end that arrive and are told to it; all where that is not known."""
        arriving = [each for each in self.calls if any(event.startswith(CREATED[:-1]) for event in each.events)]
        if not self.calls:
            return (("", ""),)
        return tuple(dict.fromkeys((unquote_plus(each.prefix), unquote_plus(each.suffix)) for each in arriving))


def named(function: str) -> str:
    """A function's name, with its alias, from the ARN."""
    return function.split(":", 6)[6] if function.count(":") > 5 else function


# -- which files -----------------------------------------------------------------------------------------------


def filters(here: Situation) -> Iterator[Finding]:
    """Whether a file's name can begin and end so: S3 takes `*` and `?` for signs like others, and no name that people
    see begins with a slash (S3 User Guide, "Configuring event notifications using object key name filtering")."""
    for each in here.calls:
        start, end = unquote_plus(each.prefix), unquote_plus(each.suffix)
        why = mistaken(start, end, here.bucket.name)
        if why:
            yield Finding(
                f"filter:{each.id}", Grade.REFUSED,
                f"The notification {each.id} is for {each.files}, and no file is called so: {why}.", SEEN,
                "Give only the beginning (in/) or the end (.jpg) of the files' names. Where it stands, remove the "
                "notification and make it anew: the bucket's page, Properties, Event notifications.",
            )  # fmt: skip
        elif signs := unencoded(each.prefix + each.suffix):
            encoded = "…".join(quote_plus(unquote_plus(end), SAFE) for end in (each.prefix, each.suffix))
            yield Finding(
                f"filter:{each.id}", Grade.REFUSED,
                f"The notification {each.id} is written for {each.prefix}…{each.suffix}, and S3 tells of no such file: "
                f"it takes {signs} there.", SEEN, f"Write the filter as {encoded}.",
            )  # fmt: skip


def mistaken(start: str, end: str, bucket: str = "") -> str:
    """Why no file's name begins and ends so; "" if it can."""
    if wild := next((sign for sign in "*?" if sign in start + end), ""):
        return f"{wild} stands for itself in a filter, not for other characters"
    if start.startswith("/"):
        return "names in S3 begin without a slash"
    if start.startswith("s3://") or (bucket and start.startswith(f"arn:aws:s3:::{bucket}")):
        return "the bucket is no part of the name"
    return ""


def unencoded(filters: str) -> str:
    """Which signs stand in filters as people write them, and how S3 takes them; "" if all are as S3 keeps them (S3 User
    Guide, "Configuring event notifications using object key name filtering": what must be encoded, 2026-11)."""
    signs = dict.fromkeys(sign for sign in filters if not (sign.isascii() and sign.isalnum()) and sign not in ENCODED)
    return ", ".join(f"{'a space' if sign == ' ' else sign} as {quote_plus(sign)}" for sign in signs)


def ways_in(here: Situation) -> Iterator[Finding]:
    """Whether files count however they arrive: `Put` alone misses copies and what is sent in parts."""
    heard = {event for each in here.calls for event in each.events}
    if PUT in heard and CREATED not in heard and PARTS not in heard:
        yield Finding(
            f"only-put:{here.name}", Grade.CAUTION,
            f"Copies (CopyObject) and large uploads (CompleteMultipartUpload) do not run {here.name}: only files that "
            "are uploaded in one piece do.", f"{SEEN}: {PUT}", f"Let the notification be for {CREATED}.",
        )  # fmt: skip


# -- the role --------------------------------------------------------------------------------------------------


def role(here: Situation) -> Iterator[Finding]:
    """Whether the function can take its role on, without which it does not run at all."""
    yield from service_roles.taken_on(
        here.worker, f"role:{here.name}", needs="",
        again="Give the function another role. One made again under the same name is another one to Lambda until the "
        "function's settings are saved with it.",
    )  # fmt: skip


def reads(here: Situation) -> Iterator[Finding]:
    """Whether its role may read the files that run it. A function may do without; most do not."""
    found = here.worker.found
    if not isinstance(found, Role) or not here.files:
        return  # what is wrong with it is told by the rule about it
    needs = f"Allow its role {found.name} s3:GetObject on {here.arn}/*."
    also = here.policy
    if isinstance(also, CloudError):
        sentence = f"Whether {here.name} may read the files was not checked."
        yield Finding(f"reads:{here.name}", Grade.NOT_CHECKED, sentence, also.what)
        return
    for start, end in here.files:
        verdict = found.may("s3:GetObject", f"{here.arn}/{start}handrail-test{end}", also)
        files, id = f"{start}…{end}" if start or end else "all files", f"reads:{here.name}:{start}…{end}"
        no = verdict.answer is Answer.NOT_ALLOWED
        some = recursion.may("s3:GetObject", found, here.arn, start, end, also) if no else ""
        if verdict:
            yield Finding(id, Grade.PROVED, f"Its role {found.name} may read {files}.", "its policies, GetBucketPolicy")
        elif verdict.answer is Answer.UNTOLD:
            sentence = f"Whether {here.name} may read {files} cannot be told."
            yield Finding(id, Grade.NOT_CHECKED, sentence, open_questions(verdict))
        elif some:
            yield Finding(
                id, Grade.NOT_CHECKED, f"{here.name} may read some of {files}; whether all that come cannot be told.",
                some, needs,
            )  # fmt: skip
        else:
            why = "a statement denies it" if verdict.answer is Answer.FORBIDDEN else "no policy allows it"
            yield Finding(
                id, Grade.CAUTION, f"{here.name} runs, but its role {found.name} may not read {files} in "
                f"{here.bucket.name}: opening one is answered with AccessDenied.",
                f"s3:GetObject: {why}", needs,
            )  # fmt: skip


def key(here: Situation) -> Iterator[Finding]:
    """Whether its role may decrypt the files, where the bucket encrypts them with a key of the account's own."""
    if here.files:
        yield from service_roles.decrypts(
            here.worker, here.bucket, f"key:{here.name}", without=Grade.CAUTION,
            then="opening one is answered with AccessDenied",
        )  # fmt: skip


def fetches(here: Situation, queue: str, id: str) -> Iterator[Finding]:
    """Whether its role may fetch from a queue, which Lambda does with it (Lambda Developer Guide, "Using Lambda with
    Amazon SQS", 2026-11)."""
    found, id, name = here.worker.found, f"fetches:{here.name}:{id}", queue.rpartition(":")[2]
    if not isinstance(found, Role):
        return  # what is wrong with it is told by the rule about it
    region, sentence = queue.split(":")[3], f"Whether {here.name} may fetch from the queue {name} cannot be told."
    try:
        about = event_receivers.about(here.cloud, queue)
        if about is None:
            return
        asked = {each: found.may(each, queue, about.get("Policy") or {}) for each in FETCHING}
        key = about.get("KmsMasterKeyId") or ""
        seen = kms_keys.look(here.cloud, key, region, named=False) if key else None
        if seen and seen.whose is not Whose.AMAZONS:
            asked["kms:Decrypt"] = uses(here.cloud, found, seen, "kms:Decrypt", region, "sqs")
    except CloudError as problem:
        yield Finding(id, Grade.NOT_CHECKED, sentence, problem.what)
        return
    lacking = [each for each, verdict in asked.items() if not verdict and verdict.answer is not Answer.UNTOLD]
    untold = [verdict for verdict in asked.values() if verdict.answer is Answer.UNTOLD]
    if lacking:
        on = [seen.arn] if seen and "kms:Decrypt" in lacking else []
        on += [queue] if {*lacking} & {*FETCHING} else []
        yield Finding(
            id, Grade.REFUSED,
            f"{here.name} cannot fetch from the queue {name}: its role {found.name} may not {', '.join(lacking)}.",
            "its role's policies, the queue's, and its key's",
            f"Allow its role {found.name} that on {' and '.join(on)}.",
        )  # fmt: skip
    elif untold:
        yield Finding(id, Grade.NOT_CHECKED, sentence, open_questions(untold[0]))
    else:
        yield Finding(id, Grade.PROVED, f"{here.name} may fetch from the queue {name}.", "its role's policies")


def _bare(arn: str) -> str:
    return ":".join(arn.split(":")[:7])


def kept_by(here: Situation) -> Iterator[Finding]:
    """Who else keeps the function, and with it who may call it."""
    base = here.name.partition(":")[0]
    tags = lambda_functions.tags(here.cloud, here.function)
    yield from keepers.told(here.name, f"The function {base}", tags)


# -- itself ----------------------------------------------------------------------------------------------------


def ready(here: Situation) -> Iterator[Finding]:
    """Whether it is there, and runs when it is called."""
    name, by, id = here.name, "GetFunctionConfiguration", f"function:{here.name}"
    base = name.partition(":")[0]
    try:
        about = lambda_functions.configuration(here.cloud, here.function)
        off = about is not None and lambda_functions.switched_off(here.cloud, here.function)
        key, region = lambda_functions.variables_key(about or {}), here.cloud.identity.region
        locked = kms_keys.hindered(kms_keys.look(here.cloud, key, named=False), region) if key else None
    except CloudError as problem:
        yield Finding(id, Grade.NOT_CHECKED, f"Whether {name} runs was not checked.", problem.what)
        return
    if about is None:
        ids = ", ".join(each.id for each in here.calls)
        also = f", or remove the notification {ids}: it also keeps S3 from taking others" if ids else ""
        yield Finding(id, Grade.REFUSED, f"The function {name} does not exist any more.", by, f"Make it again{also}.")
    elif reason := lambda_functions.not_ready(about):
        coming = lambda_functions.coming(about)
        yield Finding(
            id, Grade.WAITING if coming else Grade.REFUSED, f"{name} is not ready{' yet' * coming}: {reason}.",
            by, "Wait a minute." if coming else "See its page on AWS.",
        )  # fmt: skip
    elif off:
        yield Finding(
            id, Grade.REFUSED, f"{base} never runs, because its reserved concurrency is 0.",
            "GetFunctionConcurrency",
            f"Let it run again: {shell.aws('lambda', 'delete-function-concurrency', function_name=base)}",
        ).mended_by(repairs.run_again(here.function))  # fmt: skip
    elif locked:
        yield Finding(
            id, locked.grade,
            f"{name} does not begin: its variables are encrypted with the key {key}. {locked.sentence}",
            locked.evidence, f"{locked.remedy} Or give the function's variables another key.",
        )  # fmt: skip
    elif (reason := lambda_functions.unfinished(about)) and about.get("LastUpdateStatus") == "Failed":
        yield Finding(
            id, Grade.CAUTION, f"{name} runs as it was before its last change, which failed: {reason}.",
            f"{by}: LastUpdateStatus", "Make that change again.",
        )  # fmt: skip
    else:
        yield Finding(id, Grade.PROVED, f"{name} is there and ready.", by)


def itself(here: Situation) -> Iterator[Finding]:
    """Whether it could start itself: its role may write what it is called for. Its code cannot be read."""
    if not here.calls or not here.files:
        return
    name, bucket, signs, unseen = here.name, here.bucket.name, dict[str, None](), ""
    id, found = f"recursion:{name}", here.worker.found
    about = ", ".join(f"{start}…{end}" if start or end else "all files" for start, end in here.files)
    if found is None:
        return  # it does not run at all
    try:
        also = here.policy
        if isinstance(found, CloudError):
            raise found
        if isinstance(also, CloudError):
            raise also
        for start, end in here.files:
            if by := recursion.may("s3:PutObject", found, here.arn, start, end, also):
                signs[f"its role lets it ({by})"] = None
        if (signs or here.planned) and (variables := lambda_functions.naming(here.cloud, _bare(here.function), bucket)):
            signs[f"its environment names the bucket ({', '.join(variables)})"] = None
    except CloudError as problem:
        unseen = problem.what
    way_out = (
        "AWS stops such loops after about 16 rounds, but not in every case. Let it write under another folder or, "
        "safest, into another bucket."
    )
    if signs:
        yield Finding(
            id, Grade.CAUTION,
            f"{name} may write {about} in {bucket}: {' and '.join(signs)}. If it does, it starts itself again and "
            "again, and that costs money.", "its role and its environment", way_out,
        )  # fmt: skip
    elif unseen:
        yield Finding(
            id, Grade.NOT_CHECKED, f"Whether {name} may write into {bucket} was not checked.", unseen,
            "If it does, it must be under another folder, or it starts itself again and again.", aside=True,
        )  # fmt: skip
    else:
        yield Finding(
            id, Grade.PREDICTED, f"{name} does not start itself: its role may not write {about} here.",
            "its role",
        )  # fmt: skip
