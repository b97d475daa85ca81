"""What is wrong with a CodeBuild buildspec.yml, down to line and column. Neither account nor front end is needed."""

from __future__ import annotations

from dataclasses import replace

from . import reading, sense, walk
from .mistakes import RULES, Mistake, Place, Severity
from .nodes import lines

__all__ = ["RULES", "Mistake", "Place", "Severity", "lint"]


def lint(text: str, image: str = "") -> list[Mistake]:
    """Every mistake of a buildspec, in the order of the file.

    Args:
        text: the file.
        image: the build image whose runtimes are meant; any of today's if left out.
    """
    read = reading.read(text)
    found = list(read.mistakes)
    if read.root is not None:
        found += walk.walk(read.root)
        found += sense.look(read.root, lines(text), image)
    quiet = {mistake.at.line for mistake in found if mistake.quiet}
    seen = sense.SECRET if read.root else sense.SECRET_UNREAD
    quiet |= {number for number, line in enumerate(lines(text), 1) if seen.search(line)}
    return sorted(
        (_hushed(each) if each.at.line in quiet else each for each in dict.fromkeys(found)),
        key=lambda mistake: (mistake.at.line, mistake.at.column, mistake.rule),
    )


def _hushed(mistake: Mistake) -> Mistake:
    """A mistake in a line with a secret in it, without a word of that line."""
    if mistake.quiet:
        return mistake
    return replace(mistake, message=RULES[mistake.rule].about, fix="", quiet=True)
