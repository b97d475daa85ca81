"""A list to choose from that stays quick with a hundred thousand options and on a slow line.

One widget paints the lines in view from plain strings; there is nothing to mount for an option. Moving
repaints two lines. Filtering searches what fills the screen, and the rest behind it. The cursor holds on to an
option's key, so a list that is read afresh does not move under it, and neither does one that goes on arriving.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import partial
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message

from ...safe import line
from .row import Row
from .rows import Rows
from .search import Search

SEEN, BETWEEN = 0.04, 0.005
"""Seconds for what was found at once to be painted and sent, and for keys between two portions of the rest."""


class Options(Rows, can_focus=True):
    """Rows of which one is chosen, or several are marked; the arguments are those of `Rows`."""

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

    def on_resize(self) -> None:
        """A smaller screen moves the list; once it is as large as before, all is where it was."""
        kept = self._top = self._kept
        self._scroll()
        self._kept = kept
        self.refresh()
        self._tell()
