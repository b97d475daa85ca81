"""Who drives a run: one process at a time, known by its machine, its number and when it began."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HELD: set[str] = set()
"""What this process holds: each time that a run is taken has a name of its own."""


def me() -> dict[str, Any]:
    """What says that it is this process, and which of its sessions."""
    pid = os.getpid()
    return {"pid": pid, "host": socket.gethostname(), "started": _started(pid), "session": secrets.token_hex(8)}


def _started(pid: int) -> str:
    """When a process began, so that a reused pid is not mistaken for the old owner; "" where unknown or ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if fields[0] in "ZX" else fields[19]  # ended, but nobody has asked how: common in containers
    except (OSError, IndexError):
        return ""


def alive(owner: Mapping[str, Any]) -> bool:
    """Whether whoever said `me` may still be at it."""
    if owner["host"] != socket.gethostname():
        return True  # it cannot be asked from here
    if (owner["pid"], owner["started"]) == (os.getpid(), _started(os.getpid())):
        return owner.get("session") in HELD
    try:
        os.kill(owner["pid"], 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return bool(_started(owner["pid"]) == owner["started"])
