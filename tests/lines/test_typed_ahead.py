"""By lines, too, a question is answered by what is typed once it stands there."""

from __future__ import annotations

import os
import pty
import select
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from flows.engine import Asking, Flow, Identity, Plan, Text
from flows.engine.questionnaire import Questionnaire
from tui.lines.question import Questioner


class Named(Flow):
    """One question."""

    title = "One question"
    name = Text("Which name?", str, default="calm", label="Name", why="Everything has one.")

    def plan(self) -> Plan:
        return Plan(())


class Nobody:
    identity = Identity("111122223333", "arn:aws:iam::111122223333:user/kim", "eu-central-1")

    def make(self, call: Any) -> dict[str, Any]:
        return {}

    def pages(self, call: Any) -> Iterator[dict[str, Any]]:
        yield {}


def test_what_was_typed_before_a_question_stood_there_is_dropped_and_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keys, terminal = pty.openpty()
    waiting: list[bool] = []

    def reader(prompt: str, start: str) -> str:
        waiting.append(bool(select.select([terminal], [], [], 0)[0]))
        return "new"

    with os.fdopen(terminal, closefd=False) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        os.write(keys, b"\r")
        select.select([terminal], [], [], 5)
        asked: Questionnaire[Any] = Questionnaire(Named, Nobody())
        state = asked.asking()
        assert isinstance(state, Asking)
        Questioner(asked, reader).put(state)
    assert waiting == [False] and asked.answers() == {"name": "new"}
    assert capsys.readouterr().out.count("What was typed before this stood here is left out") == 1
    os.close(keys)
    os.close(terminal)
