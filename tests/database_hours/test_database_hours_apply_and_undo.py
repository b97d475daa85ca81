"""Applied, two schedules change the database by the clock; undone, it is as before, whatever they had set by then."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from database_hours.cases import VARIANTS, picture, session
from support.clock import FakeClock
from support.sessions import carried_out, taken_back

from flows.engine import Journal
from flows.engine.boto import Aws
from flows.practice import PracticeAccount

LIMITS = "ServerlessV2ScalingConfiguration"
MONDAY = datetime(2026, 12, 7, tzinfo=UTC)


def limits(account: PracticeAccount, name: str = "reports") -> Any:
    (found,) = account.session.client("rds").describe_db_clusters(DBClusterIdentifier=name)["DBClusters"]
    return found[LIMITS]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.some("office")
@pytest.mark.quick
def test_undone_is_as_before(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, variant: str
) -> None:
    before = picture(account.session)
    made = session(cloud, journal, VARIANTS[variant], clock=clock)
    made.review()
    assert picture(account.session) == before
    carried_out(made)
    told = made.hand_over()
    assert {finding.grade.value for finding in told.findings} == {"proved"}
    assert list(told.outputs)[:2] == ["awake", "asleep"], "what one came for"
    assert picture(account.session) != before
    taken_back(made)
    assert picture(account.session) == before


def in_the_hours(account: PracticeAccount) -> None:
    """The morning came: the schedule did what it says."""
    (told,) = (
        scheduled for scheduled in schedules(account) if scheduled["Name"] == "reports-awake"
    )  # fmt: skip
    given = json.loads(told["Target"]["Input"])
    account.session.client("rds").modify_db_cluster(
        DBClusterIdentifier=given["DbClusterIdentifier"], ServerlessV2ScalingConfiguration=given[LIMITS]
    )


def schedules(account: PracticeAccount) -> list[Any]:
    client = account.session.client("scheduler")
    listed = client.list_schedules()["Schedules"]
    return [client.get_schedule(GroupName=each["GroupName"], Name=each["Name"]) for each in listed]


@pytest.mark.wild
def test_undone_in_its_hours_the_former_limits_are_put_back(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    before = picture(account.session)
    made = session(cloud, journal, clock=clock)
    carried_out(made)
    in_the_hours(account)
    assert limits(account) == {"MinCapacity": 0.5, "MaxCapacity": 4.0}
    taken_back(made)
    assert picture(account.session) == before


@pytest.mark.parametrize("what", ["limits", "stopped"])
@pytest.mark.some("limits")
def test_what_somebody_chose_since_is_left(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, what: str
) -> None:
    made = session(cloud, journal, clock=clock)
    carried_out(made)
    rds: Any = account.session.client("rds")
    if what == "limits":
        rds.modify_db_cluster(DBClusterIdentifier="reports", **{LIMITS: {"MinCapacity": 2, "MaxCapacity": 16}})
    else:
        in_the_hours(account)
        rds.stop_db_cluster(DBClusterIdentifier="reports")
    now = limits(account)
    list(made.undo({}))
    receipt = made.receipt()
    assert limits(account) == now
    assert any("Somebody changed the limits of reports since, or stopped it" in left.why for left in receipt.left)
    assert schedules(account) == []


def test_a_schedule_of_others_in_the_group_keeps_the_group(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    made = session(cloud, journal, clock=clock)
    carried_out(made)
    (theirs, _) = schedules(account)
    kept = {key: theirs[key] for key in ("ScheduleExpression", "Target", "FlexibleTimeWindow", "GroupName")}
    account.session.client("scheduler").create_schedule(Name="lunch", **kept)
    list(made.undo({}))
    assert [each["Name"] for each in schedules(account)] == ["lunch"]
    assert any("Schedules of others are in it" in left.why for left in made.receipt().left)
    assert account.session.client("iam").get_role(RoleName="reports-hours"), "theirs works with it"


def test_what_is_made_is_as_small_as_can_be(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """The role may change one database, for schedules of one group; a late morning never follows the evening."""
    carried_out(session(cloud, journal, clock=clock))
    iam: Any = account.session.client("iam")
    role = iam.get_role(RoleName="reports-hours")["Role"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": "arn:aws:scheduler:eu-central-1:123456789012:schedule-group/reports-hours"},
    }
    document = iam.get_role_policy(RoleName="reports-hours", PolicyName="handrail")["PolicyDocument"]
    assert {(each["Action"], each["Resource"]) for each in document["Statement"]} == {
        ("rds:ModifyDBCluster", "arn:aws:rds:eu-central-1:123456789012:cluster:reports"),
        ("sqs:SendMessage", "arn:aws:sqs:eu-central-1:123456789012:reports-hours"),
    }
    told = {each["Name"]: each for each in schedules(account)}
    inputs = {name: json.loads(each["Target"]["Input"]) for name, each in told.items()}
    assert inputs == {
        "reports-awake": {"DbClusterIdentifier": "reports", LIMITS: {"MinCapacity": 0.5, "MaxCapacity": 4.0}},
        "reports-asleep": {
            "DbClusterIdentifier": "reports",
            LIMITS: {"MinCapacity": 0.0, "MaxCapacity": 4.0, "SecondsUntilAutoPause": 600},
        },
    }
    assert {each["Target"]["Arn"] for each in told.values()} == {"arn:aws:scheduler:::aws-sdk:rds:modifyDBCluster"}
    assert {each["Target"]["RetryPolicy"]["MaximumEventAgeInSeconds"] for each in told.values()} == {14400}
    assert {each["ScheduleExpressionTimezone"] for each in told.values()} == {"Europe/Berlin"}
    assert {name: each["ScheduleExpression"] for name, each in told.items()} == {
        "reports-awake": "cron(0 8 ? * MON-FRI *)", "reports-asleep": "cron(0 18 ? * MON-FRI *)",
    }  # fmt: skip
