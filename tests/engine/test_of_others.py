"""What others have in or on a run's things stays at undo, with all that it needs; the rest goes, and it ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.clock import FakeClock

from flows.engine import (
    Action,
    Call,
    CloudError,
    Denied,
    Find,
    Happening,
    Identity,
    Journal,
    Kept,
    NoSuchCall,
    Others,
    Place,
    Plan,
    Ref,
    Settings,
    Undo,
    found,
)
from flows.engine.apply import apply
from flows.engine.events import Receipt
from flows.engine.journal import Run
from flows.engine.receipts import receipt
from flows.engine.sending import FRESH
from flows.engine.undo import claimed, undo
from flows.engine.undo_plan import DELETE

PLACE = Place(region="eu-central-1")


class Cut(BaseException):
    """The plug was pulled."""


class Shelf:
    """An account in which things stand, each with what others put on it."""

    identity = Identity("123456789012", "arn:aws:iam::123456789012:user/ada", "eu-central-1")

    def __init__(self) -> None:
        self.things: dict[str, dict[str, Any]] = {}
        self.refuses: dict[str, BaseException] = {}
        self.sent: list[str] = []
        self.dies = ""

    def make(self, call: Call) -> dict[str, Any]:
        name = str(call.params.get("Name", ""))
        self.sent.append(f"{call.name} {name}")
        if problem := self.refuses.get(f"{call.name} {name}"):
            raise problem
        if call.name == "CreateThing":
            self.things[name] = {"Name": name, "Colour": "green", "Theirs": []}
        elif name not in self.things:
            raise CloudError("There is none.", aws_code="NoSuchThing")
        elif call.name == "DeleteThing":
            del self.things[name]
        elif call.name == "DeleteTheirs":
            self.things[name]["Theirs"] = [each for each in self.things[name]["Theirs"] if each[0] != call.params["Id"]]
        if self.dies == f"{call.name} {name}":
            self.dies = ""
            raise Cut
        return dict(self.things.get(name, {}))

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        yield self.make(call)


def thing(name: str, *, after: tuple[str, ...] = (), part_of: tuple[str, ...] = (), key: str = "others") -> Action:
    """One thing on the shelf, at which others may put theirs."""
    look = Call("shelf.GetThing", {"Name": name})
    remove = Call("shelf.DeleteTheirs", {"Name": name, "Id": found("id")})
    return Action(
        name,
        f"Put the {name} there",
        Call("shelf.CreateThing", {"Name": name}),
        undo=(Undo(Call("shelf.DeleteThing", {"Name": name}), not_yet=("Busy",)),),
        others=(Others(look, "Theirs", "Others hang on it", key, remove),),
        settings=Settings(look, "{colour: Colour}"),
        after=after,
        part_of=part_of,
        resource=Ref(name, "Name"),
        undone=f"The {name}",
    )


LAMP = thing("lamp", after=("hook",), key="")
PLAN = Plan((thing("hook"), LAMP, thing("bulb", after=("lamp",), part_of=("lamp",)), thing("rug")))


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def run(journal: Journal, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> Run:
    """All of it is there."""
    made = journal.begin("vpn", PLACE, shelf.identity.account)
    made.confirm(PLAN, shelf.identity.account, PLACE)
    assert not [event.problem for event in apply(made, PLAN, shelf, clock=FakeClock()) if event.problem]
    shelf.sent.clear()
    return made


def taken_back(run: Run, shelf: Shelf, decisions: Mapping[str, str] | None = None) -> Receipt:
    assert list(undo(run, PLAN, shelf, clock=FakeClock(), decisions=decisions))
    return receipt(run, PLAN)


def test_nobody_else_is_there(run: Run, shelf: Shelf) -> None:
    """Each is asked about before the first is deleted, and once more before it is deleted itself."""
    told = taken_back(run, shelf)
    first = next(number for number, sent in enumerate(shelf.sent) if sent.startswith("Delete"))
    assert {f"GetThing {action.id}" for action in PLAN.actions} <= set(shelf.sent[:first])
    assert (told.complete, bool(told.staying), told.left, shelf.things) == (True, False, (), {})
    assert run.record.status == "undone"


def test_what_others_lean_on_stays_with_all_that_it_needs(run: Run, shelf: Shelf) -> None:
    """The lamp has a protection: its hook stays since it hangs there, its bulb since it would be dark; the rug goes."""
    shelf.things["lamp"]["Theirs"] = [["moth-1", "Mothilda"], ["moth-2", None]]
    told = taken_back(run, shelf, {"others": DELETE})
    assert sorted(shelf.things) == ["bulb", "hook", "lamp"]
    assert [what for what in shelf.sent if what.startswith("Delete")] == ["DeleteThing rug"]
    whys = {left.what: left.why for left in told.left}
    assert whys["The lamp"] == "Others hang on it: moth-1 (Mothilda), moth-2."
    assert whys["The hook"] == whys["The bulb"] == "The lamp needs it, and that stays."
    assert (told.complete, bool(told.staying), run.record.status) == (True, True, "undone")


def test_many_are_named_and_then_that_there_are_more(run: Run, shelf: Shelf) -> None:
    """Nobody reads a list of thousands before deciding."""
    shelf.things["lamp"]["Theirs"] = [[f"moth-{number}", None] for number in range(1000)]
    (claim,) = claimed(run, PLAN, shelf)
    assert claim.why == "Others hang on it: " + ", ".join(f"moth-{number}" for number in range(10)) + " and more."


def test_it_goes_once_others_have_left(run: Run, shelf: Shelf) -> None:
    """What stayed for others' sake is taken back by a second undo, and nothing is told twice."""
    shelf.things["lamp"]["Theirs"] = [["moth-1", None]]
    taken_back(run, shelf)
    shelf.things["lamp"]["Theirs"] = []
    told = taken_back(run, shelf)
    assert (shelf.things, told.left, bool(told.staying)) == ({}, (), False)


