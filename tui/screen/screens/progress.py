"""A plan being carried out, or taken back: every step with a word for its state, and what is happening now.

Events come from AWS's pace, not from a clock: between them nothing moves and nothing is sent, and they are
shown at most once a second. Closing the window is safe at any time, and the screen says so.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget

from ...safe import line
from ..widgets.lines import Lines, Said
from ..widgets.options import Options
from ..widgets.picture import Picture
from .half_way import choices, stopped
from .looked import LOOKING
from .page import Page, Say
from .pictured import SHOW, Pictured
from .plan_steps import how_far, kept, reported, standing_still, steps_of, to_do
from .problem_rows import told
from .takeaway import Takeaway

if TYPE_CHECKING:
    from flows.engine import Action, ByHand, Event, Handover, Plan, Problem, SecretText, Session, SignInNeeded
    from flows.engine.drawing import Answered
    from flows.engine.picture import Standing

ENDS = ("done", "existed", "removed", "restored", "gone")
"""The events by which a step is done, or taken back."""
BY_HAND = (
    "What only you can do stands under the steps: y copies the name or value under the cursor. AWS looks for it again, "
    "and the run goes on by itself; you may close the window, and `handrail runs` says it again."
)
PAUSE = 1.0
"""Seconds between two updates of the screen."""


class Progress(Pictured):
    """Carries out the plan of a session, or takes it back.

    Args:
        session: what is driven.
        undo: what was decided for taking it back; None carries the plan out.
        stopped: the status of a run that is only looked at so far; then nothing is begun before it is chosen.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "look", "Still so?", tooltip="Look whether what this run made is still as it left it"),
        Binding("h", "home", "Home", tooltip="To the first screen"),
        SHOW,
    ]

    class Told(Message):
        """The session reported an event."""

        def __init__(self, event: Event) -> None:
            super().__init__()
            self.event = event

    class Ended(Message):
        """The session has nothing further to report."""

        def __init__(self, error: Exception | None, handover: Handover | None) -> None:
            super().__init__()
            self.error, self.handover = error, handover

    def __init__(self, session: Session, *, undo: Mapping[str, str] | None = None, stopped: str = "") -> None:
        super().__init__()
        self.session, self._undo, self._status = session, undo, stopped
        self.title_words, self.set_up = session.flow.title, session.flow.id
        self._plan, self._said, self._standing = self._known()
        self._actions = steps_of(self._plan, self.session.run, undo=self._backwards)
        self._place_of = {action.id: i for i, action in enumerate(self._actions)}
        run, over = session.run, "undone" if self._backwards else "ready"
        self._over = {action.id for action in self._actions if run and run.status(action.id) == over}
        """What is done, or gone, as far as it was shown."""
        self._fresh: dict[str, Event] = {}
        self._problems: list[Problem] = []
        self._need: SignInNeeded | None = None
        self._by_hand: dict[str, ByHand] = {}
        """What a person has to do, by the step that waits for it."""
        self._stopping = False
        self._ended: Progress.Ended | None = None
        """How it ended while another page was read over it."""
        self.under_way, self._half_way = False, ""
        self._began = self._painted = 0.0

    def _known(self) -> tuple[Plan, Mapping[str, Answered], dict[str, Standing]]:
        """The plan, the answers that it came from, and how each action of it stands. Asks AWS nothing."""
        from flows.engine.drawing import answered, of_run, remembered

        run = self.session.run
        if run is None or run.plan is None:
            review = self.session.review()
            return review.plan, answered(review.answers), {}
        return run.plan, remembered(run, run.plan), of_run(run, run.plan, undo=self._backwards)

    def _draw_run(self) -> None:
        from flows.engine.drawing import draw

        if picture := self.session.flow.picture:
            self.draw(draw(picture, self._said, plan=self._plan, now=self._standing))

    @property
    def _backwards(self) -> bool:
        """Whether this is about taking it back."""
        return self._undo is not None or self._status == "undoing"

    def _row(self, action: Action) -> Said:
        run = self.session.run
        return standing_still(action, run) if self._backwards and run else kept(action, run)

    def between(self) -> Iterable[Widget]:
        lead = 16 if self._backwards else 9
        with Horizontal(id="body"):
            with Vertical(id="main"):
                yield Say("", id="now")
                yield Lines([self._row(action) for action in self._actions], lead=lead, hug=True, id="page")
                yield Takeaway([], id="notice")
                yield Options(id="ways")
            yield Picture()

    def on_mount(self) -> None:
        for name in ("#page", "#notice"):
            self.query_one(name).can_focus = False
        self.query_one("#page").can_focus = True
        self.query_one("#notice").display = self.query_one("#ways").display = False
        self._draw_run()
        if self._status:
            self._ask_what_now()
        else:
            self._start()

    # -- doing it ----------------------------------------------------------------------------------------

    def _start(self) -> None:
        self._problems, self._stopping, self.under_way, self._status = [], False, True, ""
        self._need, self._by_hand = None, {}
        self._began = time.monotonic()
        self.query_one("#notice").display = self.query_one("#ways").display = False
        self.query_one("#page").focus()
        self._say_now("Sending the first calls…")
        self.refresh_bindings()
        self._drive()

    @work(thread=True, group="drive", exit_on_error=False)
    def _drive(self) -> None:
        """In a thread of its own, with the session to itself."""
        error: Exception | None = None
        handover: Handover | None = None

        def all_of_it() -> Handover | None:
            problems = False
            for event in self._events():
                problems = problems or event.problem is not None
                self.post_message(self.Told(event))
                if self._stopping:  # it may have been asked before the session was ready to hear it
                    self.session.stop()
            run = self.session.run
            finished = self._undo is None and run is not None and run.record.status == "done"
            return self.session.hand_over() if finished and not problems else None

        try:
            handover = self.handrail.workspace.exclusively(all_of_it)
        except Exception as trouble:
            error = trouble
        self.post_message(self.Ended(error, handover))

    def _events(self) -> Iterator[Event]:
        return self.session.apply() if self._undo is None else self.session.undo(self._undo)

    def leave(self) -> bool:
        """Ctrl-C: send nothing further; what is under way is finished and written down."""
        if not self.under_way:
            return True
        if not self._stopping:
            self._stopping = True
            self.session.stop()
        self._say_now("Stopping after the current call; it is finished and written down first.")
        return False

    # -- showing it --------------------------------------------------------------------------------------

    @on(Told)
    def note(self, message: Told) -> None:
        """Keep the newest event of each step, and show them all at most once a second."""
        event = message.event
        if event.problem:
            self._problems.append(event.problem)
            self._look_for_sign_in(event.problem)
        self._fresh[event.action] = event
        wait = self._painted + PAUSE - time.monotonic()
        if wait <= 0:
            self._paint()
        elif len(self._fresh) == 1:
            self.set_timer(wait, self._paint)

    def _look_for_sign_in(self, error: Exception) -> None:
        from flows.engine import SignInNeeded

        if isinstance(error, SignInNeeded) and error.door is not None:
            self._need = error

    def _paint(self) -> None:
        if not self._fresh:
            return
        self._painted = time.monotonic()
        fresh, self._fresh = self._fresh, {}
        from flows.engine.drawing import of_event

        page = self.query_one("#page", Lines)
        stands = {id_: of_event(each.kind, undo=self._backwards) for id_, each in fresh.items()}
        self._standing |= {id_: each for id_, each in stands.items() if each}
        with self.app.batch_update():
            self._draw_run()
            for id_, event in fresh.items():
                if id_ in self._place_of:
                    index = self._place_of[id_]
                    row = reported(self._actions[index], event, undo=self._backwards)
                    self._over |= {id_} if event.kind in ENDS else set()
                    page.change(index, text=row.text, lead=row.lead, kind=row.kind)
                    page.reveal(index)
                self._ask_of_person(event)
            if not self._stopping:
                self._say_now(self._summary())

    def _ask_of_person(self, event: Event) -> None:
        """Show what only a person does, as long as it is waited for."""
        notice = self.query_one("#notice", Lines)
        if event.by_hand and self._by_hand.get(event.action) != event.by_hand:
            self._by_hand[event.action] = event.by_hand
        elif event.kind == "waiting" or not self._by_hand.pop(event.action, None):
            return
        rows = to_do(self._by_hand.values(), self.session.place)
        notice.display = notice.can_focus = bool(rows)
        notice.show(rows)
        (notice if rows else self.query_one("#page")).focus()
        self.refresh_bindings()

    def on_lines_copied(self, event: Lines.Copied) -> None:
        """Say what was copied, until there is news."""
        self._say_now(f"Copied: {event.text}")

    def _summary(self) -> str:
        run = self.session.run
        assert run is not None, "what is driven is a run"
        passed = time.monotonic() - self._began
        return how_far(run, self._actions, done=len(self._over), passed=passed, undo=self._undo is not None)

    def waits(self, words: str) -> None:
        if text := words or self._half_way:
            self._say_now(text)

    def _say_now(self, text: str) -> None:
        self.query_one("#now", Say).say(text)

    # -- what comes after --------------------------------------------------------------------------------

    @on(Ended)
    def ended(self, message: Ended) -> None:
        """It is through, or it stopped: go on to what follows, once nobody reads another page over it. The key that
        closes that page would be taken by what comes in its place."""
        self._paint()
        self.under_way = False
        over = self.app.screen
        if over is self:
            self._follow(message)
            return
        self._ended = message
        if isinstance(over, Page):
            over.name_it("It is over: Esc shows how it ended")

    def on_screen_resume(self) -> None:
        """Go on to what came meanwhile."""
        message = self._ended
        if message is not None and self.app.screen is self:
            self._ended = None
            self._follow(message)

    def _follow(self, message: Ended) -> None:
        if message.error is not None:
            self._failed_before(message.error)
            return
        run = self.session.run
        assert run is not None
        if message.handover is not None:
            self.handrail.code = 0
            self.handrail.show_done(self.session, message.handover)
        elif self._undo is not None and not self._stopping and self._need is None:
            self.do(self.session.receipt, lambda receipt: self.handrail.show_receipt(self.session, receipt))
        else:
            self._status = run.record.status
            self._ask_what_now()

    def _failed_before(self, error: Exception) -> None:
        run = self.session.run
        self._problems = []
        if run is None or run.plan is None:
            self.handrail.trouble(error, self._start)
            return
        self._status = run.record.status
        self._look_for_sign_in(error)
        self._ask_what_now(told(error))

    def _ask_what_now(self, rows: list[Said] | None = None) -> None:
        """The step, the cause and the remedy, then the three choices."""
        from flows.engine.by_hand import to_do as waiting

        from ...outcome import exit_code

        run = self.session.run
        assert run is not None and run.plan is not None, "only a run can stop half-way"
        rows = rows or [Said(line(said), "note", "muted") for said in self.session.otherwise if self._status]
        if problem := next(iter(self._problems), None):
            step = next((self._row(action).text for action in self._actions if action.id == problem.action), "")
            rows = ([Said(step, "step", "strong")] if step else []) + told(problem)
            self.handrail.code = exit_code(run, run.plan, self._problems)
        elif self._stopping:
            self.handrail.code = 130
        self._half_way = stopped(run, undo=self._backwards)
        self._say_now(self._half_way)
        failed = {problem.action for problem in self._problems}
        for index, action in enumerate(self._actions):
            if action.id not in failed:
                row = self._row(action)
                self.query_one("#page", Lines).change(index, text=row.text, lead=row.lead, kind=row.kind)
        notice, ways = self.query_one("#notice", Lines), self.query_one("#ways", Options)
        rows = [*rows, *to_do(waiting(run, run.plan), self.session.place)]
        notice.display, notice.can_focus, ways.display = bool(rows), any(row.copy for row in rows), True
        notice.show(rows)
        ways.show(choices(run, undo=self._backwards, failed=bool(self._problems), sign_in=self._need is not None))
        ways.focus()
        self.ask_anew()
        self.refresh_bindings()

    @on(Options.Chosen)
    def way(self, event: Options.Chosen) -> None:
        """Again, undo or keep."""
        match event.key:
            case "again" if self.session.place.read_only:
                self._say_now("This is read-only: nothing can be changed. Leave out --read-only.")
            case "again" if self._undo is None and self._status == "undoing":
                self.handrail.ask_to_undo(self.session)
            case "again" if self._need:
                self._sign_in(self._need)
            case "again":
                self.do(self.session.withheld, self._start_knowing)
            case "undo":
                self.handrail.ask_to_undo(self.session)
            case _:
                self.handrail.end()

    def _start_knowing(self, withheld: tuple[SecretText, ...]) -> None:
        """Begin, once what nothing keeps was said again."""
        if withheld and not self._backwards:
            self.handrail.say_again(self.session, withheld, self._start)
        else:
            self._start()

    def _sign_in(self, need: SignInNeeded) -> None:
        """Sign in, and go on at once."""

        def signed_in(done: bool) -> None:
            if done:
                self._start()

        self.do(lambda: self.handrail.sign_in(need), signed_in)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "picture":
            return self.drawing is not None
        return not self.under_way if action in ("home", "look") else True

    def action_look(self) -> None:
        """Whether what was done so far is still as it was left."""
        self.do(self.session.look, partial(self.handrail.show_looked, self.session), saying=LOOKING)

    def explained(self) -> list[Said]:
        return [
            Said("At work" if self.under_way else "Stopped", kind="heading"),
            Said("Each call to AWS is written down before it is sent, and its answer right after. Ctrl-C sends nothing "
                 "further; a call under way is finished first. What does not depend on each other runs side by side."),
            *([Said(BY_HAND)] if self._by_hand else []),
        ]  # fmt: skip
