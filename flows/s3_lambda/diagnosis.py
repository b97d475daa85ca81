"""Why a bucket calls its function or does not, whoever set it up, and on whichever way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from flows.aws import (
    bucket_creation,
    buckets,
    event_receivers,
    function_callers,
    keepers,
    lambda_functions,
    notifications,
)
from flows.aws.buckets import Bucket
from flows.aws.function_callers import Way
from flows.aws.notifications import SEEN, Notification
from flows.engine import Cloud, CloudError, Finding, Grade, Refused, shell
from flows.engine.findings import broken, likely, proved, unknown
from flows.policies import Answer

from . import repairs, rules
from .rules import Situation

Rule = Callable[[Situation], Iterator[Finding]]
RULES: tuple[Rule, ...] = (
    rules.ready,
    rules.filters,
    rules.ways_in,
    rules.role,
    rules.reads,
    rules.key,
    rules.itself,
    rules.kept_by,
)
"""In the order in which they are told; those after the first are about a function that exists."""


def diagnose(cloud: Cloud, bucket: str, function: str = "") -> Iterator[Finding]:
    """Whether a bucket calls its functions, or one of them. Raises CloudError if the bucket cannot be read at all."""
    try:
        there = bucket_creation.standing(cloud, bucket)
    except Refused as refused:
        yield broken("bucket", refused.what, "HeadBucket", refused.remedy)
        return
    if there is None:
        yield broken("bucket", f"There is no bucket {bucket}.", "HeadBucket", "Check the name and the account.")
        return
    standing = notifications.standing(cloud, bucket)
    name = short(function)
    meant = [each for each in standing if ":lambda:" in each.arn and (not name or short(each.arn) == name)]
    ways, unseen = other_ways(cloud, bucket, standing, name)
    if not meant and not ways:
        yield _nothing(cloud, bucket, name, standing, unseen)
    for arn in dict.fromkeys([*(each.arn for each in meant), *(way.function for way in ways)]):
        straight = [each for each in meant if each.arn == arn]
        around = [way for way in ways if way.function == arn]
        yield from about(cloud, there, arn, straight, around)
    yield from _twice(bucket, meant, ways)
    yield from keepers.told(f"bucket/{bucket}", f"The bucket {bucket}", buckets.tags(cloud, there))
    if unseen and meant:
        yield unknown(
            "other-ways", "Whether rules, topics or queues call it besides was not found out.", unseen, aside=True
        )
    for each in standing:
        if each not in meant:
            yield from _other(cloud, there, each)


def short(function: str) -> str:
    """A function's bare name, from its name or ARN with or without an alias."""
    found = lambda_functions.ARN.fullmatch(function)
    if found:
        return str(found.group(3))
    return function.split(":")[6] if function.count(":") > 5 else function.partition(":")[0]


def other_ways(cloud: Cloud, bucket: str, standing: list[Notification], name: str) -> tuple[list[Way], str]:
    """How else the bucket's files come to a function, or to any; and why that could not be seen."""
    try:
        bridged = notifications.bridged(cloud, bucket)
        found = list(function_callers.ways(cloud, bucket, standing, bridged=bridged))
    except CloudError as problem:
        return [], problem.what
    return [way for way in found if way.function and (not name or short(way.function) == name)], ""


def about(cloud: Cloud, bucket: Bucket, arn: str, straight: list[Notification], around: list[Way]) -> Iterator[Finding]:
    """A function that files of a bucket run, by whatever way."""
    here = Situation(cloud, bucket, arn, "", tuple(straight), planned=False)
    for each in straight:
        sentence = f"The bucket calls {here.name} for {each.files} on {', '.join(each.events)}."
        yield proved(f"notification:{each.id}", sentence, SEEN)
    for way in around:
        yield _way(bucket, here.name, way)
    if (owner := arn.split(":")[4]) != cloud.identity.account:  # AWS may answer "not there" to others
        sentence = f"Whether {here.name} runs, and who may call it, is not seen from here."
        yield unknown(f"function:{here.name}", sentence, f"it belongs to the account {owner}")
        return
    yield from rules.ready(here)
    try:
        config = lambda_functions.configuration(cloud, arn)
        if config is None:
            return
        may = lambda_functions.statements(cloud, arn)
    except CloudError as problem:
        yield unknown(f"permission:{here.name}", f"Who may call {here.name} could not be read.", problem.what)
        return
    here = replace(here, role=str(config.get("Role") or ""))
    if straight:
        yield _allowed(here, may)
    for way in around:
        yield from _way_allowed(here, way, may)
    for rule in RULES[1:]:
        yield from rule(here)


def _nothing(cloud: Cloud, bucket: str, name: str, standing: list[Notification], unseen: str) -> Finding:
    told, known = set[str](), {"function": name} if name else {}
    again = shell.handrail("run", "s3_lambda", bucket=bucket, **known)
    if not unseen:
        try:
            bridged = notifications.bridged(cloud, bucket)
            told = set(function_callers.handing_on(cloud, bucket, standing, bridged=bridged))
        except CloudError as problem:
            unseen = problem.what
    if told:
        who, hear = _capital(" and ".join(sorted(told))), "hear" if len(told) > 1 else "hears"
        return unknown(
            "notification", f"{bucket} calls {name or 'no function'} neither straight nor by a rule, topic or queue. "
            f"{who} {hear} of its files, and what is called from there is not seen.", f"{SEEN}, ListRules",
            f"If nothing is, set it up: {again}",
        )  # fmt: skip
    if unseen:
        return unknown(
            "notification", f"{bucket} does not call {name or 'any function'} straight; whether rules, topics or "
            "queues do was not found out.", unseen,
        )  # fmt: skip
    return broken(
        "notification", f"{bucket} calls {name or 'no function'}{' for no file' if name else ''}.",
        f"{SEEN}, ListRules", f"Set it up: {again}",
    )  # fmt: skip


