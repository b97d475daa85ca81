"""One plan for every face, a clean script of it, and a policy that allows what is called."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from s3_lambda.cases import BUCKET, NAME, PHOTOS, VARIANTS, session
from support.clouds import Between
from support.faces import assert_clean_script, by_conversation

from flows.engine import Journal
from flows.engine.boto import Aws
from flows.engine.permissions import permission
from flows.practice import PracticeAccount
from tui.answers_file import load_answers


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.some("a bucket that notifies nobody", "photos")
def test_a_file_and_a_conversation_lead_to_the_identical_plan(
    cloud: Aws, tmp_path: Path, variant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = {key: value for key, value in VARIANTS[variant].items() if key in PHOTOS}
    (tmp_path / "answers.yaml").write_text(yaml.safe_dump(answers))
    by_file = session(cloud, None, load_answers(tmp_path / "answers.yaml", ())).review().plan
    assert by_conversation("s3_lambda", cloud, answers) == by_file


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.some("a bucket that notifies nobody")
def test_the_script_is_clean(cloud: Aws, tmp_path: Path, variant: str) -> None:
    plan = session(cloud, None, VARIANTS[variant]).review().plan
    assert_clean_script(plan, "s3_lambda", tmp_path)


def test_the_policy_allows_what_is_called(account: PracticeAccount, cloud: Aws, journal: Journal, clock: Any) -> None:
    """Reviewing, applying, handing over, and taking back."""
    between = Between(cloud)
    made = session(between, journal, clock=clock)
    review = made.review()
    assert not [event.problem for event in made.apply() if event.problem]
    made.hand_over()
    list(made.undo())
    called = {permission(call.operation) for call in between.calls} - {""}
    granted = {permission(call.operation) for call in review.plan.calls()} | {
        permission(call.operation)
        for call in between.calls
        if call.name.startswith(("Get", "List", "Head", "Simulate"))
    }
    assert None not in called
    assert called <= granted
    assert {"lambda:AddPermission", "lambda:RemovePermission", "s3:PutBucketNotification"} <= called


def test_nothing_of_the_others_is_kept(account: PracticeAccount, cloud: Aws, journal: Journal, clock: Any) -> None:
    """Who else a bucket notifies is theirs to know."""
    account.session.client("lambda").list_functions()
    made = session(cloud, journal, clock=clock)
    assert not [event.problem for event in made.apply() if event.problem]
    assert made.run is not None
    assert "invoices" not in repr(made.run.history())
    assert BUCKET in repr(made.run.plan)


def test_a_function_s_secrets_are_nowhere(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: Any, tmp_path: Path
) -> None:
    """AWS answers with its environment, which is nobody's business."""
    lambdas: Any = account.session.client("lambda")
    lambdas.update_function_configuration(FunctionName=NAME, Environment={"Variables": {"TOKEN": "tell-nobody"}})
    between = Between(cloud)
    made = session(between, journal, clock=clock)
    review = made.review()
    assert not [event.problem for event in made.apply() if event.problem]
    handed = made.hand_over()
    list(made.undo())
    assert "GetFunctionConfiguration" in {call.name for call in between.calls}
    assert "tell-nobody" not in repr(review) + repr(handed)
    kept = [path.read_bytes() for path in (tmp_path / "state").rglob("*") if path.is_file()]
    assert kept
    assert not [each for each in kept if b"tell-nobody" in each]
