"""The first screen: what can be set up and looked after, small tasks, and the drafts and runs to go on with.

It is painted before anything heavy is imported; the runs and the account come a moment later.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from textual import events, on, work
from textual.binding import Binding, BindingType
from textual.timer import Timer
from textual.widget import Widget

from ..widgets.lines import Said
from ..widgets.options import Options
from ..widgets.row import FOUND, Row
from .home_rows import about, home_rows, part_of
from .page import Page, Say
from .run_list import to_go_on_with

GRACE = 0.05
"""Seconds that the first frame gets to reach the terminal."""
PAUSE = 0.3
"""Seconds without a key after which more is said about an entry: a slow line is not kept busy on the way to it."""


class Home(Page):
    """Pick what to set up or to look after, or go on with a draft or run."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h", "history", "History", tooltip="Every draft and run, also finished ones"),
        Binding("p", "place('profile')", "Profile", tooltip="Who to be: choose another AWS profile"),
        Binding("r", "place('region')", "Region", tooltip="Where to work: choose another region"),
        Binding("q", "app.leave", "Quit", tooltip="Leave; nothing is lost"),
    ]

    def __init__(self, note: str = "") -> None:
        super().__init__()
        self._note, self._runs, self._unfolded = note, list[Row](), set[str]()
        self._saying: Timer | None = None
        self._arrived = ""
        """The entry that the cursor is on at first: as long as it stays there, the note stands in the place of what
        there is to say about an entry. With a line of its own it would hide the last of what is listed."""

    def between(self) -> Iterable[Widget]:
        if (part := part_of(self.handrail.chosen)) and self._hidden(self.handrail.chosen):
            self._unfolded.add(part)
        yield Say("What would you like to do? Nothing is changed before you confirm it.", id="intro")
        size = self.app.size
        yield Options(self._rows(size.width, size.height), at=self.handrail.chosen, whole=False, id="choices")
        yield Say(self._note, stays=True, id="detail")

    def on_mount(self) -> None:
        self._arrived = self.query_one(Options).key
        self.query_one(Options).focus()
        self.call_after_refresh(self._load)

    def on_screen_resume(self) -> None:
        self.show_where()

    @work(group="load")
    async def _load(self) -> None:
        """Importing competes with painting, so it begins once the terminal has the first frame."""
        await asyncio.sleep(GRACE)
        self.do(self._records, self._show_runs)

    def _records(self) -> list[Row]:
        self.handrail.workspace.release()
        return to_go_on_with(self.handrail.workspace.journal())

    def _show_runs(self, runs: list[Row]) -> None:
        self._runs = runs
        if runs:
            self._show()
        self.handrail.open_account()

    def _rows(self, width: int, height: int) -> list[Row]:
        return home_rows(self._runs, self._unfolded, width, height)

    def _show(self, at: str = "") -> None:
        self.query_one(Options).show(self._rows(self.size.width, self.size.height), at=at)

    def on_resize(self, event: events.Resize) -> None:
        rows = self._rows(event.size.width, event.size.height)
        self.query_one(Options).refold(rows)

    @on(Options.Moved)
    def describe(self, event: Options.Moved) -> None:
        """Say what the list has no room for, once the cursor rests."""
        text = event.options.cut_off or (about(event.row) if event.row and not event.row.hint else "")
        if self._note and event.options.key == self._arrived:
            text = self._note
        else:
            self._note = ""
        detail = self.query_one("#detail", Say)
        if self._saying:
            self._saying.stop()
        if detail.said and text:
            self._saying = self.set_timer(PAUSE, lambda: detail.say(text))
        else:
            detail.say(text)

    @on(Options.Chosen)
    def open(self, event: Options.Chosen) -> None:
        """Begin what was chosen, go on with a run, or show the rest of a part."""
        kind, _, name = event.key.partition(":")
        if kind == "more":
            self._unfold(name)
            return
        self.handrail.open_entry(event.key)

    def _hidden(self, key: str) -> bool:
        return key not in {row.key for row in self._rows(*self.app.size) if row.only != FOUND}

    def _unfold(self, heading: str) -> None:
        before = {row.key for row in self._rows(*self.size) if row.only != FOUND}
        self._unfolded.add(heading)
        self._show(next(row.key for row in self._rows(*self.size) if row.key not in before))

    def action_place(self, kind: str) -> None:
        """Choose another profile or region."""
        self.handrail.choose_place(kind)

    def action_history(self) -> None:
        """Every draft and run."""
        self.handrail.show_history()

    def explained(self) -> list[Said]:
        return [
            Said("Home", kind="heading"),
            Said("Set up: Handrail asks a few questions, shows everything that it would do, and creates nothing before "
                 "you say so. What it created, it can take back."),
            Said("Look after: something exists, whoever made it, and does not work. Handrail asks which one, looks at "
                 "everything on the way, and says what is wrong and what to do. Looking changes nothing."),
            Said("Small tasks: one thing is looked at or done, and that is all."),
            Said("Go on with: drafts (questions answered so far), and runs that were interrupted or wait for you. "
                 "What is over stands in the history (h)."),
            Said("/ finds all of it, also by what you see: 403, redirect loop, not starting, asleep."),
        ]  # fmt: skip
