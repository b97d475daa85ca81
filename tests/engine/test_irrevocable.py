"""What an undo does not bring back is known before it begins, and stands on its receipt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from support.clock import FakeClock

from flows.engine import (
    Action,
    Call,
    Cost,
    Decision,
    Find,
    Identity,
    Journal,
    Kept,
    Place,
    Plan,
    Restore,
    Run,
    Undo,
    before,
)
from flows.engine import serialization as journalled
from flows.engine.apply import apply
from flows.engine.irrevocable import lost, staying
from flows.engine.look import State, look
from flows.engine.receipts import receipt
from flows.engine.undo import undo
from tui import looking_again, taking_back
from tui.costs import meanwhile
from tui.looking_again import costs_now

LOST = "The data of shop is gone."
DATA = Decision("last", "Keep a copy?", {"no": "Delete it", "yes": "Keep one"}, "yes", "no", LOST)
COPIES = Kept("What 2222 copied", "It stays theirs.")
PICTURE = Kept("The last copy", "You asked to keep it.", "0.05 USD", Find(Call("shelf.GetCopy"), "Copy"))
DOOR = Call("shelf.GetDoor")
PLAN = Plan(
    (
        Action(
            "data", "Make the data", Call("shelf.CreateData"),
            undo=(
                Undo(Call("shelf.CopyData"), when=("last", "yes"), kept=PICTURE),
                Undo(Call("shelf.DeleteData"), kept=COPIES),
            ),
            undone="The data",
            yours="Tell the shop.",
            costs=(Cost("The data", Decimal("0.01"), "2026-11", "nowhere"),),
        ),
        Action(
            "door", "Open the door", Call("shelf.PutDoor", {"Shelf": "shop", "Door": "open"}),
            undo=Restore(DOOR, "Door", Call("shelf.PutDoor", {"Shelf": "shop", "Door": before("door")})),
            after=("data",), undone="The door",
        ),
        Action("ask", "Ask how it goes", Call("shelf.PutQuestion"), after=("data",)),
    ),
    decisions=(DATA,),
)  # fmt: skip


class Shelf:
    """An account with one door."""

    identity = Identity("111122223333", "arn:aws:iam::111122223333:user/kim", "eu-central-1", "")

    def __init__(self) -> None:
        self.door, self.copied = "shut", True

    def make(self, call: Call) -> dict[str, Any]:
        self.door = str(call.params.get("Door", self.door))
        return {"Door": self.door, "Id": "shop"} | ({"Copy": "c-1"} if self.copied else {})

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        yield self.make(call)


def carried_out(journal: Journal, plan: Plan = PLAN) -> tuple[Run, Shelf]:
    shelf, place = Shelf(), Place(region="eu-central-1")
    run = journal.begin("vpn", place, shelf.identity.account)
    run.confirm(plan, shelf.identity.account, place)
    assert not [event.problem for event in apply(run, plan, shelf, clock=FakeClock()) if event.problem]
    return run, shelf


@pytest.mark.quick
def test_words_of_their_own_with_what_loses_nothing_first() -> None:
    kept = journalled.loads(journalled.dumps(PLAN)).decisions[0]
    assert list(kept.options) == ["no", "yes"], "a journal sorts them"
    assert list(kept.words.items()) == [("keep", "yes"), ("delete", "no")]
    assert list(kept.choices) == ["yes", "no"], "also where somebody reads the values"
    assert list(replace(kept, loses="").words) == ["yes", "no"], "what loses nothing needs no other words"


def test_what_a_decision_loses_is_said_before_and_after(journal: Journal) -> None:
    run, shelf = carried_out(journal)
    assert lost(run, PLAN, {"last": "no"}, ()) == [LOST]
    assert lost(run, PLAN, {"last": "yes"}, ()) == []
    assert [(each.what, each.why) for each in staying(run, PLAN)] == [("What 2222 copied", "It stays theirs.")]
    assert taking_back.not_brought_back(run, {"last": "no"}, (), ["The door is used."]) == {
        "What works now and stops:": [("STOPS", "The door is used.")],
        "What cannot be taken back:": [("LOST", LOST), ("stays", "What 2222 copied: It stays theirs.")],
        "What is yours to do:": [("yours", "Tell the shop.")],
    }
    assert meanwhile(run) == "What stands costs meanwhile: about 7.30 USD a month."
    list(undo(run, PLAN, shelf, clock=FakeClock(), decisions={"last": "no"}))
    assert not meanwhile(run)
    told = receipt(run, PLAN)
    assert told.complete and told.lost == (LOST,) and told.yours == ("Tell the shop.",)
    assert taking_back.receipt(told)[-1] == "  yours       Tell the shop."
    assert [each.what for each in told.staying] == ["What 2222 copied"]
    assert staying(run, PLAN) == [], "nothing is left to take back"


def test_what_is_kept_loses_nothing(journal: Journal) -> None:
    run, shelf = carried_out(journal)
    before = taking_back.not_brought_back(run, {"last": "yes"}, ())
    ((word, what),) = before["What will be there, as you decided:"]
    assert word == "stays" and what.startswith("The last copy: "), "whoever agrees sees it before"
    list(undo(run, PLAN, shelf, clock=FakeClock(), decisions={"last": "yes"}))
    told = receipt(run, PLAN)
    assert told.lost == ()
    assert [each.what for each in told.staying] == ["The last copy", "What 2222 copied"]


def test_what_was_kept_is_looked_at_as_long_as_it_is_there(journal: Journal) -> None:
    """And nothing is said of a question that was put to what is gone."""
    run, shelf = carried_out(journal)
    assert [each.action for each in look(run, PLAN, shelf, clock=FakeClock())] == ["data", "door", "ask"]
    list(undo(run, PLAN, shelf, clock=FakeClock(), decisions={"last": "yes"}))
    (kept,) = look(run, PLAN, shelf, clock=FakeClock())
    assert (kept.what, kept.state, costs_now(kept)) == ("The last copy", State.AS_LEFT, "The last copy: 0.05 USD.")
    assert looking_again.looked(run, [kept])[-1] == "  The last copy: 0.05 USD."
    shelf.copied = False
    assert look(run, PLAN, shelf, clock=FakeClock()) == []


def test_a_setting_of_a_thing_of_its_own_is_not_told_as_put_back(journal: Journal) -> None:
    own = replace(PLAN.actions[0], type="AWS::Shelf::Shelf", resource="shop")
    for first, restored in ((PLAN.actions[0], True), (own, False)):
        plan = replace(PLAN, actions=(first, *PLAN.actions[1:]))
        run, shelf = carried_out(journal, plan)
        list(undo(run, plan, shelf, clock=FakeClock(), decisions={"last": "no"}))
        told = receipt(run, plan)
        assert (shelf.door, "The door" in told.restored) == ("shut", restored)
        assert ("The door" in told.removed) is not restored
