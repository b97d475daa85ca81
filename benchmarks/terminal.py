"""Run a program in a real terminal of 80×24 until a text is on its screen, and measure what that took."""

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


def until(command: Sequence[str], text: str, environment: Mapping[str, str], limit: float = 30) -> Figures:
    """Start `command`, wait until `text` (a regular expression) is on the screen, and end it.

    Raises RuntimeError when the text does not come within `limit` seconds.
    """
    screen = pyte.Screen(80, 24)
    stream = pyte.ByteStream(screen)
    began = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        os.execvpe(command[0], list(command), {**os.environ, **environment})  # noqa: S606 - our own program
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    sent = 0
    try:
        while not re.search(text, "\n".join(screen.display)):
            if time.perf_counter() - began > limit:
                raise RuntimeError(f"{command}: “{text}” did not appear:\n" + "\n".join(screen.display))
            if select.select([terminal], [], [], 0.2)[0]:
                chunk = os.read(terminal, 65536)
                sent += len(chunk)
                stream.feed(chunk)
                for question, answer in ANSWERS.items():
                    if question in chunk:
                        os.write(terminal, answer)
        seconds = time.perf_counter() - began
        cpu = _cpu_of(child)
    finally:
        os.kill(child, signal.SIGKILL)
        _, _, usage = os.wait4(child, 0)
        os.close(terminal)
    return Figures(seconds, cpu, usage.ru_maxrss / 1024, sent)


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


def _cpu_of(child: int) -> float:
    """Seconds of CPU that a running process has used so far."""
    fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
