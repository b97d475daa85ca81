"""An account behind a wire on which things go wrong."""

from __future__ import annotations

from types import SimpleNamespace

import botocore.endpoint
import pytest
from engine.faults.wire import Wire

from flows.engine import Place
from flows.engine.boto import Aws
from flows.practice import PracticeAccount


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What botocore would have waited between its attempts."""
    naps: list[float] = []
    monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=naps.append, time=botocore.endpoint.time.time))
    return naps


@pytest.fixture
def wire(account: PracticeAccount) -> Wire:
    return Wire(account)


@pytest.fixture
def cloud(wire: Wire) -> Aws:
    return Aws(Place(practice=True), wire.session)