def test_it_goes_with_a_yes_and_is_named(run: Run, shelf: Shelf) -> None:
    """Who decides so takes theirs away, too, and the receipt says what that was."""
    shelf.things["rug"]["Theirs"] = [["cat", "Minka"]]
    assert [claim.why for claim in claimed(run, PLAN, shelf)] == ["Others hang on it: cat (Minka)."]
    told = taken_back(run, shelf, {"others": DELETE})
    assert shelf.things == {}
    assert "The rug, and what others had there is gone or no longer works: cat (Minka)" in told.removed
    assert "DeleteTheirs rug" in shelf.sent


@pytest.mark.parametrize("cut", [False, True], ids=["refused", "killed"])
def test_what_went_of_others_is_told_whatever_becomes_of_ours(run: Run, shelf: Shelf, cut: bool) -> None:
    """Theirs are gone for good: the receipt says so at once, and also once ours has gone later on."""
    shelf.things["rug"]["Theirs"] = [[f"moth-{number}", None] for number in range(12)]
    if cut:
        shelf.refuses["DeleteThing rug"] = KeyboardInterrupt()
    else:
        shelf.refuses["DeleteThing rug"] = Denied("You may not.", permission="shelf:DeleteThing")
    with suppress(KeyboardInterrupt):
        taken_back(run, shelf, {"others": DELETE})
    theirs = ", ".join(f"moth-{number}" for number in range(10)) + " and others, 12 in all"
    assert f"What others had there: {theirs} (The rug)" in receipt(run, PLAN).removed
    shelf.refuses.clear()
    assert f"The rug, and what others had there is gone or no longer works: {theirs}" in taken_back(run, shelf).removed


def test_what_goes_with_it_is_told_once_it_went(journal: Journal, shelf: Shelf) -> None:
    """What others have in a thing is gone with the thing itself, not with its refusal."""
    look = Call("shelf.GetThing", {"Name": "rug"})
    plan = Plan((replace(thing("rug"), others=(Others(look, "Theirs", "Others lie on it"),)),))
    made = journal.begin("vpn", PLACE, shelf.identity.account)
    made.confirm(plan, shelf.identity.account, PLACE)
    assert not [event.problem for event in apply(made, plan, shelf, clock=FakeClock()) if event.problem]
    shelf.things["rug"]["Theirs"] = [["cat", None]]
    shelf.refuses["DeleteThing rug"] = Denied("You may not.", permission="shelf:DeleteThing")
    list(undo(made, plan, shelf, clock=FakeClock(), decisions={"others": DELETE}))
    assert not receipt(made, plan).removed
    shelf.refuses.clear()
    list(undo(made, plan, shelf, clock=FakeClock(), decisions={"others": DELETE}))
    assert receipt(made, plan).removed == ("The rug, and what others had there is gone or no longer works: cat",)


