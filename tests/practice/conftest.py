"""Practice accounts for the tests: open one, or open it again as another process would."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.practice import PracticeAccount, open_account


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "practice"


@pytest.fixture
def account(folder: Path) -> Iterator[PracticeAccount]:
    with open_account(folder, hurry=True) as account:
        yield account


@pytest.fixture
def ec2(account: PracticeAccount) -> Any:
    return account.session.client("ec2")
