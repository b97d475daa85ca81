"""Choosing who to be, and signing in, by line prompts on a real terminal; and what batch says instead of asking."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.command import Command
from support.gate import CODE, CONFIG, CONSOLE, MFA, Gate, at_home, gate, logged_in
from support.line_prompts import assert_no_controls
from support.terminal import Terminal

from flows.practice.server import Served

PICK = "Number, name or part of it"
OTHERWISE = "again tries again, profile chooses another, practise simulates, quit"
ANSWERS = (
    "--set", "vpc=shop", "--set", "gateway_ip=198.18.0.7", "--set", "device=linux",
    "--set", "networks=192.168.10.0/24",
    "--set", "routing=static", "--set", "route_tables=shop-private-a",
    "--set", "security_groups=app", "--set", "name=office",
)  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    return home


@pytest.fixture
def door(served: Served, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    with gate(served.url) as opened:
        for name, value in at_home(home, opened).items():
            monkeypatch.setenv(name, value)
        yield opened


def talk(*words: str) -> Terminal:
    return Terminal(*words, env={**os.environ, "TERM": "dumb"})


def test_a_person_signs_in_on_another_device_and_goes_on(door: Gate, home: Path) -> None:
    with talk("run", "vpn", "--profile", "acme") as terminal:
        shown = terminal.until("Ctrl-C leaves.")
        assert "You are not signed in to AWS." in shown and CODE in shown
        assert re.search(r"^  https://device\.sso\S+\r?$", shown, re.MULTILINE), "the address is in one piece"
        door.said_yes = True
        shown = terminal.until(PICK)
        assert "You are signed in." in shown and "Sign-in: 7 h left." in shown
        door.end_all()
        terminal.type("refresh")
        assert "Your AWS sign-in has expired." in terminal.until("Ctrl-C leaves.")
        door.said_yes = True
        assert "Which VPC should the office reach?" in terminal.answer(PICK, "quit")
        assert terminal.ended() == 0
    assert_no_controls(terminal.seen)
    (kept,) = (home / ".aws" / "sso" / "cache").iterdir()
    assert json.loads(kept.read_text())["startUrl"] == "https://acme.awsapps.com/start"


@pytest.mark.wild
def test_a_sign_in_that_ends_while_applying_goes_on_after_it(door: Gate) -> None:
    with talk("run", "vpn", "--profile", "guarded", *ANSWERS) as terminal:
        terminal.answer("The 6 digits of arn:aws:iam::123456789012:mfa/kim", "12345")
        assert "“12345” is not a code: it has 6 digits." in terminal.answer("The 6 digits", "000000")
        assert "That code was not accepted." in terminal.answer("The 6 digits", MFA)
        terminal.until("What now")
        door.ends_after = 6
        terminal.type("yes")
        assert "Your AWS sign-in has expired." in terminal.answer("The 6 digits", MFA)
        run = terminal.until("Take it back with: handrail undo ") + terminal.until("\n")
        assert terminal.ended() == 0
    with talk("undo", run.split()[-1]) as terminal:
        terminal.answer("The 6 digits", MFA)
        terminal.answer("Type yes to undo", "yes")
        terminal.until("Everything is as it was before.")
        assert terminal.ended() == 0
    for creating in ("CreateCustomerGateway", "CreateVpnGateway", "CreateVpnConnection"):
        assert 1 <= door.asked.count(creating) <= 2, "what was refused is sent again, and nothing else"
    assert MFA not in "".join(path.read_text(errors="replace") for path in _state())


@pytest.mark.wild
def test_who_uses_aws_login_is_told_the_command_and_looked_after_again(door: Gate, home: Path) -> None:
    (home / "config").write_text(CONFIG + CONSOLE)
    command = "Run `aws login --profile console` (over SSH: `aws login --remote --profile console`), then press Enter"
    with talk("run", "vpn", "--profile", "console") as terminal:
        assert "You are not signed in to AWS." in terminal.until(command)
        terminal.type("")
        terminal.until(command)
        logged_in(home)
        terminal.type("")
        assert "You are signed in." in terminal.until(PICK)
        door.expired.add("ASIALOGIN")
        terminal.type("refresh")
        assert "Your AWS sign-in has expired." in terminal.until(command)
        logged_in(home, minutes=-1)
        terminal.type("")
        terminal.answer(PICK, "quit")
        assert terminal.ended() == 0
    assert_no_controls(terminal.seen)


def _state() -> list[Path]:
    return [path for path in Path(os.environ["XDG_STATE_HOME"]).rglob("*") if path.is_file()]


@pytest.mark.wild
def test_ctrl_c_leaves_the_page_and_says_how_else(door: Gate) -> None:
    with talk("run", "vpn", "--profile", "acme") as terminal:
        terminal.until("Ctrl-C leaves.")
        terminal.press(b"\x03")
        shown = terminal.answer(OTHERWISE, "what")
        assert "You are not signed in to AWS." in shown and "aws sso login" in shown
        assert "“what” is none of these words." in terminal.answer(OTHERWISE, "again")
        terminal.until("Ctrl-C leaves.")
        terminal.press(b"\x03")
        terminal.answer(OTHERWISE, "quit")
        assert terminal.ended() == 4


@pytest.mark.wild
def test_who_cannot_get_in_chooses_another_profile_or_practises(door: Gate) -> None:
    with talk("run", "vpn", "--profile", "acme") as terminal:
        terminal.until("Ctrl-C leaves.")
        terminal.press(b"\x03")
        terminal.answer(OTHERWISE, "profile")
        terminal.answer(f"{PICK}, or back", "back")
        terminal.until("Ctrl-C leaves.")
        terminal.press(b"\x03")
        terminal.answer(OTHERWISE, "practise")
        terminal.until("PRACTICE")
        terminal.answer(PICK, "quit")
        assert terminal.ended() == 0


@pytest.mark.wild
def test_who_has_to_choose_a_profile_may_practise_instead(door: Gate) -> None:
    with talk("run", "vpn", "--profile", "ghost") as terminal:
        assert "There is no AWS profile called “ghost”." in terminal.answer(f"{PICK}, or practise", "practise")
        terminal.until("PRACTICE")
        terminal.answer(PICK, "quit")
        assert terminal.ended() == 0


@pytest.mark.wild
def test_a_draft_moves_along_and_keeps_its_answers(door: Gate) -> None:
    with talk("run", "vpn", "--profile", "keys", "--region", "eu-west-1") as terminal:
        terminal.answer(PICK, "1")
        terminal.answer("Device address", "198.18.0.7")
        terminal.answer(f"{PICK} [1]", "linux")
        terminal.answer("Office networks", "region")
        assert "Which region?" in terminal.answer(PICK, "nowhere, please")
        assert "None match" in terminal.answer(PICK, "eu-central-1")
        terminal.until("eu-central-1 · profile keys")
        assert "1 of 8  Which VPC" in terminal.answer(PICK, "shop"), "what was chosen elsewhere is not here"
        terminal.answer("Office networks", "profile")
        terminal.answer(f"{PICK}, or back", "back")
        terminal.until("eu-central-1 · profile keys")
        terminal.answer("Office networks", "quit")
        assert terminal.ended() == 0


@pytest.mark.wild
def test_without_credentials_profile_and_region_are_asked_for(door: Gate) -> None:
    with talk("run", "vpn") as terminal:
        shown = terminal.answer(PICK, "keys")
        assert "No AWS credentials were found." in shown and "Which profile?" in shown
        assert "role with MFA" in shown and "single sign-on" in shown
        shown = terminal.answer(PICK, "europe")
        assert "Which region?" in shown and "type more" in shown
        shown = terminal.answer(PICK, "frankfurt")
        assert "match “europe”" in shown and "Tokyo" not in shown.partition("match “europe”")[2]
        assert "eu-central-1 · profile keys" in terminal.answer(PICK, "quit")
        assert terminal.ended() == 0


@pytest.mark.wild
def test_what_was_used_stands_first_next_time(door: Gate) -> None:
    with talk("run", "vpn", "--profile", "keys", "--region", "eu-west-1") as terminal:
        terminal.answer(PICK, "quit")
        assert terminal.ended() == 0
    with talk("--plain") as terminal:
        terminal.answer("Number, part of a line, profile, region, history, or quit", "profile")
        assert re.search(r"^ +1  keys  access keys · \S+ 123456789012", terminal.until(PICK), re.MULTILINE)
        terminal.type("keys")
        assert re.search(r"^ +1  eu-west-1  Europe \(Ireland\)", terminal.until(PICK), re.MULTILINE)
        terminal.type("1")
        terminal.answer("Number, part of a line, profile, region, history, or quit", "quit")
        assert terminal.ended() == 0


@pytest.mark.parametrize(
    ("words", "said", "remedy"),
    [
        (("--profile", "acme"), "You are not signed in to AWS.", "aws sso login"),
        (("--profile", "guarded"), "needs a code from your MFA device", "Start `handrail` in a terminal"),
        (("--profile", "console"), "You are not signed in to AWS.", "aws login --profile console"),
        (("--profile", "through-console"), "You are not signed in to AWS.", "aws login --remote --profile console"),
        (("--profile", "keys"), "No region is chosen.", "--region"),
        (("--profile", "ghost"), "There is no AWS profile called “ghost”.", "acme, old-style, guarded"),
        ((), "No AWS credentials were found.", "choose a --profile"),
    ],
    ids=["sso", "mfa", "console", "role through the console", "region", "unknown", "none"],
)
@pytest.mark.some("role through the console")
def test_batch_asks_nobody(
    door: Gate, home: Path, process: Command, words: tuple[str, ...], said: str, remedy: str
) -> None:
    (home / "config").write_text(CONFIG + CONSOLE)
    ran = process("plan", "vpn", *ANSWERS, "--output", "json", *words)
    assert ran.code == 4
    assert said in ran.error["message"] and remedy in ran.error["remedy"]
    assert "POST /device_authorization" not in door.asked
