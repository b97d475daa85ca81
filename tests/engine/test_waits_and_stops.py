"""Waiting for what AWS does by itself, and being asked to stop at any moment."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from practice.picture import snapshot
from support.clock import FakeClock
from support.clouds import Between
from support.sessions import carried_out, problems_of, taken_back
from vpn.cases import again, session

from flows.engine import (
    Call,
    CloudError,
    Happening,
    Journal,
    Session,
)  # fmt: skip
from flows.engine.boto import Aws
from flows.engine.refusals import changes
from flows.practice import PracticeAccount

# -- waiting -------------------------------------------------------------------------------------------------------


def changed_answers(cloud: Aws, state: Callable[[], str | None]) -> Any:
    """A cloud in which VPN connections are said to be in another state."""

    class Telling(Between):
        def make(self, call: Call) -> dict[str, Any]:
            answered = super().make(call)
            if call.name == "DescribeVpnConnections" and (told := state()):
                for connection in answered.get("VpnConnections", []):
                    connection["State"] = told
            return answered

    return Telling(cloud)


def test_a_wait_that_fails(account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """Something that was deleted meanwhile never becomes ready: it says so at once; undo leaves it as before."""
    before = snapshot(account.session)
    told = iter([None, "pending", "deleted"])
    telling = changed_answers(cloud, lambda: next(told, None))
    made = session(telling, journal, clock=clock)
    made.review()
    (problem,) = problems_of(made)
    assert "deleted" in problem.what and problem.action == "connection"
    taken_back(made)
    assert snapshot(account.session) == before


@pytest.mark.wild
def test_a_wait_that_takes_too_long(account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """It gives up after its limit, says how long it waited, and resuming waits on without calling again."""
    pending = [True]
    telling = changed_answers(cloud, lambda: "pending" if pending[0] else None)
    made = session(telling, journal, clock=clock)
    events = list(made.apply())
    (problem,) = [event.problem for event in events if event.problem]
    assert "not ready after 40 minutes (pending)" in problem.what and "Resume" in problem.remedy
    waits = [event for event in events if event.kind is Happening.WAITING and event.action == "connection"]
    assert waits[-1].now == "pending" and 2000 < waits[-1].elapsed <= 2400 and waits[-1].typical == 300
    pending[0] = False
    carried_out(made)
    assert len(snapshot(account.session)["vpn_connections"]) == 2  # the branch has one


def test_an_undo_that_waits_too_long(account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """It names the one way on that there is: nobody resumes what is being taken back."""
    before, stands = snapshot(account.session), [False]
    telling = changed_answers(cloud, lambda: "available" if stands[0] else None)
    made = session(telling, journal, clock=clock)
    carried_out(made)
    stands[0] = True
    (problem,) = [each.problem for each in made.undo({}) if each.problem and "not ready after" in each.problem.what]
    assert problem.remedy == "Undo again to go on waiting."
    stands[0] = False
    taken_back(made)
    assert snapshot(account.session) == before


@pytest.mark.wild
def test_not_yet_is_believed_for_a_while(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """A gateway that is not ready is asked for again; after five minutes the refusal is the truth."""
    tries = []

    def not_ready(_: int, call: Call) -> None:
        if call.name == "CreateVpnConnection":
            tries.append(clock.now())
            raise CloudError("Not ready.", aws_code="InvalidVpnGatewayState")

    made = session(Between(cloud, before=not_ready), journal, clock=clock)
    events = list(made.apply())
    (problem,) = [event.problem for event in events if event.problem]
    assert isinstance(problem, CloudError) and problem.aws_code == "InvalidVpnGatewayState"
    assert any(e.kind is Happening.WAITING and "InvalidVpnGatewayState" in e.sentence for e in events), "it is said"
    assert len(tries) > 10
    assert tries[-1] - tries[0] >= 300


# -- asked to stop -------------------------------------------------------------------------------------------------


@pytest.mark.wild
def test_stopped_at_every_call(account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """Whenever somebody asks to stop: no further change is begun, it is resumable, and resuming completes it."""
    before = snapshot(account.session)
    for n in itertools.count(1):
        faulty = Between(cloud)
        made = session(faulty, journal, clock=clock)
        made.review()
        seen, after_stop = itertools.count(1), []
        stopped = threading.Event()

        def stop(
            _: int, call: Call, made: Session = made, seen: Iterator[int] = seen, target: int = n,
            stopped: threading.Event = stopped, late: list[str] = after_stop,
        ) -> None:  # fmt: skip
            if stopped.is_set() and changes(call):
                late.append(call.name)
            if next(seen) == target:
                made.stop()
                stopped.set()

        faulty.before = stop
        events = list(made.apply())
        faulty.before = None
        assert made.run is not None
        if not stopped.is_set():
            taken_back(made)
            break
        # at most what other workers had already decided to send at that moment
        assert len(after_stop) <= 7
        assert not [event.problem for event in events if event.problem]
        finished = made.run.record.status == "done"
        assert finished or any(event.kind is Happening.STOPPED for event in events)
        made.close()
        resumed = again(cloud, journal, made.run, clock=clock)
        carried_out(resumed)
        assert len(snapshot(account.session)["vpn_connections"]) == 2  # the branch has one
        taken_back(resumed)
        resumed.close()
        assert snapshot(account.session) == before
    assert n > 10


def test_stopped_while_waiting_sends_nothing_more(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """Stopping during the long wait ends it at once; the steps after it are not begun."""
    telling = changed_answers(cloud, lambda: "pending")
    made = session(telling, journal, clock=clock)
    made.review()
    events = made.apply()
    for event in events:
        if event.kind is Happening.WAITING and event.action == "connection":
            made.stop()
            sent = len([call for call in telling.calls if changes(call)])
            break
    kinds = [event.kind for event in events]
    assert kinds[-1] is Happening.STOPPED
    assert len([call for call in telling.calls if changes(call)]) == sent
    assert made.run is not None
    assert made.run.record.status == "failed"
    assert made.run.status("connection") == "done"
    assert made.run.status("static-192.168.10.0-24") == ""


def test_undo_can_be_stopped_too(account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """It stops before the next call, says so, and goes on later."""
    before = snapshot(account.session)
    made = session(cloud, journal, clock=clock)
    carried_out(made)
    events = made.undo()
    for event in events:
        if event.kind is Happening.REMOVED:
            made.stop()
            break
    assert [event.kind for event in events][-1] is Happening.STOPPED
    assert not made.receipt().complete
    taken_back(made)
    assert snapshot(account.session) == before
