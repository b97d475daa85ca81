"""What a run that is gone on with still sends, and nothing keeps: asked for once more."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from ...safe import line
from ..widgets.fields import SecretField
from .page import Page, Say

if TYPE_CHECKING:
    from flows.engine import SecretText, Session


class SayAgain(Page):
    """Asks for one secret after the other.

    Args:
        session: the run that is gone on with.
        withheld: what it lacks; not empty.
        then: what is done once all is said.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "Next", priority=True, tooltip="Take it and go on"),
        Binding("escape", "close", "Back", tooltip="Back to the run; nothing is sent"),
    ]
    asks = True

    def __init__(self, session: Session, withheld: tuple[SecretText, ...], then: Callable[[], None]) -> None:
        super().__init__()
        self.title_words = session.flow.title
        self._session, self._withheld, self._then = session, withheld, then

    def between(self) -> Iterable[Widget]:
        yield Say("", id="ask")
        yield Say("It was given before, is still to be sent to AWS, and is kept nowhere.", id="why")
        yield SecretField(id="name")
        yield Say("", id="hint")

    def on_mount(self) -> None:
        self._ask()

    def _ask(self, wrong: str = "") -> None:
        self.ask_anew()
        question = self._withheld[0]
        self.query_one("#ask", Say).say(line(question.ask))
        self.query_one("#hint", Say).say(wrong or f"What you type is not shown: {line(question.form)}.")
        field = self.query_one(SecretField)
        field.value = field.value if wrong else ""
        field.focus()

    def action_take(self) -> None:
        """Take it, and ask for the next."""
        self.once_typed(self._take)

    def _take(self) -> None:
        from flows.engine import Hidden, Refused

        try:
            self._session.give(self._withheld[0].id, Hidden(self.query_one(SecretField).value))
        except Refused as refused:
            self._ask(line(str(refused)))
            return
        self._withheld = self._withheld[1:]
        if self._withheld:
            self._ask()
        else:
            self.app.pop_screen()
            self._then()

    def action_close(self) -> None:
        """Back to the run."""
        self.app.pop_screen()
