"""One practice account for all tests of a file that only read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from s3_pipeline.cases import audited
from support.variants import Reviewed, reviewed

from flows.engine import Place
from flows.engine.boto import Aws
from flows.practice import PracticeAccount, open_account

Known = Callable[[str], Reviewed]


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeAccount]:
    """An account that a file's tests look at and leave as it is."""
    with open_account(tmp_path_factory.mktemp("practice"), hurry=True) as account:
        audited(account.session)
        yield account


@pytest.fixture(scope="module")
def still_cloud(still: PracticeAccount) -> Aws:
    return Aws(Place(practice=True), still.session, still.session_of)


@pytest.fixture
def known(request: pytest.FixtureRequest) -> Known:
    """Every variant, reviewed once; the account is only opened for what nobody asked for yet."""
    return lambda name: reviewed(name, lambda: request.getfixturevalue("still_cloud"))
