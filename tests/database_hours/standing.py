"""A database with two schedules, as a colleague makes them by hand, and how it stands at which hour."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flows.database_hours import diagnosis
from flows.engine.boto import Aws
from flows.engine.cache import CachedCloud
from flows.engine.verdict import Verdict, verdict
from flows.practice import PracticeAccount

ACCOUNT, REGION, NAME = "123456789012", "eu-central-1", "reports"
LIMITS = "ServerlessV2ScalingConfiguration"
CLUSTER = f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster:{NAME}"
AWAKE, ASLEEP = (
    {"MinCapacity": 0.5, "MaxCapacity": 4},
    {"MinCapacity": 0, "MaxCapacity": 4, "SecondsUntilAutoPause": 600},
)


def monday(hour: int) -> datetime:
    """The Monday after the next one, so that every schedule was made, and came, before it; Berlin is ahead of it."""
    now = datetime.now(UTC)
    return (now + timedelta(days=14 - now.weekday())).replace(hour=hour, minute=30)


NOON, NIGHT = 11, 3


class Hours:
    """The database of the demo company with two schedules, as a colleague makes them by hand."""

    def __init__(self, account: PracticeAccount) -> None:
        self.client: Callable[..., Any] = account.session.client
        self.group = "hours"
        self.queue: dict[str, Any] = {"DeadLetterConfig": {"Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:failed"}}
        self.client("rds").describe_db_clusters()
        self.client("sqs").create_queue(QueueName="failed")
        self.client("scheduler").create_schedule_group(Name=self.group)
        self.role()

    def role(self, *, service: str = "scheduler.amazonaws.com", may: str = "rds:*", on: str = CLUSTER) -> None:
        iam = self.client("iam")
        group = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/{self.group}"
        trust = {
            "Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": group}},
        }  # fmt: skip
        if "hours" in [each["RoleName"] for each in iam.list_roles()["Roles"]]:
            iam.update_assume_role_policy(RoleName="hours", PolicyDocument=document(trust))
        else:
            iam.create_role(RoleName="hours", AssumeRolePolicyDocument=document(trust))
        allowed = {"Effect": "Allow", "Action": may, "Resource": on}
        iam.put_role_policy(RoleName="hours", PolicyName="hours", PolicyDocument=document(allowed))
        sending = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
        iam.put_role_policy(RoleName="hours", PolicyName="failed", PolicyDocument=document(sending))

    def at(
        self, name: str, when: str, limits: Any = None, *, operation: str = "modifyDBCluster", key: str = "",
        zone: str = "Europe/Berlin", age: int = 3600, **more: Any,
    ) -> None:  # fmt: skip
        given = {key or "DbClusterIdentifier": NAME, **({LIMITS: limits} if limits else {})}
        self.client("scheduler").create_schedule(
            Name=name, GroupName=self.group, ScheduleExpression=when, ScheduleExpressionTimezone=zone,
            Target={
                "Arn": f"arn:aws:scheduler:::aws-sdk:rds:{operation}", "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/hours",
                "Input": json.dumps(given), **self.queue,
                **({"RetryPolicy": {"MaximumEventAgeInSeconds": age, "MaximumRetryAttempts": 5}} if age else {}),
            },
            **{"FlexibleTimeWindow": {"Mode": "OFF"}, **more},
        )  # fmt: skip

    def both(self, **more: Any) -> None:
        self.at("morning", "cron(0 8 ? * MON-FRI *)", AWAKE, **more)
        self.at("evening", "cron(0 18 ? * MON-FRI *)", ASLEEP, **more)

    def limits(self, limits: Any) -> None:
        self.client("rds").modify_db_cluster(DBClusterIdentifier=NAME, **{LIMITS: limits})


def document(statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@dataclass(frozen=True)
class State:
    made: Callable[[Hours], None]
    status: str
    cause: str = ""
    hour: int = NIGHT


def check(account: PracticeAccount, cloud: Aws, state: State) -> Verdict:
    state.made(Hours(account))
    return verdict(diagnosis.diagnose(CachedCloud(cloud), NAME, monday(state.hour)))
