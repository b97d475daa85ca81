"""The command line is a contract: commands, flags, and which stream says what."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.command import Account, Answers, Command, Ran

import flows
from flows.version import __version__

# -- what needs no account -----------------------------------------------------------------------------------


def test_version_and_help(handrail: Command) -> None:
    assert handrail("--version") == Ran(0, f"handrail {__version__}\n", "")
    ran = handrail("--help")
    assert ran.code == 0
    for command in [
        "list",
        "run",
        "plan",
        "questions",
        "export",
        "runs",
        "resume",
        "undo",
        "check",
        "graph",
        "completion",
        "help",
    ]:
        assert f"\n  {command} " in ran.out
        assert handrail(command, "--help").code == 0
    for option in [
        "--profile",
        "--region",
        "--endpoint-url",
        "--practice",
        "--read-only",
        "--no-color",
        "--version",
        "--help",
    ]:
        assert option in ran.out


@pytest.mark.parametrize(
    ("command", "options"),
    {
        "list": "--output",
        "run": "--answers --set --yes --plain --output --accept",
        "plan": "--answers --set --output",
        "questions": "--output",
        "export": "--answers --set --format --out",
        "runs": "--output",
        "resume": "--yes --output --accept",
        "undo": "--yes --set --output",
        "check": "--set --fix --yes --accept --output",
        "graph": "",
        "completion": "",
        "help": "--output",
    }.items(),
)
def test_each_command_takes_its_options_and_the_global_ones(handrail: Command, command: str, options: str) -> None:
    offered = handrail(command, "--help").out
    for option in [
        *options.split(),
        "--profile",
        "--region",
        "--endpoint-url",
        "--practice",
        "--read-only",
        "--no-color",
    ]:
        assert option in offered


def test_list(handrail: Command, process: Command) -> None:
    text = handrail("list")
    assert text.code == 0
    for name, (title, summary) in flows.SET_UPS.items():
        assert name in text.out
        assert title in text.out
        assert summary in text.out
    listed = handrail("list", "--output", "json").json
    assert listed == [{"name": n, "title": t, "summary": s} for n, (t, s) in flows.SET_UPS.items()]
    assert process("list") == Ran(0, text.out, "")


def test_questions_tell_what_an_answers_file_holds(handrail: Command) -> None:
    found = handrail("questions", "vpn", "--output", "json").json
    assert [q["key"] for q in found] == [q.id for q in flows.find("vpn").questions]
    by_key = {q["key"]: q for q in found}
    assert set(by_key["asn"]) == {
        "key", "ask", "kind", "essential", "default", "suggestion", "allowed", "when", "example", "why",
    }  # fmt: skip
    assert (by_key["asn"]["default"], by_key["asn"]["suggestion"]) == ("65000", "")
    assert (by_key["route_tables"]["default"], by_key["route_tables"]["suggestion"]) == (
        "",
        "(depends on earlier answers)",
    )
    assert by_key["asn"]["when"] == "routing = bgp"
    assert by_key["routing"]["allowed"] == "static | bgp"
    assert by_key["routing"]["essential"] is True
    assert by_key["encryption"]["essential"] is False
    assert by_key["encryption"]["default"] == "modern"
    text = handrail("questions", "vpn").out
    assert all(q["key"] in text and q["ask"] in text for q in found)


def test_questions_tell_every_id_that_accept_takes(handrail: Command) -> None:
    listed = handrail("questions", "website", "--output", "json").json
    ids = {q["key"]: [each["id"] for each in q.get("accept", [])] for q in listed}
    assert ids["zone"] == ["zone-twice", "name-taken"]
    assert ids[listed[-1]["key"]] == ["plain-http", "new-ids", "overwrites", "access", "traffic"], (
        "what the review may ask"
    )
    text = handrail("questions", "website").out
    assert all(f"{each['id']}" in text and each["sentence"] in text for q in listed for each in q.get("accept", []))
    repairs = handrail("questions", "website", "--check")
    assert "\ntraffic\n" in repairs.out and "\nmanaged\n" in repairs.out and "zone-twice" not in repairs.out


def test_graph_is_mermaid_with_every_question(handrail: Command) -> None:
    drawn = handrail("graph", "vpn").out
    assert drawn.startswith("stateDiagram-v2\n")
    for state in [q.id for q in flows.find("vpn").questions] + [
        "review",
        "applying",
        "done",
        "failed",
        "undoing",
        "undone",
    ]:
        assert state in drawn


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_is_one_its_shell_understands(handrail: Command, tmp_path: Path, shell: str) -> None:
    ran = handrail("completion", shell)
    assert ran.code == 0
    assert "_HANDRAIL_COMPLETE" in ran.out
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} on this machine to ask")
    script = tmp_path / f"handrail.{shell}"
    script.write_text(ran.out)
    subprocess.run([shell, "-n", str(script)], check=True)


@pytest.mark.parametrize("words", [(), ("run", "vpn"), ("resume", "vpn-x"), ("run", "vpn", "--plain")])
@pytest.mark.some(3)
def test_without_a_terminal_nothing_is_asked(process: Command, words: tuple[str, ...]) -> None:
    """Standard input holds replies to everything; not one of them is read."""
    ran = process(*words, stdin="yes\n" * 100)
    assert ran.code == 2
    assert "? " not in ran.out.replace("Usage: ", "")


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("list", "--nonsense"),
        ("run",),
        ("export", "vpn"),
        ("export", "vpn", "--format", "nonsense"),
        ("plan", "vpn", "--set", "x"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_exit_2_and_prose_on_stderr(handrail: Command, words: tuple[str, ...]) -> None:
    ran = handrail(*words)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.strip()


def test_wrong_usage_in_json_mode_is_a_document(handrail: Command) -> None:
    ran = handrail("run", "vpn", "--output", "json", "--nonsense")
    assert ran.code == 2
    assert "--nonsense" in ran.error["message"]
    assert ran.err == ""


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("run", "vpn", "--output=ndjson"), "refused"),
        (("resume", "vpn-none", "-ondjson"), "refused"),
        (("undo", "--output", "ndjson"), "usage"),
    ],
)
def test_what_is_wrong_is_one_line_among_lines(handrail: Command, words: tuple[str, ...], code: str) -> None:
    (said,) = handrail(*words).lines
    assert said["error"]["code"] == code


def test_a_word_json_elsewhere_does_not_switch_to_json(handrail: Command) -> None:
    ran = handrail("plan", "vpn", "--answers", "json")
    assert ran.code == 2
    assert ran.out == ""


def test_global_options_hold_before_and_after_the_command(handrail: Command, museum: Account, answers: Answers) -> None:
    file = answers()
    before = handrail(*museum.at, "--read-only", "plan", "vpn", "--answers", file)
    after = handrail("plan", "vpn", "--answers", file, *museum.at, "--read-only")
    assert before == after
    assert "READ-ONLY" in before.out


# -- as a process --------------------------------------------------------------------------------------------


@pytest.mark.wild
def test_practice_needs_no_account(process: Command, answers: Answers) -> None:
    ran = process("plan", "vpn", "--practice", "--answers", answers(), "--output", "json")
    assert ran.code == 0
    assert ran.json["flow"] == "vpn"
    assert ran.err == ""
    text = process("plan", "vpn", "--practice", "--answers", answers())
    assert "PRACTICE" in text.out


def test_a_reader_that_has_gone_is_no_error(process: Command) -> None:
    shown = subprocess.run(
        "set -o pipefail; python -m tui graph vpn | true", shell=True, executable="/bin/bash", capture_output=True,
        text=True, check=False, env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert shown.stderr == ""
