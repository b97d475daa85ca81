"""How a command ends when it is interrupted, when somebody else drives the run, and when a yes is needed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from support.between import between
from support.command import REGION, Account, Answers, Command

import flows

ROOT = Path(__file__).parents[2]
PATIENCE = 60


class Hold:
    """Holds one call on its way to AWS until it is let go."""

    def __init__(self, operation: str) -> None:
        self.operation = operation
        self.arrived, self.go = threading.Event(), threading.Event()

    def __call__(self, operation: str) -> None:
        if operation == self.operation:
            self.arrived.set()
            self.go.wait(PATIENCE)


@contextmanager
def held(
    company: Account, file: Path, operation: str, output: str = "json"
) -> Iterator[tuple[subprocess.Popen[str], Hold]]:
    """`handrail run` as a process, whose call is under way."""
    hold = Hold(operation)
    with between(company.url, first=hold) as address:
        words = ["run", "vpn", "--answers", str(file), "--yes", "--output", output]
        with subprocess.Popen(
            [sys.executable, "-m", "tui", *words, "--endpoint-url", address, "--region", REGION],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        ) as process:  # fmt: skip
            assert hold.arrived.wait(PATIENCE), "the call never came"
            try:
                yield process, hold
            finally:
                hold.go.set()


@pytest.mark.parametrize(
    "signals", [(signal.SIGINT,), (signal.SIGINT,) * 3, (signal.SIGTERM,)], ids=["once", "thrice", "kill"]
)
@pytest.mark.some("once")
def test_ctrl_c_finishes_the_call_and_is_130(
    handrail: Command, company: Account, answers: Answers, signals: tuple[signal.Signals, ...]
) -> None:
    before = company.picture()
    with held(company, answers(), "CreateVpnConnection") as (process, hold):
        assert process.stderr is not None
        for each in signals:
            process.send_signal(each)
            while "Stopping after the calls that are under way" not in process.stderr.readline():
                pass
        hold.go.set()
        out, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 130
        document = json.loads(out)
        assert (document["status"], document["error"]["code"]) == ("failed", "stopped")
        made = [each for each in document["resources"] if each["action"] == "connection"]
        assert made, "the call in flight was not killed, and its answer is known"
        assert len(company.picture()["vpn_connections"]) == 2  # the branch has one
        resumed = handrail("resume", document["run"], "--yes", "--output", "json")
        assert resumed.code == 0
        assert [each for each in resumed.json["resources"] if each["action"] == "connection"] == made
        assert handrail("undo", document["run"], "--yes").code == 0
    assert company.picture() == before


@pytest.mark.parametrize("output", ["json", "ndjson"])
def test_ctrl_c_before_anything_was_confirmed_is_a_document(company: Account, answers: Answers, output: str) -> None:
    with held(company, answers(), "DescribeVpcs", output) as (process, hold):
        process.send_signal(signal.SIGINT)
        hold.go.set()
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    said = json.loads(out if output == "json" else out.splitlines()[-1])
    assert (said["error"]["code"], set(said["error"])) == ("stopped", {"code", "message", "remedy", "action"})
    assert err == ""


@pytest.mark.parametrize("command", ["resume", "undo"])
@pytest.mark.wild
def test_two_cannot_drive_one_run(handrail: Command, company: Account, answers: Answers, command: str) -> None:
    with held(company, answers(), "CreateVpnConnection") as (process, hold):
        (record,) = handrail("runs", "--output", "json").json
        ran = handrail(command, record["run"], "--yes", "--output", "json")
        assert ran.code == 3
        assert ran.error["code"] == "busy"
        assert str(process.pid) in ran.error["message"]
        hold.go.set()
        out, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
    assert json.loads(out)["status"] == "waiting"


@pytest.mark.wild
def test_a_killed_run_is_gone_on_with(handrail: Command, company: Account, answers: Answers) -> None:
    """Killed while the call was under way, which then arrives: it is found again, not made twice."""
    before = company.picture()
    with held(company, answers(), "CreateVpnConnection") as (process, hold):
        process.kill()
        process.wait(PATIENCE)
        hold.go.set()
        assert any(len(company.picture()["vpn_connections"]) == 2 for _ in range(500)), "the call arrives in the end"
        (record,) = handrail("runs", "--output", "json").json
        assert record["status"] == "applying"
        assert "interrupted" in handrail("runs").out
        resumed = handrail("resume", record["run"], "--yes", "--output", "json")
        assert (resumed.code, resumed.json["status"]) == (0, "waiting")
        assert len(company.picture()["vpn_connections"]) == 2  # the branch has one
        assert handrail("undo", record["run"], "--yes").code == 0
    assert company.picture() == before


TOY = '''
"""A set-up of one question that needs a conscious yes."""
from flows.vpn.steps import vpn_gateway
from flows.engine import Caution, Flow, Plan, Text

def doubt(name, flow):
    yield Caution("sure", f"{name} will be there for everybody to see.", confirm=True)

class Toy(Flow):
    """One gateway."""
    title = "Make a gateway"
    name = Text("What is it called?", str, check=doubt, example="toy")
    consents = {"name": {"sure": "Everybody sees it."}}

    def plan(self):
        return Plan.of([vpn_gateway(self.name, 64512, "")])
'''


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("flows.toy.flow")
    made: dict[str, Any] = vars(module)
    exec(compile(TOY, "toy.py", "exec"), made)
    monkeypatch.setitem(sys.modules, "flows.toy.flow", module)
    monkeypatch.setitem(flows.SET_UPS, "toy", ("Make a gateway", "One gateway."))


@pytest.mark.wild
def test_a_warning_that_needs_a_yes_gets_it_with_accept(toy: None, handrail: Command, company: Account) -> None:
    before = company.picture()
    words = ("toy", "--set", "name=toy", "--output", "json", *company.at)
    ran = handrail("run", *words, "--yes")
    assert ran.code == 3
    assert ran.error["code"] == "blocked"
    assert ran.error["message"] == "toy will be there for everybody to see."
    assert "--accept sure" in ran.error["remedy"]
    assert handrail("run", *words, "--yes", "--accept", "traffic").code == 3
    assert company.picture() == before
    planned = handrail("plan", *words)
    assert planned.code == 0, "looking needs no yes"
    (warning,) = planned.json["warnings"]
    assert (warning["id"], warning["key"], warning["confirm"]) == ("sure", "name", True)
    ran = handrail("run", *words, "--yes", "--accept", "sure")
    assert (ran.code, ran.json["status"]) == (0, "done")
    assert [w["id"] for w in ran.json["warnings"]] == ["sure"]


@pytest.mark.wild
def test_a_draft_keeps_the_need_for_a_yes(toy: None, handrail: Command, company: Account) -> None:
    assert handrail("run", "toy", "--set", "name=toy", *company.at).code == 3
    (draft,) = handrail("runs", "--output", "json").json
    assert handrail("resume", draft["run"], "--yes", "--output", "json").error["code"] == "blocked"
    assert handrail("resume", draft["run"], "--yes", "--accept", "sure", "--output", "json").code == 0
