"""Terminals that know few characters: every face works, and nothing is sent that they would show as a box."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from alb.cases import HTTPS, MAINTENANCE
from support.command import Account
from support.line_prompts import NOW, PICK, assert_reads_well
from support.terminal import ROOT, Terminal

from tui import characters
from tui.screen.driver import Shadow

ASCII = [
    {"LC_ALL": "C"}, {"LC_ALL": "POSIX"}, {"LANG": ""}, {"LANG": "C"}, {"LC_CTYPE": "C", "LANG": "de_DE.UTF-8"},
    {"PYTHONIOENCODING": "ascii", "LANG": "C.UTF-8"}, {"LC_ALL": "de_DE.no-such-code"},
]  # fmt: skip
LATIN = [{"LC_ALL": "en_US.ISO-8859-1"}, {"LANG": "de_DE.ISO-8859-15@euro"}]
FULL = [{"LC_ALL": "C.UTF-8"}, {"LC_CTYPE": "UTF-8"}, {"LANG": "xx_YY.utf8"}, {"LC_ALL": "C", "PYTHONUTF8": "1"}]
"""Also as macOS says it, where such a locale is not installed, and where Python is told so."""


def env(locale: Mapping[str, str], **more: str) -> dict[str, str]:
    """The environment with nothing else said of characters."""
    silent = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG", "PYTHONIO"))}
    return {**silent, **locale, **more}


def known_by(locale: Mapping[str, str], seen: bytes) -> bool:
    """Whether such a terminal can show this: in ISO 8859 there is nothing between 0x80 and 0x9f."""
    return seen.isascii() if locale in ASCII else not any(0x80 <= byte < 0xA0 for byte in seen)


def named(locale: Mapping[str, str]) -> str:
    return " ".join(f"{key}={value}" for key, value in locale.items())


@pytest.mark.parametrize("locale", [*ASCII, *LATIN], ids=named)
@pytest.mark.wild
def test_by_lines(museum: Account, locale: Mapping[str, str]) -> None:
    with Terminal("run", "alb", *museum.at, env=env(locale, TERM="dumb")) as terminal:
        assert "HTTP 80 -> forward to shop" in terminal.answer(PICK, "nothing like it")
        assert '"nothing like it" is not among the choices' in terminal.answer(PICK, "shop")
        for prompt in (f"{PICK} [1]", f"{PICK} [1]", "Status, or a number [301]"):
            terminal.answer(prompt, "")
        assert "?x=1 -> 301 ->\r\n" in terminal.answer(NOW, "quit")
        assert terminal.ended() == 0
    assert known_by(locale, terminal.seen)
    assert_reads_well(terminal.seen.decode("latin-1").encode())


@pytest.mark.parametrize("locale", [*ASCII, *LATIN], ids=named)
@pytest.mark.some("LC_ALL=C")
def test_on_the_full_screen(museum: Account, locale: Mapping[str, str]) -> None:
    with Terminal("run", "alb", *museum.at, env=env(locale, TERM="xterm-256color")) as terminal:
        terminal.until("HTTP 80 -> forward to shop")
        terminal.press(b"\x03")
        assert terminal.ended() == 0
    assert known_by(locale, terminal.seen)


@pytest.mark.parametrize("locale", FULL, ids=named)
@pytest.mark.parametrize("term", ["dumb", "xterm-256color"])
@pytest.mark.wild
def test_who_knows_every_character_gets_them(museum: Account, locale: Mapping[str, str], term: str) -> None:
    with Terminal("run", "alb", *museum.at, env=env(locale, TERM=term)) as terminal:
        terminal.until("HTTP 80 → forward to shop")
        terminal.until(PICK if term == "dumb" else "read at")
        terminal.press(b"\x03\r")
        terminal.ended()


@pytest.mark.parametrize(
    "words",
    [
        "--help", "list", "runs", "questions alb", "graph alb", "plan alb --answers {answers}",
        "task lint-buildspec {answers}",
        "export alb --answers {answers} --format cli", "export alb --answers {answers} --format runbook",
        "check alb --set load_balancer=shop", "run alb --answers {answers} --yes --read-only", "nonsense", "undo alb-…",
    ],
)  # fmt: skip
@pytest.mark.some("--help", "list")
def test_every_command(museum: Account, tmp_path: Path, words: str) -> None:
    answers = tmp_path / "answers.yaml"
    answers.write_text(yaml.safe_dump({**MAINTENANCE}))
    given = [each.format(answers=answers) for each in words.split()]
    at = museum.at if len(given) > 1 else ()
    for locale in ({"LC_ALL": "C"}, {"LC_ALL": "en_US.ISO-8859-1"}, {"PYTHONIOENCODING": "ascii"}):
        with Terminal(*given, *at, env=env(locale, TERM="xterm")) as terminal:
            assert terminal.ended() in (0, 1, 2, 3)
        assert terminal.seen
        assert known_by({"LC_ALL": "C"} if "PYTHONIOENCODING" in locale else locale, terminal.seen)
        assert "mistake" not in terminal.transcript


@pytest.mark.parametrize("locale", [{"LC_ALL": "C"}, {"LC_ALL": "en_US.ISO-8859-1"}, {"PYTHONIOENCODING": "ascii"}])
@pytest.mark.wild
def test_what_goes_to_a_file_is_utf_8(museum: Account, tmp_path: Path, locale: Mapping[str, str]) -> None:
    answers, out = tmp_path / "answers.yaml", tmp_path / "out"
    answers.write_text(yaml.safe_dump({**HTTPS}))
    words = ("export", "alb", "--answers", answers, "--format", "runbook", *museum.at)
    command = [sys.executable, "-m", "tui", *map(str, words)]
    piped = subprocess.run(command, env=env(locale), cwd=ROOT, capture_output=True, check=True)
    subprocess.run([*command, "--out", out], env=env(locale), cwd=ROOT, capture_output=True, check=True)
    assert piped.stdout == out.read_bytes()
    assert "→" in piped.stdout.decode()


@pytest.mark.parametrize("locale", [{"LC_ALL": "C.UTF-8"}, {"LC_ALL": "C"}, {"LC_ALL": "en_US.ISO-8859-1"}], ids=named)
@pytest.mark.parametrize("term", ["dumb", "xterm-256color"])
@pytest.mark.wild
def test_a_key_that_nobody_can_read_ends_nothing(museum: Account, locale: Mapping[str, str], term: str) -> None:
    with Terminal("run", "vpn", "--set", "vpc=shop", *museum.at, env=env(locale, TERM=term)) as terminal:
        terminal.until("public address of the office")
        terminal.until("Device address: " if term == "dumb" else "Ctrl-C")
        terminal.press(b"B\xe4r\r")
        terminal.until("is not an IPv4 address")
        terminal.press(b"\x03\r")
        assert terminal.ended() == (130 if term == "dumb" else 0)
    assert "Traceback" not in terminal.transcript
    assert (b"B\xe4r" in terminal.seen) or locale != {"LC_ALL": "en_US.ISO-8859-1"}


def test_a_character_that_is_not_known_keeps_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(characters.Terminal, "knows", "ascii")
    assert Shadow(20).feed("\x1b[1;1Ha漢ä\u0308z").endswith("a??\x1b[1;4H?z")


def test_a_reader_that_has_gone_is_no_mistake() -> None:
    command = f"{sys.executable} -m tui list | true; {sys.executable} -m tui --help | true"
    assert subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, check=True).stderr == b""
