"""Somebody at the line prompts on a real terminal: what is asked on the short way, and what may never be sent."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from itertools import pairwise

from support.terminal import Terminal

PICK, PICKS, NOW = "Number, name or part of it", "Numbers or names (separate with commas), or none", "What now"
STRAIGHT = [
    (PICK, "shop"),
    ("Device address", "203.0.113.10"),
    (f"{PICK} [1]", ""),
    ("Office networks (separate with commas)", "192.168.10.0/24"),
    (f"{PICK} [1]", ""),
    (PICKS, ""),
    (PICKS, "app"),
]
"""What is asked on the short way, and a reply to each."""


def talk(*words: str) -> Terminal:
    """Handrail on a dumb terminal."""
    return Terminal(*words, env={**os.environ, "TERM": "dumb"})


def answer_all(terminal: Terminal, replies: Sequence[tuple[str, str]] = STRAIGHT) -> None:
    for prompt, reply in replies:
        terminal.answer(f"{prompt}", reply)


def assert_no_controls(seen: bytes) -> None:
    """Not one control character but the ends of lines."""
    assert not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", seen.replace(b"\r\n", b"\n"))


def assert_reads_well(seen: bytes) -> None:
    """Plain lines: not one control character, nothing drawn, nothing said twice in a row."""
    assert_no_controls(seen)
    text = seen.decode()
    assert not re.search("[\u2500-\u259f]", text), "no boxes"
    lines = text.replace("\r\n", "\n").split("\n")
    assert not [line for line, after in pairwise(lines) if line and line == after]
