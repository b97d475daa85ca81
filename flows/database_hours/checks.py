"""What can stand in the way of the hours of a database, looked at beforehand. Everything here only reads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from flows.aws import aurora_hours, aurora_schedules, weekly_hours
from flows.aws.aurora_hours import Hours
from flows.engine import Cloud, CloudError, Finding, Grade

from .answers import Database


def beforehand(cloud: Cloud, one: Database, hours: Hours) -> Iterator[Finding]:
    yield from _alone(cloud, one)
    yield from aurora_hours.taken(cloud, one.name)
    now = datetime.now(UTC)
    first = min(hours.morning.after(now), hours.evening.after(now))
    what = "is kept awake" if first == hours.morning.after(now) else "may sleep"
    yield Finding(
        "first-change", Grade.PREDICTED,
        f"It stays as it is until {weekly_hours.local(first, hours.zone)}; from then on it {what}.",
        "the clocks of its time zone, with their changes",
    )  # fmt: skip


def _alone(cloud: Cloud, one: Database) -> Iterator[Finding]:
    """Whether another schedule changes it already: two would undo each other's changes."""
    try:
        found = aurora_schedules.changing(cloud, one.name)
    except CloudError as problem:
        sentence = f"Whether another schedule changes {one.name} was not checked."
        yield Finding("schedules", Grade.NOT_CHECKED, sentence, problem.what)
        return
    if not found:
        yield Finding("schedules", Grade.PROVED, f"No other schedule changes {one.name}.", "ListSchedules")
        return
    names = ", ".join(f"{each.group}/{each.name} ({each.times})" for each in found)
    yield Finding(
        "schedules", Grade.REFUSED, f"{one.name} is changed by the clock already: {names}.",
        "ListSchedules, GetSchedule",
        "Change those, or take them away first: handrail undo takes back what a run of this set-up made.",
    )  # fmt: skip
