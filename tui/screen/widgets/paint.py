"""Text in cells: cutting, wrapping and padding that know how wide a character is on a terminal.

The widgets here paint whole lines themselves, because over a slow line every repainted cell counts and a
widget for each row would be slow to make. This is the arithmetic that they share.
"""

from __future__ import annotations

import re

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from ...characters import fitting

WHOLE = re.compile(r"\d+|[a-z]{2}(-[a-z]+)+-\d+|https?://\S+|(127\.[\d.]+|localhost|\[::1\])(:\d+)?")
"""Accounts, regions and addresses."""
REMARK = re.compile(r" *# +")
"""How a comment begins, in a shell and in YAML."""


def fit(text: str, width: int) -> str:
    """`text` in exactly `width` cells, cut with … if need be."""
    if width <= 0:
        return ""
    text, mark = fitting(text), fitting("…")
    if cell_len(text) > width:
        text = set_cell_size(text, max(width - len(mark), 0)).rstrip() + mark
    return set_cell_size(text, width)


def cut(text: str, width: int) -> str:
    """`text` in at most `width` cells, cut with … if need be."""
    text = fitting(text)
    return text if cell_len(text) <= width else fit(text, width).rstrip()


def squeezed(text: str, width: int) -> str:
    """`text` in `width` cells if that is possible: its longest names lose their ends, and what follows them stays.

    Numbers, regions and addresses are not shortened: half of one may be taken for another.
    """
    text = fitting(text)
    while cell_len(text) > width:
        longest = max((word for word in text.split(" ") if not WHOLE.fullmatch(word)), key=cell_len, default="")
        if cell_len(longest) < 9:
            break
        text = text.replace(longest, cut(longest, cell_len(longest) - 1), 1)
    return text


def wrap(text: str, width: int) -> list[str]:
    """`text` as lines of at most `width` cells, broken between words where that is possible; indented as it is."""
    lines: list[str] = []
    for paragraph in fitting(text).split("\n"):
        words = paragraph.expandtabs(4).lstrip(" ")
        indent = min(cell_len(paragraph.expandtabs(4)) - cell_len(words), max(width, 1) // 2)
        lines += [" " * indent + line for line in _wrapped(words, max(width - indent, 1))]
    return lines


def remark(text: str, width: int) -> list[str]:
    """A line of a file, wrapped; what goes on of a comment is one again, so that a copy of it still runs."""
    begun = REMARK.match(text)
    first, *rest = wrap(text, width - (2 if begun else 0))
    return [first, *(f"{begun[0] if begun else ''}{each.lstrip() if begun else each}" for each in rest)]


def strip(width: int, base: Style, *parts: tuple[str, Style | None]) -> Strip:
    """A line of `width` cells from texts and their styles, over `base`."""
    segments = [Segment(text, base + style if style else base) for text, style in parts if text]
    return Strip(segments).adjust_cell_length(width, base)


def _wrapped(paragraph: str, width: int) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in paragraph.split(" "):
        joined = f"{line} {word}" if line else word
        if cell_len(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        *pieces, line = _pieces(word, width)
        lines += pieces
    return [*lines, line]


def _pieces(word: str, width: int) -> list[str]:
    pieces: list[str] = []
    while cell_len(word) > width:
        head = set_cell_size(word, width)
        head = head if word.startswith(head) else head[:-1]  # half of a wide character became a blank
        if not head:
            break
        pieces.append(head)
        word = word[len(head) :]
    return [*pieces, word]
