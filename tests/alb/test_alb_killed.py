"""Killed at every moment, a load balancer ends as after an undisturbed run, or as before it."""

from __future__ import annotations

import itertools
import re
import socketserver
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alb.fronts import VARIANTS, picture
from support.killed import Scene, answers, status, the_run
from support.mortal import Mortal

from flows.practice.server import serve

SERVICES = ("sts", "iam", "ec2", "elbv2", "acm", "cloudfront")
LISTENER, RULE = "https", "office"
"""A port, a listener and a default action; a port, a rule, a corrected default action and an attribute."""


def without_ids(line: str, before: Any) -> str:
    return re.sub(r"\b[0-9a-f]{16,17}\b", "…", line)


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setattr(socketserver.BaseServer, "handle_error", lambda *_: None)  # its visitors die
    with serve(hurry=True) as served, Mortal(served.url, SERVICES) as handrail:
        yield Scene("alb", handrail, lambda: {"thing": picture(served.account)}, without_ids)


def test_killed_anywhere_then_resumed(scene: Scene, tmp_path: Path) -> None:
    """The load balancer ends as after an uninterrupted run, with one of each; and that can be undone."""
    expected = scene.uninterrupted(VARIANTS[LISTENER], tmp_path / "uninterrupted")
    for n in itertools.count(1):
        state = tmp_path / str(n)
        if scene.run(VARIANTS[LISTENER], state, die_at=n, lasting=True).code is not None:
            scene.undone(the_run(state), state)
            assert n > 12
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
    """The load balancer ends as before."""
    for n in itertools.count(1):
        state = tmp_path / str(n)
        ended = scene.run(VARIANTS[RULE], state, die_at=n, lasting=True)
        run = the_run(state)
        if run and status(state) != "draft":
            scene.undone(run, state)
        scene.as_before(state)
        if ended.code is not None:
            assert n > 12
            break


def test_undo_killed_anywhere_then_undone(scene: Scene, tmp_path: Path) -> None:
    """The load balancer ends as before."""
    for n in itertools.count(1):
        state = tmp_path / str(n)
        assert scene.run(VARIANTS[RULE], state).code == 0
        run = the_run(state)
        ended = scene.undo(run, state, die_at=n, lasting=True)
        scene.undone(run, state)
        if ended.code is not None:
            assert n > 6
            break
