"""What the tests of the database set-up share."""

from __future__ import annotations

from typing import Any

import pytest

from flows.practice import PracticeAccount


@pytest.fixture
def rds(account: PracticeAccount) -> Any:
    return account.session.client("rds")
