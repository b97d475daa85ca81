"""What the check of a serverless database asks: which cluster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flows.aws import serverless_clusters
from flows.engine import Choice, Option
from flows.engine.check import Check


def clusters(flow: Any) -> Iterator[Option[str]]:
    """The serverless clusters of the region."""
    for each in serverless_clusters.serverless(flow.cloud):
        limits = serverless_clusters.capacity_of(each)
        hint = f"{each.get('Engine', '')}, {limits.least:f} to {limits.most:f} ACU, {each.get('Status', '')}"
        yield Option(each["DBClusterIdentifier"], each["DBClusterIdentifier"], each["DBClusterIdentifier"], hint)


class WhichDatabase(Check):
    """A serverless database: whether it answers, what keeps it awake, and whether its limits fit."""

    title = "A serverless database does not fall asleep, is slow, or does not answer"
    what = "Database"
    words = (
        "aurora", "awake", "asleep", "paused", "acu", "cost", "timeout", "connection refused", "rds",
        "cannot connect", "unreachable", "expensive",
    )  # fmt: skip

    cluster = Choice(
        "Which database?",
        clusters,
        why="Its cluster is what AWS calls it. Looking never wakes it.",
        example="shop-reports",
        empty="There is no Aurora serverless database in this region. Choose another region with --region.",
    )
