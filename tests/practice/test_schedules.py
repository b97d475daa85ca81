"""Practice schedules: what EventBridge Scheduler refuses is refused here, and what is due is done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from database_hours.standing import ASLEEP, AWAKE, Hours
from moto.scheduler.models import scheduler_backends

from flows.practice import ACCOUNT_ID, PracticeAccount


@pytest.fixture
def hours(account: PracticeAccount) -> Hours:
    return Hours(account)


def refused(call: Any, **params: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as error:
        call(**params)
    told = error.value.response["Error"]
    return told["Code"], told["Message"]


def test_a_group_is_there_once_or_not(hours: Hours) -> None:
    client = hours.client("scheduler")
    code, _ = refused(client.create_schedule_group, Name="hours")
    assert code == "ConflictException"
    code, _ = refused(client.delete_schedule_group, Name="none")
    assert code == "ResourceNotFoundException"
    client.delete_schedule_group(Name="hours")
    assert refused(client.get_schedule_group, Name="hours")[0] == "ResourceNotFoundException"


def test_what_cannot_work_is_refused_when_it_is_made(hours: Hours) -> None:
    def at(when: str = "cron(0 8 ? * MON-FRI *)", **more: Any) -> tuple[str, str]:
        return refused(hours.at, name="one", when=when, limits=AWAKE, **more)

    assert at("cron(0 8 * *)") == ("ValidationException", "Invalid Schedule Expression cron(0 8 * *).")
    assert at(zone="Europe/Atlantis") == ("ValidationException", "The time zone provided is not valid.")
    hours.role(service="events.amazonaws.com")
    assert at()[1] == "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
    hours.role()
    hours.group = "none"
    assert at()[0] == "ResourceNotFoundException"
    hours.group = "hours"
    hours.at("one", "cron(0 8 ? * MON-FRI *)", AWAKE)
    assert at()[0] == "ConflictException"


def test_what_is_due_is_done_once(hours: Hours) -> None:
    rds, now = hours.client("rds"), datetime.now(UTC)

    def limits() -> Any:
        return rds.describe_db_clusters(DBClusterIdentifier="reports")["DBClusters"][0][
            "ServerlessV2ScalingConfiguration"
        ]

    at = now - timedelta(minutes=5)
    hours.at("morning", f"cron({at.minute} {at.hour} * * ? *)", AWAKE, zone="UTC")
    assert limits() == ASLEEP, "it came before the schedule was made"
    schedules = scheduler_backends[ACCOUNT_ID]["eu-central-1"].schedule_groups["hours"].schedules
    schedules["morning"].creation_date = (now - timedelta(days=1)).timestamp()
    assert limits() == AWAKE
    rds.modify_db_cluster(DBClusterIdentifier="reports", ServerlessV2ScalingConfiguration=ASLEEP)
    assert limits() == ASLEEP


def test_without_a_group_and_a_time_zone_it_is_in_the_default_ones(hours: Hours) -> None:
    hours.role()
    hours.client("scheduler").create_schedule(
        Name="mornings", ScheduleExpression="cron(0 8 ? * MON *)", FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": "arn:aws:scheduler:::aws-sdk:rds:modifyDBCluster",
            "RoleArn": f"arn:aws:iam::{ACCOUNT_ID}:role/hours",
        },
    )  # fmt: skip
    assert hours.client("scheduler").get_schedule(Name="mornings")["GroupName"] == "default"
    hours.client("rds").describe_db_clusters()
