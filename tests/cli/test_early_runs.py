"""Runs of an early release, which did not write down in which region they were made: asked for, and looked up first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest
from kills.scenes import CASES
from support.clock import FakeClock
from support.command import Command
from support.former import RUNS, Former, decided

from flows.engine import Journal, Place
from flows.engine.boto import Aws
from flows.practice.door import READS, operation_of
from flows.practice.server import Served
from tui.lines import prompts

HERE, ELSEWHERE = "eu-central-1", "us-east-1"
UNPLACED = tuple(run for run in RUNS if run not in ("aurora-2fyje0w0", "vpn-n9w62mkf"))
"""One run of each set-up that is done, one that stopped half-way and one that was taken back in part."""
DRAFT = "vpn-0qj572s4"


@pytest.fixture(autouse=True)
def _no_waiting(signed_in: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("apply", "undo", "run_place"):
        monkeypatch.setattr(f"flows.engine.{module}.RealClock", FakeClock)


@pytest.fixture
def heard(former: Served, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of the account from now on: an operation, or a method where the wire names none."""
    calls, answer = list[str](), former.account.door.answer

    def listening(request: AWSPreparedRequest) -> Any:
        calls.append(operation_of(request) or str(request.method))
        return answer(request)

    monkeypatch.setattr(former.account.door, "answer", listening)
    return calls


@pytest.fixture
def relived(
    former: Served, former_names: Mapping[str, str], tmp_path: Path, clock: FakeClock
) -> Callable[[str], Former]:
    def relived(run: str) -> Former:
        runs = Former(tmp_path / "state" / "handrail", former_names)
        runs.relive(run, Aws(Place(practice=True), former.account.session), clock)
        journal = Journal(runs.folder)
        journal.write("UPDATE runs SET place = replace(place, ?, '\"\"') WHERE id = ?", (f'"{HERE}"', run))
        journal.close()
        return runs

    return relived


@pytest.mark.parametrize("run", UNPLACED)
@pytest.mark.some("vpn-5crr070y")
def test_it_is_taken_back_where_somebody_says_and_nowhere_else(
    handrail: Command, former: Served, relived: Callable[[str], Former], heard: list[str],
    monkeypatch: pytest.MonkeyPatch, run: str,
) -> None:  # fmt: skip
    """Without a word on the region: exit 2, whatever the shell says. With a wrong one: nothing is changed."""
    case = CASES[RUNS[run]]
    former.account.session.client("ec2", region_name=ELSEWHERE).describe_vpcs()  # what the company has there begins now
    before = case.picture(former.account)
    relived(run)
    there = case.picture(former.account)
    monkeypatch.setenv("AWS_ENDPOINT_URL", former.url)
    monkeypatch.setenv("AWS_REGION", ELSEWHERE)
    said = [word for key, value in decided(Journal().run(run), case).items() for word in ("--set", f"{key}={value}")]
    undo = partial(handrail, "undo", run, "--yes", "--output", "json", *said)
    heard.clear()
    asked = undo()
    assert (asked.code, heard) == (2, [])
    assert asked.json["error"]["code"] == "no_region"
    assert "--region" in asked.json["error"]["remedy"]
    if not run.startswith("website"):  # its things are the same in every region
        wrong = undo("--region", ELSEWHERE)
        assert wrong.code == 2
        assert f"was found in {ELSEWHERE}" in wrong.json["error"]["message"]
        assert not changing(heard)
        assert case.picture(former.account) == there
        assert Journal().run(run).record.place.region == ""
    right = undo("--region", HERE)
    assert (right.code, right.json["status"]) == (0, "undone"), right
    assert right.json["removed"]
    place = Journal().run(run).record.place
    assert (place.region, place.partition, place.endpoint_url) == (HERE, "aws", former.url)
    assert case.picture(former.account) == before


@pytest.mark.parametrize("run", ["vpn-tbpnqnja", "aurora-2fyje0w0"])
@pytest.mark.wild
def test_it_is_gone_on_with_where_somebody_says_and_nowhere_else(
    handrail: Command, former: Served, relived: Callable[[str], Former], heard: list[str],
    monkeypatch: pytest.MonkeyPatch, run: str,
) -> None:  # fmt: skip
    case = CASES[RUNS[run]]
    before = case.picture(former.account)
    relived(run)
    resume = partial(handrail, "resume", run, "--yes", "--output", "json")
    monkeypatch.setenv("AWS_ENDPOINT_URL", former.url)
    heard.clear()
    assert (resume().code, heard) == (2, [])
    assert resume("--region", ELSEWHERE).code == 2
    assert not changing(heard)
    right = resume("--region", HERE)
    assert (right.code, right.json["status"]) == (0, case.ends), right
    monkeypatch.setenv("AWS_REGION", ELSEWHERE)
    said = [word for key, value in decided(Journal().run(run), case).items() for word in ("--set", f"{key}={value}")]
    assert handrail("undo", run, "--yes", *said).code == 0, "from now on it is known where it is"
    assert case.picture(former.account) == before


def changing(calls: list[str]) -> list[str]:
    return [call for call in calls if not (call in ("GET", "HEAD") or READS.match(call))]


@pytest.mark.wild
def test_a_draft_is_asked_for_its_region_too(
    handrail: Command, former: Served, relived: Callable[[str], Former], former_names: Mapping[str, str],
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Its answers may have meant another region's things of the same names."""
    Former(tmp_path / "state" / "handrail", former_names)
    monkeypatch.setenv("AWS_ENDPOINT_URL", former.url)
    monkeypatch.setenv("AWS_REGION", HERE)
    asked = handrail("resume", DRAFT, "--yes", "--output", "json")
    assert (asked.code, asked.json["error"]["code"]) == (2, "no_region")
    made = handrail("resume", DRAFT, "--yes", "--output", "json", "--region", HERE)
    assert made.code == 0
    assert Journal().run(DRAFT).record.place.region == HERE
    assert handrail("undo", DRAFT, "--yes").code == 0


@pytest.mark.wild
def test_lines_ask_for_the_region(
    former: Served,
    relived: Callable[[str], Former],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Until it is the right one; nothing is changed before."""
    replies = iter([ELSEWHERE, HERE, "undo", "yes"])
    relived("vpn-k9yacnta")
    monkeypatch.setenv("AWS_ENDPOINT_URL", former.url)
    monkeypatch.setenv("AWS_REGION", ELSEWHERE)
    asked: list[str] = []

    def ask(prompt: str, start: str) -> str:
        asked.append(prompt)
        return next(replies)

    monkeypatch.setattr(prompts, "reader", lambda: ask)
    assert prompts.resume(Place(), "vpn-k9yacnta", ()) == 0
    told = capsys.readouterr().out
    assert "In which region was it made?" in told
    assert f"Nothing of vpn-k9yacnta was found in {ELSEWHERE}" in told
    assert len(asked) == 4
    assert Journal().run("vpn-k9yacnta").record.status == "undone"


def test_lines_that_are_told_nothing_do_nothing(
    former_names: Mapping[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Former(tmp_path / "state" / "handrail", former_names)
    monkeypatch.setattr(prompts, "reader", lambda: lambda prompt, start: "back")
    assert prompts.resume(Place(), "vpn-k9yacnta", ()) == 2
    assert Journal().run("vpn-k9yacnta").record.status == "waiting"
