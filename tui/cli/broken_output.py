"""The way out may end: the reader goes, the disk is full, the line is lost. That is told where it still can be."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress

ENDED = (errno.EPIPE, errno.EIO, errno.ENXIO, errno.EBADF, errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


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
