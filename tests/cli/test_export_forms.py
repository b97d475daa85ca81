"""`handrail export` with every format: what goes to which stream, where the file lands, and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from alb import cases as alb
from support.command import Account, Answers, Command
from support.stack import read
from website import cases as website

from tui.exports import FORMS

MAINTENANCE, MOVED = alb.VARIANTS["maintenance"], alb.VARIANTS["https"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.some("cli", "runbook")
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


@pytest.mark.wild
def test_what_is_not_in_a_template_is_said_beside_it(handrail: Command, museum: Account, answers: Answers) -> None:
    """The template alone goes to stdout; the steps that it lacks, and why, to stderr."""
    file = answers(MOVED)
    ran = handrail("export", "alb", "--answers", file, "--format", "cloudformation", *museum.at)
    assert ran.code == 0
    assert read(ran.out)["Resources"]
    steps = handrail("plan", "alb", "--answers", file, "--output", "json", *museum.at).json["actions"]
    assert "NOT in the template" in ran.err
    assert f"{len(steps)}. {steps[-1]['sentence']}" in ran.err


@pytest.mark.wild
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


def test_where_all_is_done_there_is_nothing_for_a_template(
    handrail: Command, company: Account, answers: Answers
) -> None:
    file = answers(MAINTENANCE)
    assert handrail("run", "alb", "--answers", file, "--yes", *company.at).code == 0
    ran = handrail("export", "alb", "--answers", file, "--format", "cloudformation", *company.at)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "Nothing of “Redirect or answer at a load balancer” is left to be done, so there is nothing that a template "
        "could make.\n"
    )
