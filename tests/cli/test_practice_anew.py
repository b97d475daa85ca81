"""The simulated company is begun anew by a command; only who says so forgets what was practised."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.command import Command

from flows.engine.journal_file import state_folder
from tui.cli.main import main


def practised() -> Path:
    folder = state_folder() / "practice"
    folder.mkdir(parents=True)
    for name in ("account.jsonl", "account.snapshot"):
        (folder / name).write_text("{}\n")
    return folder


def test_a_command_forgets_what_was_practised(capsys: pytest.CaptureFixture[str]) -> None:
    folder = practised()
    with pytest.raises(SystemExit) as ended:
        main(["practice", "reset", "-y"])
    assert ended.value.code == 0
    assert {path.name for path in folder.iterdir()} == {"account.lock"}
    assert "as it was on the first day" in capsys.readouterr().err


def test_without_a_yes_nothing_is_forgotten(handrail: Command) -> None:
    folder = practised()
    assert handrail("practice", "reset").code in (1, 2, 130)
    assert (folder / "account.jsonl").exists()
