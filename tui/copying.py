"""What of a text somebody would take along: the command in it, else the address, else all of it, always as one line."""

from __future__ import annotations

import re

PROGRAMS = "aws|handrail|cd|git|pip|curl|echo|psql|mysql|printf|scp|ssh|sudo"
WHERE = r"(?:python[\d.]* \S+\.pyz|[\w./~-]+/handrail)"
"""Handrail, where it is begun by more than its name."""
COMMAND = re.compile(rf"`(?P<quoted>[^`]+)`|(?:^|(?<=: ))(?P<bare>(?:{PROGRAMS}|{WHERE}) .+)$", re.MULTILINE)
"""As every command in a text stands: between backquotes, or to the end of its line after a colon."""
ADDRESS = re.compile(r"https?://[^\s“”]+[^\s“”.,;:)]")


def commands(text: str) -> list[tuple[int, int]]:
    """Where commands are in it: from which character up to which."""
    return [found.span(found.lastgroup or 0) for found in COMMAND.finditer(text)]


def taken(text: str) -> str:
    """What is copied of it."""
    if places := commands(text):
        return one_line(text[slice(*places[0])])
    found = ADDRESS.search(text)
    return found[0] if found else one_line(text)


def one_line(text: str) -> str:
    """Without line breaks: a shell would run what comes before them."""
    return " ".join(text.split("\n")).strip()
