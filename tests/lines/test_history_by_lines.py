"""Drafts and runs by lines: found by a part of what they are, and a draft deleted by its number."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from support.runs import draft, made

from flows.engine import Identity, Journal, Place
from tui.lines import home
from tui.lines.reading import Quit


def told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *replies: str) -> str:
    left = iter(replies)

    def ask(prompt: str, start: str) -> str:
        if reply := next(left, ""):
            return reply
        raise Quit

    monkeypatch.setattr(home, "reader", lambda: ask)
    assert home.home(Place()) == 0
    shown = capsys.readouterr()
    return shown.out + shown.err


def test_a_draft_is_deleted(
    journal: Journal, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run, gone = made(journal, "done", name="berlin"), draft(journal, name="munich")
    shown = told(capsys, monkeypatch, "history", "?", "delete 2", "delete 9", "delete 1", "back", "quit")
    assert f"Go on with vpn: munich (draft · just now · 111122223333 · eu-central-1 · {gone.id})" in shown
    assert "Go on with vpn: berlin" not in shown, "it is done"
    assert f"{run.id} is no draft" in shown and "“9” is not a number from 1 to 2." in shown
    assert f"{gone.id} is deleted." in shown and "delete NUMBER" in shown
    assert [each.id for each in journal.records()] == [run.id]


def test_one_is_found_by_what_it_is_of(
    journal: Journal, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("berlin", "munich"):
        made(journal, "done", name=name)
    opened = list[str]()
    monkeypatch.setattr(home.prompts, "resume", lambda _, run, __, *, stays: opened.append(run) or 0)
    told(capsys, monkeypatch, "history", "berlin")
    assert opened == [each.id for each in journal.records() if each.answers["name"] == "berlin"]


def test_what_another_process_has_open_is_shown_and_who_has_it(
    journal: Journal, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = made(journal, "done", name="berlin")
    identity = Identity("111122223333", "arn:aws:iam::111122223333:user/kim", "eu-central-1")
    monkeypatch.setattr("tui.lines.sign_in.sign_in", lambda *_: SimpleNamespace(identity=identity, ask=None))
    with run.held():
        shown = told(capsys, monkeypatch, "history", "berlin", "back", "quit")
    assert f"{run.id}: done" in shown and "Steps" in shown
    assert shown.index("Steps") < shown.index("is being driven by another Handrail")
    assert f"To read it: handrail runs {run.id}" in shown
