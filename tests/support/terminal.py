"""A terminal with a person at it: Handrail runs on a real pty, and whoever types waits until it asks."""

from __future__ import annotations

import contextlib
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
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds without a byte after which a test fails instead of hanging."""


class Terminal:
    """One process on a terminal of `columns` by `lines`; `seen` is every byte that it sent.

    It is Handrail with these words, or another `program`.
    """

    def __init__(
        self,
        *words: str,
        env: Mapping[str, str],
        columns: int = 80,
        lines: int = 24,
        program: Sequence[str] = (sys.executable, "-m", "tui"),
    ) -> None:
        self.seen = b""
        self._read = 0
        self.pid, self.end = pty.fork()
        if self.pid == 0:
            for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):  # tests in the background ignore them
                signal.signal(number, signal.SIG_DFL)
            os.chdir(ROOT)
            os.execvpe(program[0], [*program, *words], dict(env))
        fcntl.ioctl(self.end, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def until(self, what: str) -> str:
        """Everything since the last call, up to and including the first `what`."""
        while True:
            text = self._text()
            found = re.search(re.escape(what), text)
            if found:
                self._read += len(text[: found.end()].encode(errors="surrogateescape"))
                return text[: found.end()]
            assert self._more(), f"it ended without {what!r}:\n{self._text()}"

    def type(self, reply: str) -> None:
        os.write(self.end, f"{reply}\r".encode())

    def answer(self, prompt: str, reply: str) -> str:
        """Wait for a prompt, and reply. Returns what was shown until then."""
        shown = self.until(prompt)
        self.type(reply)
        return shown

    def press(self, key: bytes) -> None:
        os.write(self.end, key)

    def ended(self) -> int:
        """Read to the end; returns the exit code."""
        while self._more():
            pass
        _, status = os.waitpid(self.pid, 0)
        self.pid = 0
        return os.waitstatus_to_exitcode(status)

    @property
    def transcript(self) -> str:
        return self.seen.decode(errors="replace").replace("\r\n", "\n")

    def _text(self) -> str:
        return self.seen[self._read :].decode(errors="surrogateescape")

    def _more(self) -> bool:
        ready, _, _ = select.select([self.end], [], [], PATIENCE)
        assert ready, f"nothing came for {PATIENCE:.0f} seconds; the last was:\n{self.transcript[-1500:]}"
        try:
            piece = os.read(self.end, 65536)
        except OSError:  # Linux: the other end is closed
            return False
        self.seen += piece
        return bool(piece)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self.end)
        if self.pid:
            deadline = time.monotonic() + PATIENCE
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGHUP)
            while os.waitpid(self.pid, os.WNOHANG)[0] == 0 and time.monotonic() < deadline:
                select.select([], [], [], 0.02)
