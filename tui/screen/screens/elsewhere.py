"""A run that another Handrail has open: it can be read all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from ...safe import shown
from ..widgets.lines import Lines, Said
from .history import all_of
from .page import Page, Say
from .takeaway import Takeaway, show_file

if TYPE_CHECKING:
    from flows.engine import Busy, Run


class Elsewhere(Page):
    """All that is known about it, and who has it; nothing can be done with it from here.

    Args:
        title: what its set-up is called.
        run: as the journal has it.
        busy: who has it.
        again: opens it, if nobody has it any more.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "again", "Try again", tooltip="Open it, once nobody else has it open"),
        Binding("h", "home", "Home", tooltip="To the first screen"),
        Binding("escape", "home", "Home", show=False, tooltip="To the first screen"),
        Binding("q", "app.leave", "Quit", tooltip="Leave"),
    ]

    def __init__(self, title: str, run: Run, busy: Busy, again: Callable[[], None]) -> None:
        super().__init__()
        self._run, self._busy, self._again = run, busy, again
        self.title_words, self.set_up = title, run.record.flow

    def between(self) -> Iterable[Widget]:
        yield Takeaway([*self._why(), *all_of(self._run, only_read=True)], id="page")
        yield Say("", id="said")

    def _why(self) -> list[Said]:
        rows = [Said(shown(self._busy.what), "elsewhere", "warn")]
        return [
            *rows,
            Said("Here it can only be read. Go on there, or close it there and press r.", "now", "point"),
            Said(),
        ]

    def on_mount(self) -> None:
        self.query_one(Lines).focus()

    @on(Lines.Chosen)
    def open_file(self, event: Lines.Chosen) -> None:
        """Show a file."""
        show_file(self, event.key)

    def action_again(self) -> None:
        """Open it."""
        self._again()

    def explained(self) -> list[Said]:
        return [
            Said("Open elsewhere", kind="heading"),
            Said("Only one Handrail at a time drives a run, so that nothing is made twice. What this one made is "
                 "listed as the journal has it; what the other is doing now shows when it is opened again."),
        ]  # fmt: skip
