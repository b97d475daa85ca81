"""The command line under test: in this process, as a process of its own, and the accounts it is pointed at."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from vpn.cases import STATIC

from flows.practice.server import Served, serve
from support.command import Account, Command, Ran
from support.museum import Museum, opened
from tui.cli.main import main

ROOT = Path(__file__).parents[2]


@pytest.fixture
def handrail(capfd: pytest.CaptureFixture[str]) -> Command:
    """`handrail` in this process; whatever went to the two streams, from Python or below, is captured."""

    def run(*words: object) -> Ran:
        capfd.readouterr()
        with pytest.raises(SystemExit) as ending:
            main([str(word) for word in words])
        out, err = capfd.readouterr()
        code = ending.value.code
        assert isinstance(code, int)
        assert "Traceback" not in out + err
        return Ran(code, out, err)

    return run


@pytest.fixture
def process(tmp_path: Path) -> Command:
    """`handrail` as a process of its own, without a terminal."""

    def run(*words: object, env: Mapping[str, str] | None = None, stdin: str | None = None) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "tui", *map(str, words)],
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={**os.environ, **(env or {})},
            timeout=120,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody with keys, which open nothing but the practice account."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAVISITOR000000000")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")


@pytest.fixture
def served() -> Iterator[Served]:
    with serve(hurry=True) as served:
        yield served


@pytest.fixture
def company(served: Served, signed_in: None) -> Account:
    """The demo company, for this test alone: it may be changed."""
    return Account(served.url)


@pytest.fixture(scope="session")
def _museum() -> Iterator[Museum]:
    with opened() as museum:
        yield museum


@pytest.fixture
def museum(_museum: Museum, signed_in: None) -> Iterator[Account]:
    """The demo company, to look at: a test that uses it must change nothing in it."""
    before = _museum.changed()
    yield _museum.account
    assert _museum.changed() == before, "something was changed"


@pytest.fixture
def answers(tmp_path: Path) -> Callable[..., Path]:
    """Write an answers file: the static VPN, with changes; None takes a key away."""

    def write(base: Mapping[str, Any] = STATIC, **changes: Any) -> Path:
        path = tmp_path / "answers.yaml"
        kept = {key: value for key, value in {**base, **changes}.items() if value is not None}
        path.write_text(yaml.safe_dump(kept, sort_keys=False, allow_unicode=True))
        return path

    return write
