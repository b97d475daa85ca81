"""A repair is killed like a set-up: at every moment it can be gone on with or taken back, and nothing is done twice."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kills.broken import SCENES
from kills.scenes import CASES
from support.killed import Scene, killed_at, status
from support.world import Ended, World


class Repairing(Scene):
    """A scene in which what is broken is mended."""

    least = 4

    def __init__(self, world: World, flow: str, subject: tuple[str, ...]) -> None:
        name = next(name for name, case in CASES.items() if case.flow == flow)
        super().__init__(name, CASES[name], world)
        self.subject = subject

    def run(self, state: Path, die_at: int = 0, under: Any = None) -> Ended:
        state.mkdir(parents=True, exist_ok=True)
        named = [word for each in self.subject for word in ("--set", each)]
        agreed = [word for each in ("traffic", "access", "managed") for word in ("--accept", each)]
        return self._handrail(
            "check", self.case.flow, *named, "--fix", "all", *agreed, state=state, die_at=die_at, under=under
        )

    def begun(self, state: Path) -> bool:
        return super().begun(state) and status(state) != "draft"

    def ended_well(self, ended: Ended) -> bool:
        return ended.code == 0 and ended.json["status"] in ("works", "done")


@pytest.fixture
def scene(case: str, beginning: World) -> Iterator[Repairing]:
    breaks, flow = SCENES[case]
    with beginning.branch() as world:
        yield Repairing(world, flow, world.do(breaks))


@pytest.mark.parametrize("case", ["made"])
@pytest.mark.wild
def test_killed_somewhere(scene: Repairing, tmp_path: Path) -> None:
    killed_at(scene, tmp_path, itertools.count(2, 4))


@pytest.mark.wild
@pytest.mark.parametrize("case", SCENES)
def test_killed_anywhere(scene: Repairing, tmp_path: Path) -> None:
    killed_at(scene, tmp_path, itertools.count(1))
