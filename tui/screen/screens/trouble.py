"""Something went wrong that is no answer's fault: what, why, and what to do now."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from ...safe import shown
from ..widgets.index import Row
from ..widgets.lines import Lines, Said
from ..widgets.options import Options
from .page import Page

if TYPE_CHECKING:
    from .places import Places


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
        from .places import Places

        if self._places():
            self.app.pop_screen()
        else:
            self.app.switch_screen(Places("profile", self._again))

    def _places(self) -> Places | None:
        """The list of profiles, if that is where this went wrong."""
        from .places import Places

        under = self.app.screen_stack[-2]
        return under if isinstance(under, Places) else None

    def action_practise(self) -> None:
        """The same, in the practice account."""
        if places := self._places():
            self.app.pop_screen()
            places.action_practise()
            return
        self.handrail.practise()
        self.action_again()

    def action_home(self) -> None:
        """To the first screen."""
        self.handrail.go_home()

    def action_quit(self) -> None:
        """Leave."""
        self.handrail.action_leave()


def told(error: Exception) -> list[Said]:
    """A problem in rows; a mistake of ours in a sentence, never as a traceback."""
    from flows.engine import Problem, SignInNeeded

    from ... import words

    if not isinstance(error, Problem):
        return [
            Said(f"Handrail itself made a mistake ({type(error).__name__}).", "problem", "bad"),
            Said("What was done until then is in the journal.", "why", "muted"),
            Said("Try again, or leave. HANDRAIL_DEBUG=1 shows the details for a report.", "now", "point"),
        ]
    rows = [Said(shown(error.what), "problem", "bad")]
    rows += [Said(shown(error.why), "why", "muted")] if error.why else []
    here = isinstance(error, SignInNeeded) and error.door is not None
    remedy = "" if here else words.remedy(error)
    return rows + ([Said(shown(remedy), "now", "point")] if remedy else [])
