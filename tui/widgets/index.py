"""What is searched when somebody types into a list: made once, asked at every key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Row(NamedTuple):
    """One line of a list. Without a key it is a heading."""

    key: str
    label: str
    hint: str = ""


class Index:
    """Finds the rows that contain every word of a text, whatever its case."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self._texts = [f"{row.label} {row.hint} {row.key}".lower() if row.key else "" for row in rows]

    def find(self, text: str) -> Sequence[Row]:
        """The rows that contain it; all of them for an empty text."""
        words = text.lower().split()
        if not words:
            return self._rows
        first, *rest = words
        found = [i for i, entry in enumerate(self._texts) if first in entry]
        return [self._rows[i] for i in found if all(word in self._texts[i] for word in rest)]
