"""The real `aws` command, for those who follow what was exported."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli.aws import AWS


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for the PATH with the real `aws` in it; one written in Python is started only once."""
    assert AWS is not None
    interpreter = Path(AWS).read_bytes().partition(b"\n")[0].removeprefix(b"#!").decode(errors="replace")
    if "python" not in Path(interpreter).name:
        yield Path(AWS).parent
        return
    folder = tmp_path_factory.mktemp("aws")
    ready = [interpreter, str(Path(__file__).with_name("ready_aws.py"))]
    with subprocess.Popen([*ready, str(folder / "door")], stdout=subprocess.PIPE) as process:
        assert process.stdout and process.stdout.readline() == b"ready\n"
        command = folder / "aws"
        command.write_text(f'#!/bin/sh\nexec {sys.executable} -IS {ready[1]} call {folder / "door"} "$@"\n')
        command.chmod(0o755)
        yield folder
        process.terminate()
