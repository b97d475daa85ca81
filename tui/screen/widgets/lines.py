"""A page of text to read, in which some rows can be chosen: reviews, progress, receipts, help.

It is one widget that paints lines. A row is a sentence with a short word in front; it is wrapped under itself,
and when a row's words change in place, only its own lines are repainted.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ...called import as_called
from ...characters import fitting
from ...copying import commands, taken
from .paint import fit, remark, strip, wrap

READABLE = 120
"""Cells of a line that is still easy to read; only code takes more."""


@dataclass(frozen=True)
class Said:
    """One row of a page.

    Args:
        text: what it says; wrapped.
        lead: a short word in front, in a column of its own.
        kind: how it looks, and so how much it weighs. "heading" and "code" are the page's own. To be seen first:
            "danger", "sum", "strong". What its word tells: "good", "likely", "warn", "bad", "point" (do this),
            "answer", "note". To be passed over: "muted". Else "".
        key: what is chosen with Enter; empty if nothing.
        copy: what is copied of it, where that is not to be seen in the text as it is.
    """

    text: str = ""
    lead: str = ""
    kind: str = ""
    key: str = ""
    copy: str = ""

    @property
    def copied(self) -> str:
        """What somebody takes along of it, in one line."""
        return self.copy or taken(self.text)


WHOLE = ("muted", "strong", "sum", "danger")
"""Kinds whose sentence looks as its word does."""


def _as_called(row: Said) -> Said:
    """The row with Handrail's commands as they have to be typed here; what is written into a file stays as it is."""
    return row if row.kind == "code" or (text := as_called(row.text)) == row.text else replace(row, text=text)


