"""Rules of others in EventBridge that hear of a bucket's files, by S3's own events or by what a trail records.

A rule hears unless its pattern keeps that out: a field that it does not name lets everything through, and what is no
plain word in it, such as a prefix, may. Sources: EventBridge User Guide, "Creating event patterns" and "Amazon S3
object event notifications"; CloudTrail User Guide, "Logging data events", all 2026-11.
"""

from __future__ import annotations

from flows.engine import RUN, Call, Others, join

from . import edits

RULE = join("handrail-", RUN)
"""The name of a run's own rule. Nobody else can have it, because putting a rule overwrites one of the same name."""
BY_TRAIL = "AWS API Call via CloudTrail"
"""The kind of event that EventBridge makes of what a trail records."""


def to_bucket(bucket: str) -> Others:
    """Rules that hear of a bucket's files by S3's own events."""
    return _rules(
        _lets("resources", f"ends_with(@, ':::{bucket}')"),
        _lets('"detail-type"', "starts_with(@, 'Object ')"),
        _lets("detail.bucket.name", f"@=='{bucket}'"),
        _lacks("detail.eventName"),
        what="Rules of others hear of its files by them",
    )


def by_trail(arn: str) -> Others:
    """Rules that hear of what is done to one file, given by its ARN, from what a trail records of it."""
    bucket, _, key = arn.rpartition(":")[2].partition("/")
    return _rules(
        _lacks("resources"),
        _lets('"detail-type"', f"@=='{BY_TRAIL}'"),
        _lets("detail.eventSource", "@=='s3.amazonaws.com'"),
        _lets("detail.eventName", "contains(@, 'Object') || contains(@, 'Upload')"),
        _lets("detail.requestParameters.bucketName", f"@=='{bucket}'"),
        _lets("detail.requestParameters.key", f"@=={edits.literal(key)}"),
        _lacks("detail.bucket.name"),
        what="Rules of others hear of that file by it",
    )


def _rules(*lets: str, what: str) -> Others:
    every = " && ".join((_lets("source", "@=='aws.s3'"), *lets))
    heard = f"Rules[?EventPattern].{{rule: Name, wanted: json(EventPattern)}} | [?{every}]"
    return Others(Call("events.ListRules"), join(heard, " | [?rule!='", RULE, "'].rule"), what)


def _lets(field: str, word: str) -> str:
    """JMESPath, true of a pattern that may let this field of an event through; `word` is true of a plain word that
    does."""
    return f"(!(wanted.{field}) || wanted.{field}[?type(@)!='string' || {word}])"


def _lacks(field: str) -> str:
    """JMESPath, true of a pattern that lets an event without this field through."""
    return f"(!(wanted.{field}) || wanted.{field}[?exists==`false`])"
