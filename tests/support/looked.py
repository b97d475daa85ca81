"""What a look says of a run that somebody disturbed is what an undo finds; what is told before it is what it does."""

from __future__ import annotations

from collections.abc import Mapping

from flows.engine import Action, Session
from flows.engine.look import Looked, State
from flows.engine.undo import kept


def as_found(looked: list[Looked], made: Session) -> None:
    """After the undo: what it did not find was gone, what it left as changed was, and the rest stood.

    An undo that lets go of what others changed finds nothing else wrong with it.
    """
    run = made.run
    assert run is not None and run.plan is not None
    said: Mapping[str, Looked] = {each.action: each for each in looked}
    for action in run.plan.actions:
        if not action.undo or action.id not in said:
            continue
        facts, seen = run.facts(action.id), said[action.id]
        status, gone, why = run.status(action.id), facts.get("gone", ""), facts.get("why", "")
        if status == "undone" and gone.startswith("not found"):
            assert seen.state is State.GONE or facts.get("parts"), seen
        elif status == "undone" and not gone:
            assert seen.state in (State.AS_LEFT, State.CHANGED), seen
        elif status == "left" and (facts.get("because") == "changed" or "Somebody changed it since it" in why):
            of_it = [said[each.id].state for each in run.plan.actions if action.id in each.needs and each.id in said]
            assert State.CHANGED in (seen.state, *of_it) or _left_for_another(action), (seen, why)
        if seen.state in (State.CHANGED, State.GONE):
            assert seen.was and seen.now and seen.was != seen.now and seen.by, seen
        assert (seen.costs == ()) == (not action.costs or seen.state is State.GONE), seen


def to_stay(made: Session, decided: Mapping[str, str]) -> set[str]:
    """The ids of the actions of which somebody who is about to undo is told that something stays."""
    run = made.run
    assert run is not None and run.plan is not None
    told = made.claims()
    return {*kept(run, run.plan, told, decided), *(claim.action for claim in told if claim.partly)}


def as_foretold(foretold: set[str], made: Session) -> None:
    """After the undo: what it left is what it was said to leave, no less and no more."""
    run = made.run
    assert run is not None and run.plan is not None
    assert foretold == {action.id for action in run.plan.actions if run.status(action.id) == "left"}


def _left_for_another(action: Action) -> bool:
    """Whether it would be left for the sake of something beside it, as it is."""
    return isinstance(action.undo, tuple) and any(step.still and step.still.beside for step in action.undo)
