"""A real process, really killed, at every moment of a run and of its undo.

The account lives in this process behind a loopback address, so it outlives the one that is killed. Which
moment the n-th is may differ from run to run, because applying does several things at once; so the tests
count, and go on until a process ends before it comes to the n-th.
"""

from __future__ import annotations

import itertools
import socketserver
from collections.abc import Iterator
from pathlib import Path

import pytest
from kills.scenes import CASES
from support.killed import Case, Scene, answers, status, the_run
from support.mortal import Mortal

from flows.practice.server import serve

SHARES = 2
"""The moments are dealt out to that many tests, so that they can run side by side."""
FIRST = list({case.flow: name for name, case in reversed(CASES.items())}.values())
"""One way through each set-up."""


@pytest.fixture
def scene(case: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setattr(socketserver.BaseServer, "handle_error", lambda *_: None)  # its visitors die
    chosen: Case = CASES[case]
    with serve(hurry=True) as served, Mortal(served.url, chosen.services) as handrail:
        yield Scene(chosen, handrail, served.account)


@pytest.mark.parametrize("case", ["vpn"])
def test_a_process_that_is_not_killed(scene: Scene, tmp_path: Path) -> None:
    """The moments are really passed: otherwise the tests below would prove nothing."""
    ended = scene.run(tmp_path)
    assert scene.ended_well(ended)
    assert ended.moments > 35
    early = scene.run(tmp_path / "other", die_at=1)
    assert (early.code, early.out, early.moments) == (None, "", 0)


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("case", CASES)
def test_killed_anywhere_then_resumed_and_the_undo_killed_too(scene: Scene, tmp_path: Path, share: int) -> None:
    """A resumed run ends as an uninterrupted one, with one of each; and an undo that was killed leaves nothing."""
    expected = scene.uninterrupted(tmp_path / "uninterrupted")
    for n in itertools.count(1 + share, SHARES):
        state = tmp_path / str(n)
        applied = scene.run(state, die_at=n)
        run = the_run(state)
        if not run or not answers(state):  # it was killed before anything was said that could be kept
            scene.as_before(state)
            continue
        killed = applied.code is None
        if killed:
            applied = scene.resume(run, state)
        assert scene.ended_well(applied), (n, applied)
        scene.whole(expected, state)
        undone = scene.undo(run, state, die_at=n)
        if undone.code is None:
            scene.undone(run, state)
        else:
            scene.ended_as_before(undone, state)
        if not killed and undone.code is not None:
            assert n > 12
            break


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("case", FIRST)
def test_killed_anywhere_then_undone(scene: Scene, tmp_path: Path, share: int) -> None:
    """The account and the files end as before."""
    for n in itertools.count(1 + share, SHARES):
        state = tmp_path / str(n)
        ended = scene.run(state, die_at=n)
        run = the_run(state)
        if run and status(state) != "draft":
            scene.undone(run, state)
        scene.as_before(state)
        if ended.code is not None:
            assert n > 12
            break


@pytest.mark.parametrize("case", ["vpn", "vpn, fixed routes"])
def test_killed_again_and_again(scene: Scene, tmp_path: Path) -> None:
    """However often one run and then its undo is killed, it ends whole, and then as before."""
    expected = scene.uninterrupted(tmp_path / "uninterrupted")
    state = tmp_path / "state"
    scene.run(state, die_at=30)
    run = the_run(state)
    for n in itertools.count(5):
        if scene.resume(run, state, die_at=n).code is not None:
            break
    scene.whole(expected, state)
    for n in itertools.count(5):
        if scene.undo(run, state, die_at=n).code is not None:
            break
    scene.as_before(state)
