"""HANDRAIL_DEBUG=1 shows where a mistake of ours is, for a report; never what variables held."""

from __future__ import annotations

import os
import sys

import pytest
from support.terminal import Terminal

CRASH = """
import os, sys
def crash(*given, **named):
    token = os.environ["A_TOKEN"]
    raise LookupError("of ours")
import {module}
{module}.{where} = crash
sys.argv = ["handrail", *{words!r}]
from tui.entry import main
main()
"""


@pytest.mark.parametrize(
    ("module", "where", "words"),
    [
        ("tui.screen.screens.home", "Home.on_mount", []),
        ("tui.lines.home", "home", ["--plain"]),
        ("tui.history", "lines", ["runs"]),
    ],
    ids=["full screen", "lines", "batch"],
)
@pytest.mark.parametrize("debug", ["1", ""], ids=["debug", ""])
@pytest.mark.some("-batch", "-lines", "debug-batch")
def test_a_mistake_of_ours_shows_no_values(module: str, where: str, words: list[str], debug: str) -> None:
    env = {**os.environ, "TERM": "xterm-256color", "HANDRAIL_DEBUG": debug, "A_TOKEN": "hush-hush"}
    script = CRASH.format(module=module, where=where, words=words)
    with Terminal(env=env, program=(sys.executable, "-c", script)) as terminal:
        assert terminal.ended() == 1
        seen = terminal.seen.decode(errors="replace")
    assert "LookupError" in seen
    assert "hush-hush" not in seen
    assert ("Traceback" in seen) == bool(debug)
