"""The plan as a file, by line prompts: the same files as on the command line, and nothing is overwritten."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from alb.cases import HTTPS, MAINTENANCE
from website import cases as website
from wordpress.cases import NEW

import flows
from flows.engine import Place, Session
from flows.engine.boto import Aws
from tui import exports
from tui.lines.conversation import Conversation
from tui.lines.reading import Quit


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


Reviewed = Callable[..., str]


@pytest.fixture
def reviewed(cloud: Aws, capsys: pytest.CaptureFixture[str]) -> Reviewed:
    """What is shown to somebody who says these words at the review of this set-up, and then leaves."""

    def held(flow: str, answers: Mapping[str, Any], *replies: str) -> str:
        session = Session(flows.find(flow), cloud, place=Place(practice=True))
        session.fill(answers)
        left = iter(replies)

        def ask(prompt: str, start: str) -> str:
            if reply := next(left, ""):
                return reply
            raise Quit

        assert Conversation(session, ask).hold() == 0
        return capsys.readouterr().out

    return held


@pytest.mark.wild
def test_every_form_is_offered_shown_and_written(reviewed: Reviewed, cloud: Aws, folder: Path) -> None:
    flow = flows.find("wordpress")
    forms = exports.offered(flow)
    assert [*forms] == [*exports.FORMS, "reads", exports.SCRIPT]
    shown = reviewed("wordpress", NEW, "export", "show nothing", "?")
    assert "“nothing” is no form." in shown and "show FORM" in shown
    session = Session(flow, cloud, place=Place(practice=True))
    session.fill(NEW)
    for name, form in forms.items():
        assert f"{name}: {form.title}" in shown
        document = form.make(session)
        assert document.text in reviewed("wordpress", NEW, f"show {name}")
        path = folder / f"wordpress{form.ending}"
        assert f"Written to {path}." in reviewed("wordpress", NEW, f"export {name}")
        assert path.read_text(encoding="utf-8") == document.text
        assert path.stat().st_mode & 0o777 == document.mode & ~0o022


@pytest.mark.parametrize("word", ["show", "export"])
@pytest.mark.some("export")
def test_what_must_be_known_of_a_file_is_said(reviewed: Reviewed, word: str) -> None:
    shown = reviewed("alb", HTTPS, f"{word} cloudformation")
    lacks = shown.partition("These steps are NOT in the template")[2]
    assert "On port 80, redirect (301) to" in lacks
    shown = reviewed("website", website.VARIANTS["dns-elsewhere"], f"{word} cloudformation")
    assert "Its stack belongs into us-east-1, not eu-central-1." in shown


def test_where_there_is_no_template_a_sentence_says_why(reviewed: Reviewed, folder: Path) -> None:
    shown = reviewed("alb", MAINTENANCE, "export cloudformation", "show cloudformation")
    assert shown.count("can be a CloudFormation template.") == 2
    assert not [*folder.iterdir()]


@pytest.mark.parametrize("word", ["export cli", "save"])
@pytest.mark.some("export cli")
def test_nothing_is_overwritten(reviewed: Reviewed, folder: Path, word: str) -> None:
    (folder / "mine").write_text("mine")
    shown = reviewed("alb", HTTPS, f"{word} mine", word, word)
    assert "mine exists already, and was left as it is.\nGive another name." in shown
    assert shown.count("Written to ") == 2, "without a name, a free one is found"
    assert (folder / "mine").read_text() == "mine"
    assert len([*folder.iterdir()]) == 3


@pytest.mark.parametrize("word", ["export cli", "save"])
def test_a_folder_that_cannot_be_written_is_a_sentence(reviewed: Reviewed, folder: Path, word: str) -> None:
    (folder / "file").touch()
    assert "file/x cannot be written.\n" in reviewed("alb", HTTPS, f"{word} file/x")
