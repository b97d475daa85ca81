"""The programs that people build upon look without waking, say what is waited for, and ask until there is an answer."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.false_aws import FalseAws, refuses, says

from flows.aws import sleeping_clients
from flows.practice.server import serve

ASLEEP, WAKES = "reports is asleep; the first answer takes 15 to 30 seconds.", "reports is waking up (0 s; 15 to 30"
RESUMING = "DatabaseResumingException"
ARN = "arn:aws:rds:eu-central-1:123456789012:cluster:reports"
SDK = """
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
class Call { constructor(input) { this.input = input; } }
class Client {
  constructor(config) { this.config = config; }
  async send(call) {
    const answers = JSON.parse(readFileSync("answers.json", "utf8"));
    const told = answers.shift();
    writeFileSync("answers.json", JSON.stringify(answers));
    appendFileSync("asked", `${call.constructor.name} ${JSON.stringify(call.input)}\\n`);
    if (told.refused) throw Object.assign(new Error("no"), { name: told.refused });
    return told;
  }
}
export class RDSClient extends Client {}
export class CloudWatchClient extends Client {}
export class RDSDataClient extends Client {}
export class DescribeDBClustersCommand extends Call {}
export class GetMetricDataCommand extends Call {}
export class ExecuteStatementCommand extends Call {}
"""
"""In the place of AWS's SDK for Node, so that nothing is fetched: it notes what it is asked, and answers in turn."""
CLUSTERS = (
    '{"DBClusters":[{"DBClusterMembers":[{"IsClusterWriter":false,"DBInstanceIdentifier":"reports-2"},'
    '{"IsClusterWriter":true,"DBInstanceIdentifier":"reports-1"}]}]}'
)


def written(secret: str = "s!1") -> dict[str, str]:
    """With no wait between two questions."""
    made = sleeping_clients.written("reports", "eu-central-1", ARN, secret, "app")
    return {name: text.replace("EVERY, PATIENCE = 3", "EVERY, PATIENCE = 0").replace("= [3, 120]", "= [0, 120]")
            for name, text in made.items()}  # fmt: skip


def test_nothing_is_left_to_fill_in() -> None:
    assert set(written()) == {"ask.py", "ask.mjs", "ask.sh"}
    assert not [name for name, text in written().items() if "@@" in text or "reports" not in text]
    compile(written()["ask.py"], "ask.py", "exec")


def test_by_a_shell(tmp_path: Path) -> None:
    answers = {0: says("reports-1"), 1: says("0.0"), 2: refuses(RESUMING, "resuming"), 3: refuses(RESUMING, "resuming"),
               4: says('{"records": []}')}  # fmt: skip
    ran = FalseAws(tmp_path, answers).run(written()["ask.sh"], "SELECT 2")
    assert (ran.code, ran.out, ran.slept) == (0, '{"records": []}\n', 6)
    assert ran.err.splitlines()[:2] == [ASLEEP, "reports is waking up (0 s; 15 to 30 are usual) ..."]
    assert ran.commands == [
        "rds describe-db-clusters", "cloudwatch get-metric-statistics", *["rds-data execute-statement"] * 3,
    ]  # fmt: skip
    assert ran.asked[-1][-4:] == ["--sql", "SELECT 2", "--output", "json"]


def test_a_shell_gives_up_after_two_minutes_and_at_once_for_what_is_no_waking(tmp_path: Path) -> None:
    first = {0: says("reports-1"), 1: says("0.5")}
    ran = FalseAws(tmp_path, {**first, None: refuses(RESUMING, "resuming")}).run(written()["ask.sh"])
    assert (ran.code, ran.slept) == (1, 123)
    ran = FalseAws(tmp_path, {**first, None: refuses("ForbiddenException", "no")}).run(written()["ask.sh"])
    assert (ran.code, ran.slept, len(ran.asked)) == (1, 0, 3)
    assert ASLEEP not in ran.err
    assert "ForbiddenException" in ran.err


@pytest.mark.skipif(not shutil.which("node"), reason="no node here")
@pytest.mark.parametrize(
    ("acu", "refused", "err"),
    [("0", [RESUMING] * 2, [ASLEEP, WAKES, WAKES]), ("0.5", [], []), ("", ["ForbiddenException"], None)],
    ids=["asleep", "awake", "forbidden"],
)
@pytest.mark.some("asleep")
def test_by_node(tmp_path: Path, acu: str, refused: list[str], err: list[str] | None) -> None:
    for package in ("client-rds", "client-cloudwatch", "client-rds-data"):
        home = tmp_path / "node_modules" / "@aws-sdk" / package
        home.mkdir(parents=True)
        (home / "index.mjs").write_text(SDK)
        (home / "package.json").write_text('{"exports": "./index.mjs"}')
    rows = '{"records":[[{"longValue":1}]]}'
    resuming = [f'{{"refused":"{each}"}}' for each in refused]
    told = [CLUSTERS, f'{{"MetricDataResults":[{{"Values":[{acu}]}}]}}', *resuming, rows]
    (tmp_path / "answers.json").write_text(f"[{','.join(told)}]")
    (tmp_path / "ask.mjs").write_text(written()["ask.mjs"])
    ran = _run(tmp_path, "node", "ask.mjs", "SELECT 1")
    asked = (tmp_path / "asked").read_text().splitlines()
    assert [each.split()[0] for each in asked[:2]] == ["DescribeDBClustersCommand", "GetMetricDataCommand"]
    assert '"Value":"reports-1"' in asked[1]
    if err is None:
        assert (ran.returncode, len(asked)) == (1, 3)
        return
    assert (ran.returncode, ran.stdout) == (0, '[[{"longValue":1}]]\n')
    assert [line[: len(WAKES)] if "waking" in line else line for line in ran.stderr.splitlines()] == err
    assert asked[-1] == (
        f'ExecuteStatementCommand {{"sql":"SELECT 1","resourceArn":"{ARN}","secretArn":"s!1","database":"app"}}'
    )


@pytest.mark.wild
def test_by_python(tmp_path: Path) -> None:
    """Against the practice account, where it falls asleep and wakes as on AWS."""
    with serve(hurry=True) as served:
        rds: Any = served.account.session.client("rds")
        secret = rds.describe_db_clusters(DBClusterIdentifier="reports")["DBClusters"][0]["MasterUserSecret"][
            "SecretArn"
        ]
        (tmp_path / "ask.py").write_text(written(secret)["ask.py"])
        keys = {"AWS_ACCESS_KEY_ID": "practice", "AWS_SECRET_ACCESS_KEY": "practice", "AWS_ENDPOINT_URL": served.url}
        ran = _run(tmp_path, sys.executable, "ask.py", **keys)
        assert (ran.returncode, ran.stdout) == (0, "[[{'longValue': 1}]]\n"), ran.stderr
        signs = ran.stderr.splitlines()
        assert (signs[0], signs[1].startswith(WAKES)) == (ASLEEP, True)
        again = _run(tmp_path, sys.executable, "ask.py", **keys)
        assert "waking" not in again.stderr


def _run(folder: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, cwd=folder, env={"PATH": os.environ["PATH"], "HOME": str(folder), **env}, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
