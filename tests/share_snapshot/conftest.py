"""The company's account and its partner's, for every test of this set-up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from share_snapshot.cases import own_key

from flows.engine import Place
from flows.engine.boto import Aws
from flows.practice import PracticeAccount, open_account


@pytest.fixture
def both(account: PracticeAccount) -> Aws:
    return Aws(Place(practice=True), account.session, account.session_of)


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeAccount]:
    """An account that is only looked at, opened once for all tests of a file."""
    with open_account(tmp_path_factory.mktemp("still"), hurry=True) as account:
        yield account


@pytest.fixture(scope="module")
def still_both(still: PracticeAccount) -> Aws:
    return Aws(Place(practice=True), still.session, still.session_of)


@pytest.fixture(scope="module")
def key(still: PracticeAccount) -> str:
    return own_key(still)
