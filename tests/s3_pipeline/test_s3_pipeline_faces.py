"""One plan for every face, a script that is clean, and a policy that allows what is called."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.clouds import Between
from support.s3_pipeline import NEW, STANDING, VARIANTS, audited, session

import flows
from flows.engine import Asking, Journal, Place, Session
from flows.engine.cloud import Aws
from flows.engine.permissions import permission
from flows.export.cli import script
from flows.practice import PracticeAccount
from tui.batch import load_answers
from tui.prompts import Conversation, Quit


@pytest.fixture
def company(account: PracticeAccount) -> None:
    audited(account.session)


@pytest.mark.usefixtures("company")
@pytest.mark.parametrize("variant", [name for name in VARIANTS if "trail" not in VARIANTS[name]])
def test_a_file_and_a_conversation_lead_to_the_identical_plan(cloud: Aws, tmp_path: Path, variant: str) -> None:
    answers = VARIANTS[variant]
    (tmp_path / "answers.yaml").write_text(yaml.safe_dump(dict(answers)))
    by_file = session(cloud, None, load_answers(tmp_path / "answers.yaml", ())).review().plan
    talk = Session(flows.find("s3_pipeline"), cloud, place=Place(practice=True))

    def ask(prompt: str, start: str) -> str:
        state = talk.state()
        if not isinstance(state, Asking):
            raise Quit
        return str(answers[state.question.id])

    Conversation(talk, ask).hold()
    assert talk.review().plan == by_file


@pytest.mark.usefixtures("company")
@pytest.mark.parametrize("variant", VARIANTS)
def test_the_script_is_clean(cloud: Aws, tmp_path: Path, variant: str) -> None:
    file = tmp_path / "plan.sh"
    plan = session(cloud, None, VARIANTS[variant]).review().plan
    file.write_text(script(plan, flow="s3_pipeline", title="A start", region="eu-central-1"))
    subprocess.run(["bash", "-n", str(file)], check=True)
    if shutil.which("shellcheck"):
        subprocess.run(["shellcheck", str(file)], check=True)


@pytest.mark.parametrize("answers", [NEW, {**STANDING, "detection": "cloudtrail"}], ids=["new", "by a trail"])
def test_the_policy_allows_what_is_called(cloud: Aws, journal: Journal, clock: Any, answers: Any) -> None:
    """Reviewing, applying, handing over, and taking back."""
    between = Between(cloud)
    made = session(between, journal, answers, clock=clock)
    review = made.review()
    assert not [event.problem for event in made.apply() if event.problem]
    made.hand_over()
    list(made.undo())
    called = {permission(call.operation) for call in between.calls} - {""}
    granted = set(review.permissions)
    assert None not in called
    assert called <= granted | {"iam:SimulatePrincipalPolicy", "iam:ListAccountAliases"}
    assert "iam:PassRole" in granted
