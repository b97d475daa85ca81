"""One plan for every face, and a script that is clean."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from peering.cases import VARIANTS, session
from support.clock import FakeClock
from support.faces import assert_clean_script, by_conversation

from flows.engine.boto import Aws
from tui.answers_file import load_answers


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.some("profile")
def test_a_file_and_a_conversation_lead_to_the_identical_plan(both: Aws, tmp_path: Path, variant: str) -> None:
    answers = VARIANTS[variant]
    (tmp_path / "answers.yaml").write_text(yaml.safe_dump(dict(answers)))
    by_file = session(both, None, load_answers(tmp_path / "answers.yaml", ()), FakeClock()).review().plan
    assert by_conversation("peering", both, answers) == by_file


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.wild
def test_the_script_is_clean(both: Aws, tmp_path: Path, variant: str) -> None:
    assert_clean_script(session(both, None, VARIANTS[variant], FakeClock()).review().plan, "peering", tmp_path)
