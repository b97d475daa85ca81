"""What lets a bucket's files come to their function again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flows.aws import buckets, event_rules, keepers, lambda_functions, notifications, pipeline_triggers
from flows.aws.buckets import Bucket
from flows.aws.function_callers import Way
from flows.aws.notifications import Notification
from flows.engine import Cloud
from flows.engine.flow import Mend
from flows.engine.repair import Part, admits, redirects

BEYOND = {
    "bucket": "Only you know the right bucket.",
    "notification": "Only you know which files are meant: the set-up asks for them.",
    "filter": "Only you know which files are meant: the set-up asks for them.",
    "only-put": "The notification is somebody else's.",
    "function": "The function's code and settings are for whoever writes it.",
    "role": "What a function may do is for whoever keeps its role.",
    "fetches": "What a function may do is for whoever keeps its role.",
    "reads": "What a function may do is for whoever keeps its role.",
    "key": "What a function may do is for whoever keeps its role and the key.",
    "recursion": "Where a function writes is in its code.",
    "other": "That notification is somebody else's, and its receiver theirs to mend.",
    "twice": "Only you know which of the two ways is meant.",
    "way": "What stands between them is somebody else's.",
}
"""What is left to people, by the rule that finds it. Some of it can be mended in other cases."""


def let_call(function: str, service: str, source: str, account: str) -> Mend:
    """Let a service call the function for one thing."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from _kept(cloud, function)
        yield lambda_functions.let_call(function, service, source, account)
        yield admits(f"{service} may call {_name(function)} for {source} then.")

    return mend


def run_again(function: str) -> Mend:
    """Take away the concurrency of 0, with which it never runs."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from _kept(cloud, function)
        yield lambda_functions.let_run(_name(function).partition(":")[0])
        yield redirects(f"{_name(function)} runs then, for everything that calls it, and each call is paid.")

    return mend


def mended_way(way: Way, bucket: Bucket) -> Mend | None:
    """Switch on what is switched off between the bucket and its function."""
    what, _, which = way.cure.partition("/")
    if not what:
        return None

    def mend(cloud: Cloud) -> Iterator[Part]:
        if what == "bridge":
            yield from keepers.agreed(f"The bucket {bucket.name}", buckets.tags(cloud, bucket))
            yield from pipeline_triggers.tell(cloud, bucket.name)
        elif what == "rule":
            yield from keepers.agreed(f"The rule {which}", event_rules.tags(cloud, which))
            yield event_rules.switch_on(which)
        else:
            yield from _kept(cloud, way.function)
            yield lambda_functions.fetch(which, way.via)
        yield redirects(f"Files of {bucket.name} run {_name(way.function)} by {way.via} then.")

    return mend


def without(bucket: Bucket, dead: Notification) -> Mend:
    """Take out the notification of a receiver that cannot be notified: it hinders every change of the others."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from keepers.agreed(f"The bucket {bucket.name}", buckets.tags(cloud, bucket))
        yield notifications.without(cloud, bucket.name, dead)
        yield redirects(f"{bucket.name} no longer tries to notify {dead.receiver} ({dead.files}) then.")

    return mend


def _kept(cloud: Cloud, function: str) -> Iterator[Part]:
    tags: dict[str, Any] = lambda_functions.tags(cloud, function)
    yield from keepers.agreed(f"The function {_name(function)}", tags)


def _name(function: str) -> str:
    return function.split(":", 6)[6] if function.count(":") > 5 else function
