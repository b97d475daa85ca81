"""The file of the journal: SQLite, in a folder that is this user's own, flushed to the disk with every word.

Whoever could write it would decide what is done to an account, so nothing here follows a link or opens what is
another's.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .files import reason
from .problems import JournalTrouble

SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY, flow TEXT NOT NULL, created TEXT NOT NULL, changed TEXT NOT NULL, status TEXT NOT NULL,
    place TEXT NOT NULL, account TEXT NOT NULL DEFAULT '', answers TEXT NOT NULL DEFAULT '{}',
    plan TEXT NOT NULL DEFAULT '', handover TEXT NOT NULL DEFAULT '{}', owner TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY, run TEXT NOT NULL REFERENCES runs(id), action TEXT NOT NULL, kind TEXT NOT NULL,
    at TEXT NOT NULL, data TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX IF NOT EXISTS events_of_a_run ON events (run, seq);
PRAGMA user_version = 1;
"""
VERSION = 1
"""The form of the file that SCHEMA makes."""


def state_folder() -> Path:
    """Where drafts, runs and device files are kept: `$XDG_STATE_HOME/handrail`."""
    import platformdirs

    return platformdirs.user_state_path("handrail")


def _no_room(error: OSError | sqlite3.Error) -> bool:
    """Whether this is a disk that is full. At the file by which processes share the journal, the first that it makes,
    SQLite calls that an I/O error (SQLite, Result and Error Codes, SQLITE_IOERR_SHMSIZE, 2026-11)."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return "full" in str(error) or getattr(error, "sqlite_errorname", "") == "SQLITE_IOERR_SHMSIZE"


class JournalFile:
    """The file, opened to read and write, or only to read where it cannot be written.

    Raises:
        JournalTrouble: the file cannot be made, read or written, from any method.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or state_folder()
        self.path = self.folder / "journal.db"
        self._lock = threading.RLock()
        self._unwritable: JournalTrouble | None = None
        try:
            with self._trouble():
                self._db = self._opened()
        except JournalTrouble as trouble:
            if (reading := self._opened_to_read()) is None:
                raise
            self._db, self._unwritable = reading, trouble
        if (version := self._version(self._db)) > VERSION:
            self._db.close()
            what = f"The journal {self.path} was written by a newer Handrail."
            why = f"It has form {version}, and this one knows {VERSION}. Nothing in it was touched."
            raise JournalTrouble(what, why, "Use that newer Handrail, or another folder: XDG_STATE_HOME.")

    def _opened(self) -> sqlite3.Connection:
        """The file, to read and to write; made if there is none yet."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._refuse_anothers()
        self.folder.chmod(0o700)
        self._begun()
        database = sqlite3.connect(self.path, timeout=10, isolation_level=None, check_same_thread=False)
        if self._version(database) > VERSION:
            return database
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        if self._version(database) < VERSION:  # writing needs room, which may be what is lacking
            database.executescript(SCHEMA)
        return database

    def _begun(self) -> None:
        """The file, there and readable by nobody else before anything is in it.

        One that is there is not opened here: closing it gives up the locks by which SQLite holds it elsewhere in this
        process, and whoever leaves next would take away the log that is still written to (SQLite, How To Corrupt An
        SQLite Database File, 2.2, 2026-11).
        """
        try:
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_NOFOLLOW, 0o600))
        except FileExistsError:
            if not os.access(self.path, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self.path)) from None

    def _opened_to_read(self) -> sqlite3.Connection | None:
        """The file where it cannot be written, as on a disk that is full: what is in it can be read all the same."""
        if not self.path.is_file():
            return None
        self._refuse_anothers()
        log = self.path.with_name(f"{self.path.name}-wal")
        how = "vfs=unix-none" if log.exists() else "immutable=1"  # no file for sharing it can be made beside it
        try:
            database = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode=ro&{how}",
                uri=True,
                isolation_level=None,
                check_same_thread=False,
            )
            database.execute("PRAGMA locking_mode = EXCLUSIVE")
            database.execute("SELECT count(*) FROM runs")
        except sqlite3.Error:
            return None
        return database

    def _refuse_anothers(self) -> None:
        """Whoever can write the journal decides what an undo does: folder and file are this user's own, no links, and
        so are the files beside it, from which SQLite takes what was not yet in it."""
        beside = (self.path.with_name(f"{self.path.name}{end}") for end in ("-wal", "-shm", "-journal"))
        self.refuse_anothers(self.folder, self.path, *beside)

    @staticmethod
    def refuse_anothers(*places: Path) -> None:
        """Raises JournalTrouble for what is a link or another user's."""
        for place in places:
            try:
                about = place.lstat()
            except FileNotFoundError:
                continue
            amiss = "is a link" if stat.S_ISLNK(about.st_mode) else ""
            if not amiss and hasattr(os, "geteuid") and about.st_uid != os.geteuid():
                amiss = "belongs to another user"
            if amiss:
                raise JournalTrouble(
                    f"{place} {amiss}.",
                    "What is written there decides what is done to your account.",
                    "Set XDG_STATE_HOME to a folder of your own.",
                )

    @staticmethod
    def _version(database: sqlite3.Connection) -> int:
        return int(database.execute("PRAGMA user_version").fetchone()[0])

    def close(self) -> None:
        self._db.close()

    def read(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        with self._lock, self._trouble():
            return self._db.execute(sql, values).fetchall()

    def write(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Gives the number of rows that it concerned."""
        if self._unwritable:
            raise self._unwritable
        with self._lock, self._trouble():
            return self._db.execute(sql, values).rowcount

    @contextmanager
    def _trouble(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            why = reason(error)
            if isinstance(error, sqlite3.DatabaseError) and ("not a database" in why or "malformed" in why):
                remedy = (
                    "Move that file away; Handrail starts a new one. What its runs made is still in the account, with "
                    "the tag handrail:run: `aws resourcegroupstaggingapi get-resources --tag-filters Key=handrail:run` "
                    "lists it, region by region."
                )
            elif _no_room(error):
                why = "There is no room on its disk" if "I/O" in why else why
                remedy = "Make room on the disk; what was written so far is safe."
            else:
                remedy = "Set XDG_STATE_HOME to a folder that you can write to."
            raise JournalTrouble(f"The journal {self.path} cannot be used.", f"{why}.", remedy) from None
