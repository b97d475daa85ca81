"""Lists as people have them at hand: from a document, a terminal, a spreadsheet, a file of YAML."""

from __future__ import annotations

import re

BULLET = re.compile(r"^\s*[-*•]\s+", re.MULTILINE)
"""How an entry of a list begins, in a document or in YAML."""
AROUND = re.compile(r"(?:^|(?<=\s))#.*$|^\s*[A-Za-z_]\w*:(?=\s|$)|^\s*\d+[.)]\s+", re.MULTILINE)
"""What stands around the entries of a list in a file: a comment, its key in YAML, a number in front of an entry."""


def several(raw: object, *, spaces: bool = True) -> list[str]:
    """The separate texts of a list reply: a real list, or text with separators between them, as pasted from anywhere.

    Without `spaces` between them, an entry may be a name with blanks in it.
    """
    if raw is None:
        return []
    if isinstance(raw, list | tuple):
        return [str(item).strip() for item in raw if str(item).strip()]
    text = "\n".join(str(raw).splitlines())
    bare = BULLET.sub("", AROUND.sub("", text) if spaces else text)
    text = (bare if bare.strip() else text).strip().removeprefix("[").removesuffix("]")
    parts = re.split(r"[,;\s]+" if spaces else r"[,;\n]+", text)
    return [part.strip().strip("\"'") for part in parts if part.strip()]


def joined(value: object) -> str:
    """An answer, an output or a setting as somebody would type it: a list with commas, nothing as nothing."""
    if isinstance(value, list | tuple):
        return ", ".join(joined(each) for each in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value).strip()
