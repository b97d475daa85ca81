"""A small task at work, and how it ended."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from ...safe import line, shown
from ..widgets.lines import Lines, Said
from .finding_rows import finding_row
from .page import Page, Say

if TYPE_CHECKING:
    from flows.engine import Asking, Event
    from flows.engine.task import Outcome

    from ..tasking import Tasking

PAUSE = 1.0
"""Seconds between two updates of the screen."""


class SmallTask(Page):
    """Does it, and shows what came of it.

    Args:
        tasking: what is done; everything that it asks is answered.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "again", "Do it again", tooltip="The same once more"),
        Binding("escape", "back", "Back", tooltip="To the last question"),
        Binding("h", "home", "Home", tooltip="To the first screen"),
        Binding("q", "app.leave", "Quit", tooltip="Leave"),
    ]

    class Told(Message):
        """The task reported an event."""

        def __init__(self, event: Event) -> None:
            super().__init__()
            self.event = event

    class Ended(Message):
        """The task is over."""

        def __init__(self, outcome: Outcome | None, error: Exception | None) -> None:
            super().__init__()
            self.outcome, self.error = outcome, error

    def __init__(self, tasking: Tasking) -> None:
        super().__init__()
        self.tasking = tasking
        self.title_words = tasking.flow.title
        self.under_way = self._stopping = False
        self._painted = 0.0

    def between(self) -> Iterable[Widget]:
        yield Say("", id="now")
        yield Lines(id="page")

    def on_mount(self) -> None:
        self.query_one(Lines).focus()
        self._start()

    def _start(self) -> None:
        self.under_way, self._stopping = True, False
        self.query_one("#now", Say).say("At work…")
        self.query_one(Lines).show([])
        self.refresh_bindings()
        self._perform()

    @work(thread=True, group="drive", exit_on_error=False)
    def _perform(self) -> None:
        outcome: Outcome | None = None
        error: Exception | None = None

        def tell(event: Event) -> None:
            self.post_message(self.Told(event))

        try:
            outcome = self.handrail.workspace.exclusively(lambda: self.tasking.perform(tell))
        except Exception as trouble:
            error = trouble
        self.post_message(self.Ended(outcome, error))

    @on(Told)
    def note(self, message: Told) -> None:
        """What happens, at most once a second."""
        from ... import words

        if not self._stopping and time.monotonic() - self._painted >= PAUSE:
            self._painted = time.monotonic()
            self.query_one("#now", Say).say(
                f"{words.event(message.event).strip()}\nCtrl-C stops it, and puts back first."
            )

    @on(Ended)
    def over(self, message: Ended) -> None:
        """Show how it ended."""
        self.under_way = False
        self.query_one("#now", Say).say("Stopped." if self._stopping else "")
        self.refresh_bindings()
        if message.outcome is not None:
            self.query_one(Lines).show(outcome_rows(message.outcome))
        elif message.error is not None:
            self.handrail.trouble(message.error, self._start)

    def leave(self) -> bool:
        """Ctrl-C: what was changed is put back first."""
        if not self.under_way:
            return True
        self._stopping = True
        self.tasking.stop()
        self.query_one("#now", Say).say("Stopping; what was changed is put back first…")
        return False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return not self.under_way if action in ("again", "back", "home", "app.leave") else True

    def action_again(self) -> None:
        """The same once more, in the account as it is now."""
        self.tasking.refresh()
        self._start()

    def action_back(self) -> None:
        """To the last question."""
        tasking = self.tasking

        def went() -> Asking | None:
            tasking.back()
            return tasking.asking()

        self.do(went, lambda asking: self.handrail.show(tasking, asking))

    def explained(self) -> list[Said]:
        return [
            Said("A small task", kind="heading"),
            Said(line(self.tasking.task.summary())),
            Said("It ends by itself. Ctrl-C ends it sooner; what it changed for a time is put back first."),
        ]


def outcome_rows(outcome: Outcome) -> list[Said]:
    """The answer, what was looked at, and what may be run now."""
    return [*_answer(outcome), *_next(outcome)]


def _answer(outcome: Outcome) -> Iterator[Said]:
    if outcome.shown:
        yield from (Said(shown(text), kind="code") for text in outcome.shown.split("\n"))
        return
    yield from (Said(line(sentence), kind="strong") for sentence in outcome.sentence.splitlines())
    if outcome.findings:
        yield from (
            Said(),
            Said("Why", kind="heading"),
            *(replace(finding_row(each), key="") for each in outcome.findings),
        )


def _next(outcome: Outcome) -> Iterator[Said]:
    if outcome.next_steps:
        yield from (Said(), Said("What to do now", kind="heading"))
        yield from (Said(line(step), f"{number}", "point") for number, step in enumerate(outcome.next_steps, 1))
