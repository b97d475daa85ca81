"""An office that reaches the shop, for all tests of a file that leave it as it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from vpn.standing import World, reached

from flows.practice import open_account


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with open_account(tmp_path_factory.mktemp("practice"), hurry=True) as account:
        yield reached(account)
