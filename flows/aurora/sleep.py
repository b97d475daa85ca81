"""Is a serverless database asleep, since when, and how is that known? Nothing here wakes it.

The instance's status says `available` while it sleeps, so it tells nothing: the capacity does, which CloudWatch gets
one or two minutes late, and the events, which come at once (Aurora User Guide, "Automatic pause and resume" and "Event
messages", 2026-10). Reading its log files or trying to connect would wake it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

from flows.aws.aurora_clusters import Capacity
from flows.aws.serverless_clusters import capacity_of
from flows.engine import Call, Cloud, CloudError

FRESH = timedelta(minutes=5)
"""Older data say nothing about now."""
WINDOW = timedelta(hours=1)
PAUSING, CANCELED, PAUSED, RESUMING, RESUMED = (
    "Initiated pause for the DB instance",
    "Pause was canceled for the DB instance",
    "Successfully paused the DB instance",
    "Initiated resume for the DB instance",
    "Successfully resumed the DB instance",
)
"""RDS-EVENT-0370 to 0374."""
ANSWERS = (
    "available",
    "backing-up",
    "modifying",
    "maintenance",
    "storage-optimization",
    "storage-initialization",
    "configuring-enhanced-monitoring",
    "configuring-iam-database-auth",
    "configuring-log-exports",
    "update-iam-db-auth",
    "resetting-master-credentials",
    "renaming",
    "upgrading",
    "failing-over",
    "rebooting",
    "backtracking",
    "promoting",
)
"""States in which a cluster or instance answers, or does again within minutes (Aurora User Guide, "Viewing DB cluster
status" and "Viewing DB instance status", 2026-11)."""
Points = tuple[tuple[datetime, float], ...]
"""What was measured when, the newest first."""


class State(StrEnum):
    AWAKE = "awake"
    ASLEEP = "asleep"
    WAKING = "waking"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Instance:
    """One instance. `acu` is its last datum, `at` when that was; `since` is when its state began, as far as known."""

    id: str
    writer: bool
    state: State
    acu: float | None
    at: datetime | None
    since: datetime | None


@dataclass(frozen=True)
class Database:
    """A serverless cluster as it was seen. `connections` are the most of each minute, newest first: of the last hour,
    or of twice the time after which it sleeps if that is longer."""

    name: str
    state: State
    sentence: str
    instances: tuple[Instance, ...]
    connections: Points
    events: tuple[tuple[datetime, str], ...]
    described: Mapping[str, Any]

    @property
    def writer(self) -> Instance | None:
        return next((each for each in self.instances if each.writer), None)

    @property
    def capacity(self) -> Capacity:
        return capacity_of(self.described)


def look(cloud: Cloud, cluster: Mapping[str, Any], now: datetime) -> Database:
    """How a cluster is, measured now and without waking it. Raises CloudError."""
    name, status = cluster["DBClusterIdentifier"], cluster.get("Status", "available")
    listed = cluster.get("DBClusterMembers") or []
    members = {each["DBInstanceIdentifier"]: bool(each.get("IsClusterWriter")) for each in listed}
    window = max(WINDOW, timedelta(seconds=2 * capacity_of(cluster).pause))
    data = _data(cloud, name, tuple(members), now, window)
    events = {id: _events(cloud, id) for id in members}
    instances = tuple(_instance(id, writer, data[id], events[id], now) for id, writer in members.items())
    told = events[next((id for id, writer in members.items() if writer), "")] if any(members.values()) else ()
    seen = data.get("connections", ())
    if status == "stopped":
        return Database(
            name, State.UNKNOWN, f"{name} is switched off by hand (StopDBCluster).", instances, seen, told, cluster
        )
    if status not in ANSWERS:
        return Database(name, State.UNKNOWN, f"{name} is busy: {status}.", instances, seen, told, cluster)
    writer = next((each for each in instances if each.writer), None)
    if writer is None:
        sentence = f"{name} has no instance, so nothing answers behind its address."
        return Database(name, State.UNKNOWN, sentence, instances, seen, told, cluster)
    if writer.state is State.UNKNOWN and data["cluster"]:
        writer = _instance(writer.id, True, data["cluster"], (), now)
    state = writer.state
    if capacity_of(cluster).least > 0 and state is State.UNKNOWN:
        state = State.AWAKE
    return Database(name, state, _sentence(name, state, writer, cluster, now), instances, seen, told, cluster)


def span(since: datetime, now: datetime) -> str:
    """How long ago something was, as people say it."""
    minutes = max(int((now - since).total_seconds() // 60), 0)
    if minutes < 90:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"


def _sentence(name: str, state: State, writer: Instance, cluster: Mapping[str, Any], now: datetime) -> str:
    since = f" since {writer.since:%Y-%m-%d %H:%M} UTC ({span(writer.since, now)})" if writer.since else ""
    datum = f" Last datum: {writer.acu:g} ACU at {writer.at:%H:%M} UTC." if writer.at and writer.acu is not None else ""
    least = capacity_of(cluster).least
    match state:
        case State.ASLEEP:
            return f"{name} is asleep{since}.{datum}"
        case State.AWAKE if least > 0:
            return f"{name} is awake and never sleeps: its minimum is {least:f} ACU.{datum}"
        case State.AWAKE:
            return f"{name} is awake{since}.{datum}"
        case State.WAKING:
            return f"{name} is waking up{since}.{datum}"
        case _:
            return f"It is not known whether {name} is asleep: there are neither data nor events that say so.{datum}"


def _instance(id: str, writer: bool, points: Points, events: Sequence[tuple[datetime, str]], now: datetime) -> Instance:
    newest = points[0] if points else None
    told = next(((at, what) for at, what in events if what in (PAUSED, RESUMING, RESUMED)), None)
    state, since = State.UNKNOWN, None
    if newest and now - newest[0] <= FRESH:
        state = State.AWAKE if newest[1] > 0 else State.ASLEEP
        since = _began(points)
    if told and (state is State.UNKNOWN or (newest and told[0] > newest[0])):
        state = {PAUSED: State.ASLEEP, RESUMING: State.WAKING, RESUMED: State.AWAKE}[told[1]]
        since = told[0]
    elif told and (told[1] == PAUSED) == (state is State.ASLEEP):
        since = told[0]
    return Instance(id, writer, state, newest[1] if newest else None, newest[0] if newest else None, since)


def _began(points: Points) -> datetime | None:
    """When the capacity last changed between nothing and something; None if not within what was read."""
    asleep = points[0][1] == 0
    for (later, _), (_, before) in pairwise(points):
        if (before == 0) != asleep:
            return later
    return None


def _data(cloud: Cloud, cluster: str, instances: Sequence[str], now: datetime, window: timedelta) -> dict[str, Points]:
    """Newest first: the capacity of each instance and of the "cluster", and all "connections"."""
    asked = {
        f"i{number}": ("ServerlessDatabaseCapacity", "DBInstanceIdentifier", id) for number, id in enumerate(instances)
    }
    asked |= {
        "cluster": ("ServerlessDatabaseCapacity", "DBClusterIdentifier", cluster),
        "connections": ("DatabaseConnections", "DBClusterIdentifier", cluster),
    }
    queries = [
        {
            "Id": key,
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/RDS", "MetricName": metric, "Dimensions": [{"Name": dimension, "Value": value}],
                },
                "Period": 60, "Stat": "Maximum",
            },
        }
        for key, (metric, dimension, value) in asked.items()
    ]  # fmt: skip
    call = Call(
        "cloudwatch.GetMetricData",
        {"MetricDataQueries": queries, "StartTime": now - window, "EndTime": now, "ScanBy": "TimestampDescending"},
    )
    found: dict[str, list[tuple[datetime, float]]] = {key: [] for key in asked}
    for page in cloud.pages(call):
        for result in page.get("MetricDataResults") or []:
            found.setdefault(str(result.get("Id")), []).extend(
                zip(result.get("Timestamps") or [], result.get("Values") or [], strict=False)
            )
    names = {f"i{number}": id for number, id in enumerate(instances)}
    return {names.get(key, key): tuple(sorted(_dated(points), reverse=True)) for key, points in found.items()}


def _dated(points: Iterable[tuple[datetime, float]]) -> list[tuple[datetime, float]]:
    return [(at.astimezone(UTC), float(value)) for at, value in points]


def _events(cloud: Cloud, instance: str) -> tuple[tuple[datetime, str], ...]:
    """What happened to an instance's sleep in the last day, newest first; nothing if it may not be read."""
    asked = {"SourceType": "db-instance", "SourceIdentifier": instance, "Duration": 1440}
    try:
        events = [each for page in cloud.pages(Call("rds.DescribeEvents", asked)) for each in page.get("Events") or []]
    except CloudError:
        return ()
    known = (PAUSING, CANCELED, PAUSED, RESUMING, RESUMED)
    found = [
        (event["Date"].astimezone(UTC), what)
        for event in events
        for what in known
        if what.lower() in event.get("Message", "").lower()
    ]
    return tuple(sorted(found, reverse=True))
