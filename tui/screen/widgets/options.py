"""A list to choose from that stays quick with a hundred thousand options and on a slow line.

One widget paints the lines in view from plain strings; there is nothing to mount for an option. Moving
repaints two lines. Filtering searches what fills the screen, and the rest behind it. The cursor holds on to an
option's key, so a list that is read afresh does not move under it, and neither does one that goes on arriving.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import partial
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ...safe import line
from .list_state import ListState
from .paint import cut, strip
from .row import Row, painted, too_long, unfolded
from .search import Search

NAMES = 60
"""Cells that the column of names has at the most."""
SEEN, BETWEEN = 0.04, 0.005
"""Seconds for what was found at once to be painted and sent, and for keys between two portions of the rest."""
MOST_READ = 100
"""Options of which somebody may ask what their words mean, or whether they fit: nobody looks at more at once."""


class Options(Widget, can_focus=True):
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

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False, tooltip="One option up"),
        Binding("down", "move(1)", "Down", show=False, tooltip="One option down"),
        Binding("k", "move(-1)", "Up", show=False, tooltip="One option up"),
        Binding("j", "move(1)", "Down", show=False, tooltip="One option down"),
        Binding("pageup", "page(-1)", "Page up", show=False, tooltip="One page up"),
        Binding("pagedown", "page(1)", "Page down", show=False, tooltip="One page down"),
        Binding("home", "move(-1000000)", "First", show=False, tooltip="The first option"),
        Binding("end", "move(1000000)", "Last", show=False, tooltip="The last option"),
        Binding("enter", "choose", "Choose", tooltip="Take what the cursor is on"),
        Binding("space", "mark", "Mark", tooltip="Mark or unmark this option"),
        Binding("a", "mark_all", "All/none", tooltip="Mark all, or none"),
        Binding("slash", "find", "Filter", key_display="/", tooltip="Show only what contains the letters you type"),
        Binding("escape", "unfind", "All again", tooltip="Show everything again"),
    ]
    letters: ClassVar[str] = "jkq"
    """Those that are keys everywhere."""
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "options--cursor", "options--hint", "options--heading", "options--find", "options--note", "options--mark",
        "options--danger",
    }  # fmt: skip

    class Chosen(Message):
        """Enter was pressed."""

        def __init__(self, options: Options, key: str) -> None:
            super().__init__()
            self.options, self.key = options, key

        @property
        def control(self) -> Options:
            return self.options

    class Moved(Message):
        """The cursor is on another option, or another is marked."""

        def __init__(self, options: Options, row: Row | None) -> None:
            super().__init__()
            self.options, self.row = options, row

        @property
        def control(self) -> Options:
            return self.options

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

    # -- what it holds -----------------------------------------------------------------------------------

    def show(
        self,
        rows: Iterable[Row],
        *,
        at: str = "",
        marked: Collection[str] | None = None,
        note: str = "",
        eager: bool = False,
        more: bool = False,
    ) -> None:
        """Hold other rows. The cursor stays on its option if that is still there and `at` does not say otherwise."""
        self._set(rows, at or self.key, marked, note, eager, more)
        self.refresh(layout=True)
        self.refresh_bindings()
        self._tell()

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

    def reword(self, rows: Iterable[Row]) -> None:
        """Show the same options in other words. Nothing else changes, neither the cursor nor what is filtered for."""
        self._list.rows[:] = rows
        self._label = self._widest()
        self.refresh()

    def refold(self, rows: Sequence[Row]) -> None:
        """The same, where another part of them is listed."""
        if [(row.key, row.only) for row in rows] == [(row.key, row.only) for row in self._list.rows]:
            self.reword(rows)
            return
        self._list = self._list.of(rows)
        self._label = self._widest()
        self._show_cursor()
        self.refresh(layout=True)

    def add(self, rows: Sequence[Row], *, note: str, more: bool) -> None:
        """Hold these rows, too, after the others. Nothing moves: what is in view stays where it is."""
        before, room = len(self._list.shown), self._room
        self._list.add(rows)
        self.note, self.more = note, more
        if search := self._list.search:
            self.call_after_refresh(self._search_on, search)
        self._grown(before, room)

    def _grown(self, before: int, room: int) -> None:
        """Show that there are more than the `before` options for which there was `room`."""
        if before < self.size.height:
            self.refresh(layout=True)
        else:
            self.refresh(Region(0, room + self.finding + self._extra, self.size.width, 1))
        if not before and self._list.shown:
            self._tell()

    # -- keys --------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "mark" | "mark_all":
                return self.marked is not None
            case "page":
                return len(self._list.shown) > self._room  # what is all in view leaves the key to the text beside it
            case "unfind":
                return self.finding
            case "find":
                return not self.finding and self.count > 1
            case "choose":
                return self.row is not None
            case _:
                return True

    def on_key(self, event: events.Key) -> None:
        typed = event.character if event.is_printable else None
        if not self.finding and typed == "/" and self.count > 1:
            # not left to the binding: the letters right behind it would overtake it
            self.action_find()
            event.stop()
            event.prevent_default()
            return
        if not self.finding:
            begins = typed is not None and typed not in self.letters and (typed.isalnum() or typed in "-_.")
            if not (self.eager and begins) or self.count < 2:
                return
            self.action_find()
        if event.key == "backspace" and self.sought:
            self._look_for(self.sought[:-1])
        elif event.key == "backspace":
            self.action_unfind()
        elif event.key == "ctrl+u":
            self._look_for("")
        elif typed and not (typed == " " and self.marked is not None):
            self._look_for(self.sought + typed)
        else:
            return
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """A pasted name or id filters, too; a list of them is marked where several may be."""
        from flows.engine.pasted_lists import several

        event.stop()
        lines = [line(each) for each in event.text.splitlines() if each.strip()]
        if self.marked is not None and len(lines) > 1:
            lines = self._list.mark_these(several(event.text, spaces=False))
            self.refresh()
        if lines and self.count:
            self.action_find()
            self._look_for(self.sought + lines[0])

    def action_move(self, by: int) -> None:
        self._move(by)

    def action_page(self, direction: int) -> None:
        self._move(direction * max(self._room - 1, 1))

    def action_choose(self) -> None:
        if self.row:
            self.post_message(self.Chosen(self, self.row.key))

    def action_mark(self) -> None:
        if self._list.marked is not None and self.key:
            self._list.marked ^= {self.key}
            self._repaint(self._list.cursor)
            self._tell()

    def action_mark_all(self) -> None:
        self._list.mark_all()
        self.refresh()
        self._tell()

    def action_find(self) -> None:
        self.finding = True
        self.refresh(layout=True)
        self.refresh_bindings()

    def action_unfind(self) -> None:
        self.finding, self.sought = False, ""
        self._list.look_for("")
        self._show_cursor()
        self.refresh(layout=True)
        self.refresh_bindings()
        self._tell()

    def _look_for(self, text: str) -> None:
        self.sought = text
        self._list.look_for(text)
        if search := self._list.search:
            self.set_timer(SEEN, partial(self._search_on, search))
        self._show_cursor()
        self.refresh()
        self._tell()

    def _search_on(self, search: Search) -> None:
        """Between two keys, so that none of them waits."""
        if search is not self._list.search or search.whole:
            return
        before, room = len(self._list.shown), self._room
        search.go_on()
        if search.whole or before < room < len(self._list.shown):
            self._grown(before, room)
        self.set_timer(BETWEEN, partial(self._search_on, search))

    def _move(self, by: int) -> None:
        held = self._list
        if not held.shown:
            return
        before, target = held.cursor, held.target(by)
        if target is None:
            if by <= 0 and self._top:  # a heading above the first option comes into view again
                self._top = 0
                self.refresh()
            return
        tall = self._extra
        held.cursor = target
        if self._scroll() or tall or self._extra:
            self.refresh()
        else:
            self._repaint(before, target)
        self._tell()

    def _tell(self) -> None:
        self.post_message(self.Moved(self, self.row))

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

    def on_resize(self) -> None:
        """A smaller screen moves the list; once it is as large as before, all is where it was."""
        kept = self._top = self._kept
        self._scroll()
        self._kept = kept
        self.refresh()
        self._tell()

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
