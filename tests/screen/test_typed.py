"""What is typed, piece by piece: lines that come in one go are a paste, whatever the terminal knows of pasting."""

from __future__ import annotations

import signal

import pytest

from tui.screen.driver import BEGINS, ENDS, Typed


@pytest.mark.parametrize("piece", ["a\rb", "a\rb\r", "a\nb\n", "\ryes\r", "- a\t\r- b\r", "ä\r\rb"])
def test_lines_in_one_piece_are_pasted(piece: str) -> None:
    assert Typed("utf-8").decode(piece.encode()) == f"{BEGINS}{piece}{ENDS}"


@pytest.mark.parametrize(
    "piece", ["a", "a\r", "\r\r\r", "yes\r", "a\r\x03", "\x1b[A\r", "\r\x1b[B", "a\rb\x03", "\t\t"]
)
def test_keys_stay_keys(piece: str) -> None:
    assert Typed("utf-8").decode(piece.encode()) == piece


def test_a_long_paste_comes_in_pieces_and_is_marked_once() -> None:
    typed = Typed("utf-8")
    pieces = [f"{BEGINS}a\r", "b\rc\r", f"d{ENDS}"]
    assert [typed.decode(piece.encode()) for piece in pieces] == pieces
    assert typed.decode(b"e\rf") == f"{BEGINS}e\rf{ENDS}"


def test_what_nobody_can_read_ends_nothing() -> None:
    typed = Typed("utf-8")
    assert typed.decode(b"B\xe4r") == "B\ufffdr"
    assert typed.decode(b"\xc3") + typed.decode(b"\xa4") == "ä", "a key may come in two pieces"


def test_a_terminal_that_is_gone_is_said_once_as_the_system_would_say_it() -> None:
    """Below `make`, which leads the session and catches the signal, the system tells nobody else."""
    told: list[int] = []
    former = signal.signal(signal.SIGHUP, lambda number, _: told.append(number))
    try:
        typed = Typed("utf-8")
        assert [typed.decode(b"a"), typed.decode(b""), typed.decode(b"")] == ["a", "", ""]
        Typed("utf-8").decode(b"", final=True)
    finally:
        signal.signal(signal.SIGHUP, former)
    assert told == [signal.SIGHUP]
