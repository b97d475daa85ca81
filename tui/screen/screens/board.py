"""Everything in this region, each thing with how it stands, worst first. Results are shown as they come."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from ...safe import line
from ..widgets.lines import Said
from ..widgets.options import Options
from ..widgets.row import Row
from .page import Page, Say

if TYPE_CHECKING:
    from flows.engine.board import Board
    from flows.engine.board import Row as Found

PAUSE = 1.0
"""Seconds between two updates of the screen."""
TITLE = "Everything in this region"
HEADINGS = {
    "broken": "Does not work", "unknown": "Cannot be told", "waiting": "Waits", "works_but": "Works, but",
    "works": "Works",
}  # fmt: skip


class BoardPage(Page):
    """Looks at all there is, and opens one of it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "check", "Check again", tooltip="Look at everything once more"),
        Binding("y", "reach", "Those, too", tooltip="Also send commands to machines, and fetch pages of websites"),
        Binding("escape", "back", "Back", tooltip="To the first screen; while it looks: stop"),
        Binding("h", "home", "Home", show=False, tooltip="To the first screen"),
        Binding("q", "app.leave", "Quit", tooltip="Leave"),
    ]
    title_words = TITLE

    class Told(Message):
        """There is more to show."""

    class Ended(Message):
        """All was looked at, or somebody stopped it."""

        def __init__(self, error: Exception | None) -> None:
            super().__init__()
            self.error = error

    def __init__(self) -> None:
        super().__init__()
        self.board: Board | None = None
        self._before: Board | None = None
        self._as_of = ""
        self.looking = self._stopped = self._reaching = self._due = False
        self._painted, self._first = 0.0, ""

    def between(self) -> Iterable[Widget]:
        yield Say("", id="intro")
        yield Options(whole=False, id="choices")
        yield Say("", id="detail")

    def on_mount(self) -> None:
        self.query_one(Options).display = False
        self._start(reaching=False)

    def on_unmount(self) -> None:
        if self.board is not None:
            self.board.stop()

    # -- looking -----------------------------------------------------------------------------------------

    def _start(self, *, reaching: bool) -> None:
        self._before, self._as_of = self.board, ""
        self.board, self._reaching = None, reaching
        self.looking, self._stopped = True, False
        self._ticks = self.set_interval(PAUSE, self.more)  # counts go on while nothing is known yet
        self.query_one("#intro", Say).say("Looking what there is…")
        self.refresh_bindings()
        self._drive()

    @work(thread=True, group="drive", exit_on_error=False)
    def _drive(self) -> None:
        """In a thread of its own. The account is read, and nothing else of the workspace is used meanwhile."""
        error: Exception | None = None
        workspace = self.handrail.workspace
        try:
            self.board = board = workspace.exclusively(lambda: workspace.board(reaching=self._reaching))
            for _ in board.look():
                self.post_message(self.Told())
                if self._stopped:
                    board.stop()
        except Exception as trouble:
            error = trouble
        self.post_message(self.Ended(error))

    @on(Told)
    def more(self) -> None:
        """Show what is known, at most once a second."""
        wait = self._painted + PAUSE - time.monotonic()
        if wait <= 0:
            self._paint()
        elif not self._due:
            self._due = True
            self.set_timer(wait, self._paint)

    @on(Ended)
    def over(self, message: Ended) -> None:
        """All is known now."""
        self.looking = False
        self._ticks.stop()
        self.refresh_bindings()
        if message.error is not None:
            self.handrail.trouble(message.error, lambda: self._start(reaching=self._reaching))
        else:
            self._as_of = self._compared()
            self._paint()

    def _compared(self) -> str:
        """Whether anything changed since it was looked at last, and when that was; empty the first time."""
        from ... import looking_again

        if self.board is None or self._before is None or self._stopped:
            return ""
        then, now = ({key_of(row): row.verdict.status for row in board.rows} for board in (self._before, self.board))
        return looking_again.as_of(changed=then != now)

    def _paint(self) -> None:
        self._painted, self._due = time.monotonic(), False
        options, board = self.query_one(Options), self.board
        if board is None:
            return
        told = summary(board, under_way=self.looking, stopped=self._stopped)
        self.query_one("#intro", Say).say(f"{told}\n{self._as_of}".strip())
        if not options.finding:  # whoever filters is not disturbed; all of it is shown afterwards
            rows, at_first = board_rows(board), options.key == self._first
            self._first = next((row.key for row in rows if row.key), "")
            options.show(rows, at=self._first if at_first else "")
            options.display = bool(rows)
            options.focus()

    # -- keys --------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "check":
                return not self.looking
            case "reach":
                read_only = self.handrail.workspace.place.read_only
                return not self.looking and not self._reaching and not read_only
            case _:
                return True

    @on(Options.Moved)
    def describe(self, event: Options.Moved) -> None:
        """Say in full what the list has no room for."""
        self.query_one("#detail", Say).say(event.options.cut_off)

    @on(Options.Chosen)
    def open(self, event: Options.Chosen) -> None:
        """One of them, with all that was found."""
        board = self.board
        assert board is not None, "what is chosen was looked at"
        found = next(each for each in board.rows if key_of(each) == event.key)
        self.handrail.open_found(board, found)

    def action_check(self) -> None:
        """Everything once more."""
        self._start(reaching=self._reaching)

    def action_reach(self) -> None:
        """The same, and what does more than read."""
        self._start(reaching=True)

    def action_back(self) -> None:
        """Stop, or back to the first screen."""
        if self.looking and not self._stopped:
            self._stopped = True
            if self.board is not None:
                self.board.stop()
            self.query_one("#intro", Say).say("Stopping; what is known stays.")
        else:
            self.action_home()

    def explained(self) -> list[Said]:
        return [
            Said(TITLE, kind="heading"),
            Said("All that the checks know a list of is looked at, a few at a time. Nothing is changed. Commands are "
                 "sent to machines, and pages fetched, only after a y. What may not be read is a line, too."),
            Said("Enter opens one, with what was found, what to do about it, and what can be mended."),
        ]  # fmt: skip


def summary(board: Board, *, under_way: bool, stopped: bool) -> str:
    """How far it is, and how all of it stands."""
    import flows

    from ... import verdicts

    whole = verdicts.board(board)[0]
    if under_way:
        lists = f"; lists still being read: {board.unread}" if board.unread else ""
        so_far = f"Looked at {len(board.rows)} of {board.found} things so far{lists}. Esc stops."
        return f"{so_far}\n{whole if board.rows else ''}"
    yes = "" if board.place.read_only else " y does that, too."
    left = [
        f"Left out: {flows.find(flow).check.what}, whose check {line(does)}.{yes}"
        for flow, does in board.left_out.items()
    ]
    return "\n".join([f"{'Stopped. ' if stopped else ''}{whole}", *left])


def board_rows(board: Board) -> list[Row]:
    """What is known, worst first, under the words for how it stands."""
    rows: list[Row] = []
    last = None
    for found in board.sorted():
        if (status := found.verdict.status) is not last:
            rows.append(Row("", HEADINGS[last := status]))
        rows.append(_row(found))
    return rows


def key_of(found: Found) -> str:
    """What tells one thing from all others."""
    return " ".join([found.flow, *(f"{key}={value}" for key, value in found.subject.items())])


def _row(found: Found) -> Row:
    from ... import verdicts

    told = found.verdict
    because = line(told.because.sentence) if told.because else "everything on the way was looked at"
    return Row(key_of(found), verdicts.thing(found), because, told.status)
