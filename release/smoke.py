"""Try what was built, with nothing but it: a set-up in practice mode to its end, checked, undone, and each face opened.

usage: python -m release.smoke COMMAND...
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.terminal import until

ANSWERS = {
    "vpc": "shop",
    "gateway_ip": "203.0.113.10",
    "networks": "192.168.10.0/24",
    "routing": "static",
    "route_tables": "shop-private-a",
    "security_groups": "web",
    "name": "smoke",
}


def main(command: Sequence[str]) -> None:
    """Raises SystemExit with what went wrong, and on which command."""
    command = [str(Path(word).absolute()) if Path(word).is_file() else word for word in command]
    with tempfile.TemporaryDirectory() as folder:
        home = {"HOME": folder, "XDG_STATE_HOME": f"{folder}/state", "TERM": "xterm-256color"}

        def run(*words: str, ends: int = 0) -> Any:
            line = [*command, *words, "--practice", "--output", "json"]
            done = subprocess.run(  # noqa: S603 - what was built a moment ago
                line, cwd=folder, env={**os.environ, **home}, capture_output=True, text=True, check=False
            )
            if done.returncode != ends:
                sys.exit(f"{' '.join(line)} ended with {done.returncode}, not {ends}:\n{done.stdout}{done.stderr}")
            return json.loads(done.stdout)

        given = [word for key, value in ANSWERS.items() for word in ("--set", f"{key}={value}")]
        made = run("run", "vpn", *given, "--yes")
        connection = made["outputs"]["connection"]
        checked = run("check", "vpn", "--set", f"connection={connection}", ends=3)  # no device has called yet
        undone = run("undo", made["run"], "--yes")
        print(f"{made['run']}: made {connection}, checked: {checked['status']}, {undone['status']}")
        for what, words, seen in (
            ("the full screen", ["--practice"], "Connect an office"),
            ("the conversation", ["--practice", "--plain"], "history, or quit"),
        ):
            until([*command, *words], seen, home, limit=120)
            print(f"{what}: opens")


if __name__ == "__main__":
    main(sys.argv[1:])
