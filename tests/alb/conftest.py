"""One practice account for all tests of a file that only read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from flows.engine import Place
from flows.engine.boto import Aws
from flows.practice import PracticeAccount, open_account


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeAccount]:
    """An account that a file's tests look at and leave as it is."""
    with open_account(tmp_path_factory.mktemp("practice"), hurry=True) as account:
        yield account


@pytest.fixture(scope="module")
def still_cloud(still: PracticeAccount) -> Aws:
    return Aws(Place(practice=True), still.session)
