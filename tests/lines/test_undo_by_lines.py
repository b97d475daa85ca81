"""An undo by lines asks about data in words of its own, and nothing counts that was typed before it was asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from support.clock import FakeClock

from flows.engine import Action, Call, Decision, Flow, Identity, Journal, Place, Plan, Session, Text, Undo
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

    monkeypatch.setattr(conversation, "unread", ahead.clear)
    decided: dict[str, str] = {}
    assert conversation.agree_to_undo(made, decided, ask) and decided == {"last": "no"}
    assert [(prompt, start) for prompt, start, _ in asked] == [
        ("keep or delete", "keep"), ("keep or delete", "keep"), ("Type yes to undo", ""),
    ]  # fmt: skip
    assert "  keep: Keep one\n  delete: Delete the data for good [lost for good]\n" in asked[0][2]
    assert asked[1][2] == "“no” is none of these: keep, delete.\n"
    assert asked[2][2] == f"What cannot be taken back:\n  LOST        {LOST}\n"


def test_whoever_leaves_at_the_question_changes_nothing(made: Session) -> None:
    def leave(prompt: str, start: str) -> str:
        raise Quit

    assert not conversation.agree_to_undo(made, {}, leave)
