"""One plan for every face, a script that is clean, and a policy that allows what is called."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from s3_pipeline.cases import NEW, STANDING, VARIANTS, audited, session
from support.clouds import Between
from support.faces import assert_clean_script, by_conversation

from flows.engine import Journal
from flows.engine.boto import Aws
from flows.engine.permissions import permission
from flows.practice import PracticeAccount
from tui.answers_file import load_answers


@pytest.fixture
def company(account: PracticeAccount) -> None:
    audited(account.session)


@pytest.mark.usefixtures("company")
@pytest.mark.parametrize("variant", [name for name in VARIANTS if "trail" not in VARIANTS[name]])
@pytest.mark.some("standing")
def test_a_file_and_a_conversation_lead_to_the_identical_plan(cloud: Aws, tmp_path: Path, variant: str) -> None:
    answers = VARIANTS[variant]
    (tmp_path / "answers.yaml").write_text(yaml.safe_dump(dict(answers)))
    by_file = session(cloud, None, load_answers(tmp_path / "answers.yaml", ())).review().plan
    assert by_conversation("s3_pipeline", cloud, answers) == by_file


@pytest.mark.usefixtures("company")
@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.wild
def test_the_script_is_clean(cloud: Aws, tmp_path: Path, variant: str) -> None:
    plan = session(cloud, None, VARIANTS[variant]).review().plan
    assert_clean_script(plan, "s3_pipeline", tmp_path)


@pytest.mark.parametrize("answers", [NEW, {**STANDING, "detection": "cloudtrail"}], ids=["new", "by a trail"])
@pytest.mark.wild
def test_the_policy_allows_what_is_called(cloud: Aws, journal: Journal, clock: Any, answers: Any) -> None:
    """Reviewing, applying, handing over, and taking back."""
    between = Between(cloud)
    made = session(between, journal, answers, clock=clock)
    review = made.review()
    assert not [event.problem for event in made.apply() if event.problem]
    waits = made.hand_over().waiting
    assert ("It waits for app/source.zip in fjord-shop-source" in waits) is (answers is NEW), (
        "of NEW nobody uploaded it"
    )
    list(made.undo())
    called = {permission(call.operation) for call in between.calls} - {""}
    granted = set(review.permissions)
    assert None not in called
    assert called <= granted | {"iam:SimulatePrincipalPolicy", "iam:ListAccountAliases"}
    assert "iam:PassRole" in granted
