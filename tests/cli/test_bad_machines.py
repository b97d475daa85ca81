"""Whatever is wrong with this machine: what cannot be written, read or kept."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cli.both_ways import both
from support.command import Account, Answers, Command, Ran

from flows.engine.journal_file import JournalFile
from flows.engine.problems import JournalTrouble


@pytest.mark.parametrize("command", [("runs",), ("resume", "vpn-x", "--yes"), ("undo", "vpn-x", "--yes")], ids=" ".join)
def test_a_home_that_cannot_be_written(
    handrail: Command, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/proc/nowhere")
    text, said = both(handrail, *command)
    assert text.code == 3
    assert "/proc/nowhere" in said
    assert "XDG_STATE_HOME" in said


def test_without_a_journal_nothing_is_created(
    handrail: Command, museum: Account, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/proc/nowhere")
    text, said = both(handrail, "run", "vpn", "--answers", answers(), "--yes", *museum.at)
    assert text.code == 3
    assert "journal" in said
    assert handrail("plan", "vpn", "--answers", answers(), *museum.at).code == 0, "looking needs none"


def test_a_journal_that_is_none(handrail: Command, tmp_path: Path) -> None:
    journal = tmp_path / "state" / "handrail" / "journal.db"
    journal.parent.mkdir(parents=True)
    journal.write_bytes(b"not a database" * 1000)
    text, said = both(handrail, "runs")
    assert text.code == 3
    assert str(journal) in said
    assert "Move that file away" in said


def test_a_full_disk(museum: Account, answers: Answers, tmp_path: Path) -> None:
    """No file may grow beyond a few pages: to the journal that is a disk without room."""
    program = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (24576, 24576));"
        "from tui.cli.main import main; main(sys.argv[1:])"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", program, "run", "vpn", "--answers", str(answers()), "--yes", "--output", "json",
         *museum.at], capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    ran = Ran(done.returncode, done.stdout, done.stderr)
    assert ran.code == 3
    assert ran.error["code"] == "journal"
    assert "Traceback" not in ran.err


def test_what_was_made_is_told_where_the_journal_takes_nothing_more(
    handrail: Command, company: Account, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That somebody drives the run cannot be written down, and what it made stands: no refusal before anything was."""
    run = handrail("run", "vpn", "--answers", answers(), "--yes", "--output", "json", *company.at).json["run"]
    write = JournalFile.write

    def full(self: JournalFile, sql: str, values: Any) -> Any:
        if "SET owner" in sql:
            raise JournalTrouble("The journal cannot be used.", "database or disk is full.")
        return write(self, sql, values)

    with monkeypatch.context() as disk:
        disk.setattr(JournalFile, "write", full)
        undone = handrail("undo", run, "--yes", "--output", "json")
        resumed = handrail("resume", run, "--yes", "--output", "json")
    for ran in (undone, resumed):
        assert (ran.code, ran.json["run"], ran.json["error"]["code"]) == (1, run, "journal")
    assert undone.json["status"] == "failed" and len(undone.json["left"]) > 5 and undone.json["removed"] == []
    assert resumed.json["undo"] == f"handrail undo {run}" and resumed.json["resources"]
    assert handrail("undo", run, "--yes").code == 0


@pytest.mark.parametrize("target", ["/proc/nowhere/out", "."])
def test_an_export_that_cannot_be_written(
    handrail: Command, museum: Account, answers: Answers, tmp_path: Path, target: str
) -> None:
    path = tmp_path / target
    ran = handrail("export", "vpn", "--answers", answers(), "--format", "cli", "--out", path, *museum.at)
    assert (ran.code, ran.out) == (2, "")
    assert f"{path} cannot be written." in ran.err
    assert "--out" in ran.err


@pytest.mark.parametrize("words", [
    ("export", "vpn", "--format", "policy", "--answers", "FILE", "--out"),
    ("export", "wordpress", "--format", "script", "--out"),
    ("run", "vpn", "--answers", "FILE", "--yes", "--save-answers"),
], ids=lambda words: f"{words[0]} {words[1]}")  # fmt: skip
def test_what_a_link_leads_to_is_never_written(
    handrail: Command, museum: Account, answers: Answers, tmp_path: Path, words: tuple[str, ...]
) -> None:
    precious = tmp_path / "precious"
    precious.write_text("theirs")
    precious.chmod(0o640)
    (tmp_path / "out").symlink_to(precious)
    file = answers()
    ran = handrail(*(file if word == "FILE" else word for word in words), tmp_path / "out", *museum.at)
    assert (ran.code, ran.out) == (2, "")
    assert f"{tmp_path / 'out'} cannot be written." in ran.err
    assert f"It is a link to {precious}" in ran.err
    assert words[-1] in ran.err
    assert (precious.read_text(), oct(precious.stat().st_mode)) == ("theirs", oct(0o100640))
    assert (tmp_path / "out").is_symlink()


def test_answers_that_cannot_be_saved_stop_the_run_before_it_begins(
    handrail: Command, museum: Account, answers: Answers
) -> None:
    words = ("run", "vpn", "--answers", answers(), "--yes", "--save-answers", "/proc/nowhere/out", *museum.at)
    text, said = both(handrail, *words)
    assert text.code == 2
    assert "/proc/nowhere/out cannot be written." in said
    assert "--save-answers" in said


@pytest.mark.wild
def test_practice_in_a_home_that_cannot_be_written(process: Command, answers: Answers) -> None:
    ran = process(
        "plan", "vpn", "--practice", "--answers", answers(), "--output", "json", env={"XDG_STATE_HOME": "/proc/nowhere"}
    )  # fmt: skip
    assert ran.code == 3
    assert "XDG_STATE_HOME" in ran.error["remedy"]
