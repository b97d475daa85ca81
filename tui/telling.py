"""How a text is told to somebody who reads it as it goes by: by lines, and by a command on a terminal."""

from __future__ import annotations

import shutil
import sys
import textwrap

import click

from .characters import fitting


def say(text: str, *, err: bool = False) -> None:
    """Tell something. On a terminal, lines break between words, and what continues a line stands under it."""
    stream = sys.stderr if err else sys.stdout
    if stream.isatty():
        width = max(shutil.get_terminal_size().columns, 20)
        text = "\n".join(_broken(each, width) for each in fitting(text).split("\n"))
    click.echo(text, err=err)


def _broken(text: str, width: int) -> str:
    if len(text) <= width:
        return text
    indent = " " * min(len(text) - len(text.lstrip()) + 2, width // 2) if text.startswith(" ") else ""
    return textwrap.fill(
        text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False, drop_whitespace=True
    )  # fmt: skip
