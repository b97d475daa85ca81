"""What one user's runs leave on the disk is nobody else's to read, whatever that user's umask."""

from __future__ import annotations

import json

import pytest
from support.users import User
from vpn.cases import STATIC

pytestmark = pytest.mark.wild


@pytest.mark.parametrize("umask", [0o000, 0o077], ids=oct)
def test_a_run_leaves_nothing_that_somebody_else_can_read(alice: User, mallory: User, umask: int) -> None:
    alice.home.chmod(0o755)
    (alice.home / "answers.json").write_text(json.dumps(dict(STATIC)))
    ran = alice.handrail("--practice", "run", "vpn", "--answers", "answers.json", "--yes", umask=umask)
    assert ran.returncode == 0, ran.stderr
    files = [path for path in (alice.home / ".local").rglob("*") if path.is_file()]
    assert {"journal.db", "swanctl.conf"} <= {path.name for path in files}
    assert mallory.reads(alice.home / "answers.json"), "the home itself is open"
    assert [path for path in files if mallory.reads(path)] == []
