"""What is searched when somebody types into a list."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence

from .row import LISTED, Row

AT_ONCE = 300
"""Rows that are searched before anything is painted: what a screen is filled with, mostly."""
PORTION = 2_000
"""Rows that are searched at a time afterwards: a millisecond or two, which nobody notices in a key."""
RANKED = 200
"""Rows at the most of which the best are put first: of more, somebody types on."""


class Search:
    """The rows that contain every word of a text, whatever its case, found a portion at a time.

    What a key costs then does not grow with the list: what is in view is found at once, and the rest behind it.
    Nothing is kept of a row but its place.

    Args:
        rows: where to search; a list that may grow at its end meanwhile.
        text: its words are looked for.
        before: the search for what was typed so far. What it left out, a longer text does not find either.

    Attributes:
        text: what is looked for.
        places: where it was found so far, in order.
        ranked: whether the best stand first.
    """

    def __init__(self, rows: Sequence[Row], text: str, before: Search | None = None) -> None:
        self.text, self.places, self.ranked = text, list[int](), False
        self._rows, self._words = rows, text.lower().split()
        narrower = before is not None and before.whole and text.startswith(before.text)
        self._left: Sequence[int] = ()
        if before and narrower:
            self._left = sorted(before.places) if before.ranked else before.places
        self._taken = 0
        self._searched: int = before._searched if before and narrower else 0

    @property
    def whole(self) -> bool:
        """Every row there is was searched."""
        return self._taken >= len(self._left) and self._searched >= len(self._rows)

    def begin(self, through: int) -> None:
        """Search what is painted at once, and all up to the row at the place `through`."""
        self.go_on(through, AT_ONCE)

    def go_on(self, through: int = 0, portion: int = PORTION) -> None:
        """Search a portion more, or all up to the row at the place `through`."""
        if self._taken < len(self._left):
            first, self._taken = self._taken, max(self._taken + portion, bisect_right(self._left, through))
            places: Sequence[int] = self._left[first : self._taken]
        else:
            first, last = self._searched, max(self._searched + portion, through + 1)
            self._searched = min(last, len(self._rows))
            places = range(first, self._searched)
        self.places += [place for place in places if self._fits(self._rows[place])]

    def rank(self) -> None:
        """Put the best first, where all is found and not too much: names before what else is said, and in each the
        beginnings of words before what lies within one. What has a name of its own is meant by that: by what else is
        said of it, such as 403, others are found first."""
        if self.whole and len(self.places) <= RANKED:
            self.places.sort(key=lambda place: self.merit(self._rows[place]))
            self.ranked = True

    def merit(self, row: Row) -> int:
        """How well a row that was found fits; the least is best."""
        if row.name and self._words == [row.name]:
            return -1
        name, all_ = f"{row.label} {row.name.replace('_', ' ')}".lower(), _text(row)
        ways: tuple[Callable[[str], bool], ...] = (
            lambda word: _begins(word, name), lambda word: word in name,
            lambda word: not row.name and _begins(word, all_), lambda word: _begins(word, all_),
        )  # fmt: skip
        return next((at for at, fits in enumerate(ways) if all(map(fits, self._words))), len(ways))

    def _fits(self, row: Row) -> bool:
        text = _text(row)
        return bool(row.key) and row.only != LISTED and all(word in text for word in self._words)


def _text(row: Row) -> str:
    return f"{row.label} {row.hint} {row.key} {row.words}".lower()


def _begins(word: str, text: str) -> bool:
    """Whether a word of the text begins like this."""
    return re.search(rf"(?<!\w){re.escape(word)}", text) is not None
