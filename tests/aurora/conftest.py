"""What the tests of the database set-up share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from flows.practice import PracticeAccount, open_account


@pytest.fixture
def rds(account: PracticeAccount) -> Any:
    return account.session.client("rds")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeAccount]:
    """One for all of them: nothing here changes anything."""
    with open_account(tmp_path_factory.mktemp("practice"), hurry=True) as account:
        yield account
