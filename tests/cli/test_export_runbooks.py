"""Who follows a runbook as it is written, with the real `aws`, makes the same account as the run, and takes it back."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from cli.aws import comparable, needs_aws
from kills.scenes import CASES, FIRST
from support.command import REGION, Answers, Command
from support.killed import Case

from flows.practice.server import serve

BOOKS: Mapping[str, Case] = {flow: CASES[name] for flow, name in FIRST.items()}
AND_BACK = ("alb", "website", "s3_lambda")
"""What changes settings and documents of others, which must be as they were."""


@needs_aws
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name == "alb" else pytest.mark.wild) for name in BOOKS]
)
@pytest.mark.wild
def test_who_follows_the_runbook_makes_the_same_account_and_takes_it_back(
    handrail: Command, signed_in: None, answers: Answers, aws: Path, tmp_path: Path, name: str
) -> None:
    """Each command in its turn, in one shell; what is to be repeated is, and a check that says null is a failure."""
    case = BOOKS[name]
    file, book = answers(case.answers), tmp_path / "runbook.md"
    with serve() as served:
        at = ("--endpoint-url", served.url, "--region", REGION)
        untouched = comparable(case, case.picture(served.account))
        handrail("export", case.flow, "--answers", file, "--format", "runbook", "--out", book, *at)
        ran = handrail("run", case.flow, "--answers", file, *case.agreed, "--yes", "--output", "json", *at)
        assert ran.json["status"] == case.ends, ran
        applied = comparable(case, case.picture(served.account))
    with serve() as served:
        begun, steps = book.read_text().split("\n## Steps\n")
        done, undone = steps.split("\n## Afterwards\n")
        back = "\n".join(followed(undone)) if name in AND_BACK else ""
        by_hand = "\n".join(
            ["set -euo pipefail", *followed(begun), *followed(done), "echo the steps are done", "read -r", back]
        )
        (tmp_path / "tmp").mkdir()
        env = {key: value for key, value in os.environ.items() if not key.startswith("AWS_ENDPOINT_URL")}
        env |= {"AWS_REGION": "us-west-2", "AWS_ENDPOINT_URL": served.url, "TMPDIR": str(tmp_path / "tmp")}
        env |= {"PATH": f"{aws}:{env['PATH']}"}
        with subprocess.Popen(
            ["bash", "-c", by_hand], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as shell:
            assert shell.stdin and shell.stdout
            told = list(until_it_waits(shell))
            assert "null" not in told, "a check says no"
            assert comparable(case, case.picture(served.account)) == applied
            shell.communicate("\n", timeout=300)
        assert shell.returncode == 0
        if name in AND_BACK:
            assert comparable(case, case.picture(served.account)) == untouched
        assert [*(tmp_path / "tmp").iterdir()] == [], "the shell's files are gone with it"


def followed(part: str) -> Iterator[str]:
    """The commands of a part as a person does them; those of `handrail` itself are for another shell."""
    asked = ""
    for fence, prose in re.findall(r"(?ms)^```bash\n(.*?)\n```$|^([^`\n#][^\n]*(?:\n[^`\n#][^\n]*)*)$", part):
        if prose:
            asked = " ".join(prose.split())
        elif asked.endswith("Repeat this until it says true:"):
            yield f'until [ "$(\n{fence}\n)" = true ]; do sleep 1; done'
        elif not fence.startswith("handrail "):
            yield fence


def until_it_waits(shell: subprocess.Popen[str]) -> Iterator[str]:
    assert shell.stdout
    for line in shell.stdout:
        if line == "the steps are done\n":
            return
        yield line.strip()
    raise AssertionError("it ended before the steps were done")
