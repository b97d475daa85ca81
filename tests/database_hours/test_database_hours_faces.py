"""One plan for every face, a clean script of it, and no more questions than a newcomer bears."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from database_hours.cases import OFFICE, VARIANTS, session
from support.faces import assert_clean_script, by_conversation

import flows
from flows.engine.boto import Aws
from tui.answers_file import load_answers


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.some("office")
def test_a_file_and_a_conversation_lead_to_the_identical_plan(cloud: Aws, tmp_path: Path, variant: str) -> None:
    answers = {key: value for key, value in VARIANTS[variant].items() if key in OFFICE}
    (tmp_path / "answers.yaml").write_text(yaml.safe_dump(answers))
    by_file = session(cloud, None, load_answers(tmp_path / "answers.yaml", ())).review().plan
    assert by_conversation("database_hours", cloud, answers) == by_file


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.wild
def test_the_script_is_clean(cloud: Aws, tmp_path: Path, variant: str) -> None:
    plan = session(cloud, None, VARIANTS[variant]).review().plan
    assert_clean_script(plan, "database_hours", tmp_path)


def test_a_newcomer_is_asked_five_things() -> None:
    asked = [each.id for each in flows.find("database_hours").questions if not each.fine_tuning]
    assert asked == ["cluster", "days", "time_zone", "from", "to"]


def test_beside_each_other_stand_the_prices(cloud: Aws) -> None:
    """Kept awake in these hours, never sleeping, and nobody keeping it awake; only the first is in the sum."""
    costs = session(cloud, None).review().plan.costs
    assert [(f"{each.usd_per_month:.2f}", each.counts) for each in costs] == [
        ("12.99", "always"), ("43.80", "neither"), ("0.00", "neither"),
    ]  # fmt: skip
    assert costs[0].what == "Kept awake 217 hours a month at 0.5 ACU"
