"""Before a bucket calls a function: would S3 take it, does everybody else keep theirs, could it start itself?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flows.aws import buckets, lambda_functions, notifications
from flows.aws.notifications import CREATED, LIMIT, SEEN, Notification
from flows.engine import Caution, Cloud, CloudError, Finding
from flows.engine.findings import broken, likely, proved, unknown

from . import recursion


def before(flow: Any, one: Notification, bucket_arn: str) -> Iterator[Finding | Caution]:
    """Everything that could stand in the way; all of it only reads."""
    standing = notifications.standing(flow.cloud, flow.bucket.name)
    yield room(standing, one, flow.bucket.name)
    yield from kept(standing, notifications.bridged(flow.cloud, flow.bucket.name), flow.bucket.name)
    yield from notifications.receivers(flow.cloud, standing, bucket_arn)
    if any(each.startswith(CREATED[:-1]) for each in one.events):
        yield from loop(flow, one, bucket_arn)
    yield from encryption(flow.cloud, flow.bucket, flow.function)


def room(standing: list[Notification], one: Notification, bucket: str) -> Finding:
    """Whether S3 has a place for one more, and for this one."""
    if len(standing) >= LIMIT:
        return broken(
            "overlap", f"{bucket} has {len(standing)} notifications; S3 takes at most {LIMIT}.", SEEN,
            "Remove some, or switch EventBridge on for the bucket, which has no such limit.",
        )  # fmt: skip
    for other in standing:
        if not other.meets(one):
            continue
        if other.arn == one.arn:
            return broken(
                "overlap",
                f"{bucket} calls {one.receiver} for {other.files} already ({', '.join(other.events)}).", SEEN,
                "Nothing needs to be done; or choose files that are not among these.",
            )  # fmt: skip
        return broken(
            "overlap",
            f"{_capital(other.receiver)} already gets {', '.join(other.events)} for {other.files}, and that overlaps "
            f"with {one.files}. S3 allows only one receiver there.", SEEN,
            "Narrow the folder (prefix) or the kind of file (suffix) so that no file is meant by both, or switch "
            "EventBridge on for the bucket, which takes many receivers.",
        )  # fmt: skip
    return proved("overlap", f"Nothing else is called for {one.files} and these events.", SEEN)


def kept(standing: list[Notification], bridged: bool, bucket: str) -> Iterator[Finding]:
    """Who is notified already, if anybody is."""
    told = [f"{each.receiver} ({each.files})" for each in standing]
    told += ["EventBridge (all files)"] if bridged else []
    if told:
        more = f" and {len(told) - 5} more" if len(told) > 5 else ""
        sentence = f"{bucket} already notifies {', '.join(told[:5])}{more}; that stays exactly as it is."
        yield proved("others", sentence, SEEN)


def loop(flow: Any, one: Notification, bucket_arn: str) -> Iterator[Finding | Caution]:
    """Whether the function could start itself."""
    name, bucket = flow.function.name, flow.bucket.name
    if flow.output:
        yield unknown(
            "recursion", f"You say that {name} writes to {flow.output}; its code was not read.", "your answer"
        )
        return
    signs, unseen = [], ""
    try:
        if policy := recursion.may_write(flow.cloud, flow.function.role, bucket_arn, flow.prefix, flow.suffix):
            signs.append(f"its role lets it (policy {policy})")
        if variables := lambda_functions.naming(flow.cloud, flow.function.arn, bucket):
            signs.append(f"its environment names the bucket ({', '.join(variables)})")
    except CloudError as problem:
        unseen = problem.what
    if signs:
        yield Caution(
            "recursion",
            f"{name} may write {one.files} in {bucket}: {' and '.join(signs)}. If it does, it starts itself again and "
            "again, and that costs money. AWS stops such loops after about 16 rounds, but not in every case. Let it "
            "write under another folder or, safest, into another bucket.",
        )
    elif unseen:
        yield unknown(
            "recursion", f"Whether {name} may write into {bucket} was not checked.", unseen,
            "If it does, it must be under another folder, or it starts itself again and again.",
        )  # fmt: skip
    else:
        yield likely("recursion", f"{name} does not start itself: its role may not write {one.files} here.", "its role")


def encryption(cloud: Cloud, bucket: buckets.Bucket, function: lambda_functions.Function) -> Iterable[Finding]:
    try:
        key = buckets.encryption_key(cloud, bucket)
    except CloudError:
        key = None
    if key is None:
        yield unknown("key", f"How {bucket.name} encrypts its files was not checked.", "GetBucketEncryption")
    elif key:
        yield likely(
            "key", f"The files are encrypted with {key}; the role of {function.name} needs kms:Decrypt for it.",
            "GetBucketEncryption", "Without that the function cannot read them, and AccessDenied is in its log.",
        )  # fmt: skip


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
