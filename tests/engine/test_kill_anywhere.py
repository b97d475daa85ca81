"""A real process, really killed, at every moment of a run and of its undo.

The account lives in this process behind a loopback address, so it outlives the one that is killed. Which
moment the n-th is may differ from run to run, because applying does several things at once; so the tests
count, and go on until a process ends before it comes to the n-th.
"""

from __future__ import annotations

import itertools
import json
import re
import socketserver
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from practice.picture import Picture, snapshot
from support.mortal import Ended, Mortal
from support.vpn import VARIANTS

from flows.engine import Journal
from flows.practice.server import serve

SHARES = 3
"""The moments are dealt out to that many tests, so that they can run side by side."""


@dataclass
class Scene:
    """An account, and the `handrail` that is run on it."""

    handrail: Mortal
    session: Any
    before: Picture

    def picture(self) -> Picture:
        return snapshot(self.session)

    def run(self, answers: Mapping[str, Any], state: Path, **how: Any) -> Ended:
        file = state / "answers.json"
        state.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(dict(answers)))
        words = ("run", "vpn", "--answers", str(file), "--yes", "--output", "json")
        return self.handrail(*words, state=state, **how)

    def resume(self, run: str, state: Path, die_at: int = 0) -> Ended:
        return self.handrail("resume", run, "--yes", "--output", "json", state=state, die_at=die_at)

    def undo(self, run: str, state: Path, **how: Any) -> Ended:
        return self.handrail("undo", run, "--yes", "--output", "json", state=state, **how)

    def undone(self, run: str, state: Path) -> None:
        """Undo what is left of a run, and see that nothing is."""
        ended = self.undo(run, state)
        assert (ended.code, ended.json["status"]) == (0, "undone"), ended
        self.as_before(state)

    def as_before(self, state: Path) -> None:
        assert self.picture() == self.before
        assert files(state) == []

    def whole(self, expected: list[str], state: Path) -> None:
        """Everything is there exactly once."""
        assert additions(self.before, self.picture()) == expected
        assert len(files(state)) > 5


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setattr(socketserver.BaseServer, "handle_error", lambda *_: None)  # its visitors die
    with serve(hurry=True) as served, Mortal(served.url) as handrail:
        yield Scene(handrail, served.account.session, snapshot(served.account.session))


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
    expected = uninterrupted(scene, tmp_path / "uninterrupted", variant)
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
        assert (ended.code, ended.json.get("status")) == (0, "waiting"), (n, ended)
        scene.whole(expected, state)
        scene.undone(run, state)


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("variant", ["static", "bgp"])
def test_killed_anywhere_then_undone(scene: Scene, tmp_path: Path, variant: str, share: int) -> None:
    """The account and the files end as before."""
    for n in itertools.count(1 + share, SHARES):
        state = tmp_path / str(n)
        ended = scene.run(VARIANTS[variant], state, die_at=n, lasting=variant != "static")
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
    expected = uninterrupted(scene, tmp_path / "uninterrupted", variant)
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


# -- looking -----------------------------------------------------------------------------------------------------


def uninterrupted(scene: Scene, state: Path, variant: str) -> list[str]:
    """What a run adds that nothing disturbs; it is taken back again."""
    ended = scene.run(VARIANTS[variant], state)
    assert ended.code == 0, ended
    added = additions(scene.before, scene.picture())
    assert added
    scene.undone(ended.json["run"], state)
    return added


def additions(before: Picture, after: Picture) -> list[str]:
    """What there is now and was not before, without the ids, which no two runs share."""
    old = {id for things in before.values() for id in things}
    lines = [f"{kind} {'' if id in old else 'new'} {things[id]}" for kind, things in after.items() for id in things]
    told = {f"{kind}  {things[id]}" for kind, things in before.items() for id in things}

    def plain(line: str) -> str:
        line = re.sub(r"\b(vgw|cgw|vpn)-[0-9a-f]{17}\b", lambda m: m[0] if m[0] in old else m[1], line)
        return re.sub(r"\bvpn-[0-9a-hjkmnp-tv-z]{8}\b", "RUN", line)

    return sorted(plain(line) for line in lines if line not in told)


def the_run(state: Path) -> str:
    """The id of the only run in that folder; "" if there is none."""
    records = _records(state)
    assert len(records) <= 1
    return records[0].id if records else ""


def status(state: Path) -> str:
    return _records(state)[0].status


def answers(state: Path) -> Mapping[str, Any]:
    found: Mapping[str, Any] = _records(state)[0].answers
    return found


def _records(state: Path) -> list[Any]:
    journal = Journal(state / "handrail")
    try:
        return journal.records()
    finally:
        journal.close()


def files(state: Path) -> list[Path]:
    """Every file and folder that a run made for its user."""
    return sorted(path for run in (state / "handrail" / "files").glob("*") for path in (run, *run.rglob("*")))
