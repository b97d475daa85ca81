"""A file that a person named is written whole or not at all, and nowhere else than where it was named."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flows.engine import Refused, files
from flows.engine.handover import write_private

LONG_UMASKS = [0o000, 0o022, 0o027, 0o077, 0o277]
PRECIOUS = "somebody's\n"


@pytest.fixture(params=LONG_UMASKS, ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("write", [files.write, files.write_new])
@pytest.mark.parametrize("mode", [files.PLAIN, files.RUNS])
def test_a_new_file_is_what_any_new_file_would_be(
    tmp_path: Path, umask: int, write: Callable[..., None], mode: int
) -> None:
    write(tmp_path / "new", "ü\n", mode)
    assert mode_of(tmp_path / "new") == mode & ~umask
    assert [path.name for path in tmp_path.iterdir()] == ["new"]
    assert (tmp_path / "new").read_bytes() == "ü\n".encode()


@pytest.mark.parametrize("write", [files.write, files.write_new, lambda path, text, _: write_private(path, text)])
def test_a_private_file_is_its_owners_alone(tmp_path: Path, umask: int, write: Callable[..., None]) -> None:
    write(tmp_path / "new", "key\n", files.PRIVATE)
    assert mode_of(tmp_path / "new") == 0o600


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o400, 0o4755])
def test_a_file_of_ours_keeps_its_mode(tmp_path: Path, mode: int) -> None:
    (tmp_path / "old").write_text(PRECIOUS)
    (tmp_path / "old").chmod(mode)
    files.write(tmp_path / "old", "new\n", files.RUNS)
    assert mode_of(tmp_path / "old") == mode & 0o777
    assert (tmp_path / "old").read_text() == "new\n"


def test_what_is_private_does_not_stay_readable(tmp_path: Path) -> None:
    (tmp_path / "old").write_text(PRECIOUS)
    (tmp_path / "old").chmod(0o644)
    files.write(tmp_path / "old", "key\n", files.PRIVATE)
    assert mode_of(tmp_path / "old") == 0o600


def link(path: Path) -> str:
    path.symlink_to(path.parent / "precious")
    return "It is a link to"


def dangling(path: Path) -> str:
    path.symlink_to(path.parent / "nowhere")
    return "It is a link to"


def folder(path: Path) -> str:
    path.mkdir()
    return "It is a folder."


def fifo(path: Path) -> str:
    os.mkfifo(path)
    return "It is not an ordinary file."


def picture(folder: Path) -> list[tuple[str, int, int]]:
    return sorted((path.name, path.lstat().st_mode, path.lstat().st_ino) for path in folder.iterdir())


@pytest.mark.parametrize("make", [link, dangling, folder, fifo])
def test_what_is_not_a_file_of_ours_is_left_alone(tmp_path: Path, make: Callable[[Path], str]) -> None:
    (tmp_path / "precious").write_text(PRECIOUS)
    told = make(tmp_path / "out")
    before = picture(tmp_path)
    with pytest.raises(Refused) as refused:
        files.write(tmp_path / "out", "ours\n", remedy="Give another file with --out.")
    assert refused.value.what == f"{tmp_path / 'out'} cannot be written."
    assert told in refused.value.why
    assert refused.value.remedy == "Give another file with --out."
    with pytest.raises(Refused, match="exists already"):
        files.write_new(tmp_path / "out", "ours\n")
    assert picture(tmp_path) == before
    assert (tmp_path / "precious").read_text() == PRECIOUS


def test_a_file_of_another_user_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "out").write_text(PRECIOUS)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(Refused, match="It belongs to another user"):
        files.write(tmp_path / "out", "ours\n")
    assert (tmp_path / "out").read_text() == PRECIOUS


@pytest.mark.parametrize("call", ["write", "fsync", "replace"])
def test_where_there_is_no_room_the_old_file_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    (tmp_path / "out").write_text(PRECIOUS)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    if call == "write":
        monkeypatch.setattr(files, "_fill", full)
    else:
        monkeypatch.setattr(os, call, full)
    with pytest.raises(Refused, match="No space left on device"):
        files.write(tmp_path / "out", "ours\n")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("out", PRECIOUS)]


@pytest.mark.parametrize("write", [files.write, files.write_new])
@pytest.mark.parametrize("name", ["missing/out", "file/out", "a\0b", "n" * 300, ".", "/"])
def test_where_nothing_can_be_written_a_sentence_says_so(tmp_path: Path, name: str, write: Callable[..., None]) -> None:
    (tmp_path / "file").write_text(PRECIOUS)
    with pytest.raises(Refused) as refused:
        write(tmp_path / name, "ours\n")
    assert refused.value.remedy
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_pipe_of_ours_takes_the_text(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    files.write(Path(f"/dev/fd/{writing}"), "ü\n")
    os.close(writing)
    assert os.read(reading, 10) == "ü\n".encode()
    os.close(reading)
    files.write(Path(os.devnull), "ü\n")
    with pytest.raises(Refused, match="cannot be written"):
        files.write(Path(f"/dev/fd/{writing}"), "ü\n")


def test_the_part_of_a_private_file_follows_no_link(tmp_path: Path) -> None:
    """It may be left from before, or planted: a folder was open to others once."""
    (tmp_path / "precious").write_text(PRECIOUS)
    (tmp_path / "keys.conf.part").symlink_to(tmp_path / "precious")
    write_private(tmp_path / "keys.conf", "key\n")
    assert (tmp_path / "precious").read_text() == PRECIOUS
    assert (tmp_path / "keys.conf").read_text() == "key\n"
    assert not (tmp_path / "keys.conf").is_symlink()
    assert mode_of(tmp_path / "keys.conf") == 0o600