class Lines(Widget, can_focus=True):
    """Rows of text with a cursor, if any of them can be chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False, tooltip="One row up"),
        Binding("down", "move(1)", "Down", show=False, tooltip="One row down"),
        Binding("k", "move(-1)", "Up", show=False, tooltip="One row up"),
        Binding("j", "move(1)", "Down", show=False, tooltip="One row down"),
        Binding("pageup", "page(-1)", "Page up", show=False, tooltip="One page up"),
        Binding("pagedown", "page(1)", "Page down", show=False, tooltip="One page down"),
        Binding("home", "ends(-1)", "Top", show=False, tooltip="To the top"),
        Binding("end", "ends(1)", "End", show=False, tooltip="To the end"),
        Binding("tab", "part(1)", "Next part", tooltip="To the next heading"),
        Binding("shift+tab", "part(-1)", "Part before", show=False, tooltip="To the heading before"),
        Binding("enter", "choose", "Change", tooltip="Change what the cursor is on"),
        Binding("y", "copy", "Copy", show=False, tooltip="Copy the command, address or name that the cursor is on"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "lines--cursor", "lines--heading", "lines--muted", "lines--good", "lines--likely", "lines--warn", "lines--bad",
        "lines--strong", "lines--point", "lines--sum", "lines--answer", "lines--note", "lines--danger", "lines--chip",
        "lines--command",
    }  # fmt: skip

    class Chosen(Message):
        """Enter was pressed on a row with a key."""

        def __init__(self, lines: Lines, key: str) -> None:
            super().__init__()
            self.lines, self.key = lines, key

        @property
        def control(self) -> Lines:
            return self.lines

    class Copied(Message):
        """Something was copied to the terminal's clipboard."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(
        self,
        rows: Iterable[Said] = (),
        *,
        lead: int = 0,
        hug: bool = False,
        walked: bool = False,
        id: str | None = None,
    ) -> None:
        """`lead` is the width of the column for the short words; 0 takes the widest. `hug`: no higher than the text.
        `walked`: there is a cursor to go through it with, also where nothing can be chosen.
        """
        super().__init__(id=id)
        self._hug, self._walked = hug, walked
        self._rows, self._lead = [*map(_as_called, rows)], lead
        self._cursor, self._top = 0, 0
        self._kept = (0, 0)
        """The row at the top, and which of its lines: where somebody reads, whatever the width."""
        self._lines: list[tuple[int, str, str]] = []
        """(row, lead, text) of every line at the current width."""
        self._commands: dict[int, list[tuple[int, int]]] = {}
        """Where commands stand in a line, by its place."""
        self._width = 0

    @property
    def texts(self) -> list[str]:
        """All that it says."""
        return [text for row in self._rows for text in (row.lead, row.text)]

    @property
    def key(self) -> str:
        """The key of the row under the cursor."""
        return self._rows[self._cursor].key if self._choosing and self._cursor < len(self._rows) else ""

    def show(self, rows: Iterable[Said], *, at: str = "") -> None:
        """Say something else, and put the cursor on the row with key `at`."""
        self._rows = [*map(_as_called, rows)]
        if at:
            self._cursor = next((i for i, row in enumerate(self._rows) if row.key == at), 0)
        self._cursor = min(self._cursor, max(len(self._rows) - 1, 0))
        self._wrap(self.size.width)
        self._settle()
        self._reveal()
        self.refresh(layout=True)
        self.refresh_bindings()

    def change(self, index: int, **what: str) -> None:
        """Change one row in place."""
        fresh = _as_called(replace(self._rows[index], **what))
        if fresh == self._rows[index]:
            return
        self._rows[index] = fresh
        before = len(self._lines)
        self._wrap(self.size.width)
        if len(self._lines) == before:
            self._repaint(index)
        else:
            self.refresh()

    def reveal(self, index: int) -> None:
        """Bring a row into view; of one that has no room in it, what is read of it stays."""
        found = [y for y, (row, _, _) in enumerate(self._lines) if row == index]
        view = range(self._top, self._top + self._room)
        if found and not ((found[0] in view and found[-1] in view) or (view[0] in found and view[-1] in found)):
            self._scroll(found[0] - self._room // 2)

    # -- keys --------------------------------------------------------------------------------------------

    def allow_focus(self) -> bool:
        """Only where keys do something: a text that is all in view would take them from the list beside it."""
        return super().allow_focus() and (self._choosing or not 0 < len(self._lines) <= self.size.height)

    @property
    def _choosing(self) -> bool:
        return self._walked or any(row.key for row in self._rows)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "choose":
            return bool(self.key)
        if action == "copy":
            return self._choosing
        if action == "part":
            return sum(row.kind == "heading" for row in self._rows) > 1
        return True

    def action_choose(self) -> None:
        self.post_message(self.Chosen(self, self.key))

    def action_copy(self) -> None:
        """To the clipboard of the terminal that somebody sits at, also over SSH (OSC 52)."""
        text = self._rows[self._cursor].copied
        self.app.copy_to_clipboard(text)
        self.post_message(self.Copied(text))

    def action_move(self, by: int) -> None:
        if not self._choosing:
            self._scroll(self._top + by)
            return
        target = self._cursor + by
        while 0 <= target < len(self._rows) and not self._stops(target):
            target += by
        if 0 <= target < len(self._rows):
            self._put(target)
        else:
            self._scroll(self._top + by * self._room)

    def action_page(self, direction: int) -> None:
        self.read_on(direction)

    def read_on(self, direction: int) -> bool:
        """A page down, or up; whether there was more."""
        before = self._top
        self._scroll(self._top + direction * max(self._room - 1, 1))
        self._follow(direction)
        return self._top != before

    def action_ends(self, direction: int) -> None:
        self._scroll(-1 if direction < 0 else len(self._lines))
        self._follow(direction, end=True)

    def action_part(self, direction: int) -> None:
        """To the next heading, with its rows under it."""
        here = self._cursor if self._choosing else self._lines[self._top][0] if self._lines else 0
        heads = [i for i, row in enumerate(self._rows) if row.kind == "heading"]
        current = max((i for i in heads if i <= here), default=-1)
        after = [i for i in heads if i > here]
        before = [i for i in heads if i < current]
        target = (after[0] if after else heads[0]) if direction > 0 else (before[-1] if before else heads[-1])
        self._scroll(next(y for y, (row, _, _) in enumerate(self._lines) if row == target))
        if self._choosing:
            stop = next((i for i in range(target, len(self._rows)) if self._stops(i)), self._cursor)
            self._put(stop)

    def _stops(self, index: int) -> bool:
        row = self._rows[index]
        return bool(row.text) and row.kind != "heading"

    def _follow(self, direction: int, *, end: bool = False) -> None:
        """Keep the cursor in view after the page moved, which stays where it is: on a row that is all to be seen."""
        if not self._choosing:
            return
        bottom = self._top + self._room
        shown = [row for row, _, _ in self._lines[self._top : bottom] if self._stops(row)]
        whole = [row for row in shown if self._top <= self._first(row) and self._first(row + 1) <= bottom]
        if shown:
            last = direction > 0 and end
            self._cursor_to((whole or shown)[-1 if last else 0])

    def _put(self, target: int) -> None:
        self._cursor_to(target)
        self._reveal()

    def _cursor_to(self, target: int) -> None:
        before, self._cursor = self._cursor, target
        self._repaint(before, target)
        self.refresh_bindings()

    def _settle(self) -> None:
        if self._choosing and self._rows and not self._stops(self._cursor):
            self._cursor = next((i for i in range(len(self._rows)) if self._stops(i)), 0)

    def _reveal(self) -> bool:
        top = self._top
        if self._choosing:
            self.reveal(self._cursor)
        return self._top != top

    # -- painting ----------------------------------------------------------------------------------------

    @property
    def _room(self) -> int:
        height = self.size.height
        return max(height - (len(self._lines) > height), 1)

    def _scroll(self, top: int) -> None:
        top = min(max(top, 0), max(len(self._lines) - self._room, 0))
        if top != self._top:
            self._top = top
            self.refresh()
        self._kept = self._at(top)

    def _at(self, y: int) -> tuple[int, int]:
        row = self._lines[y][0] if y < len(self._lines) else 0
        return row, y - self._first(row)

    def _first(self, row: int) -> int:
        """The first line of a row."""
        return bisect_left(self._lines, row, key=itemgetter(0))

    def _wrap(self, width: int) -> None:
        """Every line at this width."""
        lines: list[tuple[int, str, str]] = []
        self._commands = {}
        columns = self._columns(width)
        for index, row in enumerate(self._rows):
            lead = columns[index]
            indent = lead + 2 if lead and row.kind != "heading" else 0
            room = width if row.kind == "code" else min(width, READABLE)
            broken = (remark if row.kind == "code" else wrap)(row.text, room - indent - 3)
            if row.kind not in ("heading", "code"):
                self._note_commands(row.text, broken, len(lines))
            for number, text in enumerate(broken):
                front = fit(row.lead if number == 0 else "", lead) + "  " if indent else ""
                lines.append((index, front, text))
        self._width, self._lines = width, lines
        if self._hug:
            self.styles.max_height = max(len(lines), 1)

    def _note_commands(self, text: str, broken: list[str], first: int) -> None:
        """Which parts of the lines of a text are commands; one may go on in the next line."""
        text, at = fitting(text), 0
        places = commands(text)
        if not places:
            return
        for number, each in enumerate(broken):
            start = text.find(each.strip(), at)
            if start < 0:
                return
            at, pad = start + len(each.strip()), len(each) - len(each.lstrip())
            inside = [
                (max(a, start) - start + pad, min(b, at) - start + pad) for a, b in places if a < at and b > start
            ]
            if inside:
                self._commands[first + number] = inside

    def _columns(self, width: int) -> list[int]:
        """How wide the column of short words is at each row: the same from one heading to the next."""
        columns: list[int] = []
        start = 0
        for index, row in enumerate([*self._rows, Said(kind="heading")]):
            if row.kind == "heading":
                part = self._rows[start:index]
                widest = self._lead or max((cell_len(each.lead) for each in part), default=0)
                columns += [min(widest, max(width // 3, 4))] * len(part)
                start = index
        return columns

    def on_mount(self) -> None:
        self._settle()

    def on_resize(self) -> None:
        """The same row is at the top; once the screen is as large as before, all is where it was."""
        row, line = kept = self._kept
        self._wrap(self.size.width)
        self._scroll(min(self._first(row) + line, self._first(row + 1) - 1))
        self._reveal()
        self._kept = kept
        self.refresh()

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return container.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        self._wrap(width)
        return max(len(self._lines), 1)

    def _repaint(self, *rows: int) -> None:
        regions = [
            Region(0, y - self._top, self.size.width, 1)
            for y, (row, _, _) in enumerate(self._lines)
            if row in rows and self._top <= y < self._top + self._room
        ]
        if regions:
            self.refresh(*regions)

    def render_line(self, y: int) -> Strip:
        width, base = self.size.width, self.rich_style
        if width != self._width:
            self._wrap(width)
        if y >= self._room and len(self._lines) > self.size.height:
            below = len(self._lines) - self._top - self._room
            more = f"  {below} more line{'' if below == 1 else 's'} below (PgDn)" if below else "  End (PgUp goes up)"
            return strip(width, base, (more, self._styled("muted")))
        if self._top + y >= len(self._lines):
            return Strip.blank(width, base)
        index, front, text = self._lines[self._top + y]
        row = self._rows[index]
        style = self._styled(row.kind) if row.kind not in ("", "code") else None
        if row.kind == "heading":
            return strip(width, base, (f"  {text}", style))
        here = self._choosing and index == self._cursor
        first = self._top + y == 0 or self._lines[self._top + y - 1][0] != index
        if here and row.key:
            cursor = self._styled("cursor")
            lead = None if cursor.reverse else style
            return strip(width, base + cursor, ("> " if first else "  ", None), (front, lead), (text, None))
        plain = style if row.kind in WHOLE else None
        if row.kind == "danger" and first:
            word = front.rstrip()
            chip = [(f" {word} ", self._styled("chip")), (front[len(word) + 2 :], None)]
        else:
            chip = [(front, style)]
        walked = here and self.can_focus  # with nothing to choose, or beside a list, it must not look so
        bar = ("| ", self._styled("point")) if walked else ("  ", None)
        return strip(width, base, bar, *chip, *self._in_parts(self._top + y, text, plain))

    def _in_parts(self, place: int, text: str, plain: Style | None) -> Iterator[tuple[str, Style | None]]:
        """A line's text, its commands told apart."""
        done = 0
        for start, end in self._commands.get(place, ()):
            yield text[done:start], plain
            yield text[start:end], self._styled("command")
            done = end
        yield text[done:], plain

    def _styled(self, part: str) -> Style:
        return self.get_component_rich_style(f"lines--{part}", partial=True)
