"""What is pasted answers the question that it was pasted into, and none that nobody saw, least of all the review."""

from __future__ import annotations

import os
import pty
import sys
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from support.command import Account, Command
from support.line_prompts import NOW, PICK, STRAIGHT, answer_all, assert_no_controls
from support.terminal import Terminal

from tui.lines import reading

A, B = "192.168.10.0/24", "192.168.20.0/24"
NETWORKS = STRAIGHT[3][0]
LISTS = {
    "lines": f"{A}\r{B}\r# two offices\r",
    "unfinished": f"{A}\r{B}",
    "bulleted": f"- {A}\r- {B}\r",
    "YAML": f"networks:\r  - {A}\r\r  - {B}\r",
    "tabs": f"{A}\t\r{B}\t\rno-network,\r",
}
"""As a terminal sends them: every line ends as the Enter key does."""


@pytest.fixture(params=["dumb", "HANDRAIL_PLAIN"])
def lines(request: pytest.FixtureRequest, company: Account) -> Iterator[Terminal]:
    """A conversation on a terminal that knows nothing of pasting, or should be left alone with it."""
    env = {"TERM": "dumb"} if request.param == "dumb" else {"TERM": "xterm", "HANDRAIL_PLAIN": "1"}
    with Terminal("run", "vpn", *company.at, env={**os.environ, **env}) as terminal:
        yield terminal
        assert_no_controls(
            terminal.seen.replace(b"\t", b" ")
        )  # what is pasted is shown as it is by the terminal itself


def kept(handrail: Command) -> Any:
    """The only draft there is, and nothing more than a draft."""
    (record,) = handrail("runs", "--output", "json").json
    assert record["status"] == "draft"
    return handrail("runs", record["run"], "--output", "json").json["answers"]


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.some("dumb-unfinished")
def test_a_list_is_offered_as_several_entries(lines: Terminal, handrail: Command, name: str) -> None:
    answer_all(lines, STRAIGHT[:3])
    lines.until(f"{NETWORKS}: ")
    lines.press(LISTS[name].encode())
    entries = [A, B, "no-network"] if name == "tabs" else [A, B]
    assert f"{len(entries)} entries came at once." in lines.answer(f"[{', '.join(entries)}]: ", f"{A}, {B}")
    lines.answer(f"{PICK} [1]", "quit")
    assert lines.ended() == 0
    assert kept(handrail)["networks"] == f"{A}, {B}"


@pytest.mark.wild
def test_where_one_is_asked_for_the_first_line_is_offered(lines: Terminal, handrail: Command) -> None:
    lines.until(f"{PICK}: ")
    lines.press(b"shop\r203.0.113.99\ryes\r")
    assert "One is asked for here" in lines.answer(f"{PICK} [shop]: ", "")
    lines.until("Device address: ")
    lines.press(b"  203.0.113.10\ryes\ryes")
    assert "One is asked for here" in lines.answer("Device address [203.0.113.10]: ", "")
    lines.answer(f"{PICK} [1]", "quit")
    assert lines.ended() == 0
    assert kept(handrail)["gateway_ip"] == "203.0.113.10"


@pytest.mark.wild
def test_several_names_are_offered_where_several_may_be_picked(lines: Terminal, handrail: Command) -> None:
    answer_all(lines, STRAIGHT[:5])
    lines.until("or none [")
    lines.press(b"- shop-private-b\r- shop-private-a\r")
    lines.answer("[shop-private-b, shop-private-a]: ", "")
    lines.answer("or none", "quit")
    assert lines.ended() == 0
    assert len(kept(handrail)["route_tables"]) == 2


@pytest.mark.some("HANDRAIL_PLAIN")
def test_no_paste_confirms_a_review(lines: Terminal, company: Account, handrail: Command) -> None:
    before = company.picture()
    answer_all(lines, STRAIGHT[:-1])
    lines.until("or none")
    lines.press(b"app\ryes\ryes\r")
    lines.answer("[app, yes, yes]: ", "app")
    lines.until(f"{NOW}: ")
    lines.press(b"yes\ryes\ryes")
    assert "“yes yes yes” is none of these words." in lines.answer(f"{NOW}: ", "quit")
    assert lines.ended() == 0
    assert len(kept(handrail)["security_groups"]) == 1
    assert company.picture() == before


@pytest.mark.parametrize("paste", [f"\x1b[200~{A}\r{B}\r\x1b[201~\r", f"{A}\r{B}\r"], ids=["bracketed", "as keys"])
@pytest.mark.wild
def test_where_lines_are_edited_a_list_is_offered_too(company: Account, handrail: Command, paste: str) -> None:
    env = {**os.environ, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"}
    with Terminal("run", "vpn", "--plain", *company.at, env=env) as terminal:
        answer_all(terminal, STRAIGHT[:3])
        terminal.until(f"{NETWORKS}:")
        terminal.press(paste.encode())
        terminal.until("2 entries came at once.")
        terminal.until(f"{A}, {B}")
        terminal.type("")
        terminal.answer(f"{PICK} [1]:", "quit")
        assert terminal.ended() == 0
    assert kept(handrail)["networks"] == f"{A}, {B}"


@pytest.mark.parametrize("form", ["\x1b[200~{}\x1b[201~", "{}"], ids=["bracketed", "as keys"])
@pytest.mark.parametrize("name", LISTS)
@pytest.mark.wild
def test_on_the_full_screen_a_list_is_one_entry_a_line(
    company: Account, handrail: Command, name: str, form: str
) -> None:
    env = {**os.environ, "TERM": "xterm-256color", "HANDRAIL_DRIVER": "textual"}
    known = ("--set", "vpc=shop", "--set", "gateway_ip=9.9.9.9", "--set", "device=linux")
    with Terminal("run", "vpn", *known, *company.at, env=env) as terminal:
        terminal.until("Which networks are in the office?")
        terminal.until("Commas and pasted lists")
        terminal.press(form.format(LISTS[name].replace("\rno-network,", "")).encode())
        terminal.until(B)
        terminal.press(b"\r")
        terminal.until("How do the two sides learn each other")
        terminal.press(b"\x03")
        assert terminal.ended() == 0
    assert kept(handrail)["networks"] == [A, B]


def test_what_was_typed_before_a_review_was_seen_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    screen, keys = pty.openpty()
    with closing(open(keys, encoding="utf-8")) as stdin, closing(open(screen, "wb", buffering=0)) as person:  # noqa: PTH123
        monkeypatch.setattr(sys, "stdin", stdin)
        person.write(b"yes\nye")
        assert reading.came_along() == "yes\nye"
        person.write(b"yes\nye")
        reading.unread()
        assert reading.came_along() == ""
