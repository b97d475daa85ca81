"""What is wrong with a serverless database that exists, whoever made it. Everything here only reads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

from flows.aws import serverless_clusters
from flows.aws.aurora_versions import shown
from flows.engine import Call, Cloud, CloudError, Finding, Grade

from . import by_the_clock, rules, sleep
from .awake_reasons import why_awake
from .sleep import Database

BARELY_USED = 0.25
"""A capacity that stays under this part of the maximum all week makes the maximum a mere number."""


RULES: tuple[rules.Rule, ...] = (
    rules.stands,
    rules.instances,
    rules.key_state,
    rules.password,
    rules.firewall,
    rules.keeper,
)
LAST: tuple[rules.Rule, ...] = (rules.clients,)
"""In the order in which they are told; those that are last come after why it is awake."""


def diagnose(cloud: Cloud, name: str, now: datetime | None = None) -> Iterator[Finding]:
    """Is a serverless database well, whoever made it? Raises Refused if there is none of that name."""
    now = now or datetime.now(UTC)
    found = serverless_clusters.one(cloud, name)
    seen = by_the_clock.said(cloud, sleep.look(cloud, found, now), now)
    key = str(found.get("KmsKeyId") or "") if found.get("StorageEncrypted") else ""
    here = rules.Situation(cloud, seen.capacity.least, key, seen)
    for rule in RULES:
        yield from rule(here)
    yield from _capacity(cloud, seen, now)
    reasons = list(why_awake(cloud, seen, now))
    yield from reasons
    if seen.capacity.least == 0 and not any(each.id.startswith("keeps-awake") for each in reasons):
        unsure = any(each.grade is Grade.NOT_CHECKED for each in reasons)
        grade = Grade.PREDICTED if unsure else Grade.PROVED
        yield Finding("can-sleep", grade, f"It may sleep after {round(seen.capacity.pause / 60)} quiet minutes.")
    for rule in LAST:
        yield from rule(here)


def _capacity(cloud: Cloud, seen: Database, now: datetime) -> Iterator[Finding]:
    """How the limits compare with what was really used in the last week."""
    least, most = seen.capacity.least, seen.capacity.most
    try:
        used = _week(cloud, seen.name, now)
    except CloudError as problem:
        sentence = "How much of its capacity is used could not be looked at."
        yield Finding("limits", Grade.NOT_CHECKED, sentence, problem.what, aside=True)
        return
    if not used:
        sentence = "How much of its capacity is used is not known: there are no data."
        yield Finding("limits", Grade.NOT_CHECKED, sentence, aside=True)
        return
    low, high = min(low for low, _ in used), max(high for _, high in used)
    evidence = f"ServerlessDatabaseCapacity of {len(used)} hours: {low:g} to {high:g} ACU"
    if Decimal(str(low)) > max(least, Decimal("0.5")):
        yield Finding(
            "minimum-never-reached", Grade.PROVED,
            f"It never came down to its minimum of {shown(least)} ACU; the least was {low:g}. Look for constant load, "
            "or for memory that open connections hold.", evidence,
        )  # fmt: skip
    if high >= float(most):
        yield Finding(
            "maximum-reached", Grade.PROVED,
            f"It reached its maximum of {shown(most)} ACU, and was as slow as that allows. Raise it if that hurt.",
            evidence,
        )  # fmt: skip
    elif high < float(most) * BARELY_USED:
        yield Finding(
            "maximum-barely-used", Grade.PROVED,
            f"It never needed more than {high:g} of {shown(most)} ACU; a smaller maximum limits the bill better.",
            evidence,
        )  # fmt: skip


def _week(cloud: Cloud, name: str, now: datetime) -> list[tuple[float, float]]:
    """The least and the most of each hour of the last week. Raises CloudError."""
    metric = {
        "Namespace": "AWS/RDS", "MetricName": "ServerlessDatabaseCapacity",
        "Dimensions": [{"Name": "DBClusterIdentifier", "Value": name}],
    }  # fmt: skip
    queries = [
        {"Id": stat.lower(), "MetricStat": {"Metric": metric, "Period": 3600, "Stat": stat}}
        for stat in ("Minimum", "Maximum")
    ]
    span = {"StartTime": now - 168 * sleep.WINDOW, "EndTime": now, "ScanBy": "TimestampDescending"}
    found: dict[str, list[float]] = {"minimum": [], "maximum": []}
    for page in cloud.pages(Call("cloudwatch.GetMetricData", {"MetricDataQueries": queries, **span})):
        for result in page.get("MetricDataResults") or []:
            found.setdefault(str(result.get("Id")), []).extend(result.get("Values") or [])
    return list(zip(found["minimum"], found["maximum"], strict=False))
