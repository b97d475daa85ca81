"""Files that a person named, anywhere on a machine which others use too: written whole or not at all.

Where files are made others may have been before: a link planted under the name must not lead us into what it points
to, and what belongs to somebody else is not ours to write. So there is one way to write: a new file beside the other,
put in its place when it is complete.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import TextIO

from .problems import Refused

PLAIN, RUNS, PRIVATE = 0o666, 0o777, 0o600
"""What a new file may be, within the umask: read, also run as a program, or its owner's alone."""
STREAMS = {"/dev/stdout": 1, "/dev/stderr": 2}
STREAM = re.compile(r"/dev/fd/(\d{1,9})")
"""What leads to whoever started us, such as the next program of a pipe."""
LONGEST_LINE = 4096
"""Bytes of a file that holds one line, such as a password."""
IN_ITS_PLACE = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY
"""A folder is held while its file is replaced, also one that may not be listed; nobody can swap it meanwhile."""


class _Unfit(Exception):
    """What stands there is not ours to replace."""


def write(path: Path, text: str, mode: int = PLAIN, *, remedy: str = "Give another file.") -> None:
    """Write a file, or replace one of our own.

    Args:
        path: where; a file that exists keeps its mode, unless it must be `PRIVATE`.
        text: all of it, written as UTF-8.
        mode: one of `PLAIN`, `RUNS` and `PRIVATE`.
        remedy: what to enter where that cannot be.

    Raises Refused; then what stood there stands there still.
    """

    def written() -> None:
        number = STREAM.fullmatch(str(path))
        if number or str(path) in STREAMS:
            _fill(os.dup(int(number[1]) if number else STREAMS[str(path)]), text.encode())
        elif str(path) != os.devnull:
            _replace(path, text.encode(), mode)

    _told(path, remedy, written)


def write_new(path: Path, text: str, mode: int = PLAIN) -> None:
    """The same, where nothing is replaced. Raises Refused."""

    def made() -> None:
        try:
            _make(path, text.encode(), mode)
        except FileExistsError:
            raise Refused(f"{path} exists already, and was left as it is.", remedy="Give another name.") from None

    _told(path, "Give a name in another folder.", made)


def to_append(path: Path, *, remedy: str) -> TextIO:
    """A file to write on to, which is its owner's alone. Raises Refused."""
    opened: list[int] = []

    def open_() -> None:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, PRIVATE)
        opened.append(number)
        found = os.fstat(number)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
            os.close(number)
            raise _Unfit("It is no ordinary file of yours.")
        os.fchmod(number, PRIVATE)

    _told(path, remedy, open_)
    return os.fdopen(opened[0], "a", encoding="utf-8")


def reason(error: Exception) -> str:
    """Why the system would not, in its words alone: neither its number for that nor the name, which is told anyway."""
    return str(getattr(error, "strerror", None) or error)


def one_line(path: Path, *, remedy: str) -> str:
    """The one line of a person's own file, without what is blank around it. Raises Refused, without a word of it."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for, and is read only once
            raise Refused(f"{path} is no ordinary file.", remedy=remedy)
        with path.open("rb") as file:
            lines = file.read(LONGEST_LINE + 1).decode().strip().splitlines()
    except OSError as problem:
        raise Refused(f"{path} cannot be read.", f"{reason(problem)}.", remedy) from None
    except ValueError:  # also a name with a null byte in it
        raise Refused(f"{path} is no text in UTF-8.", remedy=remedy) from None
    if len(lines) != 1 or len(lines[0]) > LONGEST_LINE - 2:
        told = f"{len(lines)} lines" if len(lines) != 1 else f"a line of more than {LONGEST_LINE - 2} characters"
        raise Refused(f"{path} holds {told}; one line is wanted.", remedy=remedy)
    return lines[0]


def replace_private(path: Path, part: Path, text: str) -> None:
    """A file of our own folder, by way of `part`, which may be left from before. Raises OSError."""
    part.unlink(missing_ok=True)
    _make(part, text.encode(), PRIVATE)
    part.replace(path)


def _told(path: Path, remedy: str, written: Callable[[], None]) -> None:
    try:
        written()
    except FileNotFoundError:
        why = f"There is no folder {path.parent}."
    except _Unfit as unfit:
        why = str(unfit)
    except (OSError, ValueError) as error:  # also a name with a null byte in it
        why = f"{reason(error)}."
    else:
        return
    raise Refused(f"{path} cannot be written.", why, remedy)


def _replace(path: Path, content: bytes, mode: int) -> None:
    folder = os.open(path.parent, IN_ITS_PLACE)
    try:
        standing = _standing(path.name, folder)
        part = f".handrail-{token_hex(8)}"
        _make(part, content, mode, standing, folder)
        try:
            os.replace(part, path.name, src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:
            os.unlink(part, dir_fd=folder)
            raise
    finally:
        os.close(folder)


def _standing(name: str, folder: int) -> os.stat_result | None:
    """The file of ours that is replaced, if there is one. Raises _Unfit for whatever else stands there."""
    try:
        found = os.stat(name or ".", dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(found.st_mode):
        raise _Unfit(f"It is a link to {os.readlink(name, dir_fd=folder)}, and links are not followed.")
    if stat.S_ISDIR(found.st_mode):
        raise _Unfit("It is a folder.")
    if not stat.S_ISREG(found.st_mode):
        raise _Unfit("It is not an ordinary file.")
    if found.st_uid != os.geteuid():
        raise _Unfit(f"It belongs to another user (number {found.st_uid}).")
    return found


def _make(
    path: Path | str, content: bytes, mode: int, like: os.stat_result | None = None, folder: int | None = None
) -> None:
    """A new file, on the disk before anything else happens, or none at all."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    handle = os.open(path, flags, PRIVATE if like else mode, dir_fd=folder)
    try:
        if like:
            if like.st_gid != os.fstat(handle).st_gid:
                os.fchown(handle, -1, like.st_gid)
            os.fchmod(handle, PRIVATE if mode == PRIVATE else stat.S_IMODE(like.st_mode) & RUNS)
        elif mode == PRIVATE:
            os.fchmod(handle, PRIVATE)  # also where the umask would leave the owner nothing
        _fill(handle, content, at_last=os.fsync)
    except BaseException:
        with suppress(OSError):
            os.unlink(path, dir_fd=folder)
        raise


def _fill(handle: int, content: bytes, at_last: Callable[[int], None] = lambda _: None) -> None:
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        at_last(handle)
