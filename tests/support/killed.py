"""A run that is killed: the account, the `handrail` that works on it, and how to tell what became of both.

What is the same for every set-up; a test says which one, how its account is pictured and how it ends.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flows.engine import Journal
from support.mortal import Ended, Mortal

Picture = dict[str, Any]


@dataclass
class Scene:
    """An account, and the `handrail` that is run on it.

    Args:
        flow: the set-up.
        handrail: runs the command.
        snapshot: takes a picture of the account.
        plain: takes out of a line what differs between two runs, given what the account held before.
        ends: the status with which a run ends.
        files: how many files and folders it leaves with its user, at least.
        accept: the warnings that are said yes to.
        decided: what only a person can decide at undo, as KEY=VALUE.
    """

    flow: str
    handrail: Mortal
    snapshot: Callable[[], Picture]
    plain: Callable[[str, Picture], str]
    ends: str = "done"
    files: int = 0
    accept: tuple[str, ...] = ()
    decided: tuple[str, ...] = ()
    before: Picture = field(init=False)

    def __post_init__(self) -> None:
        self.before = self.snapshot()

    def picture(self) -> Picture:
        return self.snapshot()

    def run(self, answers: Mapping[str, Any], state: Path, **how: Any) -> Ended:
        file = state / "answers.json"
        state.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(dict(answers)))
        accepted = [word for name in self.accept for word in ("--accept", name)]
        words = ("run", self.flow, "--answers", str(file), "--yes", "--output", "json", *accepted)
        return self.handrail(*words, state=state, **how)

    def resume(self, run: str, state: Path, die_at: int = 0, **how: Any) -> Ended:
        accepted = [word for name in self.accept for word in ("--accept", name)]
        return self.handrail("resume", run, "--yes", "--output", "json", *accepted, state=state, die_at=die_at, **how)

    def undo(self, run: str, state: Path, **how: Any) -> Ended:
        decided = [word for said in self.decided for word in ("--set", said)]
        return self.handrail("undo", run, "--yes", "--output", "json", *decided, state=state, **how)

    def ended_well(self, ended: Ended) -> bool:
        return (ended.code, ended.json.get("status")) == (0, self.ends)

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
        now = self.additions()
        assert now == expected, [line for line in now if line not in expected] + [
            line for line in expected if line not in now
        ]
        assert len(files(state)) >= self.files

    def additions(self) -> list[str]:
        """What there is now and was not before, without the ids, which no two runs share."""
        after = self.picture()
        old = {id for things in self.before.values() for id in things}
        lines = [f"{kind} {'' if id in old else 'new'} {things[id]}" for kind, things in after.items() for id in things]
        told = {f"{kind}  {things[id]}" for kind, things in self.before.items() for id in things}
        run = re.compile(rf"\b{self.flow.replace('_', '-')}-[0-9a-hjkmnp-tv-z]{{8}}\b")
        return sorted(run.sub("RUN", self.plain(line, self.before)) for line in lines if line not in told)

    def uninterrupted(self, answers: Mapping[str, Any], state: Path) -> list[str]:
        """What a run adds that nothing disturbs; it is taken back again."""
        ended = self.run(answers, state)
        assert ended.code == 0, ended
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
