"""A real process, really killed, at every moment of a run and of its undo.

The account lives in this process behind a loopback address, so it outlives the one that is killed. Which
moment the n-th is may differ from run to run, because applying does several things at once; so the tests
count, and go on until a process ends before it comes to the n-th.
"""

from __future__ import annotations

import itertools
import re
import socketserver
from collections.abc import Iterator
from pathlib import Path

import pytest
from practice.picture import Picture, snapshot
from support.killed import Scene, answers, status, the_run
from support.mortal import Mortal
from support.vpn import VARIANTS

from flows.practice.server import serve

SHARES = 2
"""The moments are dealt out to that many tests, so that they can run side by side."""


def without_ids(line: str, before: Picture) -> str:
    old = {id for things in before.values() for id in things}
    return re.sub(r"\b(vgw|cgw|vpn)-[0-9a-f]{17}\b", lambda m: m[0] if m[0] in old else m[1], line)


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setattr(socketserver.BaseServer, "handle_error", lambda *_: None)  # its visitors die
    with serve(hurry=True) as served, Mortal(served.url) as handrail:
        yield Scene("vpn", handrail, lambda: snapshot(served.account.session), without_ids, ends="waiting", files=6)


def test_a_process_that_is_not_killed(scene: Scene, tmp_path: Path) -> None:
    """The moments are really passed: otherwise the tests below would prove nothing."""
    ended = scene.run(VARIANTS["static"], tmp_path)
    assert (ended.code, ended.json["status"]) == (0, "waiting")
    assert ended.moments > 60
    early = scene.run(VARIANTS["bgp"], tmp_path / "other", die_at=1)
    assert (early.code, early.out, early.moments) == (None, "", 0)


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("variant", ["static", "bgp"])
def test_killed_anywhere_then_resumed(scene: Scene, tmp_path: Path, variant: str, share: int) -> None:
    """The account ends as after an uninterrupted run, with one of each; and that can be undone."""
    expected = scene.uninterrupted(VARIANTS[variant], tmp_path / "uninterrupted")
    for n in itertools.count(1 + share, SHARES):
        state = tmp_path / str(n)
        if scene.run(VARIANTS[variant], state, die_at=n, lasting=variant != "static").code is not None:
            scene.undone(the_run(state), state)
            assert n > 40
            break
        run = the_run(state)
        if not run or not answers(state):  # it was killed before anything was said that could be kept
            scene.as_before(state)
            continue
        ended = scene.resume(run, state)
        assert scene.ended_well(ended), (n, ended)
        scene.whole(expected, state)
        scene.undone(run, state)


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("variant", ["static", "bgp"])
def test_killed_anywhere_then_undone(scene: Scene, tmp_path: Path, variant: str, share: int) -> None:
    """The account and the files end as before."""
    for n in itertools.count(1 + share, SHARES):
        state = tmp_path / str(n)
        ended = scene.run(VARIANTS[variant], state, die_at=n, lasting=True)
        run = the_run(state)
        if run and status(state) != "draft":
            scene.undone(run, state)
        scene.as_before(state)
        if ended.code is not None:
            assert n > 40
            break


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("variant", ["static", "bgp", "fixed"])
def test_undo_killed_anywhere_then_undone(scene: Scene, tmp_path: Path, variant: str, share: int) -> None:
    """The account and the files end as before."""
    for n in itertools.count(1 + share, SHARES):
        state = tmp_path / str(n)
        assert scene.run(VARIANTS[variant], state).code == 0
        run = the_run(state)
        ended = scene.undo(run, state, die_at=n, lasting=variant != "static")
        scene.undone(run, state)
        if ended.code is not None:
            assert n > 15
            break


@pytest.mark.parametrize("variant", ["static", "fixed"])
def test_killed_again_and_again(scene: Scene, tmp_path: Path, variant: str) -> None:
    """However often one run and then its undo is killed, it ends whole, and then as before."""
    expected = scene.uninterrupted(VARIANTS[variant], tmp_path / "uninterrupted")
    state = tmp_path / "state"
    scene.run(VARIANTS[variant], state, die_at=70)
    run = the_run(state)
    for n in itertools.count(5):
        if scene.resume(run, state, die_at=n).code is not None:
            break
    scene.whole(expected, state)
    for n in itertools.count(5):
        if scene.undo(run, state, die_at=n).code is not None:
            break
    scene.as_before(state)