def _way(bucket: Bucket, name: str, way: Way) -> Finding:
    """Whether the files come to the function on a way that is not straight."""
    id = f"way:{name}:{way.id}"
    if way.trouble:
        return broken(
            id, f"{name} is called for files of {bucket.name} by {way.via}, but {way.trouble}.", "ListRules", way.remedy
        ).mended_by(repairs.mended_way(way, bucket))
    if way.recorded:
        return unknown(
            id, f"{name} is called for files of {bucket.name} by {way.via}, which hears only what a trail records of "
            "them.",
            "whether one does was not looked at", "See the trails of CloudTrail: data events of the bucket.",
        )  # fmt: skip
    if way.unseen:
        sentence = f"Whether {name} is called for files of {bucket.name} by {way.via} cannot be told."
        return unknown(id, sentence, way.unseen)
    return proved(id, f"{name} is called for files of {bucket.name} by {way.via}.", f"{SEEN}, ListRules")


def _way_allowed(here: Situation, way: Way, may: list[dict[str, Any]]) -> Iterator[Finding]:
    if way.queue and not way.trouble:
        yield from rules.fetches(here, way.queue, way.id)
    if not way.by or way.trouble:
        return
    verdict = lambda_functions.may_call(may, way.by, here.function, way.source, here.cloud.identity.account)
    id = f"permission:{here.name}:{way.id}"
    if verdict.answer is Answer.UNTOLD:
        yield unknown(id, f"Whether {way.via} may call {here.name} cannot be told.", ", ".join(verdict.unknown))
    elif not verdict and way.role:
        sentence = f"Whether {way.via} may call {here.name} with the role {way.role} cannot be told."
        yield unknown(id, sentence, "what that role may do was not looked at", "It needs lambda:InvokeFunction.")
    elif not verdict:
        yield broken(
            id, f"{_capital(way.via)} may not call {here.name}, so its events are lost.", "GetPolicy",
            f"Allow it: {_allow(here.function, may, way.by, way.source, '')}",
        ).mended_by(repairs.let_call(here.function, way.by, way.source, ""))  # fmt: skip
    else:
        yield proved(id, f"{_capital(way.via)} may call {here.name}.", "GetPolicy")


def _allowed(here: Situation, may: list[dict[str, Any]]) -> Finding:
    arn, account, name = here.function, here.cloud.identity.account, here.name
    id = f"permission:{name}"
    verdict = lambda_functions.may_call(may, lambda_functions.S3, arn, here.arn, account)
    if verdict.answer is Answer.UNTOLD:
        return unknown(id, f"Whether S3 may call {name} cannot be told.", ", ".join(verdict.unknown))
    if not verdict:
        return broken(
            id, f"S3 may not call {name} for this bucket, so its events are lost.", "GetPolicy",
            f"Allow it: {_allow(arn, may, lambda_functions.S3, here.arn, account)}",
        ).mended_by(repairs.let_call(arn, lambda_functions.S3, here.arn, account))  # fmt: skip
    if not any(lambda_functions.names_the_account(each) for each in verdict.statements):
        return likely(
            id, f"S3 may call {name}, but the permission does not name this account.", "GetPolicy",
            "If the bucket is ever deleted, a stranger who takes its name could call the function. Add the permission "
            f"again with --source-account {account}.",
        )  # fmt: skip
    return proved(id, f"S3 may call {name}, for this bucket of this account only.", "GetPolicy")


def _allow(arn: str, may: list[dict[str, Any]], service: str, source: str, account: str) -> str:
    """The command that lets a service call a function, under an id that no statement there has."""
    base, _, alias = rules.named(arn).partition(":")
    taken, stem = {each.get("Sid") for each in may}, service.partition(".")[0]
    id = next(each for each in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if each not in taken)
    which = {"function_name": base, **({"qualifier": alias} if alias else {})}
    for_ = {"principal": service, "source_arn": source, **({"source_account": account} if account else {})}
    return shell.aws("lambda", "add-permission", **which, statement_id=id, action="lambda:InvokeFunction", **for_)


def _twice(bucket: str, meant: list[Notification], ways: list[Way]) -> Iterator[Finding]:
    """Whether one file runs a function more than once."""
    for name in dict.fromkeys(short(each.arn) for each in meant):
        beside = [way for way in ways if short(way.function) == name and not way.trouble]
        if beside:
            yield Finding(
                f"twice:{name}", Grade.CAUTION,
                f"{name} is called for files of {bucket} straight, and by {', '.join(way.via for way in beside)} as "
                "well: a file that both hear of runs it twice.", f"{SEEN}, ListRules", "Take one of them away.",
            )  # fmt: skip


def _other(cloud: Cloud, bucket: Bucket, each: Notification) -> Iterator[Finding]:
    """Whether somebody else who is notified still can be. The functions are called all the same, but S3 takes no change
    (Amazon S3 API Reference, PutBucketNotificationConfiguration, 2026-11)."""
    id, bucket_arn = f"other:{each.id}", f"arn:{cloud.identity.partition}:s3:::{bucket.name}"
    try:
        why = notifications.trouble(cloud, bucket_arn, each.arn)
    except CloudError as problem:
        yield unknown(id, f"Whether {each.receiver} can still be notified was not checked.", problem.what, aside=True)
        return
    if why:
        yield Finding(
            id, Grade.CAUTION,
            f"The bucket also notifies {each.receiver} ({each.files}), but {why}.", SEEN,
            f"Remove the notification {each.id}, or bring its receiver back: S3 refuses every change meanwhile.",
        ).mended_by(repairs.without(bucket, each) if why == event_receivers.GONE else None)  # fmt: skip


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
