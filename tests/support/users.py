"""Two people with accounts of their own on one machine, for tests that run as root."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
USERS = (54_321, 54_322)
"""Numbers that nobody has: neither needs an entry in the list of users."""
PYTHON = Path(sys.base_prefix)
OPENED = """\
set -e
kept=$(mktemp -d)
mount --bind "$1" "$kept"
mount -t tmpfs -o mode=755 none "$2"
mkdir -p "$1"
mount --bind "$kept" "$1"
umount "$kept"
rmdir "$kept"
shift 2
exec "$@"
"""
"""Where Python lies in a folder of root's, that folder is empty but for Python, for these processes alone."""


@dataclass(frozen=True)
class User:
    """Somebody with a home folder, who may do there and in /tmp what any user may."""

    uid: int
    home: Path

    def run(self, *words: str | Path, **rest: Any) -> subprocess.CompletedProcess[str]:
        """Run a program as this user, in the home folder."""
        env = {
            "PATH": os.defpath, "HOME": str(self.home), "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1", "AWS_EC2_METADATA_DISABLED": "true",
        }  # fmt: skip
        given = {"cwd": self.home, "env": env | rest.pop("env", {}), "stdin": subprocess.DEVNULL}
        become = ("setpriv", f"--reuid={self.uid}", f"--regid={self.uid}", "--clear-groups", "--")
        return subprocess.run(
            [*_opened(), *become, *map(str, words)], capture_output=True, text=True, check=False, **(given | rest)
        )

    def python(self, program: str, *words: str | Path, **rest: Any) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-c", program, *words, **rest)

    def handrail(self, *words: str | Path, **rest: Any) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-m", "tui", *words, **rest)

    def reads(self, path: Path) -> bool:
        return self.run("cat", path).returncode == 0


@cache
def _opened() -> tuple[str, ...]:
    closed = [folder for folder in reversed(PYTHON.parents) if not folder.stat().st_mode & 0o001]
    return ("unshare", "--mount", "sh", "-c", OPENED, "sh", str(PYTHON), str(closed[0])) if closed else ()


@cache
def why_not() -> str:
    """Why two users cannot be had here; empty if they can."""
    if os.geteuid() != 0:
        return "only root can act as two users"
    able = User(USERS[0], Path("/")).python("import tui.cli.main, flows.practice")
    return "" if able.returncode == 0 else f"another user cannot run Handrail here: {able.stderr[-200:]}"


def made(uid: int, folder: Path) -> User:
    """A user whose home is a new folder in `folder`, closed to others."""
    home = folder / str(uid)
    home.mkdir(mode=0o700)
    os.chown(home, uid, uid)
    return User(uid, home)
