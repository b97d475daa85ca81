"""What a list holds: its options, which of them are in it now, where the cursor is, and what is marked.

Nothing here knows a screen. The cursor is on an option, not on a line: it stays there while a list is filtered, goes on
arriving or is read afresh.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence

from .row import FOUND, LISTED, Row
from .search import Search


class ListState:
    """Rows, of which those that were filtered for are shown.

    Args:
        rows: what there is.
        at: the key to begin on.
        marked: keys that are picked; None where just one is chosen.

    Attributes:
        shown: the places in `rows` of what is in the list now.
        search: what looks for the letters that were typed; None while everything is in the list.
        cursor: which of `shown` the cursor is on.
    """

    def __init__(self, rows: Iterable[Row], at: str, marked: Collection[str] | None) -> None:
        self.rows: list[Row] = list(rows)
        self._folded = any(row.only == FOUND for row in self.rows)
        self.shown: Sequence[int] = self._whole()
        self.search: Search | None = None
        self._headings = [at for at, place in enumerate(self.shown) if not self.rows[place].key]
        self._options = sum(1 for row in self.rows if row.key and row.only != LISTED)
        self.marked = None if marked is None else set(marked)
        found = next((i for i, place in enumerate(self.shown) if at and self.rows[place].key == at), None)
        self.cursor = self._first() if found is None else found
        self._began = -1
        """Where the cursor was when somebody began to filter: what finds nothing leads back to it."""

    def _whole(self) -> Sequence[int]:
        """The places of all that is shown while nobody filters."""
        if not self._folded:
            return range(len(self.rows))
        return [place for place, row in enumerate(self.rows) if row.only != FOUND]

    @property
    def count(self) -> int:
        """How many options there are now, headings left out."""
        return self._options if self.search or not self._folded else len(self.shown) - len(self._headings)

    def _first(self) -> int:
        """The first option: headings are no options."""
        return next((i for i, at in enumerate(self.shown) if self.rows[at].key), 0)

    def of(self, rows: Iterable[Row]) -> ListState:
        """The same with other rows: what was filtered for still is, and the cursor stays on its option."""
        key, text = self.row.key if self.row else "", self.search.text if self.search else ""
        state = ListState(rows, key, self.marked)
        if text:
            state.look_for(text)
            found = (at for at, place in enumerate(state.shown) if state.rows[place].key == key)
            state.cursor = next(found, state.cursor)
        return state

    @property
    def row(self) -> Row | None:
        """What the cursor is on; None in an empty list."""
        return self.rows[self.shown[self.cursor]] if self.cursor < len(self.shown) else None

    @property
    def widest(self) -> int:
        """Cells of the longest name that has a hint beside it."""
        return max((len(row.label) for row in self.rows if row.hint), default=0)

    def add(self, rows: Sequence[Row]) -> None:
        """Hold these, too, after the others."""
        self.rows += rows
        self._options += sum(1 for row in rows if row.key)
        if self.search is None:
            self.shown = self._whole()
        else:
            self.search.go_on()

    def target(self, by: int) -> int | None:
        """Where the cursor would be so many lines further, past headings; None if it stays."""
        step = 1 if by > 0 else -1
        aim = min(max(self.cursor + by, 0), len(self.shown) - 1)
        ways = (range(aim, len(self.shown) if step > 0 else -1, step), range(aim, self.cursor, -step))
        target = next((at for way in ways for at in way if self.rows[self.shown[at]].key), self.cursor)
        return None if target == self.cursor else target

    def before(self, place: int) -> int:
        """How many options stand before this place of the list. Filtering leaves no headings."""
        return place if self.search else place - bisect_left(self._headings, place)

    # -- filtering ---------------------------------------------------------------------------------------

    def look_for(self, text: str) -> None:
        """Show only what contains every word of it, as far as it is found at once; `search` goes on."""
        if self.search is None:
            self._began = self._place
        here, key = self._place, self.row.key if self.row else ""
        if text.split():
            self.search = Search(self.rows, text, self.search)
            self.search.begin(here)
            self.search.rank()
            self.shown = self.search.places
        else:
            self.search, self.shown = None, self._whole()
            if self._folded:  # what was found stands in the list in other words
                here = next((place for place in self.shown if key and self.rows[place].key == key), here)
        self._stay(here)

    @property
    def _place(self) -> int:
        """Which of the rows the cursor is on, or was on before nothing was found; -1 in an empty list."""
        return self.shown[self.cursor] if self.cursor < len(self.shown) else self._began

    def _stay(self, place: int) -> None:
        """Put the cursor on that row, or on the first option if it is not in the list now, or that fits better."""
        if self.search and self.search.ranked and self.shown:
            best, here = (self.search.merit(self.rows[each]) for each in (self.shown[0], place))
            self.cursor = self.shown.index(place) if place in self.shown and here == best else 0
            return
        at = bisect_left(self.shown, place)
        self.cursor = at if at < len(self.shown) and self.shown[at] == place else self._first()

    # -- marking -----------------------------------------------------------------------------------------

    @property
    def picked(self) -> list[str]:
        """The marked keys, in the order of the list."""
        return [row.key for row in self.rows if self.marked and row.key in self.marked]

    def mark_all(self) -> None:
        """Mark what is shown; if all of it is marked already, none of it."""
        if self.marked is not None:
            keys = {self.rows[at].key for at in self.shown} - {""}
            self.marked = self.marked - keys if keys <= self.marked else self.marked | keys

    def mark_these(self, entries: list[str]) -> list[str]:
        """Mark what these ids or names mean; gives those that mean nothing here."""
        assert self.marked is not None, "several may be marked"
        found = {
            entry: {row.key for row in self.rows if row.key and entry in (row.key, row.label)} for entry in entries
        }
        self.marked = self.marked.union(*found.values())
        return [entry for entry, keys in found.items() if not keys]
