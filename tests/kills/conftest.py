"""What both kinds of ends begin with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from kills.scenes import CASES
from support.killed import Scene
from support.world import World, begun


@pytest.fixture(scope="session")
def beginning() -> Iterator[World]:
    with begun() as world:
        yield world


@pytest.fixture
def scene(case: str, beginning: World) -> Iterator[Scene]:
    with beginning.branch() as world:
        yield Scene(case, CASES[case], world)
