"""The company's account and its partner's."""

from __future__ import annotations

import pytest

from flows.engine import Place
from flows.engine.boto import Aws
from flows.practice import PracticeAccount


@pytest.fixture
def both(account: PracticeAccount) -> Aws:
    return Aws(Place(practice=True), account.session, account.session_of)
