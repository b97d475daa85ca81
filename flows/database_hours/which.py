"""What the check of a database's hours asks: which cluster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flows.aws import aurora_schedules, serverless_clusters
from flows.engine import Choice, Option
from flows.engine.check import Check


def clusters(flow: Any) -> Iterator[Option[str]]:
    """The serverless clusters of the region that a schedule changes."""
    changes = list(aurora_schedules.every(flow.cloud))
    for each in serverless_clusters.serverless(flow.cloud):
        name = str(each["DBClusterIdentifier"])
        if found := aurora_schedules.of(changes, name):
            yield Option(name, name, name, ", ".join(change.times for change in found))


class WhichDatabase(Check):
    """The hours of a serverless database: whether its schedules change it, and why one did not."""

    title = "A database does not wake in the morning, or does not sleep at night, as its schedule says"
    what = "Hours of a database"
    words = (
        "aurora", "scheduler", "cron", "schedule", "time zone", "clock change", "dead letter", "awake", "rds",
        "expensive",
    )  # fmt: skip

    cluster = Choice(
        "Which database?",
        clusters,
        why="Those are listed that a schedule of EventBridge Scheduler changes. Looking never wakes one.",
        example="reports",
        empty="No schedule changes a serverless database in this region. Make one with handrail run database_hours, or "
        "choose another region with --region.",
    )
