"""What every test may rely on: nothing of this machine is seen, and nothing is written outside."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import HealthCheck, settings
from support.clock import FakeClock
from support.former import company
from support.swift import swift

from flows.engine import Journal, Place
from flows.engine.boto import Aws
from flows.practice import PracticeAccount, open_account, simulator
from flows.practice.server import Served, serve

gc.disable()  # until all tests are known: what is imported stays
simulator.import_services(("ec2",))  # as practice does it; whoever names moto's own reads a hundred files for nothing
MEMORY = Path("/dev/shm")
CASES: dict[tuple[str, tuple[Any, ...]], list[str]] = {}
"""Of each test of which some are always tried: what it says of them, and all its cases."""
pytest_plugins = ["support.command_fixtures"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--share", default="1/1", metavar="K/N",
        help="of the wild cases of a test the Kth of N parts; one that has no other case, or needs this system, is "
        "always tried",
    )  # fmt: skip


def pytest_configure() -> None:
    """Files are in memory where there is room: a killed process leaves the same there, and no disk is waited for."""
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK) or os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:
        return
    if shutil.disk_usage(MEMORY).free > 2**30:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def pytest_itemcollected(item: pytest.Item) -> None:
    """The laws and the documents are quick; of a test marked `some`, the cases that it leaves out are wild.

    Who reads all of the source does it in one worker, where it is parsed once; so do those who look at the same
    account, or need the real `aws`, which are processes that take a while to begin.
    """
    if item.path.parent.name in ("architecture", "docs"):
        item.add_marker("quick")
    if item.path.parent.name == "architecture" or item.path.name == "test_glossary.py":
        item.add_marker(pytest.mark.xdist_group("sources"))
    for dear in {"museum", "aws"} & {*getattr(item, "fixturenames", ())}:
        item.add_marker(pytest.mark.xdist_group(dear))
    some = item.get_closest_marker("some")
    if some and isinstance(item, pytest.Function):
        known = CASES.setdefault((item.nodeid.partition("[")[0], some.args), [])
        known.append(item.callspec.id)
        every = some.kwargs.get("every", 0)
        taken = (len(known) - 1) % every == 0 if every else len(known) <= _first(some.args)
        if item.callspec.id not in some.args and not taken:
            item.add_marker("wild")


def _first(args: tuple[Any, ...]) -> int:
    return args[0] if isinstance(args[0], int) else 0


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What one worker must do alone comes first, so that the others are not done long before it."""
    for (test, args), known in CASES.items():
        if (gone := {each for each in args if isinstance(each, str)} - {*known}) and "::" not in str(config.args):
            raise pytest.UsageError(f"{test} has no such cases as {sorted(gone)}")
    part, parts = map(int, config.getoption("share").split("/"))
    left = [item for item in items if _shared(item) and _number(item) % parts != part - 1]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in {*left}]
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


def _shared(item: pytest.Item) -> bool:
    """Whether other cases of the same test tell much of what this one does."""
    return "wild" in item.keywords and hasattr(item, "callspec") and "skipif" not in item.keywords


def _number(item: pytest.Item) -> int:
    """The same on every machine, and for all tests of a file that try the same case: they often share what is dear."""
    return crc32(f"{item.path.name} {item.callspec.id}".encode())


def pytest_collection_finish() -> None:
    """What is imported stays; looking through all of it for garbage again and again took a third of the tests' time."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(20_000, 20, 20)


settings.register_profile("any machine", suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")  # how long making an example takes is the machine's business


@pytest.fixture(scope="session", autouse=True)
def _descriptions() -> None:
    """AWS's descriptions of its services are read and worked out once, not once for every session and client."""
    swift()


@pytest.fixture(scope="session", autouse=True)
def _keys() -> None:
    """moto makes a key for every certificate, and reads it again; those of the tests may have the same."""
    vars(rsa)["generate_private_key"] = cache(rsa.generate_private_key)
    vars(serialization)["load_pem_private_key"] = cache(serialization.load_pem_private_key)


@pytest.fixture(scope="module")
def former() -> Iterator[Served]:
    """An account for all runs of a former release that a module makes: each is taken back in the end."""
    with serve() as served:
        served.account.session.client = cache(served.account.session.client)  # type: ignore[method-assign]
        yield served


@pytest.fixture(scope="module")
def former_names(former: Served) -> Mapping[str, str]:
    """What those runs found in the account, as it is called in this one."""
    return company(former.account.session)


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
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg-config"))


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
