"""The way out may end: the reader goes, the disk is full, the line is lost. That is told where it still can be."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress

WAYS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))
"""The ways in and out that a program has from its beginning, in the order of their numbers."""
ENDED = (errno.EPIPE, errno.EIO, errno.ENXIO, errno.EBADF, errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def open_all() -> None:
    """Where a way in or out is closed from the beginning (`>&-`), have it lead nowhere; called before anything else.

    Nobody wants to hear what would go there, and that is no failure. Left closed, the next file that is opened, such as
    the journal, would get its number, and what is written there.
    """
    for number, (name, mode) in enumerate(WAYS):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != number and not _taken(number):
                os.dup2(nowhere, number)
                os.close(nowhere)
                nowhere = number
            setattr(sys, name, os.fdopen(nowhere, mode, encoding="utf-8"))


def _taken(number: int) -> bool:
    """Whether some file has that number meanwhile."""
    with suppress(OSError):
        os.fstat(number)
        return True
    return False


def ended(error: BaseException) -> bool:
    """Whether this says that standard output takes nothing more, rather than anything of a file."""
    return isinstance(error, OSError) and not error.filename and error.errno in ENDED


def silence() -> None:
    """What is written to standard output from now on goes nowhere, what waits in its buffer as well."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def unheard(error: BaseException, further: str = "") -> int:
    """Say on standard error why standard output ended, and what to do `further`; the exit code for it."""
    silence()
    with suppress(OSError):
        why = getattr(error, "strerror", None) or error
        print(f"The output could not be written: {why}.\n{further}".strip(), file=sys.stderr, flush=True)
    return 1
