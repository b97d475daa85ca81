"""Who drives a run: what a session knows of it is what was true when it took hold of it, in every face."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from support.between import between
from support.clock import FakeClock
from support.command import REGION, Account, Answers
from vpn.cases import brought_to_its_end, stopped_half_way

from flows.engine import Cloud, Journal, Place
from flows.engine.boto import Aws
from flows.practice import PracticeAccount
from tui.lines import prompts
from tui.lines.sign_in import AccountOpener

ROOT = Path(__file__).parents[2]
PATIENCE = 60


class Gate:
    """Holds the calls of one operation on their way to AWS while it is shut, and counts all."""

    def __init__(self) -> None:
        self.operation = ""
        self.arrived, self.open = threading.Event(), threading.Event()
        self.heard: list[str] = []

    def shut(self, operation: str) -> None:
        self.arrived.clear()
        self.open.clear()
        self.operation = operation

    def __call__(self, operation: str) -> None:
        self.heard.append(operation)
        if operation == self.operation:
            self.operation = ""
            self.arrived.set()
            assert self.open.wait(PATIENCE)


@contextmanager
def begun(address: str, *words: str) -> Iterator[subprocess.Popen[str]]:
    """`handrail` as a process of its own."""
    with subprocess.Popen(
        [sys.executable, "-m", "tui", *words, "--yes", "--output", "json", "--endpoint-url", address],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


def end_of(process: subprocess.Popen[str]) -> tuple[int, Mapping[str, Any], str]:
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, json.loads(out), err


def the_run() -> str:
    (record,) = Journal().records()
    return record.id


@contextmanager
def two_gates(url: str) -> Iterator[tuple[str, Gate, Gate]]:
    """The account behind two gates that every call passes."""
    driver, visitor = Gate(), Gate()

    def first(operation: str) -> None:
        driver(operation)
        visitor(operation)

    with between(url, first=first) as address:
        yield address, driver, visitor


@pytest.mark.wild
def test_a_slow_sign_in_makes_nothing_twice(company: Account, answers: Answers) -> None:
    """Somebody resumes what another process drives, and waits for AWS to say who it is; meanwhile it ends."""
    before = company.picture()
    with two_gates(company.url) as (address, driver, visitor):
        driver.shut("CreateVpnConnection")
        with begun(address, "run", "vpn", "--answers", str(answers()), "--region", REGION) as first:
            assert driver.arrived.wait(PATIENCE)
            visitor.shut("GetCallerIdentity")
            with begun(address, "resume", the_run()) as second:
                assert visitor.arrived.wait(PATIENCE)
                driver.open.set()
                assert end_of(first)[0] == 0
                visitor.open.set()
                code, document, told = end_of(second)
        assert (code, document["status"]) == (0, "waiting")
        assert "elsewhere meanwhile, and is waiting for you" in told
        assert driver.heard.count("CreateVpnConnection") == driver.heard.count("CreateVpnGateway") == 1
        with begun(address, "undo", the_run()) as last:
            assert end_of(last)[0] == 0
    assert company.picture() == before


@pytest.mark.parametrize("first_one", ["run", "undo"])
@pytest.mark.wild
def test_an_undo_that_signs_in_slowly_knows_all_there_is(company: Account, answers: Answers, first_one: str) -> None:
    """What was made, or taken back, while it was on its way, it knows; nothing stays, and nothing is deleted twice."""
    before = company.picture()
    with two_gates(company.url) as (address, driver, visitor):
        words = ["run", "vpn", "--answers", str(answers()), "--region", REGION]
        if first_one == "undo":
            with begun(address, *words) as made:
                assert end_of(made)[0] == 0
            words = ["undo", the_run()]
        driver.shut("CreateVpnConnection" if first_one == "run" else "DeleteVpnConnection")
        with begun(address, *words) as first:
            assert driver.arrived.wait(PATIENCE)
            visitor.shut("GetCallerIdentity")
            with begun(address, "undo", the_run()) as second:
                assert visitor.arrived.wait(PATIENCE)
                driver.open.set()
                assert end_of(first)[0] == 0
                visitor.open.set()
                code, document, _ = end_of(second)
    assert (code, document["status"]) == (0, "undone")
    assert any("connection" in what for what in document["removed"])
    assert driver.heard.count("DeleteVpnConnection") == 1
    assert company.picture() == before


def test_lines_that_sign_in_slowly(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """The run is shown as it is by then, and not gone on with."""

    def slowly(_: AccountOpener, place: Place) -> tuple[Cloud, Place]:
        brought_to_its_end(cloud, journal, run, clock)
        return cloud, place

    ec2, run = account.session.client("ec2"), stopped_half_way(cloud, journal, clock)
    there = len(ec2.describe_vpn_connections()["VpnConnections"])
    monkeypatch.setattr(AccountOpener, "open", slowly)
    monkeypatch.setattr(prompts, "reader", lambda: lambda prompt, start: "quit")
    assert prompts.resume(Place(practice=True), run.id, ()) == 0
    assert "elsewhere meanwhile, and is waiting for you" in capsys.readouterr().out
    assert len(ec2.describe_vpn_connections()["VpnConnections"]) == there + 1
