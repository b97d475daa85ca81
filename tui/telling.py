"""How a text is told to somebody who reads it as it goes by: by lines, and by a command on a terminal."""

from __future__ import annotations

import re
import shutil
import sys
import textwrap

import click

from .called import as_called
from .characters import fitting

COLUMN = re.compile(r" *(?:\* +)?\S+(?: \S+){0,2} {2,}(?=\S)")
"""What stands in front of a line in a column of its own: a number, or how a step stands."""


def say(text: str, *, err: bool = False) -> None:
    """Tell something. On a terminal, lines break between words, and what continues a line stands under it."""
    stream, text = sys.stderr if err else sys.stdout, as_called(text)
    if stream.isatty():
        width = max(shutil.get_terminal_size().columns, 20)
        text = "\n".join(_broken(each, width) for each in fitting(text).split("\n"))
    click.echo(text, err=err)


def _broken(text: str, width: int) -> str:
    if len(text) <= width:
        return text
    column = COLUMN.match(text)
    small = len(text) - len(text.lstrip()) + 2 if text.startswith(" ") else 0
    indent = " " * min(column.end() if column else small, width // 2)
    return textwrap.fill(
        text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False, drop_whitespace=True
    )  # fmt: skip
