"""“?” by lines explains the technical words that stand there."""

from __future__ import annotations

import pytest
from vpn.cases import STATIC

import flows
from flows.engine import Place, Session
from flows.engine.boto import Aws
from tui.lines.conversation import Conversation
from tui.lines.reading import Quit


def told(cloud: Aws, capsys: pytest.CaptureFixture[str], answers: dict[str, object]) -> str:
    session = Session(flows.find("vpn"), cloud, place=Place(practice=True))
    session.fill(answers) if answers else None
    left = iter(["?"])

    def ask(prompt: str, start: str) -> str:
        if reply := next(left, ""):
            return reply
        raise Quit

    Conversation(session, ask).hold()
    return capsys.readouterr().out


@pytest.mark.parametrize("answers", [{}, STATIC], ids=["question", "review"])
def test_what_stands_there_is_explained(
    cloud: Aws, capsys: pytest.CaptureFixture[str], answers: dict[str, object]
) -> None:
    shown = told(cloud, capsys, answers)
    assert "Words:\n" in shown and "  VPC: Virtual Private Cloud: your own network inside AWS." in shown
    assert ("  security group: " in shown) == bool(answers), "only the review speaks of it"
    assert ("  VPN connection: " in shown) == bool(answers)
    assert "CodePipeline" not in shown, "a connection of another set-up"
