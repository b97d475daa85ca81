"""A list as it is painted: which of its rows are in view, and what stands in each line.

Nothing here knows a key; `Options` does, and is what pages have.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import ClassVar

from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from ...safe import line
from .list_state import ListState
from .paint import cut, strip
from .row import Row, painted, too_long, unfolded

NAMES = 60
"""Cells that the column of names has at the most."""
MOST_READ = 100
"""Options of which somebody may ask what their words mean, or whether they fit: nobody looks at more at once."""


class Rows(Widget):
    """One column of options with the cursor on one of them.

    Args:
        rows: what there is.
        at: the key to begin on.
        marked: keys that are picked; None for a list in which just one is chosen.
        note: said in the last line, for example when the list was read.
        eager: typing begins to filter, but for letters that are keys; otherwise only `/` does.
        more: further rows will be added.
        whole: the row under the cursor takes the lines that it needs; otherwise `cut_off` is to be told elsewhere.

    Attributes:
        open: what is typed and in no option is an answer, too.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "options--cursor", "options--hint", "options--heading", "options--find", "options--note", "options--mark",
        "options--danger",
    }  # fmt: skip

    def __init__(
        self,
        rows: Iterable[Row] = (),
        *,
        at: str = "",
        marked: Collection[str] | None = None,
        note: str = "",
        eager: bool = False,
        more: bool = False,
        whole: bool = True,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._whole = whole
        self._set(rows, at, marked, note, eager, more)

    def _set(
        self, rows: Iterable[Row], at: str, marked: Collection[str] | None, note: str, eager: bool, more: bool
    ) -> None:
        self._list = ListState(rows, at, marked)
        self.more, self.note, self.eager = more, note, eager
        self._label = NAMES if more else self._widest()  # a column that grows would move what is in view
        self.finding, self.sought = False, ""
        self.open = False
        self._top = self._kept = 0
        self._scroll()

    def _widest(self) -> int:
        return min(self._list.widest, NAMES)

    @property
    def row(self) -> Row | None:
        """What the cursor is on; None in an empty list."""
        return self._list.row

    @property
    def key(self) -> str:
        """The key of what the cursor is on."""
        return self.row.key if self.row else ""

    @property
    def typed(self) -> str:
        """What was typed that no option contains, in a list that is open to it."""
        nothing = not self._list.shown and (self._list.search is None or self._list.search.whole)
        return self.sought.strip() if self.open and self.finding and nothing else ""

    @property
    def count(self) -> int:
        """How many options there are, headings left out."""
        return self._list.count

    @property
    def marked(self) -> Collection[str] | None:
        """The keys that are picked; None for a list in which just one is chosen."""
        return self._list.marked

    @property
    def picked(self) -> list[str]:
        """The same, in the order of the list."""
        return self._list.picked

    # -- painting ----------------------------------------------------------------------------------------

    @property
    def _room(self) -> int:
        """How many options are in view."""
        return max(self.size.height - self.finding - self._noted - self._extra, 1)

    @property
    def _lines(self) -> list[str]:
        """The row under the cursor, if it is too long for a line."""
        row = self.row if self._whole and self.size.width else None
        return unfolded(row, mark=self._mark(row), width=self.size.width, widest=self._label) if row else []

    def cuts(self, width: int) -> bool:
        """Whether in so many cells something of what it holds would be cut."""
        return any(
            too_long(row, mark=self._mark(row), width=width, widest=self._label)
            for row in self._list.rows[:MOST_READ]
            if row.key
        )

    @property
    def slack(self) -> int:
        """Lines more than options, where some of these are too long for one."""
        width = self.size.width or self.app.size.width
        long = (unfolded(row, mark="    ", width=width, widest=self._label) for row in self._list.rows[:30])
        return max(*map(len, long), 1, 1) - 1

    @property
    def _extra(self) -> int:
        return max(min(len(self._lines), 4) - 1, 0)

    @property
    def _noted(self) -> bool:
        return bool(self.note) or len(self._list.shown) > self.size.height - self.finding

    def _scroll(self) -> bool:
        """Bring the cursor into view, half a page at once so that most moves repaint two lines only."""
        room, before, cursor = self._room, self._top, self._list.cursor
        if not self._top <= cursor < self._top + room:
            self._top = cursor - room // 2
        if cursor <= 1:
            self._top = 0
        self._top = self._kept = min(max(self._top, 0), max(len(self._list.shown) - room, 0))
        return self._top != before

    def _show_cursor(self) -> None:
        """Bring the cursor into view in a list that is another one now."""
        self._top = 0
        self._scroll()

    def _repaint(self, *rows: int) -> None:
        first = int(self.finding)
        self.refresh(*(Region(0, row - self._top + first, self.size.width, 1) for row in rows))

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return container.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return max(len(self._list.rows), 1) + self.finding + bool(self.note)

    def render_line(self, y: int) -> Strip:
        width, base, held = self.size.width, self.rich_style, self._list
        if self.finding:
            if y == 0:
                style = self.get_component_rich_style("options--find", partial=True)
                return strip(width, base, ("/ ", None), (cut(self.sought, width - 4) + "_", style))
            y -= 1
        tall, place = self._extra, held.cursor - self._top
        if y >= self._room + tall:
            return strip(width, base, (cut(self._status(), width), self._styled("note")))
        if not held.shown and y == 0:
            searching = held.search is not None and not held.search.whole
            nothing = "searching…" if searching else ""
            if self.typed:
                nothing = f"Enter takes “{line(self.typed)}”, which is not in the list."
            elif self.sought and not searching:
                nothing = f"Nothing contains “{line(self.sought)}”. Backspace or Esc shows more."
            return strip(width, base, (f"  {cut(nothing, width - 2)}", self._styled("note")))
        if tall and place <= y <= place + tall:
            text = ("> " if y == place else "  ") + self._lines[y - place]
            return strip(width, base + self._styled("cursor"), (text, self._danger()))
        y -= tall if y > place else 0
        if self._top + y >= len(held.shown):
            return Strip.blank(width, base)
        row, here = held.rows[held.shown[self._top + y]], self._top + y == held.cursor
        mark = self._mark(row)
        return painted(row, here=here, mark=mark, width=width, widest=self._label, base=base, look=self._styled)

    def _danger(self) -> Style | None:
        return self._styled("danger") if self.row and self.row.danger else None

    def _mark(self, row: Row) -> str:
        return "" if self.marked is None else "[x] " if row.key in self.marked else "[ ] "

    def _status(self) -> str:
        shown, total = len(self._list.shown), f"{self.count}{' so far' if self.more else ''}"
        words = []
        if self.sought:
            words.append(f"{shown} of {total}")
        if shown > self._room:
            first, last = self._list.before(self._top) + 1, self._list.before(min(self._top + self._room, shown))
            words.append(f"{first} to {last}" + ("" if self.sought else f" of {total}"))
        return "  " + " · ".join([*words, *([self.note] if self.note else [])])

    @property
    def texts(self) -> list[str]:
        """What it lists now, as far as somebody will look."""
        rows = (self._list.rows[place] for place in self._list.shown[:MOST_READ])
        return [text for row in rows for text in (row.label, row.hint)]

    @property
    def cut_off(self) -> str:
        """What the cursor is on in full, if its line is too short for it."""
        row = self.row
        if row is None or not too_long(row, mark=self._mark(row), width=self.size.width, widest=self._label):
            return ""
        return ": ".join(part for part in (line(row.label), line(row.hint)) if part)

    def _styled(self, part: str) -> Style:
        return self.get_component_rich_style(f"options--{part}", partial=True)
