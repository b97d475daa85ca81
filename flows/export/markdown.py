"""Markdown in which names from the account stay names: what would be markup in them is escaped."""

from __future__ import annotations

import re
import textwrap

from .commands import plain

WIDTH = 78
MARKUP = re.compile(r"[\\`*\[<~]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)")
"""What begins something inside a line (CommonMark 0.31). An underscore within a word is one."""
BEGINS = re.compile(r"^([-+=#>])|^(\d{1,9})([.)])(?=\s|$)")
"""What makes a line something else than the rest of a paragraph."""


def escaped(text: str) -> str:
    """Any text as one line that reads as it is."""
    return MARKUP.sub(r"\\\g<0>", plain(text))


def prose(text: str, bullet: str = "") -> str:
    """A paragraph of any text, or an item of a list."""
    return paragraph(escaped(text), bullet)


def paragraph(marked: str, bullet: str = "") -> str:
    """The same of text that is Markdown already."""
    room = WIDTH - len(bullet)
    lines = textwrap.wrap(marked, room, break_long_words=False, break_on_hyphens=False) or [""]
    safe = [
        BEGINS.sub(lambda found: f"\\{found[1]}" if found[1] else rf"{found[2]}\{found[3]}", each) for each in lines
    ]
    return bullet + f"\n{' ' * len(bullet)}".join(safe)


def fenced(text: str, language: str = "bash") -> str:
    """A block that is taken as it is."""
    return f"```{language}\n{text}\n```"
