"""A secret goes from a person to AWS: no face shows it, no file of ours has it, and where nobody is asked it comes by
reference only."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from person import NARROW, somebody
from support.clock import FakeClock
from support.command import Account, Answers, Command
from support.line_prompts import NOW, assert_reads_well, talk
from support.terminal import Terminal
from vpn.cases import STATIC, again
from vpn.cases import session as filled

from flows.engine import Call, Happening, Hidden, Journal, Session
from flows.engine.boto import Aws
from tui.lines.conversation import Conversation
from tui.screen.workspace import Start

FIRST, SECOND = "Eagle.over_the.harbour9", "Otter.under_the.bridge7"
OWN: Mapping[str, Any] = {**STATIC, "keys": "own"}
ASKED = tuple(
    word
    for key, value in OWN.items()
    for word in ("--set", f"{key}={', '.join(value) if isinstance(value, list) else value}")
)
"""All but the keys, so that they are what is asked."""


@pytest.fixture
def told_nowhere(tmp_path: Path) -> Callable[..., None]:
    """See that no key stands in these texts, nor in what is written: journal, drafts, answers files, logs, exports.

    The file for the device is the person's; so is the one that a key came from. The simulated account has them in
    memory alone.
    """

    def look(*texts: str | bytes) -> None:
        theirs = {"swanctl.conf", "first.key"}
        files = [path for path in tmp_path.rglob("*") if path.is_file() and path.name not in theirs]
        assert files
        told = {f"text {n}": each.encode() if isinstance(each, str) else each for n, each in enumerate(texts)}
        told |= {str(path): path.read_bytes() for path in files}
        assert not [name for name, each in told.items() if FIRST.encode() in each or SECOND.encode() in each]

    return look


@pytest.fixture
def by_reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """One from a file, one from the environment."""
    file = tmp_path / "first.key"
    file.write_text(f"{FIRST}\n")
    file.chmod(0o600)
    monkeypatch.setenv("SECOND_KEY", SECOND)
    return ("--set", f"psk_1=@{file}", "--set", "psk_2=env:SECOND_KEY")


def sent(company: Account) -> list[str]:
    found = company.ec2.describe_vpn_connections()["VpnConnections"][1:]  # the first is the branch's
    return [each["PreSharedKey"] for one in found for each in one["Options"]["TunnelOptions"]]


# -- where nobody is asked -------------------------------------------------------------------------------------------


def test_by_reference_they_arrive(
    company: Account, handrail: Command, answers: Answers, by_reference: tuple[str, ...], tmp_path: Path,
    told_nowhere: Callable[..., None],
) -> None:  # fmt: skip
    more = ("--log", tmp_path / "log", "--save-answers", tmp_path / "saved.yaml", "--output", "json", "--yes")
    ran = handrail("run", "vpn", "--answers", answers(OWN), *by_reference, *more, *company.at)
    assert ran.code == 0 and sent(company) == [FIRST, SECOND]
    run = ran.json["run"]
    shown = [handrail("runs", run, *words) for words in ((), ("--output", "json"))]
    assert "psk_1: @" in shown[0].out and shown[1].json["answers"]["psk_2"] == "env:SECOND_KEY"
    told_nowhere(ran.out, ran.err, *(each.out + each.err for each in shown))


def test_none_is_taken_from_a_command_line_or_an_answers_file(
    company: Account, handrail: Command, answers: Answers, by_reference: tuple[str, ...]
) -> None:
    for words in (("--answers", answers(OWN, psk_1=FIRST)), (*ASKED, "--set", f"psk_1={FIRST}")):
        ran = handrail("run", "vpn", *words, *by_reference[2:], "--yes", "--output", "json", *company.at)
        assert ran.code == 2 and sent(company) == []
        assert ran.error["message"].startswith("psk_1: Key of tunnel 1 is not taken as text.")
        assert "command lines" in ran.error["message"] + ran.error["remedy"]
        assert ran.error["remedy"].startswith("Give psk_1=@FILE, or psk_1=env:NAME")
        assert FIRST not in ran.out + ran.err


def test_without_them_the_command_ends_and_names_both(company: Account, handrail: Command, answers: Answers) -> None:
    ran = handrail("run", "vpn", "--answers", answers(OWN), "--yes", "--output", "json", *company.at)
    assert ran.code == 2 and sent(company) == []
    told = ran.json["error"]["message"]
    assert "psk_1: What is your own key for tunnel 1?" in told and "psk_2: " in told
    assert "by reference: @FILE or env:NAME" in told and ran.json["candidates"] == []
    kinds = {each["key"]: (each["kind"], each["default"], each["example"]) for each in handrail(
        "questions", "vpn", "--output", "json").json}  # fmt: skip
    assert kinds["psk_1"] == ("secret", "", "") == kinds["psk_2"]


@pytest.mark.parametrize("form", ["cli", "cloudformation", "runbook", "policy"])
@pytest.mark.some("cli")
def test_no_export_has_them(
    company: Account, handrail: Command, answers: Answers, by_reference: tuple[str, ...], form: str,
    told_nowhere: Callable[..., None],
) -> None:  # fmt: skip
    words = ("--answers", answers(OWN), *by_reference, *company.at)
    ran = handrail("export", "vpn", "--format", form, *words)
    planned = handrail("plan", "vpn", "--output", "json", *words)
    assert (ran.code == 0 == planned.code and "PSK" in ran.out.upper()) or form == "policy"
    told_nowhere(ran.out, ran.err, planned.out, planned.err)


def test_a_run_that_was_broken_off_takes_them_again_or_ends_with_2(
    company: Account, handrail: Command, answers: Answers, by_reference: tuple[str, ...],
    told_nowhere: Callable[..., None], tmp_path: Path,
) -> None:  # fmt: skip
    """One of the two came from a file that is there still; the other was in the environment of that process alone."""
    draft = handrail("run", "vpn", "--answers", answers(OWN), *by_reference, *company.at)
    assert draft.code == 2 and "--yes" in draft.err
    (run,) = handrail("runs", "--output", "json").json
    del os.environ["SECOND_KEY"]
    ran = handrail("resume", run["run"], "--yes", "--output", "json")
    assert ran.code == 2 and "There is no variable SECOND_KEY" in ran.error["message"] and sent(company) == []
    ran = handrail("resume", run["run"], "--set", f"psk_2=@{tmp_path / 'first.key'}", "--yes", "--output", "json")
    assert ran.code == 0 and sent(company) == [FIRST, FIRST]
    kept = handrail("runs", run["run"], "--output", "json").json["answers"]
    assert [each["id"] for each in ran.json["warnings"]].count("same-keys") == 1
    assert kept["psk_1"] == kept["psk_2"] == f"@{tmp_path / 'first.key'}"
    told_nowhere(ran.out, ran.err)


def broken_off(cloud: Aws, journal: Journal, clock: FakeClock) -> str:
    """A run with keys that were typed, stopped before they were sent."""
    made = filled(cloud, journal, {**OWN, "psk_1": Hidden(FIRST), "psk_2": Hidden(SECOND)}, clock=clock)
    for event in made.apply():
        if event.kind is Happening.DONE:
            made.stop()
    made.close()
    assert made.run is not None and made.run.status("connection") == ""
    return made.run.id


def keys_of(cloud: Aws) -> list[str]:
    found = cloud.make(Call("ec2.DescribeVpnConnections"))["VpnConnections"][1:]  # the first is the branch's
    return [each["PreSharedKey"] for one in found for each in one["Options"]["TunnelOptions"]]


# -- by lines --------------------------------------------------------------------------------------------------------


def test_by_lines_they_are_not_echoed(
    company: Account, handrail: Command, told_nowhere: Callable[..., None]
) -> None:  # fmt: skip
    with talk("run", "vpn", *ASKED, *company.at) as terminal:
        terminal.answer("Key of tunnel 1, not shown: ", "short")
        shown = terminal.answer("Key of tunnel 1, not shown: ", FIRST)
        assert "It has 5 characters; AWS takes 8 to 64." in shown and "short" not in shown
        terminal.answer("Key of tunnel 2, not shown: ", "back")
        terminal.answer("Key of tunnel 1, not shown; Enter keeps what was given: ", "")
        terminal.answer("Key of tunnel 2, not shown: ", SECOND)
        review = terminal.answer(NOW, "yes")
        assert "given, not shown" in review
        assert terminal.ended() == 0
    assert sent(company) == [FIRST, SECOND]
    assert_reads_well(terminal.seen)
    told_nowhere(terminal.seen)


@pytest.mark.wild
def test_by_lines_into_a_pipe_neither(company: Account, told_nowhere: Callable[..., None]) -> None:
    words = [sys.executable, "-m", "tui", "run", "vpn", "--plain", *ASKED, *company.at]
    piped = ("sh", "-c", f"{shlex.join(words)} | cat")
    with Terminal(program=piped, env={**os.environ, "TERM": "xterm-256color"}) as terminal:
        terminal.answer("Key of tunnel 1, not shown: ", FIRST)
        terminal.answer("Key of tunnel 2, not shown: ", SECOND)
        terminal.answer(NOW, "yes")
        terminal.ended()
    assert sent(company) == [FIRST, SECOND]
    told_nowhere(terminal.seen)


def test_by_lines_a_run_that_is_gone_on_with_asks_for_them(
    cloud: Aws, journal: Journal, clock: FakeClock, capsys: pytest.CaptureFixture[str],
    told_nowhere: Callable[..., None],
) -> None:  # fmt: skip
    run = journal.run(broken_off(cloud, journal, clock))
    made: Session = again(cloud, journal, run, clock=clock)
    said = iter(["0wrong.key", FIRST, SECOND])
    asked: list[str] = []

    def unseen(prompt: str) -> str:
        asked.append(prompt)
        return next(said)

    assert Conversation(made, lambda prompt, start: "keep", unseen).apply() == 0
    assert asked == ["Key of tunnel 1, not shown", "Key of tunnel 1, not shown", "Key of tunnel 2, not shown"]
    shown = capsys.readouterr().out
    assert "is kept nowhere" in shown and "It begins with 0" in shown and keys_of(cloud) == [FIRST, SECOND]
    told_nowhere(shown)
    made.close()


# -- on the full screen ----------------------------------------------------------------------------------------------


async def test_on_the_screen_a_mark_stands_for_each_letter(
    cloud: Aws, journal: Journal, told_nowhere: Callable[..., None]
) -> None:
    start = Start(flow="vpn", answers=OWN)
    async with somebody(cloud, start, size=NARROW) as person:
        person.sees("Fine-tuning", "What is your own key for tunnel 1?", "What you type is not shown: 8 to 64")
        seen = []
        await person.types("0wrong.key")
        await person.press("enter")
        person.sees("refused", "It begins with 0, which AWS does not take.", "•" * 10)
        person.goes_without_clipping()
        await person.press("ctrl+u")
        await person.pastes(f"{FIRST}\r\nmore")
        person.sees("•" * len(FIRST), "Only the first of the pasted lines")
        seen.append(person.screen)
        await person.press("enter")
        person.sees("What is your own key for tunnel 2?")
        person.does_not_see("•")
        await person.types(SECOND)
        seen.append(person.screen)
        await person.press("escape")
        person.sees("tunnel 1?", "Enter keeps what was given")
        await person.press("enter")
        await person.types(SECOND)
        await person.press("enter")
        person.sees("What will be done")
        seen.append(person.screen)
        await person.press("a")
        seen.append(person.screen)
        assert person.app.code == 0
        told_nowhere(*seen, person.screen)
    assert keys_of(cloud) == [FIRST, SECOND]


async def test_on_the_screen_a_run_that_is_gone_on_with_asks_for_them(
    cloud: Aws, journal: Journal, clock: FakeClock, told_nowhere: Callable[..., None]
) -> None:
    run = broken_off(cloud, journal, clock)
    async with somebody(cloud, Start(run=run), size=NARROW) as person:
        person.sees("stopped half-way")
        await person.press("enter")
        person.sees("What is your own key for tunnel 1?", "is kept nowhere")
        person.goes_without_clipping()
        await person.press("escape")
        person.sees("stopped half-way")
        await person.press("enter")
        await person.types("short")
        await person.press("enter")
        person.sees("It has 5 characters")
        await person.press("ctrl+u")
        await person.types(FIRST)
        seen = [person.screen]
        await person.press("enter")
        person.sees("tunnel 2?")
        await person.types(SECOND)
        await person.press("enter")
        person.sees("Everything is created.")
        told_nowhere(*seen, person.screen)
    assert keys_of(cloud) == [FIRST, SECOND]


@pytest.mark.wild
def test_what_the_terminal_gets_has_no_key_in_it(
    company: Account, by_reference: tuple[str, ...], told_nowhere: Callable[..., None]
) -> None:
    env = {**os.environ, "TERM": "xterm-256color"}
    with Terminal("run", "vpn", *ASKED, *by_reference[2:], *company.at, env=env) as terminal:
        terminal.until("tunnel 1?")
        terminal.until("not shown: 8")
        terminal.press(FIRST.encode())
        terminal.until("•" * 20)
        terminal.press(b"\r")
        terminal.until("What will be done")
        terminal.press(b"\x03")
        terminal.ended()
    told_nowhere(terminal.seen)
