"""What the check of a delivery asks: which pipeline."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flows.aws import pipeline_sources
from flows.engine import Choice, Option
from flows.engine.check import Check


def _pipelines(flow: Any) -> Iterator[Option[str]]:
    for name in pipeline_sources.names(flow.cloud):
        yield Option(name, name, name)


class WhichDelivery(Check):
    """A pipeline: whether each of its stages succeeds, and what the log of a failed build says."""

    title = "A pipeline fails, or does not deliver"
    what = "Page delivery"
    words = (
        "build failed", "buildspec", "codebuild", "codepipeline", "npm", "exit status", "yaml", "AccessDenied",
        "stuck", "permission denied",
    )  # fmt: skip

    pipeline = Choice(
        "Which pipeline?",
        _pipelines,
        why="Each of its stages is looked at; where a build failed, the end of its log is read.",
        example="shop-front",
        empty="There is no pipeline in this region. Choose another region with --region.",
    )
