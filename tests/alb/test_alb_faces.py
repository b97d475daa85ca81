"""One plan, whichever face leads to it: an answers file, flags, or a conversation line by line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from alb.cases import VARIANTS, session

import flows
from flows.engine import Asking, Place, Session
from flows.engine.boto import Aws
from flows.engine.cache import CachedCloud
from tui.answers_file import load_answers
from tui.lines.conversation import Conversation
from tui.lines.reading import Quit


@pytest.fixture(scope="module")
def once(still_cloud: Aws) -> CachedCloud:
    return CachedCloud(still_cloud)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.some("closed", "elsewhere", "gone", "maintenance", "office", "strict")
def test_every_face_leads_to_the_identical_plan(
    once: CachedCloud, tmp_path: Path, variant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = VARIANTS[variant]
    expected = session(once, None, answers).review().plan
    for name, text in (("answers.yaml", yaml.safe_dump(dict(answers))), ("answers.json", json.dumps(dict(answers)))):
        (tmp_path / name).write_text(text)
        assert session(once, None, load_answers(tmp_path / name, ())).review().plan == expected
    flags = [f"{key}={','.join(value) if isinstance(value, list) else value}" for key, value in answers.items()]
    assert session(once, None, load_answers(None, flags)).review().plan == expected

    talk = Session(flows.find("alb"), once, place=Place(practice=True))
    left = {key: ", ".join(value) if isinstance(value, list) else str(value) for key, value in answers.items()}

    def ask(prompt: str, start: str) -> str:
        state = talk.state()
        if isinstance(state, Asking) and state.cautions:
            return "yes"
        if isinstance(state, Asking):
            return left.pop(state.question.id, start)
        if not left:
            raise Quit
        return f"change {next(iter(left))}"

    Conversation(talk, ask).hold()
    assert not left
    assert talk.review().plan == expected
    if answers["action"] != "stick":
        assert "→" in "".join(capsys.readouterr()), "the preview stands on the review"
