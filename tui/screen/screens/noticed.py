"""A question with its field and the notice under it, which says what comes of the answer before it is taken."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on, work
from textual.widgets import TextArea

from ...safe import line
from ..widgets.answer import Answer
from ..widgets.fields import TextField
from ..widgets.lines import Lines, Said
from ..widgets.options import Options
from .notice import notice
from .pictured import Pictured
from .question_steps import Steps

if TYPE_CHECKING:
    from flows.engine import Asking, Caution, Session, State
    from flows.engine.checking import Checking

    from ..tasking import Tasking

PAUSE = 0.3
"""Seconds without a key after which is said what comes of it: a slow line is not kept busy while somebody types."""


class Noticed(Pictured):
    """Subclasses have an `Answer` as `#field` and `Lines` as `#notice`, and take the answers.

    Args:
        asking: the question to begin with, if it is known.
    """

    def __init__(self, asking: Asking | None) -> None:
        super().__init__()
        self.asking = asking
        self._remarks: tuple[Caution, ...] = ()
        self._typed: list[Said] | None = None
        self._filled: object = None
        """What was in the field when it was shown: the notice under it is about that."""
        self._next: tuple[object, tuple[State | None, Steps]] | None = None
        """An answer that was taken and what comes after it, while the remarks on it are still to be read."""
        self._confirming = False

    @property
    def asked(self) -> Session | Checking | Tasking:
        """What is at hand: a session, a check or a task."""
        asked = self.handrail.workspace.asked
        assert asked is not None, "a question is of something"
        return asked

    @property
    def _set_up(self) -> str:
        """What would make the first of what is to be checked; empty where there are some."""
        from ... import ways_out

        asked = self.handrail.workspace.asked  # none, while it moves to another account
        return ways_out.set_up_instead(asked, self.asking) if asked is not None and self.asking else ""

    def _show_notice(self) -> None:
        from ... import ways_out

        rows = self._typed
        if rows is None and self.asking is not None:
            told = replace(self.asking, problem=None) if self._next else self.asking
            rows = notice(told, self.asked.place, confirming=self._confirming, remarks=self._remarks)
            if self._set_up:
                rows += [Said(f"sets one up: {ways_out.title(self._set_up)}", "Ctrl-N", "point")]
            rows += [Said("goes on; another answer takes its place", "Enter", "point")] if self._next else []
        lines = self.query_one("#notice", Lines)
        lines.display = bool(rows)
        self.set_class(bool(rows), "-noted")
        lines.show(rows or [])

    @on(TextField.Changed)
    @on(TextArea.Changed)
    @on(Options.Moved)
    def typed(self) -> None:
        """What was said of another answer goes; where it is worth it, it is said what comes of this one."""
        if self.asking is None or self._confirming or self.busy:
            return
        said = [row for row in self._typed or () if row.kind != "bad"] if self.asking.question.live else []
        fresh = None if self.query_one(Answer).reply == self._filled else said
        if fresh != self._typed:
            self._typed = fresh
            self._show_notice()
        if self.asking.question.live and self._next is None:
            self._try_out()

    @on(TextField.LeftOut)
    def left_out(self) -> None:
        """Say that one line is all that is asked for."""
        self._typed = [Said("Only the first of the pasted lines was taken: one is asked for here.", "note", "muted")]
        self._show_notice()

    @work(group="live", exclusive=True)
    async def _try_out(self) -> None:
        from ...safe import shown

        await asyncio.sleep(PAUSE)
        field, asked = self.query_one(Answer), self.asked
        reply = field.reply
        if reply is None or self.busy:
            return
        problem, cautions = await asyncio.to_thread(self.handrail.workspace.exclusively, lambda: asked.try_out(reply))
        if self.busy or self._confirming or field.reply != reply:
            return
        said = [Said(shown(problem.what), "refused", "bad")] if problem else []
        self._typed = [*said, *(Said(line(caution.message), "note", "muted") for caution in cautions)]
        self._show_notice()

    def action_not_yet(self) -> None:
        """Enter takes answers, and somebody may press it without having read: it is no yes, but it says so."""
        if self._typed is None and self.asking is not None:
            self._typed = [Said("is no yes to what follows; y is, and Esc changes the answer", "Enter", "bad")]
            self._typed += notice(self.asking, self.asked.place, confirming=True, remarks=self._remarks)
            self._show_notice()
