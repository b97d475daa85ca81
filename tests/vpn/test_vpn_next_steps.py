"""Once the tunnels are up nobody is told to copy the files first."""

from __future__ import annotations

from typing import Any

from support.clock import FakeClock
from vpn.cases import STATIC, session

from flows.engine import Call, Journal
from flows.engine.boto import Aws


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
