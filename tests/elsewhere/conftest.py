"""The company, with everything that it has, for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from elsewhere.everything import everything
from support.world import World, begun


@pytest.fixture(scope="session")
def founded() -> Iterator[World]:
    with begun() as world:
        for _ in range(2):  # some of it is there only once something else was asked for
            world.do(everything)
        yield world
