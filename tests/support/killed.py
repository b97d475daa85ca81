"""A run that is killed: the account, the `handrail` that works on it, and how to tell what became of both.

What is the same for every set-up; the `cases.py` of each says what is played.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.engine import Journal
from flows.practice import PracticeAccount
from support.world import Ended, Trouble, World

BATCH = ("--yes", "--output", "json")


@dataclass(frozen=True)
class Case:
    """One way through a set-up, to be killed at every moment.

    Args:
        flow: the set-up.
        answers: what is in the answers file.
        picture: the account as {kind: {id: anything}}.
        differs: matches what no two runs share.
        ends: the status with which a run ends.
        files: how many files and folders it leaves with its user, at least.
        accept: the warnings that are said yes to.
        decided: what only a person can decide at undo, as KEY=VALUE.
    """

    flow: str
    answers: Mapping[str, Any]
    picture: Callable[[PracticeAccount], dict[str, Any]]
    differs: re.Pattern[str]
    ends: str = "done"
    files: int = 0
    accept: tuple[str, ...] = ()
    decided: tuple[str, ...] = ()

    @property
    def agreed(self) -> tuple[str, ...]:
        """The words with which a command says yes to the warnings."""
        return tuple(word for name in self.accept for word in ("--accept", name))


def by_kind(shown: Mapping[str, Any]) -> dict[str, Any]:
    """A picture whose things have no ids of their own."""
    return {kind: {kind: json.dumps(thing, sort_keys=True, default=str)} for kind, thing in shown.items()}


class Scene:
    """A world in which a case is played; a whole one has more than `least` moments."""

    least = 12

    def __init__(self, name: str, case: Case, world: World) -> None:
        self.name, self.case, self.world = name, case, world
        self.before = self.picture()

    def picture(self) -> dict[str, Any]:
        return self.world.picture(self.name)

    def begun(self, state: Path) -> bool:
        """Whether anything was said that could be kept, so that its run can be gone on with."""
        return bool(answers(state))

    @contextmanager
    def branch(self, state: Path) -> Iterator[Scene]:
        """The same scene in a copy of its world; what happens there to that folder is forgotten."""
        kept = state.with_name(f"{state.name}-kept")
        if state.exists():
            shutil.copytree(state, kept)
        with self.world.branch() as world:
            other = copy(self)
            other.world = world
            yield other
        shutil.rmtree(state, ignore_errors=True)
        if kept.exists():
            kept.rename(state)

    def run(self, state: Path, die_at: int = 0, under: Trouble | None = None) -> Ended:
        file = state / "answers.json"
        state.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(dict(self.case.answers)))
        words = ("run", self.case.flow, "--answers", str(file), *self.case.agreed)
        return self._handrail(*words, state=state, die_at=die_at, under=under)

    def resume(
        self, run: str, state: Path, die_at: int = 0, meanwhile: tuple[int, Sequence[str]] | None = None
    ) -> Ended:
        return self._handrail(*self.resuming(run), state=state, die_at=die_at, meanwhile=meanwhile)

    def resuming(self, run: str) -> list[str]:
        """The words that go on with a run."""
        return ["resume", run, *self.case.agreed]

    def undo(
        self,
        run: str,
        state: Path,
        die_at: int = 0,
        under: Trouble | None = None,
        meanwhile: tuple[int, Sequence[str]] | None = None,
    ) -> Ended:
        return self._handrail(*self.undoing(run), state=state, die_at=die_at, under=under, meanwhile=meanwhile)

    def undoing(self, run: str) -> list[str]:
        """The words that take a run back."""
        return ["undo", run, *(word for said in self.case.decided for word in ("--set", said))]

    def _handrail(
        self,
        *words: str,
        state: Path,
        die_at: int,
        under: Trouble | None = None,
        meanwhile: tuple[int, Sequence[str]] | None = None,
    ) -> Ended:
        also = (meanwhile[0], (*meanwhile[1], *BATCH)) if meanwhile else None
        return self.world.handrail(*words, *BATCH, state=state, die_at=die_at, under=under, meanwhile=also)

    def ended_well(self, ended: Ended) -> bool:
        return (ended.code, ended.json.get("status")) == (0, self.case.ends)

    def undone(self, run: str, state: Path) -> None:
        """Undo what is left of a run, and see that nothing is."""
        self.ended_as_before(self.undo(run, state), state)

    def ended_as_before(self, ended: Ended, state: Path) -> None:
        assert (ended.code, ended.json["status"]) == (0, "undone"), ended
        self.as_before(state)

    def as_before(self, state: Path) -> None:
        assert self.picture() == self.before
        assert files(state) == []

    def whole(self, expected: list[str], state: Path) -> None:
        """Everything is there exactly once."""
        now = self.additions()
        assert now == expected, [line for line in now if line not in expected] + [
            line for line in expected if line not in now
        ]
        assert len(files(state)) >= self.case.files

    def additions(self) -> list[str]:
        """What there is now and was not before, without the ids, which no two runs share."""
        after = self.picture()
        old = {id for things in self.before.values() for id in things}
        lines = [f"{kind} {'' if id in old else 'new'} {things[id]}" for kind, things in after.items() for id in things]
        told = {f"{kind}  {things[id]}" for kind, things in self.before.items() for id in things}
        name, random = self.case.flow.replace("_", "-"), "[0-9a-hjkmnp-tv-z]{8}"
        run = re.compile(rf"\b{name}-(repair-)?{random}\b|{name.replace('-', '')}repair{random}\b")

        def told_apart(line: str) -> str:
            return run.sub("RUN", self.case.differs.sub(lambda id: id[0] if id[0] in old else "…", line))

        return sorted(told_apart(line) for line in lines if line not in told)

    def uninterrupted(self, state: Path) -> list[str]:
        """What a run adds that nothing disturbs; it is taken back again."""
        ended = self.run(state)
        assert self.ended_well(ended), ended
        added = self.additions()
        assert added
        self.undone(ended.json["run"], state)
        return added


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


def killed_at(scene: Scene, tmp_path: Path, moments: Iterator[int]) -> None:
    """Undone, the account and the files end as before; resumed, as an uninterrupted run, with one of each.

    An undo that was killed leaves nothing either.
    """
    expected = scene.uninterrupted(tmp_path / "uninterrupted")
    for n in moments:
        state = tmp_path / str(n)
        with scene.branch(state) as killed:
            applied = killed.run(state, die_at=n)
            run = the_run(state)
            if applied.code is None:
                with killed.branch(state) as other:
                    if run and status(state) != "draft":
                        other.undone(run, state)
                    else:
                        other.as_before(state)
                if not run or not killed.begun(state):
                    continue
                resumed = killed.resume(run, state)
                assert killed.ended_well(resumed), (n, resumed)
            else:
                assert killed.ended_well(applied), (n, applied)
            killed.whole(expected, state)
            undone = killed.undo(run, state, die_at=n)
            if undone.code is None:
                killed.undone(run, state)
            else:
                killed.ended_as_before(undone, state)
            if applied.code is not None and undone.code is not None:
                assert n > scene.least
                break
