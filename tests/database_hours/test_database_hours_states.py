"""Hours of a database as other people leave them: what is right in an unusual way, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from database_hours import states
from database_hours.standing import CLUSTER, NAME, NIGHT, NOON, Hours, State, check, monday
from database_hours.states import STATES, without_leave_to_send
from support.clouds import Between
from support.repairs import mended_or_why_not

from flows.database_hours import diagnosis
from flows.engine import Call
from flows.engine.boto import Aws
from flows.engine.verdict import verdict
from flows.practice import PracticeAccount


@pytest.mark.parametrize("name", STATES)
@pytest.mark.some("as_by_the_set_up", "misspelled", "as_by_the_set_up_at_noon")
def test_a_state_is_told(account: PracticeAccount, cloud: Aws, name: str) -> None:
    state = STATES[name]
    found = check(account, cloud, state)
    assert (str(found.status), found.cause.startswith(state.cause), bool(found.cause)) == (
        state.status, True, bool(state.cause),
    ), found  # fmt: skip
    assert mended_or_why_not("database_hours", found) == []


@pytest.mark.parametrize(
    ("made", "hour", "sentence"),
    [
        (states.stopped_by_schedule, NIGHT, "It is stopped, as the schedule evening set it: Fri "),
        (states.runs_by_schedule, NOON, "It runs, as the schedule morning set it: Mon "),
        (states.not_started_again, NOON, "reports should run since Mon "),
        (
            states.stopped_and_not_started,
            NOON,
            "switched off by hand or by the schedule evening, and no schedule starts it",
        ),
        (states.stopped_by_hand, NIGHT, "reports is switched off by hand: no schedule can change it"),
    ],
)
def test_what_stopped_or_started_it_is_said(
    account: PracticeAccount, cloud: Aws, made: Callable[[Hours], None], hour: int, sentence: str
) -> None:
    found = check(account, cloud, State(made, "", hour=hour))
    (now,) = [each for each in found.findings if each.id == "state"]
    assert sentence in now.sentence


def test_no_cluster_of_a_global_database_is_stopped(account: PracticeAccount, cloud: Aws) -> None:
    """moto takes no cluster of another region's into one."""

    class Global(Between):
        def pages(self, call: Call) -> Iterator[dict[str, Any]]:
            member = {"DBClusterArn": CLUSTER, "IsWriter": True}
            one = {"GlobalClusterIdentifier": "world", "GlobalClusterMembers": [member]}
            yield from [{"GlobalClusters": [one]}] if call.name == "DescribeGlobalClusters" else super().pages(call)

    states.runs_by_schedule(Hours(account))
    found = verdict(diagnosis.diagnose(Global(cloud), NAME, monday(NOON)))
    assert (found.status, found.cause) == ("broken", "refused:evening")
    assert found.because
    assert "belongs to the global database world, whose clusters cannot be stopped" in found.because.sentence


def test_who_may_not_send_is_named(account: PracticeAccount, cloud: Aws) -> None:
    found = check(account, cloud, State(without_leave_to_send, "works"))
    (queue,) = [each for each in found.findings if each.id == "queue:failed"]
    assert (queue.grade.value, queue.aside) == ("not checked", True)
    assert "the role hours may not put it into the queue failed" in queue.sentence
