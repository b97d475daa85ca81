"""What every test may rely on: nothing of this machine is seen, and nothing is written outside."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import botocore.session
import pytest
from botocore.loaders import create_loader
from support.clock import FakeClock

from flows.engine import Journal, Place
from flows.engine.cloud import Aws
from flows.practice import PracticeAccount, open_account


def pytest_collection_finish() -> None:
    """What is imported stays; looking through all of it for garbage again and again took a third of the tests' time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def _descriptions() -> None:
    """AWS's descriptions of its services are read once, not once for every session."""
    loader = create_loader()
    vars(botocore.session)["create_loader"] = lambda _=None: loader


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person without profiles, credentials or earlier runs."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "HANDRAIL_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def account(tmp_path: Path) -> Iterator[PracticeAccount]:
    """The practice account in this process, where nothing takes any time."""
    with open_account(tmp_path / "practice", hurry=True) as account:
        yield account


@pytest.fixture
def cloud(account: PracticeAccount) -> Aws:
    return Aws(Place(practice=True), account.session)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """Where the command line would keep it. Not closed: a session that ends later lets go of its run in it."""
    return Journal(tmp_path / "state" / "handrail")
