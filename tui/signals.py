"""What asks a program to end while calls are under way: nothing further is sent, and nothing is killed."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

STOPPING = "Stopping after the calls that are under way…"
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""What asks a program to end: the person, the machine, the line that is gone."""


@contextmanager
def stoppable(stop: Callable[[], None], says: str) -> Iterator[list[int]]:
    """Ctrl-C, a lost line and a polite kill stop before the next call; a second one changes nothing, so no call in
    flight is killed: what was sent is written down, and whoever resumes need not find out whether it arrived."""
    caught: list[int] = []

    def stopped(number: int, frame: object) -> None:
        caught.append(number)
        stop()
        _say(says)

    before = {number: signal.signal(number, stopped) for number in ENDS}
    try:
        yield caught
    finally:
        for number, former in before.items():
            signal.signal(number, former)


def _say(text: str) -> None:
    """Past the buffer: the signal may have come in the middle of a line that is being written there, and Python refuses
    to write into a buffer twice at a time (`io`, "Reentrancy")."""
    with suppress(OSError):  # the terminal may be what went away
        os.write(sys.stderr.fileno(), f"{text}\n".encode(sys.stderr.encoding, sys.stderr.errors or "strict"))
