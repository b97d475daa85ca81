"""What a shell completes: everything that is known without an account."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from support.terminal import ROOT

from flows import SET_UPS
from flows.engine import Journal, Place, Plan
from tui.cli.main import cli

BASH = """
eval "$(handrail completion bash)"
compopt() {{ told="$1 $2"; }}
COMP_WORDS=({words}); COMP_CWORD={last}; COMPREPLY=(); told=
_handrail_completion handrail
printf '%s\\n' "${{COMPREPLY[@]}}" "[$told]"
"""


def completed(line: str) -> list[str]:
    *words, begun = line.split(" ")
    return [each.value for each in ShellComplete(cli, {}, "handrail", "").get_completions(words, begun)]


@pytest.mark.parametrize("command", ["run", "plan", "export", "questions", "graph", "check"])
def test_set_ups(command: str) -> None:
    assert completed(f"{command} ") == [*SET_UPS]
    assert completed(f"{command} share_s") == ["share_snapshot"]


def test_runs_with_what_they_are() -> None:
    run = Journal().begin("vpn", Place())
    for command in ("runs", "resume"):
        (found,) = ShellComplete(cli, {}, "handrail", "").get_completions([command], "vpn-")
        assert (found.value, found.help) == (run.id, "draft, nothing answered yet")


def test_only_runs_that_the_command_takes() -> None:
    draft, run, over = (Journal().begin("vpn", Place()) for _ in range(3))
    run.confirm(Plan(()), "111122223333", Place())
    over.set_status("undone")
    assert completed("undo ") == [run.id]
    assert sorted(completed("resume ")) == sorted([draft.id, run.id])
    assert completed(f"undo {run.id} --set ") == ["others=", "files="]
    assert completed(f"undo {run.id} --set files=d") == ["files=delete"]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("run aurora --accept p", ["public-address", "plain-http"]),
        ("check aurora --accept m", ["managed"]),
        ("plan website --accept zone", ["zone-twice"]),
        ("runs vpn-5crr070y --accept o", ["overwrites"]),
    ],
)
def test_what_needs_a_conscious_yes(line: str, offered: list[str]) -> None:
    assert completed(line) == offered


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("run alb --set acti", ["action="]),
        ("run alb --set action=", ["action=redirect", "action=fixed_response", "action=stick"]),
        ("run alb --set action=r", ["action=redirect"]),
        ("run alb --set action=redirect --set act", []),
        ("run website --set lock_origin=", ["lock_origin=yes", "lock_origin=no"]),
        ("run website --set bucket=", []),
        ("run nothing --set ", []),
        ("check vpn --set ", ["connection="]),
        ("task database-awake --set cl", ["cluster="]),
    ],
)
def test_keys_and_what_is_written_down(line: str, offered: list[str]) -> None:
    assert completed(line) == offered


def test_profiles_and_regions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config"
    config.write_text("[profile partner]\nregion = eu-west-1\n[default]\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    assert completed("--profile par") == ["partner"]
    assert completed("run vpn --region eu-central-") == ["eu-central-1", "eu-central-2"]
    config.write_text("[profile")
    assert completed("--profile ") == []


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("handrail run alb --set acti", ["action=", "[-o nospace]"]),
        ("handrail run alb --set action = fix", ["fixed_response", "[]"]),
        ("handrail run alb --set action =", ["redirect", "fixed_response", "stick", "[]"]),
    ],
)
@pytest.mark.some(1)
def test_bash_takes_key_and_value_apart(words: str, offered: list[str]) -> None:
    script = BASH.format(words=words, last=len(words.split()) - 1)
    here = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    ran = subprocess.run(["bash", "-c", script], cwd=ROOT, env=here, capture_output=True, text=True, check=True)
    assert ran.stdout.split("\n")[:-1] == offered, ran.stderr
