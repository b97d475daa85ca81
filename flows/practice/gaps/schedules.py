"""Schedules of EventBridge Scheduler as AWS takes and refuses them, and what they do when they are due.

Nothing runs in the background: what was due is done when a database is next asked about.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from moto.core.exceptions import JsonRESTError
from moto.iam.models import iam_backends
from moto.scheduler.exceptions import ScheduleGroupNotFound, ValidationException
from moto.scheduler.models import EventBridgeSchedulerBackend, Schedule, scheduler_backends

from flows.practice.clock import CLOCK

MODIFY = "aws-sdk:rds:modifyDBCluster"
SERVICE = "scheduler.amazonaws.com"
EXPRESSION = re.compile(
    r"(cron\(\S+( \S+){5}\)|rate\(\d+ (minutes?|hours?|days?)\)|at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\))"
)
DAILY = re.compile(r"cron\((\d+) (\d+) [?*] \* (\S+) \*\)")

_create: Any = EventBridgeSchedulerBackend.create_schedule
_create_group: Any = EventBridgeSchedulerBackend.create_schedule_group
_delete_group: Any = EventBridgeSchedulerBackend.delete_schedule_group


def _creates(self: EventBridgeSchedulerBackend, **given: Any) -> Schedule:
    self.get_schedule_group(given["group_name"])
    if not EXPRESSION.fullmatch(given["schedule_expression"]):
        raise ValidationException(f"Invalid Schedule Expression {given['schedule_expression']}.")
    try:
        ZoneInfo(given["schedule_expression_timezone"] or "UTC")
    except (KeyError, ValueError):
        raise ValidationException("The time zone provided is not valid.") from None
    if not _takes_on(self.account_id, given["target"]["RoleArn"]):
        raise ValidationException(
            "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
        )
    made: Schedule = _create(self, **given)
    made.creation_date = made.last_modified_date = CLOCK.now()
    return made


def _takes_on(account: str, arn: str) -> bool:
    roles = iam_backends[account]["aws"].roles.values()
    return any(role.arn == arn and SERVICE in json.dumps(role.assume_role_policy_document) for role in roles)


def _creates_group(self: EventBridgeSchedulerBackend, name: str, tags: list[dict[str, str]]) -> Any:
    if name in self.schedule_groups:
        raise JsonRESTError("ConflictException", f"Schedule group {name} already exists.")
    return _create_group(self, name, tags)


def _deletes_group(self: EventBridgeSchedulerBackend, name: str | None) -> None:
    if name not in self.schedule_groups:
        raise ScheduleGroupNotFound(name or "default")
    _delete_group(self, name)


def due(account: str, region: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the schedules that were due since the last look set: the name of the cluster and its limits, in order."""
    if region not in scheduler_backends[account]:
        return
    found = list[tuple[float, Schedule]]()
    for group in scheduler_backends[account][region].schedule_groups.values():
        for each in group.schedules.values():
            if each.state == "ENABLED" and MODIFY in each.target["Arn"]:
                last = _last(each.schedule_expression, each.schedule_expression_timezone or "UTC")
                if last > getattr(each, "done", each.creation_date):
                    found.append((last, each))
    for last, each in sorted(found, key=lambda one: one[0]):
        each.done = last  # type: ignore[attr-defined]
        given = json.loads(each.target.get("Input") or "{}")
        if name := given.get("DbClusterIdentifier"):
            yield name, given.get("ServerlessV2ScalingConfiguration") or {}


def _last(expression: str, zone: str) -> float:
    """When a time of day on days of the week came last, in seconds; 0 for what else an expression may say."""
    told = DAILY.fullmatch(expression)
    if not told:
        return 0
    minute, hour, days = int(told[1]), int(told[2]), told[3].replace("MON-FRI", "MON,TUE,WED,THU,FRI").split(",")
    now = datetime.fromtimestamp(CLOCK.now(), ZoneInfo(zone))
    for back in range(9):
        local = (now - timedelta(days=back)).replace(hour=hour, minute=minute, second=0, microsecond=0)
        if local <= now and ({"?", "*", f"{local:%a}".upper()} & set(days)):
            return local.timestamp()
    return 0


def install() -> None:
    # moto tells it by the code that AWS tells it by, which its own check takes for another's
    warnings.filterwarnings("ignore", r"Exception\(QueueDoesNotExist\)")
    EventBridgeSchedulerBackend.create_schedule = _creates  # type: ignore[assignment,method-assign]
    EventBridgeSchedulerBackend.create_schedule_group = _creates_group  # type: ignore[method-assign]
    EventBridgeSchedulerBackend.delete_schedule_group = _deletes_group  # type: ignore[method-assign]
