"""A run that is begun on one machine and taken back on another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from elsewhere.everything import everything
from elsewhere.trouble import Surroundings
from kills.scenes import CASES
from support.killed import Case
from support.world import REGION, Ended, World, begun

KEYS = {"AWS_ACCESS_KEY_ID": "AKIAHERE000000000000", "AWS_SECRET_ACCESS_KEY": "x"}


@pytest.fixture(scope="session")
def founded() -> Iterator[World]:
    with begun() as world:
        for _ in range(2):  # some of it is there only once something else was asked for
            world.do(everything)
        yield world


@pytest.fixture
def world(founded: World) -> Iterator[World]:
    with founded.branch() as world:
        yield world


def ran(world: World, case: Case, state: Path, where: Surroundings, die_at: int = 0) -> Ended:
    state.mkdir(exist_ok=True)
    answers = state / "answers.json"
    answers.write_text(json.dumps(dict(case.answers)))
    accepted = [word for name in case.accept for word in ("--accept", name)]
    words = ("run", case.flow, "--answers", str(answers), *accepted, "--yes", "--output", "json")
    return world.handrail(*words, state=state, under=where, die_at=die_at)


def undone(world: World, case: Case, state: Path, run: str, where: Surroundings, *words: str) -> Ended:
    decided = [word for said in case.decided for word in ("--set", said)]
    return world.handrail("undo", run, *decided, *words, "--yes", "--output", "json", state=state, under=where)


@pytest.mark.parametrize(("zone", "hours"), [("Pacific/Kiritimati", -30), ("America/St_Johns", 30)])
def test_neither_time_zones_nor_clocks_matter(world: World, tmp_path: Path, zone: str, hours: int) -> None:
    """Begun in one zone by a clock that is off, gone on with and taken back in another by a right one."""
    case, state = CASES["vpn"], tmp_path / "state"
    before = world.do(everything)
    there = Surroundings({**KEYS, "AWS_REGION": REGION, "TZ": zone}, hours)
    made = ran(world, case, state, there)
    assert (made.code, made.json["status"]) == (0, case.ends), made
    here = Surroundings({**KEYS, "AWS_REGION": REGION, "TZ": "UTC"})
    undo = undone(world, case, state, made.json["run"], here)
    assert (undo.code, undo.json["status"]) == (0, "undone"), undo
    assert world.do(everything) == before
