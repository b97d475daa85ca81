"""Everything that can be done here, as a list that filters while you type. It teaches the keys as it goes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from ..theme import THEMES
from ..widgets.bar import key_name, shown_bindings
from ..widgets.options import Options
from ..widgets.row import Row
from .home_rows import entries
from .page import Page, Say

COLOURS = "colours"
GENERAL = (
    Row("go:home", "Home", "everything that can be set up and looked after"),
    Row("go:history", "History", "every draft and run, also finished ones"),
    Row("go:profile", "Profile", "who to be: choose another AWS profile"),
    Row("go:region", "Region", "where to work: choose another region"),
)
"""What can be done from anywhere, while nothing is under way."""
ANEW = Row("go:anew", "Begin practice anew", "the simulated company as on the first day, in every window", "reset")
SURE = (
    Row("go:anew!", "Yes, begin practice anew", "everything that was practised is forgotten"),
    Row("go:home", "No", "nothing is forgotten"),
)


class Found(Options):
    """A list whose filter is a text field: every letter is typed."""

    letters = ""


class Palette(Page):
    """Commands of the page under it, all that can be begun, and the colours."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Back", tooltip="Back to where you were"),
    ]
    title_words = "Commands"

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._commands = {
            f"do:{active.binding.key}": active for active in shown_bindings(page) if active.binding.action != "palette"
        }

    def between(self) -> Iterable[Widget]:
        yield Say("Type to filter, Enter does it. Set-ups, checks and tasks are found, too.", id="intro")
        yield Found(self._rows(), id="choices", eager=True)

    def _rows(self) -> list[Row]:
        rows = [
            Row(key, active.binding.description, f"{key_name(active.binding)} · {active.tooltip}")
            for key, active in self._commands.items()
        ]
        here = {row.label for row in rows}
        anew = [ANEW] if self.handrail.workspace.place.practice else []
        rows += [] if self._page.under_way else [row for row in GENERAL if row.label not in here] + anew + entries()
        return [*rows, Row(COLOURS, "Colours", f"the {self.app.theme} theme; choose another", "theme dark light")]

    def _themes(self) -> list[Row]:
        ours = {theme.name: 0 for theme in THEMES}
        themes = sorted(self.app.available_themes, key=lambda name: (ours.get(name, 1), name))
        return [Row(f"theme:{name}", name, "in use" * (name == self.app.theme)) for name in themes]

    def on_mount(self) -> None:
        self.query_one(Options).focus()

    @on(Options.Chosen)
    async def do_it(self, event: Options.Chosen) -> None:
        """Close, then do it on the page."""
        kind, _, name = event.key.partition(":")
        if event.key == COLOURS:
            event.options.show(self._themes(), at=f"theme:{self.app.theme}", eager=True)
            return
        if kind == "theme":
            self.app.theme = name
            event.options.reword(self._themes())
            return
        if event.key == ANEW.key:
            event.options.show(SURE, at=SURE[1].key)
            return
        if kind == "go":
            self.app.pop_screen()
            self._go(name)
            return
        if event.key not in self._commands:
            self.handrail.open_entry(event.key)
            return
        active = self._commands[event.key]
        self.app.pop_screen()
        self._page.call_later(self.app.run_action, active.binding.action, active.node)

    def _go(self, where: str) -> None:
        match where:
            case "home":
                self.handrail.go_home()
            case "history":
                self.handrail.show_history()
            case "anew!":
                from flows.accounts import begin_practice_anew

                begin_practice_anew()
                self.handrail.go_home("The company is as it was on the first day.")
            case kind:
                self.handrail.choose_place(kind)

    def action_close(self) -> None:
        """Back to where one was."""
        self.app.pop_screen()
