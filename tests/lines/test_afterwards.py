"""What is said once a run is carried out, without beginning another command."""

from __future__ import annotations

import pytest
from s3_lambda.cases import session

from flows import find
from flows.engine import Journal, Session
from flows.engine.boto import Aws
from tui import history, looking_again
from tui.lines import prompts
from tui.lines.reading import Quit


def told(cloud: Aws, journal: Journal, capsys: pytest.CaptureFixture[str], *replies: str) -> tuple[int, str]:
    left = iter(replies)

    def ask(prompt: str, start: str) -> str:
        if reply := next(left, ""):
            return reply
        raise Quit

    code = prompts._talk(session(cloud, journal), journal, ask, stays=True)
    assert next(left, "") == "", "all of it was asked for"
    return code, capsys.readouterr().out


def test_what_was_made_is_looked_at_let_happen_and_taken_back(
    cloud: Aws, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    code, shown = told(cloud, journal, capsys, "yes", "check", "happen", "look", "undo", "yes")
    assert code == 0 and "Everything is as it was before." in shown
    before, _, after = shown.partition("landed in fjord-coffee-files.")
    assert "nothing changed." in before.split("Done.")[2], "looked at once more"
    assert "Done." in after and "changed." not in after.split("Everything is as")[0], "something happened"


def test_a_command_ends_with_what_it_was_for(cloud: Aws, journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    left = iter(["yes"])
    assert prompts._talk(session(cloud, journal), journal, lambda _, __: next(left), stays=False) == 0
    assert "What now" not in capsys.readouterr().out


def test_at_the_first_look_nothing_is_said_of_what_was_before(
    cloud: Aws, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a run came to when it was made is not seen any more where it is opened again."""
    assert told(cloud, journal, capsys, "yes", "quit")[0] == 0
    made = Session(find("s3_lambda"), cloud, journal, run=journal.run(journal.records()[0].id))
    left = iter(["check"])

    def ask(prompt: str, start: str) -> str:
        return next(left, "quit")

    prompts.Conversation(made, ask).look_back()
    assert "changed." not in capsys.readouterr().out


def test_a_run_is_told_in_the_words_of_the_screen(
    cloud: Aws, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    told(cloud, journal, capsys, "yes", "quit")
    run = journal.run(journal.records()[0].id)
    shown = "\n".join(history.details(run))
    assert "  done       Let " in shown and "ready" not in shown
    assert f"Begun {history.moment(run.record.created)}, last changed" in shown and "(UTC)" in shown
    assert run.record.created not in shown and "+00:00" not in shown
    assert looking_again.as_of(changed=None).startswith("As of ")
