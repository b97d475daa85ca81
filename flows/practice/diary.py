"""What was practised, so that the account outlives the process.

The account itself lives in memory. Every request that changed it is written here before its answer is given,
and is played again when the account is next opened. A process that is killed between the change and the line
never told anybody of the change, so losing it is right; a line that was cut short is the same case.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar


class PracticeBusy(Exception):
    """Another process has this practice account open."""


class Diary:
    """Kept in memory only when it is given no folder.

    Attributes:
        open: the one that is written now; a process has one practice account open at a time.
    """

    open: ClassVar[Diary | None] = None

    def __init__(self, folder: Path | None) -> None:
        Diary.open = self
        self.pages: list[dict[str, Any]] = []
        self._lock = self._file = -1
        if folder is None:
            return
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = _lock(folder / "account.lock")
        path = folder / "account.jsonl"
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        text = path.read_bytes()
        whole = 0
        for line in text.splitlines(keepends=True):
            try:
                page = json.loads(line) if line.endswith(b"\n") else None
            except ValueError:
                page = None
            if page is None:
                break
            self.pages.append(page)
            whole += len(line)
        os.ftruncate(self._file, whole)
        os.lseek(self._file, 0, os.SEEK_END)

    def write(self, page: dict[str, Any]) -> None:
        """A line that cannot be written whole is taken away again, so that those before it stay readable."""
        if self._file >= 0:
            end = os.lseek(self._file, 0, os.SEEK_CUR)
            try:
                _write(self._file, json.dumps(page).encode() + b"\n")
                os.fsync(self._file)
            except OSError:
                os.ftruncate(self._file, end)
                raise
        self.pages.append(page)

    def close(self) -> None:
        for handle in (self._file, self._lock):
            if handle >= 0:
                os.close(handle)
        self._file = self._lock = -1


def erase(folder: Path) -> None:
    """Forget the account in this folder, unless somebody is using it."""
    if not folder.exists():
        return
    with _locked(folder / "account.lock"):
        (folder / "account.jsonl").unlink(missing_ok=True)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    handle = _lock(path)
    try:
        yield
    finally:
        os.close(handle)


def _lock(path: Path) -> int:
    """A lock the system gives up by itself when its owner dies, so it can never be stale."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        owner = os.read(handle, 20).decode(errors="replace").strip() or "unknown"
        os.close(handle)
        raise PracticeBusy(
            f"The practice account is in use by another Handrail (process {owner}). Close that one first."
        ) from None
    os.ftruncate(handle, 0)
    _write(handle, str(os.getpid()).encode())
    return handle


def _write(handle: int, data: bytes) -> None:
    """os.write may take only a part, for example on a disk that is nearly full."""
    while data:
        data = data[os.write(handle, data) :]
