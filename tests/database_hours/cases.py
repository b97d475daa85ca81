"""Answers for the hours of a database in the demo company, a picture of what they touch, and a way through."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import boto3
from support.killed import Case, by_kind

import flows
from flows.engine import Cloud, Journal, Place, Session
from flows.engine.clock import Clock

OFFICE: Mapping[str, Any] = {
    "cluster": "reports", "days": ["MON", "TUE", "WED", "THU", "FRI"], "time_zone": "Europe/Berlin", "from": "08:00",
    "to": "18:00",
}  # fmt: skip
VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "office": OFFICE,
    "a shop": {**OFFICE, "days": ["sat", "sun"], "from": "9.30", "to": "23:59", "capacity": "2"},
    "every day": {
        **OFFICE, "cluster": "loyalty", "days": ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"],
        "time_zone": "America/New_York", "auto_pause_minutes": "30",
    },
}  # fmt: skip


def session(
    cloud: Cloud, journal: Journal | None, answers: Mapping[str, Any] = OFFICE, *, clock: Clock | None = None
) -> Session:
    """A session in which everything is answered."""
    made = Session(flows.find("database_hours"), cloud, journal, place=Place(practice=True), clock=clock)
    made.fill(answers)
    return made


def picture(account: boto3.Session) -> dict[str, Any]:
    """The limits of the databases, and everything that may change them by the clock."""
    rds, scheduler, sqs, iam = (account.client(name) for name in ("rds", "scheduler", "sqs", "iam"))  # type: ignore[call-overload]
    shown: dict[str, Any] = {}
    for each in rds.describe_db_clusters()["DBClusters"]:
        shown[f"limits of {each['DBClusterIdentifier']}"] = [
            each["ServerlessV2ScalingConfiguration"], each["Status"], each["TagList"],
        ]  # fmt: skip
    shown["groups"] = [each["Name"] for each in scheduler.list_schedule_groups()["ScheduleGroups"]]
    for each in scheduler.list_schedules()["Schedules"]:
        told = scheduler.get_schedule(GroupName=each["GroupName"], Name=each["Name"])
        kept = ("ScheduleExpression", "ScheduleExpressionTimezone", "State", "Target", "Description")
        shown[f"schedule {each['GroupName']}/{each['Name']}"] = {key: told.get(key) for key in kept}
    shown["queues"] = sqs.list_queues().get("QueueUrls", [])
    for each in iam.list_roles()["Roles"]:
        name = each["RoleName"]
        shown[f"role {name}"] = [each["AssumeRolePolicyDocument"], iam.list_role_policies(RoleName=name)["PolicyNames"]]
    return json.loads(json.dumps(shown, default=str))  # type: ignore[no-any-return]


def subject(made: Mapping[str, str]) -> dict[str, str]:
    """What `check` is asked about once a run has made it."""
    return {"cluster": made["cluster"]}


def _killed(answers: Mapping[str, Any]) -> Case:
    return Case(
        "database_hours",
        answers,
        lambda account: by_kind(picture(account.session)),
        re.compile(r"database-hours-(\d{14}|[0-9a-z]{8})"),
    )


CASES: Mapping[str, Case] = {"database_hours": _killed(OFFICE)}
"""What is killed at every moment of it."""
