"""Killed at every moment, a database ends as after an undisturbed run, or as before it."""

from __future__ import annotations

import itertools
import re
import socketserver
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.aurora import SLEEPY, picture
from support.killed import Scene, answers, status, the_run
from support.mortal import Mortal

from flows.practice.server import serve

SERVICES = ("sts", "iam", "ec2", "rds", "rds-data", "service-quotas")
DIFFERS = re.compile(r"\bsgr?-[0-9a-f]{17}\b|\b[0-9a-f]{8}-[0-9a-f-]{27}-\w{6}\b")


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setattr(socketserver.BaseServer, "handle_error", lambda *_: None)  # its visitors die
    with serve(hurry=True) as served, Mortal(served.url, SERVICES) as handrail:

        def snapshot() -> Any:
            return picture(served.account.session)

        yield Scene(
            "aurora", handrail, snapshot, lambda line, _: DIFFERS.sub("…", line), decided=("final_snapshot=no",)
        )


def test_killed_anywhere_then_resumed(scene: Scene, tmp_path: Path) -> None:
    """The account ends as after an uninterrupted run, with one of each; and that can be undone."""
    expected = scene.uninterrupted(SLEEPY, tmp_path / "uninterrupted")
    for n in itertools.count(1):
        state = tmp_path / str(n)
        if scene.run(SLEEPY, state, die_at=n, lasting=True).code is not None:
            scene.undone(the_run(state), state)
            assert n > 15
            break
        run = the_run(state)
        if not run or not answers(state):  # it was killed before anything was said that could be kept
            scene.as_before(state)
            continue
        ended = scene.resume(run, state)
        assert scene.ended_well(ended), (n, ended)
        scene.whole(expected, state)
        scene.undone(run, state)


def test_killed_anywhere_then_undone(scene: Scene, tmp_path: Path) -> None:
    """The account ends as before."""
    for n in itertools.count(1):
        state = tmp_path / str(n)
        ended = scene.run(SLEEPY, state, die_at=n, lasting=True)
        run = the_run(state)
        if run and status(state) != "draft":
            scene.undone(run, state)
        scene.as_before(state)
        if ended.code is not None:
            assert n > 15
            break


def test_undo_killed_anywhere_then_undone(scene: Scene, tmp_path: Path) -> None:
    """The account ends as before."""
    for n in itertools.count(1):
        state = tmp_path / str(n)
        assert scene.run(SLEEPY, state).code == 0
        run = the_run(state)
        ended = scene.undo(run, state, die_at=n, lasting=True)
        scene.undone(run, state)
        if ended.code is not None:
            assert n > 10
            break
