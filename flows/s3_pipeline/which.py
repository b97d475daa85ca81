"""What the check of a pipeline's start asks: which pipeline, or the event that should have started one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flows.aws import pipeline_sources
from flows.engine import Choice, Option, Refused, Text
from flows.engine.asked import NOT_LISTED
from flows.engine.check import Check
from flows.engine.files import reason

LONGEST = 1_000_000
"""Bytes of a file with an event. EventBridge's are at most 256 KB (EventBridge quotas, 2026-11)."""


def _pipelines(flow: Any) -> Iterator[Option[str]]:
    for each in pipeline_sources.from_s3(flow.cloud, None):
        yield Option(each.name, each.name, each.name, f"{each.bucket}/{each.key}")
    yield Option(NOT_LISTED, NOT_LISTED, "I have an event that should have started one")


def _event(text: str) -> str:
    """The event itself, also where the file that holds it was named. Raises Refused."""
    if text[0] in "{[":
        return text
    try:
        with Path(text).expanduser().open("rb") as file:
            return file.read(LONGEST).decode()
    except (OSError, ValueError) as error:
        remedy = "Give a file, or the event itself in one line."
        raise Refused(f"“{text}” cannot be read.", f"{reason(error)}.", remedy) from error


class WhichPipeline(Check):
    """A pipeline that a file in a bucket should start."""

    title = "A pipeline does not start when a file lands"
    what = "Pipeline start"
    words = (
        "codepipeline", "s3", "eventbridge", "cloudtrail", "rule", "trigger", "polling", "not starting", "twice",
        "stuck", "permission denied",
    )  # fmt: skip

    pipeline = Choice(
        "Which pipeline?",
        _pipelines,
        why="The file and the last runs are looked at, then who watches the file, then each rule from end to end.",
        example="deliver-shop",
        empty="No pipeline in this region has a file in S3 as its source. Choose another region with --region.",
    )
    event = Text(
        "Which event? A file that holds it, or its text in one line",
        _event,
        wanted="An event",
        when=pipeline.is_(NOT_LISTED),
        example="event.json",
        why="An event as EventBridge sends it, or a record of CloudTrail. It is laid beside each rule, to see which "
        "it would have met.",
    )
