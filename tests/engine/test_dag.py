"""What does not depend on each other happens at the same time; what does, in order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from support.clock import FakeClock
from vpn.cases import STATIC, VARIANTS, session

from flows.engine import Action, Call, Cloud, CloudError, Happening, Identity, Journal, Place, Plan, Ref, Run
from flows.engine.apply import AT_ONCE, apply
from flows.engine.boto import Aws

LATENCY = 0.15
PATIENCE = 20
"""Seconds after which a meeting that never comes about is given up: a failure, not a wait."""


class Account:
    """A cloud that is a function of the call's name."""

    identity = Identity("1", "arn:aws:iam::1:user/me", "eu-central-1")

    def __init__(self, answer: Callable[[str], Mapping[str, Any]]) -> None:
        self._answer = answer

    def make(self, call: Call) -> dict[str, Any]:
        return dict(self._answer(call.name))

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        yield self.make(call)


def action(name: str, *needs: str) -> Action:
    return Action(name, f"Make {name}", Call(f"ec2.Create{name}", {"Needs": [Ref(n, "Id") for n in needs]}))


def run_of(plan: Plan, tmp_path: Path) -> Run:
    run = Journal(tmp_path / "journal").begin("demo", Place())
    run.confirm(plan, "1", Place())
    return run


def applied(plan: Plan, cloud: Cloud, tmp_path: Path) -> Run:
    run = run_of(plan, tmp_path)
    problems = [event.problem for event in apply(run, plan, cloud, clock=FakeClock()) if event.problem]
    assert not problems
    return run


def test_independent_actions_meet(tmp_path: Path) -> None:
    """Each of two calls waits for the other: only if both are under way does either end."""
    meeting = threading.Barrier(2, timeout=PATIENCE)

    def answer(_: str) -> Mapping[str, Any]:
        meeting.wait()
        return {"Id": "x"}

    run = applied(Plan((action("A"), action("B"))), Account(answer), tmp_path)
    assert run.record.status == "done"


def test_dependent_actions_keep_their_order(tmp_path: Path) -> None:
    """No call is made before everything it refers to has been answered, also where only `after` says so."""
    ended: list[str] = []
    plan = Plan((action("A"), action("B", "A"), action("C", "A"), action("D", "B", "C")))
    ordered = Action("E", "Make E", Call("ec2.CreateE"), after=("D",))
    plan = Plan((*plan.actions, ordered))
    began_too_early: list[str] = []

    def answer(name: str) -> Mapping[str, Any]:
        id = name.removeprefix("Create")
        made = next(each for each in plan.actions if each.id == id)
        if not made.needs <= set(ended):
            began_too_early.append(id)
        ended.append(id)
        return {"Id": id}

    applied(plan, Account(answer), tmp_path)
    assert began_too_early == []
    assert sorted(ended) == ["A", "B", "C", "D", "E"]


def test_applying_takes_the_critical_path(tmp_path: Path) -> None:
    """Ten calls of 150 ms in four layers take 0.6 s of the account's time, not 1.5 s.

    The time is the account's: it passes once for each layer, when all calls of that layer are under way.
    """
    layers = ["A", "BCDE", "FGHI", "J"]
    plan = Plan(tuple(action(name, *(layers[i - 1] if i else "")) for i, layer in enumerate(layers) for name in layer))
    passed: list[float] = []
    meetings = {
        name: meeting
        for layer in layers
        for meeting in [threading.Barrier(len(layer), action=lambda: passed.append(LATENCY), timeout=PATIENCE)]
        for name in layer
    }

    def answer(name: str) -> Mapping[str, Any]:
        meetings[name.removeprefix("Create")].wait()
        return {"Id": name}

    applied(plan, Account(answer), tmp_path)
    assert sum(passed) == pytest.approx(4 * LATENCY)


def test_not_too_many_at_once(tmp_path: Path) -> None:
    """A wide plan keeps to the bound, and reaches it."""
    lock, under_way, most = threading.Lock(), [0], [0]
    full = threading.Event()

    def answer(_: str) -> Mapping[str, Any]:
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
            if under_way[0] == AT_ONCE:
                full.set()
        assert full.wait(PATIENCE)
        with lock:
            under_way[0] -= 1
        return {"Id": "x"}

    applied(Plan(tuple(action(f"N{n}") for n in range(3 * AT_ONCE))), Account(answer), tmp_path)
    assert most[0] == AT_ONCE


def test_after_a_failure_nothing_further_begins(tmp_path: Path) -> None:
    """What is under way is finished and written down; what has not begun is not begun."""
    plan = Plan((action("Bad"), action("Slow"), action("Later", "Slow")))
    slow_is_under_way, bad_is_known = threading.Event(), threading.Event()

    def answer(name: str) -> Mapping[str, Any]:
        if name == "CreateBad":
            assert slow_is_under_way.wait(PATIENCE)
            raise CloudError("No.")
        slow_is_under_way.set()
        assert bad_is_known.wait(PATIENCE)
        return {"Id": "x"}

    run = run_of(plan, tmp_path)
    events = []
    for event in apply(run, plan, Account(answer), clock=FakeClock()):
        events.append(event)
        if event.kind is Happening.FAILED:
            bad_is_known.set()
    assert [event.action for event in events if event.kind is Happening.FAILED] == ["Bad"]
    assert (run.status("Bad"), run.status("Slow"), run.status("Later")) == ("refused", "ready", "")
    assert run.record.status == "failed"


def test_a_face_that_goes_away_stops_it(tmp_path: Path) -> None:
    """Closing the events ends the waiting; the call under way is written down, and no other is sent."""
    calls: list[str] = []

    def answer(name: str) -> Mapping[str, Any]:
        calls.append(name)
        return {"Id": "x"}

    plan = Plan((action("A"), action("B", "A")))
    run = run_of(plan, tmp_path)
    events = apply(run, plan, Account(answer), stop := threading.Event(), FakeClock())
    next(events)
    events.close()  # type: ignore[attr-defined]
    assert stop.is_set()
    assert calls == ["CreateA"]
    assert run.status("A") in ("done", "ready")


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.some("bgp", "static")
def test_the_vpns_critical_path_is_short(cloud: Aws, variant: str) -> None:
    """Gateway, attachment, connection, its routes: nothing else makes anybody wait."""
    plan = session(cloud, None, VARIANTS[variant]).review().plan
    depth: dict[str, int] = {}
    for each in plan.actions:
        depth[each.id] = 1 + max((depth[needed] for needed in each.needs), default=0)
    assert max(depth.values()) <= 4
    assert depth.get("customer-gateway", 1) == 1
    assert all(at == 1 for id, at in depth.items() if id.startswith("let-in"))
    assert STATIC["routing"] == "static"