def test_a_clock_that_went_ahead_and_is_right_again(run: Run, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was noted in the future is new, and no newer: it is not waited for longer."""
    monkeypatch.setattr(run, "when", lambda *_: datetime.now(UTC) + timedelta(minutes=14))
    clock = FakeClock()
    del shelf.things["rug"]
    list(undo(run, PLAN, shelf, clock=clock))
    assert clock.now() < 2 * FRESH


def test_what_somebody_changed_stays(run: Run, shelf: Shelf) -> None:
    """A thing of the run that somebody edited is theirs too."""
    shelf.things["rug"]["Colour"] = "red"
    told = taken_back(run, shelf)
    assert list(shelf.things) == ["rug"]
    assert [left.why for left in told.left] == ["Somebody changed it since it was made."]


def test_what_somebody_changed_before_it_was_gone_on_with_stays(journal: Journal, shelf: Shelf) -> None:
    """A run that was stopped goes on with what it finds, and does not take it for its own."""
    made = journal.begin("vpn", PLACE, shelf.identity.account)
    made.confirm(PLAN, shelf.identity.account, PLACE)
    shelf.refuses["CreateThing bulb"] = CloudError("There is no room.", aws_code="NoRoom")
    assert [event.problem for event in apply(made, PLAN, shelf, clock=FakeClock()) if event.problem]
    shelf.things["rug"]["Colour"] = "red"
    shelf.refuses.clear()
    assert not [event.problem for event in apply(made, PLAN, shelf, clock=FakeClock()) if event.problem]
    assert [left.why for left in taken_back(made, shelf).left] == ["Somebody changed it since it was made."]
    assert list(shelf.things) == ["rug"]


def test_somebody_comes_between(run: Run, shelf: Shelf) -> None:
    """Others who come while the rest is taken back are seen just before their thing would go."""
    events = undo(run, PLAN, shelf, clock=FakeClock())
    for event in events:
        if event.action == "bulb":
            shelf.things["hook"]["Theirs"] = [["coat", None]]
    assert list(shelf.things) == ["hook"]
    assert [left.why for left in receipt(run, PLAN).left] == ["Others hang on it: coat."]


def test_what_cannot_be_looked_at_stays_until_it_can(run: Run, shelf: Shelf) -> None:
    """Not to know is no yes: it is left, the run is not undone, and the rest goes."""
    shelf.refuses["GetThing rug"] = Denied("You may not.", permission="shelf:GetThing", aws_code="AccessDenied")
    told = taken_back(run, shelf)
    assert list(shelf.things) == ["rug"]
    assert (told.complete, run.record.status) == (False, "undoing")
    shelf.refuses.clear()
    assert taken_back(run, shelf).complete and not shelf.things


def test_what_might_be_changed_stays_until_it_can_be_seen(journal: Journal, shelf: Shelf) -> None:
    """Whether somebody changed it is asked where only that is to be asked, too."""
    plan = Plan((replace(thing("rug"), others=()),))
    made = journal.begin("vpn", PLACE, shelf.identity.account)
    made.confirm(plan, shelf.identity.account, PLACE)
    assert not [event.problem for event in apply(made, plan, shelf, clock=FakeClock()) if event.problem]
    shelf.refuses["GetThing rug"] = Denied("You may not.", permission="shelf:GetThing", aws_code="AccessDenied")
    list(undo(made, plan, shelf, clock=FakeClock()))
    (left,) = receipt(made, plan).left
    assert left.why == "It could not be seen whether somebody changed it: You may not."
    assert list(shelf.things) == ["rug"] and made.record.status == "undoing"


def test_who_might_lean_on_it_and_may_not_be_looked_at(journal: Journal, shelf: Shelf) -> None:
    """One of others that may not be looked at may be one that needs it."""
    look = Call("shelf.GetThing", {"Name": "rug"})
    asked = Others(
        look, "Theirs", "Others stand on it", each=Call("shelf.GetThing", {"Name": found("id")}), leans="Name"
    )
    plan = Plan((replace(thing("rug"), others=(asked,)),))
    made = journal.begin("vpn", PLACE, shelf.identity.account)
    made.confirm(plan, shelf.identity.account, PLACE)
    assert not [event.problem for event in apply(made, plan, shelf, clock=FakeClock()) if event.problem]
    shelf.things["rug"]["Theirs"] = [["cat", None]]
    shelf.refuses["GetThing cat"] = Denied("You may not.", permission="shelf:GetThing", aws_code="AccessDenied")
    list(undo(made, plan, shelf, clock=FakeClock()))
    (left,) = receipt(made, plan).left
    assert left.why == "It could not be seen whether others use it: You may not."
    assert list(shelf.things) == ["rug"] and made.record.status == "undoing"


def test_an_emulator_that_does_not_know_the_question(run: Run, shelf: Shelf) -> None:
    """Where there is no such call there are no others."""
    shelf.refuses["GetThing rug"] = NoSuchCall("GetThing is not known here.", aws_code="InvalidAction")
    assert taken_back(run, shelf).complete and not shelf.things


@pytest.mark.parametrize("code", ["DependencyViolation", "ResourceInUseException", "InvalidBucketState"])
def test_aws_keeps_it_for_somebody(run: Run, shelf: Shelf, code: str) -> None:
    """A refusal since something else uses it ends the undo, whoever that is; what it needs is not even tried."""
    shelf.refuses["DeleteThing lamp"] = CloudError("It is in use.", aws_code=code)
    told = taken_back(run, shelf)
    assert sorted(shelf.things) == ["hook", "lamp"]
    assert "DeleteThing hook" not in shelf.sent
    assert (told.complete, bool(told.staying)) == (True, True)


def test_what_was_taken_away_is_not_told_as_removed(run: Run, shelf: Shelf) -> None:
    """It was looked for where the run was made, and the undo ends."""
    del shelf.things["rug"]
    told = taken_back(run, shelf)
    assert not any("rug" in what for what in told.removed)
    (left,) = told.left
    assert left.what == "The rug" and left.why.startswith("not found")
    assert (told.complete, bool(told.staying), run.record.status) == (True, False, "undone")


def test_what_was_broken_off_was_removed_by_us(run: Run, shelf: Shelf) -> None:
    """If the undo was killed after its call, what is gone then is told as removed."""
    shelf.dies = "DeleteThing rug"
    with pytest.raises(Cut):
        taken_back(run, shelf)
    assert "rug" not in shelf.things
    told = taken_back(run, shelf)
    assert "The rug" in told.removed and not told.left


def test_what_was_never_sent_was_not_removed_by_us(run: Run, shelf: Shelf) -> None:
    """An undo that was stopped before its call has taken nothing away; who did so meanwhile is somebody else."""
    stop = threading.Event()
    shelf.refuses["DeleteThing rug"] = CloudError("It is busy.", aws_code="Busy")
    for event in undo(run, PLAN, shelf, stop, FakeClock()):
        if event.kind is Happening.WAITING:
            stop.set()
    shelf.refuses.clear()
    del shelf.things["rug"]
    told = taken_back(run, shelf)
    assert [left.what for left in told.left] == ["The rug"] and "The rug" not in told.removed


def test_what_is_kept_is_there(journal: Journal, shelf: Shelf) -> None:
    """Cut off as its call was sent: a last picture is told of only if AWS has it."""
    picture = Find(Call("shelf.GetThing", {"Name": "picture"}), "Name")
    back = Undo(
        Call("shelf.DeleteThing", {"Name": "rug"}), kept=Kept("The picture", "You asked to keep it.", "", picture)
    )
    plan = Plan((replace(thing("rug"), undo=(back,)),))
    for taken in (True, False):
        made = journal.begin("vpn", PLACE, shelf.identity.account)
        made.confirm(plan, shelf.identity.account, PLACE)
        assert not [event.problem for event in apply(made, plan, shelf, clock=FakeClock()) if event.problem]
        shelf.dies = "DeleteThing rug"
        with pytest.raises(Cut):
            list(undo(made, plan, shelf, clock=FakeClock()))
        shelf.things = {"picture": {"Name": "picture"}} if taken else {}
        list(undo(made, plan, shelf, clock=FakeClock()))
        told = receipt(made, plan)
        assert [left.what for left in told.left] == (["The picture"] if taken else ["The rug"])
        assert bool(told.removed) is taken
