"""Whatever a key does on the full screen can be done by lines: each has a word there, and help says which."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

import pytest
from vpn.cases import STATIC

import flows
import tui.screen.screens
import tui.screen.widgets
from flows.engine import Place, Session
from flows.engine.boto import Aws
from tui.lines import conversation, home, looking_after, question, review, sign_in
from tui.lines.reading import Quit
from tui.screen import app

WORDS: Mapping[str, Mapping[str, str]] = {
    "home": home.HOME,
    "history": home.HISTORY,
    "question": question.QUESTION,
    "review": review.REVIEW,
    "over": conversation.OVER,
    "failed": conversation.FAILED,
    "checks": looking_after.KINDS,
    "found": looking_after.FOUND,
    "board": looking_after.BOARD,
    "moved": conversation.MOVED,
    "no way in": sign_in.OTHERWISE,
}
COUNTERPARTS: Mapping[str, str] = {
    "Home.history": "home history", "Home.place": "home profile",
    "Home.app.leave": "home quit", "History.delete": "history delete",
    "Question.back": "question back", "Question.reload": "question refresh",
    "ReviewPage.apply": "review yes", "ReviewPage.default": "review default", "ReviewPage.commands": "review commands",
    "ReviewPage.permissions": "review permissions",
    "ReviewPage.picture": "review picture", "Question.picture": "review picture", "Progress.picture": "review picture",
    "ReviewPage.export": "review show", "ReviewPage.write": "review save",
    "ReviewPage.reload": "review refresh", "ReviewPage.back": "review back",
    "Exported.write": "review export",
    "Done.happen": "over happen", "RunPage.happen": "over happen",
    "Done.check": "over check", "Done.look": "over look", "Done.undo": "over undo",
    "Done.app.leave": "over quit",
    "RunPage.check": "over check", "RunPage.look": "over look", "RunPage.undo": "over undo",
    "RunPage.app.leave": "over quit",
    "LookedPage.put_back": "moved put", "LookedPage.accept": "moved accept", "LookedPage.look": "over look",
    "LookedPage.undo": "over undo",
    "Done.diagnose": "over diagnose", "RunPage.diagnose": "over diagnose",
    "Trouble.again": "no way in again", "Trouble.practise": "no way in practise", "Trouble.app.leave": "no way in quit",
    "Findings.check": "found again", "Findings.set_up": "found make", "Findings.back": "found other",
    "Findings.reach": "found further",
    "Findings.fix": "found fix", "Findings.undo": "found undo", "Found.choose": "found show",
    "Findings.app.leave": "found quit",
    "BoardPage.check": "board again", "BoardPage.back": "board quit",
    "BoardPage.app.leave": "board quit",
    "HandrailApp.help": "question ?", "Page.app.help": "home ?",
    "HandrailApp.account": "question profile", "HandrailApp.leave": "question quit",
}  # fmt: skip
"""A key → where the word for it is said, and the word."""
OTHERWISE: Mapping[str, str] = {
    "Question.next": "Enter", "Question.accept": "the prompt asks for yes",
    "Question.not_yet": "what is no yes is another answer", "ReviewPage.accept": "yes asks for it",
    "Elsewhere.again": "history opens it again", "Elsewhere.app.leave": "it leads back to the list by itself",
    "Question.switch": "the prompt names switch", "Question.set_up": "the command is said",
    "Question.suggestion": "it is offered, and Enter takes it",
    "ReviewPage.switch": "yes asks, and names switch", "Lines.choose": "change KEY",
    "Progress.look": "handrail runs RUN --look",
    "Options.find": "a part of a name", "Options.unfind": "a part of a name looks in everything again",
    "Options.choose": "a number or a name", "Options.mark": "numbers or names", "Options.mark_all": "all, or none",
    "Options.move": "a number", "Options.page": "more", "LinesField.another": "commas",
    "Page.read": "what is said stays",
    "Lines.move": "what is said stays", "Lines.page": "what is said stays", "Lines.ends": "what is said stays",
    "Lines.part": "what is said stays",
    "Lines.copy": "the terminal copies", "Takeaway.copy": "the terminal copies", "Takeaway.choose": "the path is said",
    "TypeName.check": "it is asked for", "SayAgain.take": "it is asked for", "SaveAs.save": "export FORM FILE",
    "SignIn.enter": "it is asked for", "SignIn.renew": "the prompt offers to try once more",
    "Places.practise": "the prompt names practise", "Places.other": "profile and region are two words",
    "ReceiptPage.undo": "it says the command", "ReceiptPage.app.leave": "it ends by itself",
    "BoardPage.reach": "it is asked for", "Findings.picture": "each finding is a sentence",
    "SmallTask.again": "handrail task", "SmallTask.back": "handrail task",
    "SmallTask.app.leave": "it ends by itself",
    "HandrailApp.palette": "? says the words; there are no colours",
    "HandrailApp.suspend_process": "the shell has Ctrl-Z",
}  # fmt: skip
"""The same without a word of its own."""
BACK = {"close", "home"}
"""A page that is left for the one under it: there are no pages."""


def modules() -> Iterator[ModuleType]:
    yield app
    for package in (tui.screen.screens, tui.screen.widgets):
        for found in pkgutil.iter_modules(package.__path__):
            yield importlib.import_module(f"{package.__name__}.{found.name}")


def keys() -> set[str]:
    """Every place on the full screen that has keys, with what they do there."""
    return {
        f"{kind.__name__}.{binding.action.partition('(')[0]}"
        for module in modules()
        for kind in vars(module).values()
        if isinstance(kind, type) and kind.__module__ == module.__name__
        for binding in vars(kind).get("BINDINGS", ())
        if binding.action not in BACK
    }


def test_every_key_has_a_counterpart() -> None:
    assert keys() == COUNTERPARTS.keys() | OTHERWISE.keys()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files land where nobody minds."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("word", [word for word in review.REVIEW if word not in ("yes", "profile", "region")])
@pytest.mark.some("commands", "export FORM FILE")
def test_every_word_for_the_review_is_understood(cloud: Aws, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = word.replace("KEY", "name").replace("FORM", "policy").replace(" FILE", "")
    assert "none of these words" not in at_the_review(cloud, capsys, said)
    assert "none of these words" in at_the_review(cloud, capsys, f"{said}, please".split()[0] + "!")


@pytest.mark.wild
def test_a_default_counts_again(cloud: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    shown = at_the_review(cloud, capsys, "change allow", "ssh", "default allow")
    assert "Let in (allow): ssh" in shown
    assert "Let in (allow): ping" in shown.partition("Let in (allow): ssh")[2]


def at_the_review(cloud: Aws, capsys: pytest.CaptureFixture[str], *replies: str) -> str:
    session = Session(flows.find("vpn"), cloud, place=Place(practice=True))
    session.fill(STATIC)
    left = iter(replies)

    def ask(prompt: str, start: str) -> str:
        if reply := next(left, ""):
            return reply
        raise Quit

    assert conversation.Conversation(session, ask).hold() == 0
    return capsys.readouterr().out


def test_every_counterpart_is_a_word_that_help_says() -> None:
    for counterpart in COUNTERPARTS.values():
        where, _, word = counterpart.rpartition(" ")
        assert word in {each.partition(" ")[0] for each in WORDS[where]}, counterpart
