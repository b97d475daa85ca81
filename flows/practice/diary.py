"""What was practised, so that the account outlives the process, and several windows see the same one.

The account itself lives in memory. Every request that changed it is written here before its answer is given, and is
played by whoever has not seen it: by a process that opens the account later, and by one that has it open already. A
process that is killed between the change and the line never told anybody of the change, so losing it is right; a line
that was cut short is the same case.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

PAGES, LOCK, SNAPSHOT, ANSWERS = "account.jsonl", "account.lock", "account.snapshot", "account.answers"

OWN_KEY = re.compile(r"(?<=PreSharedKey=)[^&]+")
"""A key that somebody entered, as EC2 is sent it."""


class PracticeBusy(Exception):
    """This process has a practice account open already."""


class Diary:
    """Kept in memory only when it is given no folder.

    Attributes:
        open: the one that is written now; a process has one practice account open at a time.
        pages: what was practised, as far as it was read.
        snapshot: the file in which the account may be kept as it stands; None in memory.
    """

    open: ClassVar[Diary | None] = None

    def __init__(self, folder: Path | None) -> None:
        Diary.open = self
        self.pages: list[dict[str, Any]] = []
        self.snapshot = folder / SNAPSHOT if folder else None
        self._path = folder / PAGES if folder else None
        self._lock = self._file = -1
        self._size = 0
        if folder is None:
            return
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        with self.turn():
            pass

    @contextlib.contextmanager
    def turn(self) -> Iterator[bool]:
        """Alone with the account, with all that other processes wrote read.

        Gives whether somebody began it anew, so that nothing of before is there any more. The system gives a lock up
        by itself when its owner dies.
        """
        if self._path is None or self._lock < 0:
            yield False
            return
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        try:
            anew = self._begun_anew(self._path)
            self._read_on()
            yield anew
        finally:
            if self._lock >= 0:
                fcntl.flock(self._lock, fcntl.LOCK_UN)

    def _begun_anew(self, path: Path) -> bool:
        known = self._file >= 0
        if known and path.exists() and os.path.samestat(path.stat(), os.fstat(self._file)):
            return False
        if known:
            os.close(self._file)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self._size, self.pages = 0, []
        return known

    def _read_on(self) -> None:
        """What was written since, up to a line that was cut short, which is taken away."""
        here = os.fstat(self._file).st_size
        text = os.pread(self._file, here - self._size, self._size) if here > self._size else b""
        for line in text.splitlines(keepends=True):
            try:
                page = json.loads(line) if line.endswith(b"\n") else None
            except ValueError:
                page = None
            if page is None:
                os.ftruncate(self._file, self._size)
                break
            self.pages.append(page)
            self._size += len(line)

    def write(self, page: dict[str, Any]) -> None:
        """A line that cannot be written whole is taken away again, so that those before it stay readable."""
        if self._file >= 0:
            line = json.dumps(page).encode() + b"\n"
            os.lseek(self._file, self._size, os.SEEK_SET)
            try:
                _write(self._file, line)
                os.fsync(self._file)
            except OSError:
                os.ftruncate(self._file, self._size)
                raise
            self._size += len(line)
        self.pages.append(page)

    def keep(self, account: bytes) -> None:
        """Keep the account as it stands beside the diary."""
        if self.snapshot is not None and account:
            write_whole(self.snapshot, account)

    def close(self) -> None:
        for handle in (self._file, self._lock):
            if handle >= 0:
                os.close(handle)
        self._file = self._lock = -1


def erase(folder: Path) -> None:
    """Forget the account in this folder. Who has it open finds the company as it was, with the next request."""
    if not folder.exists():
        return
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        for name in (SNAPSHOT, ANSWERS, PAGES):
            (folder / name).unlink(missing_ok=True)
    finally:
        os.close(handle)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that only saves time: whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    with contextlib.suppress(OSError):
        part.unlink(missing_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            _write(handle, data)
        finally:
            os.close(handle)
        part.replace(path)


def _write(handle: int, data: bytes) -> None:
    """os.write may take only a part, for example on a disk that is nearly full."""
    while data:
        data = data[os.write(handle, data) :]
