"""What the end of a run says: what is to do now, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from support.clock import FakeClock
from vpn.cases import HUB, HUB_ANEW, RINGING, STATIC, session

from flows.engine import Call, Journal
from flows.engine.boto import Aws
from tui.costs import least


class Device:
    """An account in whose AWS a device calls once it is `on`."""

    on = False

    def __init__(self, cloud: Aws) -> None:
        self._cloud = cloud

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cloud, name)

    def make(self, call: Call) -> dict[str, Any]:
        answer = self._cloud.make(call)
        for connection in answer.get("VpnConnections", ()) if self.on else ():
            connection["VgwTelemetry"] = [
                {"OutsideIpAddress": f"192.0.2.{n}", "Status": "UP", "StatusMessage": ""} for n in (1, 2)
            ]
        return answer


def test_what_is_done_is_not_the_first_step(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    account = Device(cloud)
    made = session(account, journal, STATIC, clock=clock)
    list(made.apply())
    before = made.hand_over()
    assert made.stops() == ()
    account.on = True
    assert made.stops() == ("The office is connected, both tunnels are up: it is cut off at once.",)
    after = made.hand_over()
    assert before.waiting and not after.waiting
    assert not before.done and any("Copy the files" in step for step in before.next_steps)
    assert "Copy the files" in after.done[0] and [step for step in after.next_steps if "check vpn" not in step] == []
    assert "USD a month" in after.notes[0], "what it costs is nothing to do"
    assert made.run
    assert f"Done already: {after.done[0]}" in made.run.record.handover["next_steps"]


@pytest.mark.parametrize(
    ("answers", "month"), [(STATIC, "36.50"), (HUB, "73.00"), (HUB_ANEW, "109.50"), (RINGING, "36.60")],
    ids=["a VPN gateway", "a transit gateway", "and the VPC", "an alarm"],
)  # fmt: skip
def test_the_end_says_what_the_review_said_of_costs_and_whose_prices_they_are(
    cloud: Aws, journal: Journal, clock: FakeClock, answers: Mapping[str, Any], month: str
) -> None:
    made = session(cloud, journal, answers, clock=clock)
    prices = [cost for action in made.review().plan.actions for cost in action.costs]
    assert {"US East (N. Virginia)" in each.source for each in prices} == {True}
    assert f"{least(prices):.2f}" == month
    list(made.apply())
    told = f"It costs about {month} USD a month (US East) until it is undone, whether it is used or not."
    assert told in made.hand_over().notes


def test_a_run_that_makes_no_connection_does_not_say_that_undo_ends_its_costs(
    cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    list(session(cloud, journal, STATIC, clock=clock).apply())
    second = session(cloud, journal, {**STATIC, "networks": ["192.168.30.0/24"]}, clock=clock)
    list(second.apply())
    assert not [each for each in second.hand_over().notes if "USD" in each]
