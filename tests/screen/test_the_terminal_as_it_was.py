"""A shell's terminal has text on it; Handrail comes and goes, and what was there before is there after."""

from __future__ import annotations

import os
import signal
from typing import Any

import pyte
import pytest
from support.terminal import Terminal

BEFORE = ("$ cat notes", "one line", "another, longer line of text that stood here before")


class Second(pyte.Screen):
    """A terminal with a second screen, as nearly all have: mode 1049 goes there and comes back."""

    def __init__(self) -> None:
        self._kept: tuple[list[Any], tuple[int, int]] | None = None
        super().__init__(80, 24)

    def set_mode(self, *modes: int, **kwargs: Any) -> None:
        if 1049 in modes and kwargs.get("private"):
            self._kept = ([dict(self.buffer[y]) for y in range(24)], (self.cursor.x, self.cursor.y))
            self.erase_in_display(2)
        super().set_mode(*modes, **kwargs)

    def reset_mode(self, *modes: int, **kwargs: Any) -> None:
        if 1049 in modes and kwargs.get("private") and self._kept:
            rows, (self.cursor.x, self.cursor.y) = self._kept
            for y, row in enumerate(rows):
                self.buffer[y].clear()
                self.buffer[y].update(row)
        super().reset_mode(*modes, **kwargs)


def shown(screen: pyte.Screen, *pieces: str) -> list[str]:
    """What such a terminal shows after these pieces, as far down as there is text."""
    stream = pyte.Stream(screen)
    for piece in pieces:
        stream.feed(piece.replace("\x1b[<u", ""))  # pyte would print its last letter
    return "\n".join(line.rstrip() for line in screen.display).rstrip().split("\n")


@pytest.fixture(scope="module")
def visits(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """What Handrail sends until somebody stops it with Ctrl-Z, and from there on until it is left."""
    env = {**os.environ, "TERM": "xterm-256color", "XDG_STATE_HOME": str(tmp_path_factory.mktemp("state"))}
    with Terminal(env={**env, "AWS_CONFIG_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true"}) as terminal:
        first = terminal.until("Quit")
        terminal.press(b"\x1a")
        first += terminal.until("\x1b[?1049l") + terminal.until("\x1b[J")
        assert os.WIFSTOPPED(os.waitpid(terminal.pid, os.WUNTRACED)[1]), "Ctrl-Z stops it, as it stops any program"
        os.kill(terminal.pid, signal.SIGCONT)
        second = terminal.until("Quit")
        terminal.press(b"\x03")
        second += terminal.until("\x1b[?1049l") + terminal.until("\x1b[J")
        assert terminal.ended() == 0
    return first, second


@pytest.mark.parametrize("prompt", ["", "an unfinished line"])
@pytest.mark.some(1)
def test_what_was_there_before_is_there_after(visits: tuple[str, str], prompt: str) -> None:
    before = "\r\n".join([*BEFORE, prompt])
    here = [*BEFORE, *([prompt] if prompt else [])]
    first, second = visits
    assert shown(Second(), before, first, "Stopped") == [*here, "Stopped"]
    assert shown(Second(), before, first, second, "Draft kept.") == [*here, "Draft kept."]


def test_without_a_second_screen_it_ends_under_what_it_showed(visits: tuple[str, str]) -> None:
    after = shown(pyte.Screen(80, 24), "\r\n".join(BEFORE), *visits, "Draft kept.")
    assert after[-1] == "Draft kept." and "Handrail" in after[0]


def test_coming_back_draws_everything_again(visits: tuple[str, str]) -> None:
    first, second = visits
    drawn = shown(pyte.Screen(80, 24), first.partition("\x1b[24;1H")[0])
    assert shown(pyte.Screen(80, 24), second.partition("\x1b[24;1H")[0]) == drawn
