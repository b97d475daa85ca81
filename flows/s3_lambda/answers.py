"""What an answer about a bucket that calls a function must be, and what is worth saying about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from flows.aws import bucket_creation, buckets, lambda_functions
from flows.aws.buckets import Bucket
from flows.aws.notifications import CREATED, EVENTS
from flows.engine import Caution, CloudError, Option, Refused, shell
from flows.engine.listing import is_sought, seeking

from . import rules

SHORT = {"created": CREATED, "removed": "s3:ObjectRemoved:*", "restored": "s3:ObjectRestore:Completed"}
WHOLE_KEY = 1024
"""Bytes of a file's name, its folders included (S3 User Guide, "Naming Amazon S3 objects", 2026-10)."""


# -- the bucket ------------------------------------------------------------------------------------------------


def buckets_here(flow: Any) -> Iterator[Option[Bucket]]:
    """The account's buckets in the region of the functions: S3 calls no others."""
    region = flow.cloud.identity.region
    for number, (name, told) in enumerate(buckets.every(flow.cloud)):
        ask = number < buckets.LOOKED_INTO or is_sought(name)
        where = told or (_region(flow, name) if ask else "")
        if where == region or not (where or ask):
            yield Option(name, Bucket(name, region), name, where)


def bucket(text: str, flow: Any) -> str:
    """The name of a bucket in any form, as the list has it. Raises Refused when it cannot call a function here."""
    name = re.sub(r"^(s3://|arn:[a-z-]+:s3:::)", "", text).partition("/")[0]
    region = flow.cloud.identity.region
    with seeking((name,)):
        here = any(option.key == name for option in buckets_here(flow))
    if here:
        return name
    there = bucket_creation.standing(flow.cloud, name)
    if there is None:
        raise Refused(
            f"There is no bucket {name}.", remedy="Choose one that exists, or make one first: aws s3 mb s3://NAME."
        )
    if there.region != region:
        raise Refused(
            f"The bucket {name} is in {there.region}, the functions are looked for in {region}. S3 can call only "
            "functions of its own region.",
            remedy=f"Begin again with --region {there.region}, or choose a bucket in {region}.",
        )
    raise Refused(f"The bucket {name} belongs to another account.", remedy="Only its owner can set up what it calls.")


def _region(flow: Any, name: str) -> str:
    try:
        there = bucket_creation.standing(flow.cloud, name)
    except (CloudError, Refused):
        return ""
    return there.region if there else ""


# -- the function ----------------------------------------------------------------------------------------------


def function(text: str, flow: Any) -> str:
    """The name of a function in any form, as the list has it. Raises Refused when the bucket cannot call it."""
    found = lambda_functions.ARN.fullmatch(text)
    if not found:
        name, colon, alias = text.partition(":")
        region, account = flow.bucket.region, flow.cloud.identity.account
        if not colon:
            return text
    else:
        region, account, name, alias = found.groups()
    if region != flow.bucket.region:
        raise Refused(
            f"The bucket is in {flow.bucket.region}, the function in {region}. S3 can call only functions of its own "
            "region.",
            remedy="Choose a function there, or a bucket in the function's region.",
        )
    if account != flow.cloud.identity.account:
        raise Refused(
            f"The function {name} belongs to the account {account}.",
            remedy=f"Choose a function of this account, {flow.cloud.identity.account}.",
        )
    if alias and alias != "$LATEST":
        raise Refused(
            f"“{text}” names the alias or version {alias}.",
            remedy=f"Answer function with {name} and alias with {alias}.",
        )
    return str(name)


def ready(one: lambda_functions.Function, flow: Any) -> Iterator[Caution]:
    """Whether it runs at all."""
    try:
        about = lambda_functions.configuration(flow.cloud, one.arn)
        off = about is not None and lambda_functions.switched_off(flow.cloud, one.arn)
    except CloudError as problem:
        yield Caution("function-unseen", f"Whether {one.name} is ready was not checked. {problem.what}")
        return
    if about is None:
        raise Refused(f"The function {one.name} has just been deleted.", remedy="Choose another.")
    if reason := lambda_functions.not_ready(about) or lambda_functions.unfinished(about):
        yield Caution("function-not-ready", f"The function is not ready: {reason}.")
    if off:
        yield Caution(
            "function-off",
            f"{one.name} never runs, because its reserved concurrency is 0. Events are tried for hours, then lost: "
            + shell.aws("lambda", "delete-function-concurrency", function_name=one.name),
        )


