"""What every set-up shows alike: a conversation leads to a plan, and its script is clean."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import flows
from flows.engine import Asking, Cloud, Place, Plan, Session
from flows.export.cli import script
from tui.lines.conversation import Conversation
from tui.lines.reading import Quit


def by_conversation(flow: str, cloud: Cloud, answers: Mapping[str, Any]) -> Plan:
    """The plan to which line prompts lead somebody who says what is in `answers`; fine-tuning is said beforehand."""
    found = flows.find(flow)
    talk = Session(found, cloud, place=Place(practice=True))
    talk.suggest({key: value for key, value in answers.items() if found.question(key).fine_tuning})

    def ask(prompt: str, start: str) -> str:
        state = talk.state()
        if not isinstance(state, Asking):
            raise Quit
        if state.cautions:
            return "yes"
        said = answers[state.question.id]
        return ", ".join(said) if isinstance(said, list) else str(said)

    Conversation(talk, ask).hold()
    return talk.review().plan


def assert_clean_script(plan: Plan, flow: str, folder: Path) -> None:
    """bash can read the exported script, and shellcheck, where there is one, has nothing to say."""
    file = folder / "plan.sh"
    file.write_text(script(plan, flow=flow, title=flows.find(flow).title, region="eu-central-1"))
    subprocess.run(["bash", "-n", str(file)], check=True)
    if shutil.which("shellcheck"):
        subprocess.run(["shellcheck", str(file)], check=True)
