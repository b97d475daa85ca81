"""An undo by lines asks about data in words of its own, and nothing counts that was typed before it was asked."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from support.clock import FakeClock

from flows.engine import (
    Action,
    Call,
    Cost,
    Decision,
    Flow,
    Identity,
    Journal,
    Others,
    Place,
    Plan,
    Session,
    Text,
    Undo,
)
from tui.lines import conversation
from tui.lines.reading import Quit

LOST = "The data of shop is gone."


class Precious(Flow):
    """One thing with data in it."""

    title = "Something precious"
    name = Text("What should it be called?", str, label="Name", why="Everything has a name.")

    def plan(self) -> Plan:
        last = Undo(Call("ec2.CreateSnapshot"), when=("last", "yes"))
        gone = Undo(Call("ec2.DeleteVpc", {"VpcId": "vpc-1"}))
        data = Action("data", "Make the data", Call("ec2.CreateVpc"), undo=(last, gone), undone="The data")
        options = {"no": "Delete the data for good", "yes": "Keep one"}
        return Plan((data,), decisions=(Decision("last", "Keep a copy?", options, "yes", "no", LOST),))


class Account:
    """Nothing is refused there."""

    identity = Identity("111122223333", "arn:aws:iam::111122223333:user/kim", "eu-central-1", "")

    def make(self, call: Call) -> dict[str, Any]:
        return {}

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        yield self.make(call)


@pytest.fixture
def made(journal: Journal) -> Session:
    session = Session(Precious, Account(), journal, place=Place(practice=True), clock=FakeClock())
    session.answer("shop")
    list(session.apply())
    return session


def test_words_of_its_own_and_only_what_is_typed_after_the_question(
    made: Session, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ahead, replies, asked = ["yes", "no"], ["no", "delete", "yes"], []

    def ask(prompt: str, start: str) -> str:
        asked.append((prompt, start, capsys.readouterr().err))
        return (ahead or replies).pop(0)

    monkeypatch.setattr(conversation, "unread", lambda *, err: ahead.clear())
    decided: dict[str, str] = {}
    assert conversation.agree_to_undo(made, decided, ask) and decided == {"last": "no"}
    assert [(prompt, start) for prompt, start, _ in asked] == [
        ("keep or delete", "keep"), ("keep or delete", "keep"), ("Type yes to undo", ""),
    ]  # fmt: skip
    assert "  keep: Keep one\n  delete: Delete the data for good [lost for good]\n" in asked[0][2]
    assert asked[1][2] == ("“no” is none of these: keep, delete. “quit” leaves, and nothing is changed.\n")
    assert asked[2][2] == f"What cannot be taken back:\n  LOST        {LOST}\n"


def test_whoever_leaves_at_the_question_changes_nothing(made: Session) -> None:
    def leave(prompt: str, start: str) -> str:
        raise Quit

    assert not conversation.agree_to_undo(made, {}, leave)


@pytest.mark.parametrize("word", ["back", "quit", "q"])
def test_a_word_leaves_the_question_what_becomes_of_it(made: Session, word: str) -> None:
    replies = ["?", word]
    assert not conversation.agree_to_undo(made, {}, lambda prompt, start: replies.pop(0)) and not replies


def test_the_question_is_explained_and_back_comes_to_it_again(
    made: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    replies, decided = ["?", "delete", "?", "back", "keep", "yes"], dict[str, str]()
    assert conversation.agree_to_undo(made, decided, lambda prompt, start: replies.pop(0))
    assert decided == {"last": "yes"}
    told = capsys.readouterr().err
    assert "  delete: Delete the data for good\n  back: goes to the question before" in told
    assert "  yes: takes it back, as it stands above\n" in told


@pytest.mark.parametrize("reply", ["y", "yess", "no", "", "quit", "back"])
def test_nothing_but_the_whole_word_takes_it_back(
    made: Session, capsys: pytest.CaptureFixture[str], reply: str
) -> None:
    replies = ["keep", reply, *(["quit"] if reply == "back" else [])]
    assert not conversation.agree_to_undo(made, {}, lambda prompt, start: replies.pop(0))
    assert ("“y” is not “yes”." in capsys.readouterr().err) is (reply == "y")


class Shared(Flow):
    """A network in which somebody else may have something, and a sign beside it."""

    title = "Something shared"
    name = Text("What should it be called?", str, label="Name", why="Everything has a name.")

    def plan(self) -> Plan:
        theirs = Others(Call("ec2.DescribeSubnets"), "Subnets[].SubnetId", "Others have subnets in it")
        network = Action(
            "network", "Make the network", Call("ec2.CreateVpc"), undo=(Undo(Call("ec2.DeleteVpc")),), others=(theirs,),
            undone="The network, which is lost for good", left="The network", yours="Take the network off your device.",
            costs=(Cost("The network", Decimal("0.05"), "2026-11", "nowhere"),),
        )  # fmt: skip
        sign = Action(
            "sign", "Put up a sign", Call("ec2.CreateTags"), undo=(Undo(Call("ec2.DeleteTags")),), undone="The sign",
            yours="Paint over the sign.",
        )  # fmt: skip
        return Plan((network, sign) if self.name == "both" else (network,))


class Inhabited(Account):
    """Somebody has a subnet there."""

    def make(self, call: Call) -> dict[str, Any]:
        return {"Subnets": [{"SubnetId": "subnet-9"}]} if call.name == "DescribeSubnets" else {}


@pytest.mark.parametrize("name", ["both", "network"])
def test_what_stays_is_said_again_and_nothing_is_asked_of_anybody_for_it(
    journal: Journal, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """Above the question stands what can be taken back; below it, once that is decided, what will be."""
    session = Session(Shared, Inhabited(), journal, place=Place(practice=True), clock=FakeClock())
    session.answer(name)
    list(session.apply())
    told = dict[str, str]()

    def ask(prompt: str, start: str) -> str:
        told[prompt] = capsys.readouterr().err
        return {"keep or delete": "keep", "Type yes to undo": "yes"}[prompt]

    assert conversation.agree_to_undo(session, {}, ask)
    assert "This can be taken back:" in told["keep or delete"] and "This will be" not in told["keep or delete"]
    kept = "  stays       The network: Others have subnets in it: subnet-9. Still costs money: The network.\n"
    if name == "network":
        assert told["Type yes to undo"] == f"So nothing will be taken back. What stays:\n{kept}"
        return
    assert told["Type yes to undo"] == (
        f"What stays:\n{kept}So no more than this will be taken back:\n  - remove    The sign\n"
        "What is yours to do:\n  yours       Paint over the sign.\n"
    )
