"""What asks a program to end while calls are under way: nothing further is sent, and nothing is killed."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import click

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
        with suppress(OSError):  # the terminal may be what went away
            click.echo(says, err=True)

    before = {number: signal.signal(number, stopped) for number in ENDS}
    try:
        yield caught
    finally:
        for number, former in before.items():
            signal.signal(number, former)
