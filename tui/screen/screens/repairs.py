"""Which of the things that a check found shall be mended."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from ...safe import line
from ..widgets.lines import Said
from ..widgets.options import Options
from ..widgets.row import Row
from .finding_rows import RIGHT
from .page import Page, Say

if TYPE_CHECKING:
    from flows.engine.checking import Checking
    from flows.engine.verdict import Verdict


class Repairs(Page):
    """All that can be mended, of which is marked what is wrong."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Back", tooltip="Back to what was found"),
    ]
    title_words = "Repair"

    def __init__(self, checking: Checking, told: Verdict) -> None:
        super().__init__()
        self._checking, self._told = checking, told
        self.set_up = checking.made.id

    def between(self) -> Iterable[Widget]:
        yield Say("What shall be mended? You see the plan first; nothing is changed before you confirm it.", id="intro")
        can = [each for each in self._told.findings if each.repair]
        wrong = [each.id for each in can if each.grade not in RIGHT]
        rows = [Row(each.id, line(each.sentence)) for each in can]
        yield Options(rows, at=wrong[0] if wrong else "", marked=wrong, whole=False, id="choices")
        yield Say("", id="detail")

    def on_mount(self) -> None:
        self.query_one(Options).focus()

    def waits(self, words: str) -> None:
        self.query_one("#intro", Say).say(words or "What shall be mended?")

    @on(Options.Moved)
    def describe(self, event: Options.Moved) -> None:
        """Say in full what the list has no room for."""
        self.query_one("#detail", Say).say(event.options.cut_off)

    @on(Options.Chosen)
    def chosen(self, event: Options.Chosen) -> None:
        """The plan of what is marked; where nothing is, of what the cursor is on."""
        self.handrail.mend(self._checking, self._told, event.options.picked or [event.key])

    def action_close(self) -> None:
        """Back to what was found."""
        self.app.pop_screen()

    def explained(self) -> list[Said]:
        return [
            Said("Repair", kind="heading"),
            Said("What is marked becomes one plan. It is reviewed, carried out and written down like that of a set-up, "
                 "and can be taken back: undo puts back what was there. Then it is looked at once more."),
        ]  # fmt: skip
