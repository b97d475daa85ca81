"""What is searched when somebody types into a list."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

PORTION = 2_000
"""Rows that are searched at a time: less than a millisecond, which nobody notices in a key."""


class Row(NamedTuple):
    """One line of a list. Without a key it is a heading."""

    key: str
    label: str
    hint: str = ""


class Search:
    """The rows that contain every word of a text, whatever its case, found a portion at a time.

    What a key costs then does not grow with the list: what is in view is found at once, and the rest behind it.
    Nothing is kept of a row but its place.

    Args:
        rows: where to search; a list that may grow at its end meanwhile.
        text: its words are looked for.

    Attributes:
        places: where they were found so far, in order.
    """

    def __init__(self, rows: Sequence[Row], text: str) -> None:
        self._rows, self._words = rows, text.lower().split()
        self._searched = 0
        self.places: list[int] = []

    @property
    def whole(self) -> bool:
        """Every row there is was searched."""
        return self._searched >= len(self._rows)

    def go_on(self, through: int = 0) -> None:
        """Search a portion more, or all up to the row at the place `through`."""
        first, last = self._searched, max(self._searched + PORTION, through + 1)
        self._searched = min(last, len(self._rows))
        self.places += [
            place
            for place, (key, label, hint) in enumerate(islice(self._rows, first, last), first)
            if key and self._fits(f"{label} {hint} {key}".lower())
        ]

    def _fits(self, text: str) -> bool:
        return all(word in text for word in self._words)
