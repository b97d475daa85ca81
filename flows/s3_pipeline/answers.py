"""What an answer about a file that starts a pipeline must be, and what is worth saying about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from flows.aws import (
    bucket_creation,
    buckets,
    cloudtrail,
    codepipeline,
    event_patterns,
    file_events,
    notifications,
    pipeline_sources,
    pipeline_triggers,
)
from flows.engine import Caution, CloudError, Danger, Option, Refused, shell

PIPELINE = re.compile(r"[A-Za-z0-9.@_-]{1,100}")
WHOLE_KEY = 1024
FILES = 50
"""That are listed to pick from."""


def pipeline_name(text: str) -> str:
    if not PIPELINE.fullmatch(text):
        raise Refused(
            f"“{text}” cannot be a pipeline's name.",
            remedy="A name has 1 to 100 letters, digits and . @ _ -, for example shop-front.",
        )
    return text


def usual_pipeline(flow: Any) -> str | None:
    """The only one that reads from S3."""
    found = list(pipeline_sources.from_s3(flow.cloud))
    return found[0].name if len(found) == 1 else None


def pipelines(flow: Any) -> Iterator[Option[str]]:
    """Those that a file in S3 can start."""
    for each in pipeline_sources.from_s3(flow.cloud):
        yield Option(each.name, each.name, each.name, f"reads {each.bucket}/{each.key}")


def pipeline(name: str, flow: Any) -> Iterator[Caution]:
    """Whether a file in S3 can start it. Raises Refused."""
    one = pipeline_sources.standing(flow.cloud, name)
    if one is None:
        if not codepipeline.NAME.fullmatch(name):
            raise Refused(
                f"There is no pipeline {name} here, and a new one cannot be called so.",
                remedy="For a new one give 3 to 26 small letters, digits and hyphens, starting with a letter.",
            )
        others = ", ".join(each.name for each in pipeline_sources.from_s3(flow.cloud))
        there = f" Those that read from S3: {others}." if others else ""
        yield Caution(
            "pipeline-new",
            f"There is no pipeline {name} here yet. It is made, with a build of what is in the file.{there}",
        )
    elif not one.source:
        raise Refused(
            f"The pipeline {name} does not read from S3.",
            remedy="Choose one with an S3 source, or give a new name, and a pipeline is made.",
        )
    elif one.type == "V1":
        yield Caution(
            "type-v1",
            f"{name} is of the older type V1. It is started, but with the newest version of the file, not exactly the "
            "one that caused it.",
        )


# -- the bucket ------------------------------------------------------------------------------------------------


def buckets_there(flow: Any) -> Iterator[Option[str]]:
    for option in buckets.buckets(flow.cloud):
        if option.value.region in ("", flow.cloud.identity.region):
            yield Option(option.key, option.key, option.label, option.hint)


def files(flow: Any) -> Iterator[Option[str]]:
    """What lies in the bucket, zip files first."""
    there = bucket_creation.standing(flow.cloud, flow.bucket)
    found = (buckets.keys(flow.cloud, there) if there else None) or []
    for each in sorted(found, key=lambda key: not key.endswith(".zip"))[:FILES]:
        yield Option(each, each, each)


def usual_bucket(flow: Any) -> str:
    one = pipeline_sources.standing(flow.cloud, flow.pipeline)
    return one.bucket if one else f"{flow.pipeline}-source-{flow.cloud.identity.account}"


def bucket(name: str, flow: Any) -> Iterator[Caution]:
    """Whether the pipeline can read from there. Raises Refused."""
    one, region = pipeline_sources.standing(flow.cloud, flow.pipeline, name), flow.cloud.identity.region
    if one and one.bucket != name:
        raise Refused(
            f"The pipeline {one.name} reads {one.key} in the bucket {one.bucket}, not {name}.",
            remedy=f"Answer bucket with {one.bucket}, or pipeline with a new name.",
        )
    there = bucket_creation.standing(flow.cloud, name)
    if there is None:
        if one:
            raise Refused(f"There is no bucket {name}, though {one.name} reads from it.", remedy="Make it first.")
        bucket_creation.name(name)
        return
    if there.region != region:
        raise Refused(
            f"The bucket {name} is in {there.region}, the pipeline in {region}. They must be in the same region.",
            remedy=f"Begin again with --region {there.region}, or choose a bucket in {region}.",
        )
    if buckets.hosting(flow.cloud, there) or (one and one.artifacts == name):
        yield Caution(
            "bucket-shared",
            f"{name} is also used for something else (a website, or what the stages hand on). Only the one file is "
            "listened to; still, a bucket of its own for the source is safer.",
        )
    if pipeline_sources.versioning(flow.cloud, name) != "Enabled":
        yield Caution(
            "versioning-on",
            pipeline_triggers.FOR_GOOD.format(name),
            confirm=True,
            danger=Danger.FOR_GOOD,
        )
    if others := notifications.standing(flow.cloud, name):
        told = ", ".join(each.receiver for each in others[:5])
        yield Caution("notifications-kept", f"{name} already notifies {told}. All of that stays as it is.")


# -- the file --------------------------------------------------------------------------------------------------


def key(text: str) -> str:
    """The exact name of one file. Raises Refused."""
    if not text or text.startswith("/") or text.endswith("/") or "*" in text or "?" in text:
        raise Refused(
            f"“{text}” names no single file.",
            remedy="Give the full name of one file, for example app/source.zip, without a leading slash and without * "
            "or ?.",
            suggestion=text.strip("/") if not {"*", "?"} & {*text} else "",
        )
    if len(text.encode()) > WHOLE_KEY or len(text) > 1000 - len("S3ObjectKey"):
        raise Refused(f"It has {len(text)} characters.", remedy="A source file's name has at most about 980.")
    return text


def usual_key(flow: Any) -> str:
    one = pipeline_sources.standing(flow.cloud, flow.pipeline, flow.bucket)
    return one.key if one else "source.zip"


def file(name: str, flow: Any) -> Iterator[Caution]:
    """Whether the pipeline can work with it. Raises Refused."""
    one = pipeline_sources.standing(flow.cloud, flow.pipeline, flow.bucket, name)
    if one and one.key != name:
        raise Refused(
            f"The pipeline {one.name} reads {one.key}, not {name}. Capital letters count.",
            remedy=f"Answer object_key with {one.key}, or pipeline with a new name.",
        )
    if not name.endswith(".zip"):
        yield Caution(
            "no-zip",
            f"{name} does not end in .zip. Later steps expect a zip; another file works only with actions that take it "
            "as it is.",
        )
    try:
        size = pipeline_sources.size(flow.cloud, flow.bucket, name)
    except CloudError:
        return
    if size is None:
        yield Caution(
            "file-missing",
            f"There is no {name} in {flow.bucket} yet. Until you upload it, every run of the pipeline fails.",
        )
    elif size > pipeline_sources.LARGEST:
        yield Caution("file-large", f"{name} has {size / 2**30:.1f} GB; CodePipeline takes at most 7 GB.")


# -- how it is noticed -----------------------------------------------------------------------------------------


def detection(way: str, flow: Any) -> Iterator[Caution]:
    """What else notices it already."""
    if way == "cloudtrail":
        yield Caution(
            "trail-costs",
            "The older way needs a trail that records every upload of the file, about 0.10 USD for 100,000 of them, "
            "and is slower. S3's own events (eventbridge) need none.",
            switch="eventbridge",
        )
    one = pipeline_sources.standing(flow.cloud, flow.pipeline, flow.bucket, flow.object_key)
    if one and one.polls:
        yield Caution(
            "polling-ends",
            f"{one.name} asks for changes itself at present. That is switched off, since it would start twice for each "
            "file; undo switches it on again."
            if one.asking
            else f"{one.name} is to ask for changes itself, but AWS stopped that on {one.polling_ended[:10]}. It is "
            "switched off; undo puts that back.",
        )
    if one:
        for rule in pipeline_sources.rules(flow.cloud, one.name):
            yield Caution("another-rule", _beside(flow, rule))


def _beside(flow: Any, rule: pipeline_sources.Rule) -> str:
    """What it means that a rule starts the pipeline already."""
    place = flow.cloud.identity, flow.bucket, flow.object_key
    ways = [each for by in (False, True) for each in file_events.every(*place, by_trail=by)]
    meant = not rule.trouble and any(event_patterns.matches(rule.pattern, each.envelope) for each in ways)
    told = f"The rule {rule.name} starts {flow.pipeline} already"
    if not meant or not rule.on:
        return f"{told}, but {'is switched off' if meant else 'not for this file'}. It stays as it is."
    return (
        f"{told} for this file, though perhaps not however it lands. It stays, and the pipeline may start twice. "
        f"Switch it off once the new one works: {shell.aws('events', 'disable-rule', name=rule.name)}"
    )


def trail(one: cloudtrail.Trail | str, flow: Any) -> Iterator[Caution]:
    """Whether it can record the uploads. Raises Refused."""
    if isinstance(one, str):
        return
    if not cloudtrail.logging(flow.cloud, one):
        yield Caution(
            "trail-off",
            f"The trail {one.name} is switched off, so the rule would never see anything. Take a new one, or switch it "
            "on: " + shell.aws("cloudtrail", "start-logging", name=one.name),
            switch=cloudtrail.NEW,
        )
    now = cloudtrail.selectors(flow.cloud, one)
    if not now.advanced and len(now.classic) >= cloudtrail.CLASSIC_LIMIT and not now.record(flow.object_arn()):
        raise Refused(
            f"The trail {one.name} has its {cloudtrail.CLASSIC_LIMIT} event selectors already.",
            remedy="Answer trail with another one, or with new.",
        )


# -- before the review -----------------------------------------------------------------------------------------


EVENTBRIDGE, CLOUDTRAIL = "eventbridge", "cloudtrail"
