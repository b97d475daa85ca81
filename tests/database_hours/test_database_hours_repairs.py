"""What keeps schedules from their work is mended, and is as before once that is undone."""

from __future__ import annotations

import pytest
from database_hours.cases import picture
from database_hours.standing import NAME, NOON, Hours, monday
from database_hours.states import STATES
from support.clock import FakeClock
from support.repairs import mended_and_back

from flows.database_hours import diagnosis
from flows.engine import Action, Journal
from flows.engine.boto import Aws
from flows.practice import PracticeAccount

MENDED = {
    "switched_off": "switched-off:morning",
    "misspelled": "input:",
    "largest_by_hand": "limits:",
    "pause_forgotten": "limits:evening",
}
"""The states that a repair mends, and the finding that it is offered for."""


@pytest.mark.parametrize("state", MENDED)
@pytest.mark.some("misspelled")
def test_mended_and_taken_back(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, state: str
) -> None:
    STATES[state].made(Hours(account))
    mended_and_back(
        "database_hours", cloud, journal, clock, {"cluster": NAME}, lambda: picture(account.session),
        cause=MENDED[state],
    )  # fmt: skip


def test_a_change_that_failed_is_made_up_for(account: PracticeAccount, cloud: Aws) -> None:
    STATES["as_by_the_set_up"].made(Hours(account))
    (found,) = (each for each in diagnosis.diagnose(cloud, NAME, monday(NOON)) if each.id == "state")
    assert found.mend
    (change,) = (part for part in found.mend(cloud) if isinstance(part, Action))
    assert change.call.params["ServerlessV2ScalingConfiguration"] == {"MinCapacity": 0.5, "MaxCapacity": 4.0}
