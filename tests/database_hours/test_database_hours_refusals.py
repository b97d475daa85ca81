"""What is refused, each with its sentence, and what is worth saying."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from database_hours.cases import OFFICE, session
from database_hours.standing import Hours
from database_hours.states import as_by_the_set_up

from flows.engine import Refused
from flows.engine.boto import Aws
from flows.practice import PracticeAccount

REFUSED = {
    "a start in the skipped hour": (
        {"days": "SUN", "from": "02:30"},
        "the clocks in Europe/Berlin go from 02:00 to 03:00, so 02:30 does not come that day",
    ),
    "an end in the skipped hour": (
        {"days": "sunday", "from": "01:00", "to": "02:15"},
        "the clocks in Europe/Berlin go from 02:00 to 03:00, so 02:15 does not come that day",
    ),
    "over midnight": ({"from": "22:00", "to": "06:00"}, "It would end at 06:00 and begin at 22:00"),
    "midnight": ({"to": "24:00"}, "The last minute of a day is 23:59"),
    "no time": ({"from": "morning"}, "“morning” is no time of day"),
    "an offset": ({"time_zone": "CET+1"}, "“CET+1” is not among the time zones"),
    "an abbreviation": ({"time_zone": "CEST"}, "an abbreviation or an offset does not tell when clocks change"),
    "no day": ({"days": []}, "Choose at least one"),
    "another day": ({"days": "caturday"}, "“CATURDAY” is not among the choices for days"),
    "no database": ({"cluster": "orders"}, "“orders” is not among the choices for cluster"),
    "asleep in the hours": ({"capacity": "0"}, "0 will not do: 0 lets it sleep, and its maximum is 4"),
    "larger than the largest": ({"capacity": "8"}, "8 will not do"),
    "a pause of a minute": ({"auto_pause_minutes": "1"}, "“1” will not do. Give 5 to 1440 minutes"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.some("a start in the skipped hour", "over midnight", "asleep in the hours")
def test_it_is_refused_with_a_sentence(cloud: Aws, what: str) -> None:
    answers, sentence = REFUSED[what]
    with pytest.raises(Refused) as refused:
        session(cloud, None, {**OFFICE, **answers})
    told = f"{refused.value.what} {refused.value.why} {refused.value.remedy}"
    assert sentence in told


def noted(cloud: Aws, answers: Mapping[str, Any] = OFFICE) -> dict[str, str]:
    return {each.id: each.message for each in session(cloud, None, answers).review().cautions}


def test_a_database_that_never_sleeps_so_far(account: PracticeAccount, cloud: Aws) -> None:
    limits = {"MinCapacity": 2, "MaxCapacity": 8}
    account.session.client("rds").modify_db_cluster(
        DBClusterIdentifier="reports", ServerlessV2ScalingConfiguration=limits
    )
    made = session(cloud, None)
    assert "its minimum is 2 ACU" in {each.id: each.message for each in made.review().cautions}["sleeps-outside"]
    shown = {line.question.id: line.shown for line in made.review().answers}
    assert (shown["capacity"], shown["auto_pause_minutes"]) == ("2", "10")


def test_a_database_that_is_stopped(account: PracticeAccount, cloud: Aws) -> None:
    account.session.client("rds").stop_db_cluster(DBClusterIdentifier="reports")
    assert "aws rds start-db-cluster --db-cluster-identifier reports" in noted(cloud)["database-stopped"]


def test_a_second_schedule_is_refused(account: PracticeAccount, cloud: Aws) -> None:
    as_by_the_set_up(Hours(account))
    found = {each.id: each for each in session(cloud, None).review().findings}
    assert found["schedules"].grade.value == "refused"
    assert "hours/evening (Monday to Friday at 18:00 (Europe/Berlin))" in found["schedules"].sentence


def test_a_name_that_is_taken(account: PracticeAccount, cloud: Aws) -> None:
    account.session.client("sqs").create_queue(QueueName="reports-hours")
    account.session.client("scheduler").create_schedule_group(Name="reports-hours")
    found = {each.id: each for each in session(cloud, None).review().findings}
    assert (
        found["hours-names"].sentence == "There is already the schedule group reports-hours, the queue reports-hours."
    )
