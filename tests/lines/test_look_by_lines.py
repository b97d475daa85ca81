"""What a run made, looked at again by lines: put back, accepted, or left."""

from __future__ import annotations

import pytest
from s3_lambda.cases import NAME, session
from support.clock import FakeClock
from support.colleagues import client, resource
from support.sessions import carried_out

from flows.engine import Journal, Session
from flows.engine.boto import Aws
from flows.practice import PracticeAccount
from tui.lines.conversation import Conversation
from tui.lines.reading import Quit

GONE, WHOLE = "It is not as this run left it: of 2 steps 1 is gone.", "Everything is as this run left it"


@pytest.fixture
def made(account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock) -> Session:
    """A run of which somebody took the permission away."""
    made = session(cloud, journal, clock=clock)
    carried_out(made)
    client(account, "lambda").remove_permission(FunctionName=NAME, StatementId=resource(made, "permission"))
    return made


def told(made: Session, capsys: pytest.CaptureFixture[str], *replies: str) -> str:
    left = iter(replies)

    def ask(prompt: str, start: str) -> str:
        if reply := next(left, ""):
            return reply
        raise Quit

    capsys.readouterr()
    Conversation(made, ask).look_back()
    return capsys.readouterr().out


def test_what_is_gone_is_put_back(made: Session, journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    shown = told(made, capsys, "look", "put back", "yes", "yes")
    assert (
        GONE in shown
        and "was: handrail-" in shown
        and "ada: RemovePermission, " in shown
        and "Again: let S3 call" in shown
    )
    assert WHOLE in told(made, capsys, "look")
    assert len(journal.records()) == 2


def test_what_is_gone_is_left_or_accepted(made: Session, journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    shown = told(made, capsys, "look", "?", "leave")
    assert GONE in shown
    waits = [line for line in shown.splitlines() if "it is asked again" in line]
    assert waits and len(set(waits)) == len(waits), "once for all steps, and again when it took as long as usual"
    assert "Accepted: 1 of 1." in told(made, capsys, "look", "accept")
    assert WHOLE in told(made, capsys, "look")
    assert len(journal.records()) == 1
