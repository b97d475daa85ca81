"""What somebody does to what a run made, between the run and its undo, and what becomes of both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flows.engine import Session
from flows.engine.references import fill
from flows.practice import PracticeAccount
from support.looked import as_foretold, as_found, to_stay

Act = Callable[[PracticeAccount, Session], object]


@dataclass(frozen=True)
class Deed:
    """What somebody does, and what an undo that is told nothing more makes of it.

    Args:
        act: does it.
        stays: the ids of the actions whose things stay; all others are taken back.
        why: is in the reason that the receipt gives.
        gone: the ids of the actions whose things somebody took away.
    """

    act: Act
    stays: str = ""
    why: str = ""
    gone: str = ""


def resource(made: Session, action_id: str) -> str:
    """The id of what an action made."""
    run = _run(made)
    action = next(each for each in _plan(made).actions if each.id == action_id)
    return str(fill(action.resource, run.resolve))


def client(account: PracticeAccount, service: str) -> Any:
    return account.session.client(service)  # type: ignore[call-overload]


def taken_back_after(account: PracticeAccount, made: Session, deed: Deed, **decided: str) -> None:
    """Undo after the deed: what stays is told with the reason, the rest goes, it ends, and twice is as once."""
    deed.act(account, made)
    looked = made.look()
    foretold = to_stay(made, decided)
    list(made.undo(decided))
    as_found(looked, made)
    as_foretold(foretold, made)
    run, plan = _run(made), _plan(made)
    status = {each.id: run.status(each.id) for each in plan.actions if each.undo}
    assert {id for id, how in status.items() if how == "left"} == set(deed.stays.split())
    gone = {id for id, how in status.items() if how == "undone" and run.facts(id)["how"] == "gone"}
    assert gone == set(deed.gone.split())
    assert run.record.status == "undone"
    receipt = made.receipt()
    assert deed.why in " ".join(each.why for each in receipt.left), receipt.left
    list(made.undo(decided))
    assert {id: run.status(id) for id in status} == status


def _run(made: Session) -> Any:
    assert made.run is not None
    return made.run


def _plan(made: Session) -> Any:
    assert made.run is not None and made.run.plan is not None
    return made.run.plan
