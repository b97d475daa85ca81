"""The demo company in a process of its own, to look at: the tests' own may have another account open.

It says where it is, and then, for every line that it is sent, how much was changed in it so far.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.practice.diary import Diary
from flows.practice.server import serve
from support.command import Account
from support.swift import swift

ROOT = Path(__file__).parents[2]
PROCESS = f"import sys; sys.path[:0] = ['{ROOT}', '{ROOT / 'tests'}']; from support.museum import live; live()"


class Museum:
    """`account` is what is shown in it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.account = Account(self._told())

    def changed(self) -> int:
        """How many requests changed something in it, of whatever service."""
        assert self._process.stdin
        print(file=self._process.stdin, flush=True)
        return int(self._told())

    def _told(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()


@contextmanager
def opened() -> Iterator[Museum]:
    words = [sys.executable, "-c", PROCESS]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdin
        yield Museum(process)
        process.stdin.close()


def live() -> None:
    swift()
    with serve() as served:
        print(served.url, flush=True)
        for _ in sys.stdin:
            assert Diary.open
            print(len(Diary.open.pages), flush=True)
