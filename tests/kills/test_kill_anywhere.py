"""A real process, really killed, at every moment of a run and of its undo.

The account lives in another process, so it outlives the one that is killed. Which moment the n-th is may differ from
run to run, because applying does several things at once; so the tests count, and go on until a process ends before it
comes to the n-th. What follows from one kill is played in copies of the world that it left.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from kills.scenes import CASES
from support.killed import Scene, killed_at, the_run

HERE = ("s3_lambda",)
"""Of this some moments are tried whenever the tests run; of all, every one by `make test-wild`."""


@pytest.mark.parametrize("case", ["vpn"])
@pytest.mark.wild
def test_a_process_that_is_not_killed(scene: Scene, tmp_path: Path) -> None:
    """The moments are really passed: otherwise the tests below would prove nothing."""
    ended = scene.run(tmp_path)
    assert scene.ended_well(ended)
    assert ended.moments > 35
    early = scene.run(tmp_path / "other", die_at=1)
    assert (early.code, early.out, early.moments) == (None, "", 0)


@pytest.mark.parametrize("case", HERE)
def test_killed_somewhere(scene: Scene, tmp_path: Path) -> None:
    """At every fifth moment, and at other ones in each case."""
    killed_at(scene, tmp_path, itertools.count(1 + len(scene.name) % 5, 5))


@pytest.mark.wild
@pytest.mark.parametrize("case", CASES)
def test_killed_anywhere(scene: Scene, tmp_path: Path) -> None:
    """At every moment."""
    killed_at(scene, tmp_path, itertools.count(1))


@pytest.mark.parametrize("case", ["vpn", "vpn, fixed routes"])
@pytest.mark.wild
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
