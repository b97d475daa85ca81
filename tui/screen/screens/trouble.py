"""Something went wrong that is no answer's fault: what, why, and what to do now."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from ..widgets.lines import Lines
from ..widgets.options import Options
from ..widgets.row import Row
from .page import Page
from .problem_rows import told


class Trouble(Page):
    """Says it, and offers to try again, to practise, or to leave."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "again", "Try again", tooltip="Do the same once more"),
        Binding("p", "practise", "Practise", tooltip="Go on in a simulated account"),
        Binding("escape", "home", "Home", tooltip="To the first screen"),
        Binding("q", "app.leave", "Quit", tooltip="Leave; nothing is lost"),
    ]

    def __init__(self, error: Exception, again: Callable[[], None]) -> None:
        super().__init__()
        self._error, self._again = error, again
        self.title_words = "Something is in the way"

    def between(self) -> Iterable[Widget]:
        from flows.engine import NoAccess, SignInNeeded

        yield Lines(told(self._error), hug=True, id="page")
        again = Row("again", "Try again", "after you changed something, for example signed in")
        if isinstance(self._error, SignInNeeded) and self._error.door is not None:
            again = Row("again", "Sign in", "here; nothing is lost")
        rows = [again]
        if isinstance(self._error, NoAccess) and not self.handrail.workspace.place.practice:
            rows.append(Row("profile", "Another profile", "choose who to be, and where"))
            rows.append(Row("practise", "Practise", "in a simulated account; no AWS account is needed"))
        rows += [Row("home", "Home", "to the first screen"), Row("quit", "Quit", "nothing is lost")]
        yield Options(rows, id="ways")

    def on_mount(self) -> None:
        self.query_one("#page", Lines).can_focus = False
        self.query_one(Options).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return not self.handrail.workspace.place.practice if action == "practise" else True

    @on(Options.Chosen)
    def way(self, event: Options.Chosen) -> None:
        """One of the ways on."""
        getattr(self, f"action_{event.key}")()

    def action_again(self) -> None:
        """The same once more."""
        self.app.pop_screen()
        self._again()

    def action_profile(self) -> None:
        """The same, as somebody else."""
        self.handrail.choose_profile_instead(self._again)

    def action_practise(self) -> None:
        """The same, in the practice account."""
        self.handrail.practise_instead(self._again)

    def action_quit(self) -> None:
        """Leave."""
        self.handrail.action_leave()
