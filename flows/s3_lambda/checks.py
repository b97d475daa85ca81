"""Before a bucket calls a function: would S3 take it, does everybody else keep theirs, could it start itself?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flows.aws import buckets, keepers, lambda_functions, notifications
from flows.aws.notifications import LIMIT, SEEN, Notification
from flows.engine import Caution, Danger, Finding, Grade
from flows.engine.findings import broken, proved, unknown

from . import diagnosis, rules
from .rules import Situation

Rule = Callable[[Situation], Iterator[Finding]]
RULES: tuple[Rule, ...] = (rules.filters, rules.ways_in, rules.role, rules.reads, rules.key, rules.itself)
SAID = {"only-put"}
"""What the question for it said already."""


def before(flow: Any, one: Notification, bucket_arn: str) -> Iterator[Finding | Caution]:
    """Everything that could stand in the way; all of it only reads."""
    standing = notifications.standing(flow.cloud, flow.bucket.name)
    yield room(standing, one, flow.bucket.name)
    yield from kept(standing, notifications.bridged(flow.cloud, flow.bucket.name), flow.bucket.name)
    yield from notifications.receivers(flow.cloud, standing, bucket_arn)
    yield from besides(flow, standing)
    yield from keepers.beforehand(f"The bucket {flow.bucket.name}", buckets.tags(flow.cloud, flow.bucket), "bucket")
    tags = lambda_functions.tags(flow.cloud, flow.function.arn)
    yield from keepers.beforehand(f"The function {flow.function.name}", tags, "function")
    here = Situation(flow.cloud, flow.bucket, one.arn, flow.function.role, (one,), planned=True)
    for rule in RULES:
        if rule is rules.itself and flow.output:
            yield unknown(
                "recursion", f"You say that {flow.function.name} writes to {flow.output}; its code was not read.",
                "your answer",
            )  # fmt: skip
            continue
        for found in rule(here):
            name = found.id.partition(":")[0]
            if found.grade is not Grade.CAUTION:
                yield found
            elif name == "recursion":
                yield Caution("recursion", f"{found.sentence} {found.remedy}", confirm=True, danger=Danger.COSTS)
            elif name not in SAID:
                yield Caution(name, f"{found.sentence} {found.remedy}")


def besides(flow: Any, standing: list[Notification]) -> Iterator[Finding | Caution]:
    """Whether the function is called for the bucket's files already, on another way than straight."""
    name, bucket = flow.function.name, flow.bucket.name
    ways, unseen = diagnosis.other_ways(flow.cloud, bucket, standing, name)
    ways = [way for way in ways if not way.trouble]
    if unseen:
        yield unknown(
            "twice", f"Whether rules, topics or queues call {name} for files of {bucket} was not found out.", unseen
        )
    elif ways:
        yield Caution(
            "twice",
            f"{name} is called for files of {bucket} already, by {', '.join(way.via for way in ways)}: a file that "
            "both hear of would run it twice.",
        )


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
            calls = f"{bucket} calls {one.receiver} for {other.files} already ({', '.join(other.events)})"
            if other.covers(one):
                remedy = "Nothing needs to be done; or choose files that are not among these."
                return broken("overlap", f"{calls}.", SEEN, remedy)
            return broken(
                "overlap", f"{calls}, which is less than {one.files} ({', '.join(one.events)}), and S3 takes no second "
                "one that overlaps with it.", SEEN,
                f"Widen the notification {other.id} on the bucket's page (Properties, Event notifications), or remove "
                "it and come back; or choose files that are not among these.",
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


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
