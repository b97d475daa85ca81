"""`handrail export` with every format: what goes to which stream, where the file lands, and how it ends."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alb import fronts
from cli.aws import comparable, needs_aws
from cli.face import REGION, Account, Answers, Command
from kills.scenes import CASES
from support import website
from support.stack import read

from flows.practice.server import serve
from tui.exports import FORMS

MAINTENANCE, MOVED = fronts.VARIANTS["maintenance"], fronts.VARIANTS["https"]


@pytest.mark.parametrize("form", FORMS)
def test_a_file_is_what_would_have_been_shown(
    handrail: Command, museum: Account, answers: Answers, tmp_path: Path, form: str
) -> None:
    words = ("export", "vpn", "--answers", answers(), "--format", form, *museum.at)
    shown, out = handrail(*words), tmp_path / "out"
    assert shown.code == 0, shown
    assert shown.out
    saved = handrail(*words, "--out", out)
    assert (saved.out, out.read_text()) == ("", shown.out)
    assert f"Written to {out}." in saved.err
    assert bool(out.stat().st_mode & 0o111) == (form == "cli")


def test_what_is_not_in_a_template_is_said_beside_it(handrail: Command, museum: Account, answers: Answers) -> None:
    """The template alone goes to stdout; the steps that it lacks, and why, to stderr."""
    file = answers(MOVED)
    ran = handrail("export", "alb", "--answers", file, "--format", "cloudformation", *museum.at)
    assert ran.code == 0
    assert read(ran.out)["Resources"]
    steps = handrail("plan", "alb", "--answers", file, "--output", "json", *museum.at).json["actions"]
    assert "NOT in the template" in ran.err
    assert f"{len(steps)}. {steps[-1]['sentence']}" in ran.err


def test_a_stack_for_another_region_is_said_to_be_so(handrail: Command, museum: Account, answers: Answers) -> None:
    file = answers(website.VARIANTS["dns-elsewhere"])
    ran = handrail("export", "website", "--answers", file, "--format", "cloudformation", *museum.at)
    assert ran.err.startswith("Its stack belongs into us-east-1, not eu-central-1.")


def test_without_anything_for_a_template_there_is_none(
    handrail: Command, museum: Account, answers: Answers, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    words = ("export", "alb", "--answers", answers(MAINTENANCE), "--format", "cloudformation", "--out", out, *museum.at)
    ran = handrail(*words)
    assert (ran.code, ran.out) == (2, "")
    assert "The formats cli and runbook have all." in ran.err
    assert not out.exists()


@needs_aws
def test_who_follows_the_runbook_makes_the_same_account_and_takes_it_back(
    handrail: Command, signed_in: None, answers: Answers, aws: Path, tmp_path: Path
) -> None:
    """Each command in its turn, in one shell; a setting that is changed is noted, and put back."""
    case = CASES["alb, a listener"]
    file, book = answers(case.answers), tmp_path / "runbook.md"
    with serve() as served:
        at = ("--endpoint-url", served.url, "--region", REGION)
        untouched = comparable(case, case.picture(served.account))
        handrail("export", case.flow, "--answers", file, "--format", "runbook", "--out", book, *at)
        ran = handrail("run", case.flow, "--answers", file, "--yes", "--output", "json", *at)
        applied = comparable(case, case.picture(served.account))
        handrail("undo", ran.json["run"], "--yes", *at)
        begun, done, undone = parts(book.read_text())
        by_hand = f"set -euo pipefail\n{begun}\nRUN=the-script\n{done}\nread -r\n{undone}\n"
        env: dict[str, Any] = {**os.environ, "AWS_ENDPOINT_URL": served.url}
        env["PATH"] = f"{aws}:{env['PATH']}"
        with subprocess.Popen(
            ["bash", "-c", by_hand], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as shell:
            assert shell.stdin and shell.stdout
            told = list(until_it_waits(shell))
            assert "null" not in told, "a check says no"
            assert comparable(case, case.picture(served.account)) == applied
            shell.communicate("\n", timeout=120)
        assert shell.returncode == 0
        assert comparable(case, case.picture(served.account)) == untouched


def parts(book: str) -> tuple[str, str, str]:
    """The commands before, of the steps, and of the undo; those of `handrail` itself are for another shell."""
    begun, steps = book.split("\n## Steps\n")
    done, undone = steps.split("\n## Afterwards\n")
    begun, done, undone = ("\n".join(re.findall(r"(?ms)^```bash\n(.*?)\n```$", part)) for part in (begun, done, undone))
    return begun, f"{done}\necho the steps are done", undone.replace("handrail check", ": handrail check")


def until_it_waits(shell: subprocess.Popen[str]) -> Iterator[str]:
    assert shell.stdout
    for line in shell.stdout:
        if line == "the steps are done\n":
            return
        yield line.strip()
    raise AssertionError("it ended before the steps were done")
