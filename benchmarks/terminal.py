"""Run a program in a real terminal of 80×24, press keys, and measure what that takes, also over a slow line."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import pyte

ANSWERS = {b"\x1b[c": b"\x1b[?62;22c", b"\x1b[6n": b"\x1b[1;1R"}
"""What a terminal answers to the questions that programs ask it."""


@dataclass(frozen=True)
class Figures:
    """Seconds until the text was there, seconds of CPU until then, peak memory in MiB, bytes written."""

    seconds: float
    cpu: float
    mebibytes: float
    sent: int


@dataclass(frozen=True)
class Line:
    """A slow line: bytes it carries in a second, and seconds there and back."""

    bytes_a_second: float
    round_trip: float


class Program:
    """A program in a terminal. `line` is what lies between it and the person; nothing if left out."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], line: Line | None = None) -> None:
        self._command, self._line = command, line
        self._screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._screen)
        self.sent, self.mebibytes = 0, 0.0
        self.began = time.perf_counter()
        self._child, self._terminal = pty.fork()
        if self._child == 0:
            os.execvpe(command[0], list(command), {**os.environ, **environment})  # noqa: S606 - our own program
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))

    def __enter__(self) -> Program:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        os.kill(self._child, signal.SIGKILL)
        _, _, usage = os.wait4(self._child, 0)
        os.close(self._terminal)
        self.mebibytes = usage.ru_maxrss / 1024

    @property
    def display(self) -> str:
        return "\n".join(self._screen.display)

    def wait(self, text: str, limit: float = 30) -> float:
        """Seconds until `text` (a regular expression) is on the screen. Raises RuntimeError after `limit` seconds."""
        began = time.perf_counter()
        while not re.search(text, self.display):
            if time.perf_counter() - began > limit:
                raise RuntimeError(f"{self._command}: “{text}” did not appear:\n{self.display}")
            if select.select([self._terminal], [], [], 0.2)[0]:
                self._take()
        return time.perf_counter() - began

    def press(self, keys: bytes) -> None:
        if self._line:
            time.sleep(self._line.round_trip / 2)
        os.write(self._terminal, keys)

    def quiet(self, seconds: float) -> int:
        """Bytes that come until nothing has come for so long."""
        before = self.sent
        while select.select([self._terminal], [], [], seconds)[0]:
            self._take()
        return self.sent - before

    @property
    def cpu(self) -> float:
        """Seconds of CPU that it has used so far."""
        fields = Path(f"/proc/{self._child}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _take(self) -> None:
        chunk = os.read(self._terminal, 65536)
        if self._line:
            time.sleep(len(chunk) / self._line.bytes_a_second + self._line.round_trip / 2)
        self.sent += len(chunk)
        self._stream.feed(chunk)
        for question, answer in ANSWERS.items():
            if question in chunk:
                os.write(self._terminal, answer)


def until(command: Sequence[str], text: str, environment: Mapping[str, str], limit: float = 30) -> Figures:
    """Start `command`, wait until `text` (a regular expression) is on the screen, and end it.

    Raises RuntimeError when the text does not come within `limit` seconds.
    """
    with Program(command, environment) as program:
        program.wait(text, limit)
        seconds, cpu, sent = time.perf_counter() - program.began, program.cpu, program.sent
    return Figures(seconds, cpu, program.mebibytes, sent)


def plain(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Figures:
    """Run `command` to its end without a terminal."""
    began = time.perf_counter()
    child = os.fork()
    if child == 0:
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        os.execvpe(command[0], list(command), {**os.environ, **(environment or {})})  # noqa: S606 - our own program
    _, status, usage = os.wait4(child, 0)
    if status:
        sys.exit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return Figures(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, 0)
