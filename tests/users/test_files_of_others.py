"""Files that Alice names in a folder where Mallory was before: no link is followed, nothing of others is touched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.users import User

pytestmark = pytest.mark.wild
OUT = ("export", "wordpress", "--format", "script", "--out")


def planted(path: Path, by: User) -> Path:
    os.chown(path, by.uid, by.uid, follow_symlinks=False)
    return path


def test_a_planted_link_leads_alices_export_nowhere(shared: Path, alice: User, mallory: User) -> None:
    """Into her own file, which it would overwrite and open; into Mallory's, who would swap it while it is run."""
    keys = alice.home / "keys"
    keys.write_text("secret")
    keys.chmod(0o600)
    planted(keys, alice)
    for target in (keys, mallory.home / "hers", shared / "nowhere"):
        link = shared / "out.sh"
        link.unlink(missing_ok=True)
        link.symlink_to(target)
        planted(link, mallory)
        ran = alice.handrail(*OUT, link)
        assert ran.returncode == 2, ran.stderr
        assert f"It is a link to {target}" in ran.stderr
        assert sorted(path.name for path in shared.iterdir()) == sorted(["out.sh", alice.home.name, mallory.home.name])
    assert (keys.read_text(), oct(keys.stat().st_mode)) == ("secret", oct(0o100600))


def test_mallorys_file_is_not_filled(shared: Path, alice: User, mallory: User) -> None:
    """She could change the script after Alice read it."""
    theirs = shared / "out.sh"
    theirs.write_text("before")
    theirs.chmod(0o666)
    planted(theirs, mallory)
    ran = alice.handrail(*OUT, theirs)
    assert ran.returncode == 2
    assert f"It belongs to another user (number {mallory.uid})." in ran.stderr
    assert theirs.read_text() == "before"


def test_a_fifo_of_mallorys_does_not_hold_alice_up(shared: Path, alice: User, mallory: User) -> None:
    os.mkfifo(shared / "out.sh")
    planted(shared / "out.sh", mallory)
    ran = alice.handrail(*OUT, shared / "out.sh", timeout=60)
    assert ran.returncode == 2
    assert "It is not an ordinary file." in ran.stderr


def test_a_new_file_is_alices_and_nobody_elses_to_change(shared: Path, alice: User, mallory: User) -> None:
    ran = alice.handrail(*OUT, shared / "out.sh", umask=0o022)
    assert ran.returncode == 0, ran.stderr
    found = (shared / "out.sh").stat()
    assert (found.st_uid, oct(found.st_mode)) == (alice.uid, oct(0o100755))
    assert mallory.run("sh", "-c", 'echo x >>"$0"', shared / "out.sh").returncode != 0


def test_the_part_of_a_file_with_keys_follows_no_link(shared: Path, alice: User, mallory: User) -> None:
    """A folder that was open to others once may hold what they left there."""
    folder = shared / "run"
    folder.mkdir()
    planted(folder, alice)
    link = folder / "swanctl.conf.part"
    link.symlink_to(mallory.home / "keys")
    planted(link, mallory)
    mallory.home.chmod(0o777)
    writing = "import sys; from pathlib import Path; from flows.engine.handover import write_private as w"
    ran = alice.python(f"{writing}; w(Path(sys.argv[1]), 'key')", folder / "swanctl.conf")
    assert ran.returncode == 0, ran.stderr
    assert list(mallory.home.iterdir()) == []
    assert (folder / "swanctl.conf").read_text() == "key"
    assert not mallory.reads(folder / "swanctl.conf")