# -- when ------------------------------------------------------------------------------------------------------


def event(text: str, flow: Any) -> str:
    """An event by its full name, without the “s3:”, or by one word."""
    name = SHORT.get(text.lower(), text)
    for each in (name, f"s3:{name}", f"{name}:*", f"s3:{name}:*"):
        if each in EVENTS:
            return each
    return name


def events(chosen: tuple[str, ...], flow: Any) -> Iterator[Caution]:
    """Whether S3 takes them together. Raises Refused."""
    for one in chosen:
        for other in chosen:
            if one != other and fnmatchcase(other, one):
                raise Refused(f"{other} is part of {one}.", remedy="Choose only one of the two.")
    if chosen == ("s3:ObjectCreated:Put",):
        yield Caution(
            "only-put",
            "Copies (CopyObject) and large uploads (CompleteMultipartUpload) will not be noticed. "
            f"{CREATED} notices all.",
            switch=CREATED,
        )
    if "s3:ObjectRemoved:Delete" in chosen and "s3:ObjectRemoved:DeleteMarkerCreated" not in chosen:
        yield Caution(
            "only-delete",
            "In a bucket that keeps versions an ordinary delete only sets a marker, which will not be noticed. "
            "s3:ObjectRemoved:* notices both.",
        )


def prefix(text: str) -> str:
    """The beginning of a file's name. Raises Refused."""
    if why := rules.mistaken(text, ""):
        raise Refused(
            f"“{text}” cannot be the beginning of a file's name: {why}.",
            remedy="Give the beginning of the name, for example in/ for a folder. Empty means every file.",
            suggestion="" if rules.mistaken(better := _bare(text), "") else better,
        )
    return _short(text)


def _bare(text: str) -> str:
    """What somebody meant who wrote a path or a pattern: of a path without a dot a folder, for “in” fits index.html."""
    better = text.lstrip("/").rstrip("*")
    folder = text.startswith("/") and better == text.lstrip("/") and not better.endswith("/") and "." not in better
    return f"{better}/" if folder and better else better


def suffix(text: str) -> str:
    """The end of a file's name. Raises Refused."""
    if why := rules.mistaken("", text):
        raise Refused(
            f"“{text}” cannot be the end of a file's name: {why}.",
            remedy="Give only the end of the name, for example .csv. Empty means every kind.",
            suggestion="" if rules.mistaken("", better := text.lstrip("*")) else better,
        )
    return _short(text)


def whole_bucket(start: str, flow: Any) -> Iterator[Caution]:
    if not start and any(fnmatchcase(CREATED, each) or each.startswith(CREATED[:-1]) for each in flow.events):
        yield Caution(
            "whole-bucket",
            f"Files in every folder of {flow.bucket.name} count. If {flow.function.name} writes into this bucket, it "
            "starts itself again and again. A folder of its own, for example in/, is safest.",
            switch="in/",
        )
    if start.rpartition("/")[2].isalnum():
        yield Caution(
            "no-folder",
            f"“{start}” is no folder: a file {start}-old.csv counts, too, by its beginning. The folder is {start}/.",
            switch=f"{start}/",
        )


def capitals(end: str, flow: Any) -> Iterator[Caution]:
    if len((flow.prefix + end).encode()) > WHOLE_KEY:
        raise Refused(f"The name of a file has at most {WHOLE_KEY} bytes.", remedy="Give less of it.")
    if end.isalnum():
        told = f"“{end}” has no dot: a file called my{end} counts, too. What ends in a kind of file is .{end}."
        yield Caution("no-dot", told, switch=f".{end}")
    if any(c.isalpha() for c in end):
        other = end.upper() if end != end.upper() else end.lower()
        yield Caution("capitals", f"Capital letters count: {other} is something else than {end}.")


def output(folder: str, flow: Any) -> None:
    """Where the function writes. Raises Refused when it would start itself there."""
    if folder and (folder.startswith(flow.prefix) or flow.prefix.startswith(folder)):
        raise Refused(
            f"{flow.function.name} would start itself again and again and cost money without end: what it writes to "
            f"{folder} begins like what starts it, {flow.prefix or 'every file'}.",
            remedy="Choose another folder for one of them, or another bucket.",
        )


def _short(text: str) -> str:
    if len(text.encode()) > WHOLE_KEY:
        raise Refused(f"It has {len(text.encode())} bytes.", remedy=f"A file's name has at most {WHOLE_KEY}.")
    return text
