"""Schedules that change a serverless database, whoever made them: what the last one set, and what comes next.

All of it only reads, and wakes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from flows.engine import Cloud

from . import scheduler
from .aurora_clusters import Capacity
from .aurora_versions import HALF, shown
from .serverless_clusters import capacity_of
from .weekly_hours import Weekly, local, read

MODIFY, STOP, START = "rds:modifyDBCluster", "rds:stopDBCluster", "rds:startDBCluster"
NAME = "DbClusterIdentifier"
"""What the SDK for Java, whose names a schedule's input has, calls the cluster's name."""
LIMITS = "ServerlessV2ScalingConfiguration"


@dataclass(frozen=True)
class Change:
    """A schedule that changes a cluster, whoever made it.

    Args:
        told: all that AWS tells of it.
        does: "limits", "stop" or "start".
        cluster: the name that its input gives to the cluster; empty where that is misspelled.
        limits: the limits that it sets; None where it sets none that can be read.
    """

    told: Mapping[str, Any]
    does: str
    cluster: str
    limits: Capacity | None = None

    @property
    def name(self) -> str:
        return str(self.told.get("Name") or "")

    @property
    def group(self) -> str:
        return str(self.told.get("GroupName") or "default")

    @property
    def target(self) -> Mapping[str, Any]:
        return self.told.get("Target") or {}

    @property
    def on(self) -> bool:
        return bool(self.told.get("State", "ENABLED") == "ENABLED")

    @property
    def zone(self) -> str:
        return str(self.told.get("ScheduleExpressionTimezone") or "UTC")

    @property
    def when(self) -> Weekly | None:
        return read(str(self.told.get("ScheduleExpression") or ""), self.zone)

    @property
    def window(self) -> timedelta:
        """How much later than its time it may come: its own window, and the minute that AWS takes for any (EventBridge
        Scheduler User Guide, "Flexible time windows", 2026-11), with one for the change itself."""
        window = self.told.get("FlexibleTimeWindow") or {}
        minutes = int(window.get("MaximumWindowInMinutes") or 0) if window.get("Mode") == "FLEXIBLE" else 0
        return timedelta(minutes=minutes + 2)

    def last(self, now: datetime) -> datetime | None:
        """When it came last between its first and its last day; None if never, or if that cannot be told."""
        if self.when is None:
            return None
        begins, ends = self.told.get("StartDate"), self.told.get("EndDate")
        came = self.when.before(min(now, ends) if ends else now)
        return None if begins and came < begins else came

    def next(self, now: datetime) -> datetime | None:
        """When it comes next between its first and its last day; None if never, or if that cannot be told."""
        if self.when is None:
            return None
        begins, ends = self.told.get("StartDate"), self.told.get("EndDate")
        comes = self.when.after(max(now, begins) if begins else now)
        return None if ends and comes > ends else comes

    def set_before(self, now: datetime) -> bool:
        """Whether it was due since it was made."""
        made, came = self.told.get("CreationDate"), self.last(now)
        return bool(came and (not made or came > made))

    @property
    def patience(self) -> int:
        """Seconds for which a failed change is tried again; a day where nothing is said."""
        return int((self.target.get("RetryPolicy") or {}).get("MaximumEventAgeInSeconds") or 24 * 3600)

    @property
    def given(self) -> Mapping[str, Any]:
        """What it calls with."""
        return _input(self.told)

    @property
    def sets_limits(self) -> bool:
        """Whether its input has limits at all, that can be read or not."""
        return LIMITS in _input(self.told)

    @property
    def times(self) -> str:
        """When it comes, as people say it, or as its expression says it."""
        said = self.told.get("ScheduleExpression") or "at times that AWS does not tell"
        return self.when.text if self.when else f"{said} ({self.zone})"

    @property
    def wakes(self) -> bool:
        return self.does == "start" or bool(self.limits and self.limits.least > 0)

    @property
    def sleeps(self) -> bool:
        return self.does == "stop" or bool(self.limits and self.limits.least == 0)


def every(cloud: Cloud) -> Iterator[Change]:
    """Every schedule of the region that changes a cluster's limits, or stops or starts one. Raises CloudError."""
    for told in scheduler.calling(cloud, MODIFY, STOP, START):
        change = as_change(told)
        if change.does != "limits" or change.sets_limits or not change.cluster:
            yield change


def as_change(told: Mapping[str, Any]) -> Change:
    """What AWS tells of a schedule, as what it changes."""
    does = {MODIFY.lower(): "limits", STOP.lower(): "stop", START.lower(): "start"}
    operation = str((told.get("Target") or {}).get("Arn") or "").partition(scheduler.TARGET)[2].lower()
    given = _input(told)
    return Change(told, does.get(operation, ""), str(given.get(NAME) or "").lower(), _capacity(given.get(LIMITS)))


def changing(cloud: Cloud, cluster: str) -> tuple[Change, ...]:
    """Those that change one cluster. Raises CloudError."""
    return of(every(cloud), cluster)


def of(changes: Iterable[Change], cluster: str) -> tuple[Change, ...]:
    """Those that change one cluster, by their input or, where that is misspelled, by what else it says."""
    return tuple(each for each in changes if each.cluster == cluster or (not each.cluster and _names(each, cluster)))


def _names(change: Change, cluster: str) -> bool:
    return cluster in {str(value).lower() for value in _input(change.told).values()}


def _input(told: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        given: object = json.loads(str((told.get("Target") or {}).get("Input") or "{}"))
    except ValueError:
        return {}
    return given if isinstance(given, Mapping) else {}


def _capacity(limits: Any) -> Capacity | None:
    try:
        least, most = Decimal(str(limits["MinCapacity"])), Decimal(str(limits["MaxCapacity"]))
        if not (least.is_finite() and most.is_finite()):
            return None
        return Capacity(least.normalize() + 0, most.normalize() + 0, int(limits.get("SecondsUntilAutoPause") or 0))
    except (ArithmeticError, KeyError, TypeError, ValueError):
        return None


def due(changes: Iterable[Change], now: datetime) -> Change | None:
    """The one that came last, and by which the cluster should be as it sets it; None where that cannot be told, because
    one of them comes at times that cannot be read."""
    on = [each for each in changes if each.on]
    if not on or any(each.when is None for each in on):
        return None
    came = [(at, number) for number, each in enumerate(on) if (at := each.last(now))]
    return on[max(came)[1]] if came else None


def coming(changes: Iterable[Change], now: datetime) -> tuple[Change, datetime] | None:
    """The one that comes next, and when."""
    dated = [(each, at) for each in changes if each.on and (at := each.next(now))]
    return min(dated, key=lambda each: each[1]) if dated else None


def next_text(changes: Iterable[Change], now: datetime) -> str:
    """What comes next, in words: empty where that cannot be told."""
    found = coming(changes, now)
    if found is None:
        return ""
    change, at = found
    what = {"stop": "it is stopped", "start": "it is started"}.get(change.does) or (
        "it may sleep"
        if change.sleeps
        else f"its minimum is {shown(change.limits.least) if change.limits else HALF} ACU"
    )
    return f"From {local(at, change.zone)} on {what}, by the schedule {change.name}."


def in_force(changes: Iterable[Change], cluster: Mapping[str, Any], now: datetime) -> Change | None:
    """The one by which a cluster is as it is: it came last, and the limits are what it sets."""
    last = due(changes, now)
    if last is None or last.limits is None or not last.set_before(now):
        return None
    limits = capacity_of(cluster)
    same = (limits.least, limits.most) == (last.limits.least, last.limits.most)
    return last if same else None
