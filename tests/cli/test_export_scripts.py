"""Every set-up's exported script, run by bash with the real `aws`, leads to the same account as the run."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from cli.aws import comparable, needs_aws
from cli.face import REGION, Account, Answers, Command
from kills.scenes import CASES
from support import s3_lambda
from support.killed import Case

from flows.practice import PracticeAccount
from flows.practice.server import serve

SCRIPTS: Mapping[str, Case] = {
    **{name: CASES[name] for name in ("vpn", "vpn, fixed routes", "alb, a listener")},
    **{name: CASES[name] for name in ("website, secret header", "website, certificate and names", "aurora")},
    "share_ami": CASES["share_ami, the machine stopped"],
    "share_snapshot": CASES["share_snapshot, with a key"],
    **{name: CASES[name] for name in ("spa_pipeline", "s3_pipeline, a new trail", "wordpress, a new machine")},
    "s3_lambda": CASES["s3_lambda"],
    "s3_lambda, where nothing is": replace(
        CASES["s3_lambda"], answers=s3_lambda.VARIANTS["a bucket that notifies nobody"]
    ),
}


@needs_aws
@pytest.mark.parametrize("name", SCRIPTS)
def test_the_script_run_by_bash_leads_to_the_same_account(
    handrail: Command, signed_in: None, answers: Answers, aws: Path, tmp_path: Path, name: str
) -> None:
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
        ran = handrail("run", case.flow, "--answers", file, "--yes", "--output", "json", *at)
        assert ran.json["status"] == case.ends, ran
        applied = picture(served.account)
    with serve() as served:
        assert picture(served.account) == untouched, "both begin alike"
        env = {**os.environ, "PATH": f"{aws}:{os.environ['PATH']}", "AWS_ENDPOINT_URL": served.url}
        done = subprocess.run(
            ["bash", str(script)], check=False, capture_output=True, text=True, timeout=300,
            env={**env, "RUN": "the-script"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        scripted = picture(served.account)
    assert scripted == applied
    assert scripted != untouched


def test_a_script_that_fails_halfway_ends_what_must_not_last(
    handrail: Command, museum: Account, answers: Answers, tmp_path: Path
) -> None:
    """The machine that was stopped for its image runs again; the `aws` here is one that refuses to make an image."""
    script, called, aws = tmp_path / "script.sh", tmp_path / "called", tmp_path / "aws"
    file = answers(CASES["share_ami, the machine stopped"].answers)
    handrail("export", "share_ami", "--answers", file, "--format", "cli", "--out", script, *museum.at)
    aws.write_text(f'#!/bin/sh\necho "$2" >>{called}\ncase $2 in create-image) exit 1;; describe-*) echo True;; esac\n')
    aws.chmod(0o755)
    env = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", str(script)], check=False, capture_output=True, env=env, timeout=60)
    assert done.returncode != 0
    assert called.read_text().split() == ["stop-instances", "describe-instances", "create-image", "start-instances"]
