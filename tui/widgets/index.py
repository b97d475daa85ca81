"""What is searched when somebody types into a list.

Every entry is prepared once, when it arrives, and typing on only searches what was found before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Row(NamedTuple):
    """One line of a list. Without a key it is a heading."""

    key: str
    label: str
    hint: str = ""


class Index:
    """Finds the rows that contain every word of a text, whatever its case.

    Whatever contains a longer text contains the shorter one, too: so each letter searches only what the one before
    it left, and taking it back needs no search at all.
    """

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self._texts: list[str] = []
        self._found: list[tuple[str, list[int]]] = []
        """What was found for each shorter text that was asked for on the way."""
        self.add(rows)

    def add(self, rows: Iterable[Row]) -> None:
        """Further rows, which come after those that are there. What was found so far is found among them, too."""
        first = len(self._texts)
        self._texts += [f"{row.label} {row.hint} {row.key}".lower() if row.key else "" for row in rows]
        for text, places in self._found:
            places.extend(self._among(range(first, len(self._texts)), text))

    def find(self, text: str) -> Sequence[int]:
        """The places of the rows that contain it, in order; all of them for a text without words."""
        while self._found and not text.startswith(self._found[-1][0]):
            self._found.pop()
        if not text.split():
            return range(len(self._texts))
        if not self._found or self._found[-1][0] != text:
            among: Sequence[int] = self._found[-1][1] if self._found else range(len(self._texts))
            self._found.append((text, self._among(among, text)))
        return self._found[-1][1]

    def _among(self, places: Sequence[int], text: str) -> list[int]:
        texts, found = self._texts, places
        for word in text.lower().split():
            found = [place for place in found if word in texts[place]]
        return list(found)
