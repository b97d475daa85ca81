"""Every set-up's exported script, run by bash with the real `aws`, leads to the same account as the run."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from cli.aws import comparable, needs_aws
from cli.refusing import WORDS, refusing
from kills.scenes import CASES, FIRST
from s3_lambda import cases as s3_lambda
from support.command import REGION, Answers, Command
from support.killed import Case

from flows.practice import PracticeAccount
from flows.practice.server import serve

SCRIPTS: Mapping[str, Case] = {
    **{flow: CASES[name] for flow, name in FIRST.items()},
    **{name: CASES[name] for name in ("vpn, fixed routes", "website, certificate and names")},
    "s3_lambda, where nothing is": replace(
        CASES["s3_lambda"], answers=s3_lambda.VARIANTS["a bucket that notifies nobody"]
    ),
}


HERE = ("vpn", "s3_lambda")
"""Of these it is tried whenever the tests run, of all by `make test-wild`; the words of all are in tests/export."""


@needs_aws
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in HERE else pytest.mark.wild) for name in SCRIPTS]
)
@pytest.mark.wild
def test_the_script_run_by_bash_leads_to_the_same_account(
    handrail: Command, signed_in: None, answers: Answers, aws: Path, tmp_path: Path, name: str
) -> None:
    """Although AWS refuses its last call at first: it ends there, and goes on from there when it is run again."""
    case = SCRIPTS[name]
    file, script = answers(case.answers), tmp_path / "script.sh"

    def picture(account: PracticeAccount) -> list[str]:
        return comparable(case, case.picture(account))

    with serve() as served:
        at = ("--endpoint-url", served.url, "--region", REGION)
        untouched = picture(served.account)
        words = ("export", case.flow, "--answers", file, "--format", "cli", "--out", script, *at)
        assert handrail(*words).code == 0
        assert picture(served.account) == untouched
        ran = handrail("run", case.flow, "--answers", file, *case.agreed, "--yes", "--output", "json", *at)
        assert ran.json["status"] == case.ends, ran
        applied = picture(served.account)
    with serve() as served, refusing(served.url) as between:
        assert picture(served.account) == untouched, "both begin alike"
        elsewhere = {"AWS_REGION": "us-west-2", "AWS_DEFAULT_REGION": "ap-south-1", "AWS_CLI_ERROR_FORMAT": "json"}
        path = f"{aws}:{os.environ['PATH']}"
        ours = {name: value for name, value in os.environ.items() if not name.startswith("AWS_ENDPOINT_URL")}

        def bash(**more: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                ["bash", str(script)], check=False, capture_output=True, text=True, timeout=300,
                env={**ours, **elsewhere, "PATH": path, "AWS_ENDPOINT_URL": between.url, **more},
            )  # fmt: skip

        between.refuse = len(re.findall(r"(?m)^ *call ", script.read_text()))
        stopped = bash()
        assert stopped.returncode != 0
        assert len(between.changing) == between.refuse, stopped.stderr  # nothing was sent after it
        assert WORDS in stopped.stderr
        assert "It stopped at step " in stopped.stderr
        (run,) = re.findall(r"(?m)^RUN=(\S+) bash ", stopped.stderr)
        between.refuse = 0
        done = bash(RUN=run)
        assert done.returncode == 0, done.stderr
        scripted = picture(served.account)
    assert scripted == applied
    assert scripted != untouched
