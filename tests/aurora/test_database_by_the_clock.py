"""Where a schedule is the reason, it is named; and keeping awake by hand goes well with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aurora.test_database_awake import Performed, limits
from database_hours.standing import ASLEEP, AWAKE, CLUSTER, Hours
from moto.scheduler.models import scheduler_backends

from flows.aurora.diagnosis import diagnose
from flows.engine import Call, Event
from flows.engine.boto import Aws
from flows.engine.verdict import verdict
from flows.practice import ACCOUNT_ID, PracticeAccount


def daily(hours: Hours, name: str, at: datetime, limits: Any = None, **more: Any) -> None:
    """A schedule of every day, made long ago."""
    hours.at(name, f"cron({at.minute} {at.hour} * * ? *)", limits, zone="UTC", **more)
    backend = scheduler_backends[ACCOUNT_ID]["eu-central-1"]
    backend.schedule_groups["hours"].schedules[name].creation_date = (at - timedelta(days=9)).timestamp()


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def kept(account: PracticeAccount, now: datetime) -> Hours:
    """The schedule has kept “reports” awake for an hour, and does for one more."""
    hours = Hours(account)
    daily(hours, "morning", now - timedelta(hours=1), AWAKE)
    daily(hours, "evening", now + timedelta(hours=1), ASLEEP)
    return hours


@pytest.fixture
def task(cloud: Aws) -> Performed:
    return Performed(cloud)


def test_the_schedule_is_named_that_keeps_it_awake(task: Performed, kept: Hours, now: datetime) -> None:
    outcome = task(cluster="reports")
    assert outcome.code == 0
    assert outcome.sentence.startswith(
        "reports is awake. The schedule morning keeps it awake: its minimum is 0.5 ACU. From "
    )
    assert f"{now + timedelta(hours=1):%H:%M} (UTC) on it may sleep, by the schedule evening." in outcome.sentence
    assert "never sleeps" not in outcome.sentence
    assert outcome.facts["keeps_awake"] == ["schedule"]


def test_the_check_of_a_database_names_it(cloud: Aws, kept: Hours) -> None:
    found = verdict(diagnose(cloud, "reports"))
    named = {each.id: each for each in found.findings}
    assert "keeps-awake-minimum" not in named
    assert named["keeps-awake-schedule"].remedy == (
        "Look after it: handrail check database_hours --set cluster=reports"
    )


def test_asleep_the_next_morning_is_named(account: PracticeAccount, task: Performed, now: datetime) -> None:
    hours = Hours(account)
    daily(hours, "morning", now + timedelta(hours=2), AWAKE)
    daily(hours, "evening", now - timedelta(hours=9), ASLEEP)
    hours.client("rds").describe_db_clusters()
    outcome = task(cluster="reports", do="look")
    (finding,) = (each for each in outcome.findings if each.id == "schedule")
    assert f"{now + timedelta(hours=2):%H:%M} (UTC) on its minimum is 0.5 ACU" in finding.sentence


@pytest.mark.wild
def test_what_a_schedule_may_have_stopped_is_not_said_to_be_by_hand(account: PracticeAccount, task: Performed) -> None:
    hours = Hours(account)
    hours.at("evening", "cron(0 18 ? * 2#1 *)", operation="stopDBCluster")
    hours.client("rds").stop_db_cluster(DBClusterIdentifier="reports")
    outcome = task(cluster="reports", do="look")
    assert outcome.sentence.startswith("reports is stopped. The schedule evening may have stopped it:")


def test_stopped_by_a_schedule_is_not_by_hand(account: PracticeAccount, task: Performed, now: datetime) -> None:
    hours = Hours(account)
    daily(hours, "evening", now - timedelta(hours=1), operation="stopDBCluster")
    daily(hours, "morning", now + timedelta(hours=2), operation="startDBCluster")
    hours.client("rds").stop_db_cluster(DBClusterIdentifier="reports")
    outcome = task(cluster="reports")
    assert outcome.sentence.startswith("reports is stopped. The schedule evening stopped it. From ")
    assert "by hand" not in outcome.sentence


def test_in_its_hours_there_is_nothing_to_raise(task: Performed, kept: Hours) -> None:
    outcome = task(cluster="reports", do="hold", minutes="30")
    assert "by the schedule evening. There is nothing to raise." in outcome.sentence
    assert limits(kept.client("rds"), "reports") == {**AWAKE, "tags": []}


@pytest.mark.wild
def test_held_longer_than_its_hours_it_goes_on_over_the_evening(cloud: Aws, kept: Hours) -> None:
    """The evening comes while it is held: it is raised again."""
    task, rds = Performed(cloud), kept.client("rds")
    lowered = list[Any]()

    class Evening(list[Event]):
        def append(self, event: Event) -> None:
            if event.sentence.startswith("Keeping") and not lowered:
                rds.modify_db_cluster(DBClusterIdentifier="reports", ServerlessV2ScalingConfiguration=ASLEEP)
                lowered.append(limits(rds, "reports")["MinCapacity"])
            elif lowered and len(lowered) == 1 and event.sentence.startswith("Keeping"):
                lowered.append(limits(rds, "reports"))

    task.events = Evening()
    outcome = task(cluster="reports", do="hold", minutes="120")
    assert "was kept awake" in outcome.sentence
    assert lowered[0] == 0
    held = {each["Key"]: each["Value"] for each in lowered[1].pop("tags")}
    assert (lowered[1], held["handrail:capacity-before"]) == (AWAKE, "0/4/600")


def test_what_ends_in_its_hours_leaves_it_awake(cloud: Aws, kept: Hours) -> None:
    """It was held before the morning, which came meanwhile."""
    rds = kept.client("rds")
    before = [{"Key": "handrail:capacity-before", "Value": "0/4/600"}, {"Key": "handrail:awake-until", "Value": "now"}]
    cloud.make(Call("rds.AddTagsToResource", {"ResourceName": CLUSTER, "Tags": before}))
    task = Performed(cloud)
    task(cluster="reports", do="release")
    assert limits(rds, "reports") == {**AWAKE, "tags": []}
    assert any("stays 0.5 ACU: the schedule morning keeps it awake now" in each.sentence for each in task.events)
