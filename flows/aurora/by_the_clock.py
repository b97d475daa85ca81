"""What a schedule has to do with it that a database is awake, asleep or stopped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from flows.aws import aurora_schedules
from flows.aws.aurora_versions import shown
from flows.engine import Cloud, CloudError, Finding, Grade, shell

from .sleep import Database, State

BY = "ListSchedules, GetSchedule"


def schedule(cloud: Cloud, seen: Database, now: datetime | None = None) -> Iterator[Finding]:
    """The schedule that made it as it is, if one did, and when the next one comes. Raises CloudError."""
    now = now or datetime.now(UTC)
    changes = aurora_schedules.changing(cloud, seen.name)
    if not changes:
        return
    check = f"Look after it: {shell.handrail('check', 'database_hours', cluster=seen.name)}"
    coming = aurora_schedules.next_text(changes, now)
    last = aurora_schedules.due(changes, now)
    on = [each for each in changes if each.on]
    stopping = [each.name for each in on if each.does == "stop"]
    stopped = seen.described.get("Status") in ("stopped", "stopping")
    force = aurora_schedules.in_force(changes, seen.described, now)
    if force and force.wakes:
        sentence = (
            f"The schedule {force.name} keeps it awake: its minimum is {shown(seen.capacity.least)} ACU. {coming}"
        )
        yield Finding("keeps-awake-schedule", Grade.PROVED, sentence.strip(), BY, check)
    elif last and last.does == "stop" and stopped:
        yield Finding("schedule", Grade.PROVED, f"The schedule {last.name} stopped it. {coming}".strip(), BY, check)
    elif stopped and stopping and any(each.when is None for each in on):
        sentence = f"The schedule {stopping[0]} may have stopped it: not all times can be told. {coming}"
        yield Finding("schedule", Grade.PROVED, sentence.strip(), BY, check)
    else:
        names = ", ".join(f"{each.name} ({each.times})" for each in changes)
        yield Finding("schedule", Grade.PROVED, f"It is changed by the clock: {names}. {coming}".strip(), BY, check)


def told(cloud: Cloud, seen: Database, now: datetime) -> tuple[Finding, ...]:
    """The same, or nothing where schedules may not be looked at."""
    try:
        return tuple(schedule(cloud, seen, now))
    except CloudError:
        return ()


def said(cloud: Cloud, seen: Database, now: datetime) -> Database:
    """A database with the schedule in its sentence, where that is the reason: it is not switched off by hand then, and
    does not stay awake for ever."""
    stopped = seen.described.get("Status") in ("stopped", "stopping")
    if not stopped and (seen.capacity.least == 0 or seen.state is not State.AWAKE):
        return seen
    for each in told(cloud, seen, now):
        if each.id == "keeps-awake-schedule":
            return replace(seen, sentence=f"{seen.name} is awake. {each.sentence}")
        if stopped and "stopped it" in each.sentence:
            return replace(seen, sentence=f"{seen.name} is {seen.described['Status']}. {each.sentence}")
    return seen
