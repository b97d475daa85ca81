"""Text from AWS is data: it is shown as it is, and never commands the terminal.

Names, tags, descriptions and error messages are written by other people. A control character or an escape
sequence in one of them is made visible; so are the characters that reorder or hide text.
"""

from __future__ import annotations

import unicodedata

KEPT = "\n\t"
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories without a glyph: controls, format and direction marks, surrogates, separators of lines."""


def shown(text: object) -> str:
    """`text` with everything that a terminal might obey or hide made visible, like `\\x1b`."""
    said = str(text)
    if said.isprintable():  # as nearly all is; every line of a list comes by here
        return said
    return "".join(
        c if c in KEPT or unicodedata.category(c) not in HIDDEN else c.encode("unicode_escape").decode() for c in said
    )


def line(text: object) -> str:
    """The same on a single line."""
    return " ".join(shown(text).split())
