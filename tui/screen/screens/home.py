"""The first screen: the set-ups, and the drafts and runs to go on with.

It is painted before anything heavy is imported; the runs and the account come a moment later.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from textual import events, on, work
from textual.binding import Binding, BindingType
from textual.widget import Widget

from flows import SET_UPS

from ..widgets.lines import Said
from ..widgets.options import Options
from ..widgets.row import Row
from ..workspace import Start
from .page import Page, Say
from .run_list import recent

ROOMY = 110
"""Columns from which a set-up's summary fits beside its title."""
GRACE = 0.05
"""Seconds that the first frame gets to reach the terminal."""


class Home(Page):
    """Pick a set-up, or go on with a draft or run."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h", "history", "History", tooltip="Every draft and run, also finished ones"),
        Binding("p", "place('profile')", "Profile", tooltip="Who to be: choose another AWS profile"),
        Binding("r", "place('region')", "Region", tooltip="Where to work: choose another region"),
        Binding("question_mark", "app.help", "Help", show=False, tooltip="What this screen is, and its keys"),
        Binding("q", "app.leave", "Quit", tooltip="Leave; nothing is lost"),
    ]

    def __init__(self, note: str = "") -> None:
        super().__init__()
        self._note, self._runs = note, list[Row]()

    def between(self) -> Iterable[Widget]:
        yield Say("What would you like to set up? Nothing is created before you confirm it.", id="intro")
        yield Options(self._set_ups(self.app.size.width), at=self.handrail.chosen, id="choices")
        yield Say(self._note, id="note")
        yield Say("", id="detail")

    def on_mount(self) -> None:
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
        return recent(self.handrail.workspace.records())

    def _show_runs(self, runs: list[Row]) -> None:
        self._runs = runs
        if runs:
            self.query_one(Options).show(self._rows(self.size.width))
        self.handrail.open_account()

    def _rows(self, width: int) -> list[Row]:
        more = [Row("", ""), Row("", "Go on with"), *self._runs] if self._runs else []
        return [*self._set_ups(width), *more]

    def _set_ups(self, width: int) -> list[Row]:
        """With their summaries where there is room; elsewhere the one at the cursor is shown below."""
        roomy = width >= ROOMY
        return [Row(f"flow:{name}", title, summary if roomy else "") for name, (title, summary) in SET_UPS.items()]

    def on_resize(self, event: events.Resize) -> None:
        self.query_one(Options).reword(self._rows(event.size.width))

    @on(Options.Moved)
    def describe(self, event: Options.Moved) -> None:
        """Say in full what the list has no room for."""
        row, text = event.row, event.options.cut_off
        if row and row.key.startswith("flow:") and not row.hint:
            text = SET_UPS[row.key.removeprefix("flow:")][1]
        self.query_one("#detail", Say).say(text)

    @on(Options.Chosen)
    def open(self, event: Options.Chosen) -> None:
        """Begin a set-up, or go on with a run."""
        self.handrail.chosen = event.key
        kind, _, name = event.key.partition(":")
        self.handrail.begin(Start(flow=name) if kind == "flow" else Start(run=name))

    def action_place(self, kind: str) -> None:
        """Choose another profile or region."""
        self.handrail.choose_place(kind)

    def action_history(self) -> None:
        """Every draft and run."""
        self.handrail.show_history()

    def explained(self) -> list[Said]:
        return [
            Said("Home", kind="heading"),
            Said("Choose a set-up and press Enter. Handrail asks a few questions, shows everything that it would do, "
                 "and creates nothing before you say so. What it created, it can take back."),
            Said("Below are drafts (questions answered so far) and runs (something was created) to go on with."),
        ]  # fmt: skip
