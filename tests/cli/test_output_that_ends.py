"""The disk to which the output goes is full, or whoever read it has gone: a sentence, never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from s3_lambda.cases import PHOTOS
from support.terminal import ROOT

from flows.engine import Journal

FULL = Path("/dev/full")
"""Linux: every write says that there is no room."""


def written_to_full(*words: str) -> subprocess.CompletedProcess[str]:
    with FULL.open("w") as full:
        return subprocess.run(
            [sys.executable, "-m", "tui", *words],
            cwd=ROOT, env=dict(os.environ), stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE, text=True,
            timeout=120, check=False,
        )  # fmt: skip


@pytest.mark.parametrize("words", ["list", "--help", "runs", "runs --output json", "check --help"])
@pytest.mark.some("--help", "list", "runs")
def test_what_is_read_is_told_as_not_written(words: str) -> None:
    ran = written_to_full(*words.split())
    assert ran.returncode == 1
    assert ran.stderr == "The output could not be written: No space left on device.\n"


@pytest.mark.parametrize("words", ["list", "list --output json", "questions vpn", "--help", "runs"])
@pytest.mark.some("list", "list --output json")
def test_a_reader_who_has_seen_enough_is_no_failure(words: str) -> None:
    """As in `handrail list 2>&1 | head -1`: both ways out end before anything is written."""
    read, write = os.pipe()
    os.close(read)
    ran = subprocess.run(
        [sys.executable, "-m", "tui", *words.split()],
        cwd=ROOT, env=dict(os.environ), stdin=subprocess.DEVNULL, stdout=write, stderr=write, timeout=120, check=False,
    )  # fmt: skip
    os.close(write)
    assert ran.returncode == 0


@pytest.mark.parametrize(
    "closed",
    [
        pytest.param(">&-", id="out"),
        pytest.param("2>&-", id="err"),
        pytest.param("<&-", id="in"),
        pytest.param("<&- >&- 2>&-", id="all"),
    ],
)
@pytest.mark.parametrize(
    ("words", "code"),
    [("runs", 0), ("list", 0), ("--version", 0), ("runs nothing-like-it", 2), ("run vpn", 2), ("", 2)],
)
@pytest.mark.some("runs-0-out", "run vpn-2-out", "run vpn-2-in", "runs nothing-like-it-2-all")
def test_a_way_out_that_is_closed_from_the_beginning_is_no_failure(words: str, code: int, closed: str) -> None:
    """As in a service that closes them: nobody wants to hear, and nothing of ours may be written there instead."""
    ran = subprocess.run(
        ["sh", "-c", f'exec "$0" -m tui {words} {closed}', sys.executable],
        cwd=ROOT, env=dict(os.environ), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert ran.returncode == code
    assert "Traceback" not in ran.stderr
    assert "itself made a mistake" not in ran.stderr


def test_what_is_made_unheard_is_made_whole(tmp_path: Path, journal: Journal) -> None:
    """The journal does not get the number of the way out, and what is said there does not land in it."""
    (tmp_path / "answers.json").write_text(json.dumps(dict(PHOTOS)))
    words = f"--practice run s3_lambda --answers {tmp_path}/answers.json --yes --output json"
    ran = subprocess.run(
        ["sh", "-c", f'exec "$0" -m tui {words} >&- 2>&-', sys.executable],
        cwd=ROOT, env=dict(os.environ), stdin=subprocess.DEVNULL, timeout=120, check=False,
    )  # fmt: skip
    (record,) = journal.records()
    assert (ran.returncode, record.status) == (0, "done")


def test_a_mistake_keeps_its_exit_code_and_is_told_where_it_can_be() -> None:
    ran = written_to_full("runs", "nothing-like-it", "--output", "json")
    assert ran.returncode == 2
    assert "nothing-like-it" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("output", ["json", "ndjson"])
@pytest.mark.wild
def test_a_run_that_cannot_be_told_says_how_to_go_on_and_take_back(
    output: str, tmp_path: Path, journal: Journal
) -> None:
    (tmp_path / "answers.json").write_text(json.dumps(dict(PHOTOS)))
    answers = str(tmp_path / "answers.json")
    ran = written_to_full("--practice", "run", "s3_lambda", "--answers", answers, "--yes", "--output", output)
    (record,) = journal.records()
    run = journal.run(record.id)
    assert run.plan is not None
    assert ran.returncode == 1
    assert record.status in ({"done"} if output == "json" else {"done", "applying"})  # it stops before the next call
    assert "The output could not be written: No space left on device." in ran.stderr
    assert (f"Go on with: handrail resume {record.id}" in ran.stderr) is (record.status == "applying")
    assert f"Take it back with: handrail undo {record.id}" in ran.stderr
    assert "intent" not in {run.status(action.id) for action in run.plan.actions}
