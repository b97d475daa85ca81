"""Alice works with Handrail; Mallory has an account on the same machine."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.users import USERS, User, made, why_not


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder where both may make, rename and remove files: the kernel protects nobody there."""
    if why_not():
        pytest.skip(why_not())
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o777)
        yield folder


@pytest.fixture
def alice(shared: Path) -> User:
    return made(USERS[0], shared)


@pytest.fixture
def mallory(shared: Path) -> User:
    return made(USERS[1], shared)
