"""One question at a time, of a set-up, a check or a task.

It is one screen that changes in place: over a slow line a new one costs too much.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from ...safe import line
from ..widgets.answer import READING_ON, Answer
from ..widgets.lines import Lines, Said
from ..widgets.options import Options
from ..widgets.picture import Picture
from ..widgets.rail import Rail
from ..workspace import Account, Start, account_of
from .long_list import read_on
from .notice import offered
from .noticed import Noticed
from .page import Say, T
from .pictured import SHOW, gives_way
from .question_steps import Steps, steps

if TYPE_CHECKING:
    from flows.engine import Asking, Offer, State
    from flows.engine import Question as Asked


class Question(Noticed):
    """Ask what is to be asked, and tell it what was said.

    Args:
        start: what to open first; or
        state: the question to begin with, of what is at hand.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "next", "Next", priority=True, tooltip="Take this answer and go on"),
        Binding("enter", "not_yet", "Next", show=False, priority=True, tooltip="Says which key is a yes"),
        Binding("y", "accept", "Yes, go on", tooltip="Accept what the caution says"),
        Binding("s", "switch", "Switch", tooltip="Take the answer that avoids it"),
        Binding("f2", "suggestion", "Take it", priority=True, tooltip="Enter the suggested value, or the example"),
        Binding("ctrl+y", "suggestion", "Take it", show=False, priority=True, tooltip="Enter the suggested value"),
        Binding(
            "ctrl+n", "set_up", "Set one up", priority=True, tooltip="There is none: open the set-up that makes one"
        ),
        Binding("escape", "back", "Back", tooltip="To the question before; no answer is lost"),
        Binding("ctrl+r", "reload", "Read again", tooltip="Read the options afresh"),
        SHOW,
    ]

    asks = True
    moves = True

    def __init__(self, start: Start | None = None, state: Asking | None = None) -> None:
        super().__init__(state)
        self._start = start
        self._waiting = ""

    def between(self) -> Iterable[Widget]:
        with Horizontal(id="body"):
            yield Rail(id="rail")
            with Vertical(id="stage"):
                yield Say("", id="position")
                yield Say("", id="ask")
                yield Say("", id="why")
                yield Answer(id="field")
                yield Say("", id="hint")
                yield Lines(id="notice")
            yield Picture()

    def on_mount(self) -> None:
        self.query_one("#notice").can_focus = False
        self.query_one("#notice").display = False
        if self.asking is not None:
            self._show(self.asking, steps(self.asked, self.asking))
        elif self._start is not None and not self._start.run and not self._start.answers:
            self.do(self._preview, self._show_preview)
        else:
            self._begin()

    # -- what is asked -----------------------------------------------------------------------------------

    def _preview(self) -> tuple[str, Asked[object]]:
        assert self._start is not None
        form = self.handrail.workspace.form(self._start)
        return form.title, form.questions[0]

    def _show_preview(self, found: tuple[str, Asked[object]]) -> None:
        """The first question needs no account; its options do."""
        title, question = found
        self.name_it(title)
        self._say_question(question)
        self.query_one("#hint", Say).say("Opening the account and reading it…")
        self._begin()

    def _begin(self) -> None:
        start = self._start
        assert start is not None

        def opened() -> Callable[[], None]:
            from flows.engine import Busy, Caution

            try:
                asked = self.handrail.workspace.begin(start)
            except Busy as busy:
                open_elsewhere, run = busy, self.handrail.workspace.to_be_read(start)
                if run is None:
                    raise
                return lambda: self.handrail.show_elsewhere(run, open_elsewhere)
            known = bool(asked.cloud.identity.account)  # a task may need none
            account = account_of(asked.cloud, asked.place) if known else Account("needs no account")
            session = self.handrail.workspace.session
            self._remarks = tuple(Caution("surroundings", said) for said in session.otherwise) if session else ()
            begun = session.run if session else None
            old = begun is not None and begun.record.status != "draft"
            state = None if old else self._look()
            return lambda: shown(asked.flow.title, account, state)

        def shown(title: str, account: Account, state: tuple[State | None, Steps] | None) -> None:
            self.handrail.show_account(account)
            self.name_it(title)
            if state is not None:
                self._arrive(state)
            elif session := self.handrail.workspace.session:
                self.handrail.show_run(session)

        self.do(opened, lambda show: show(), saying="Opening the account…")

    def _look(self) -> tuple[State | None, Steps]:
        """What comes now, and the steps beside it; nothing once all is answered that is not reviewed. Slow."""
        from flows.engine import Asking, Session

        asked = self.asked
        state = asked.state() if isinstance(asked, Session) else asked.asking()
        return state, steps(asked, state) if isinstance(state, Asking) else Steps([])

    def _arrive(self, found: tuple[State | None, Steps]) -> None:
        from flows.engine import Asking

        state, trail = found
        if isinstance(state, Asking):
            self._show(state, trail)
        else:
            self.handrail.show(self.asked, state)

    def _answer(self, raw: object) -> None:
        """Say it, and show what comes next, once what is worth saying about it was to be read."""
        asked, asking = self.asked, self.asking
        assert asking is not None
        read = {row.text for row in self._typed or ()}

        def said() -> tuple[State | None, Steps]:
            self._come_back()
            asked.answer(raw)
            self._remarks = asked.remarks(asking.question)
            return self._look()

        def shown(found: tuple[State | None, Steps]) -> None:
            if not self._leads_on(found[0]) or all(line(remark.message) in read for remark in self._remarks):
                self._arrive(found)  # the review says it all once more
                return
            self._next, self._typed, self._filled = (raw, found), None, raw
            self._say_position()
            self._show_notice()

        self._ask(said, shown)

    def _ask(self, slow: Callable[[], T], then: Callable[[T], None]) -> None:
        """Do something that may ask AWS; that it is under way stands beside the question at once."""
        if not self.busy:
            self._say_position("looking…")
        self.do(slow, then)

    def _leads_on(self, state: State | None) -> bool:
        """Whether what comes next is another question."""
        from flows.engine import Asking

        return isinstance(state, Asking) and self.asking is not None and state.question is not self.asking.question

    def _come_back(self) -> None:
        """Whoever is told the answers is at this question again, though it was answered."""
        if self._next is not None and self.asking is not None:
            self.asked.revisit(self.asking.question.id)
        self._next = None

    # -- showing -----------------------------------------------------------------------------------------

    def _show(self, asking: Asking, trail: Steps) -> None:
        from flows.accounts import load_behind

        self.ask_anew()
        if self._leads_on(asking):
            self._remarks = ()  # they were about the question before
        self.asking = asking
        self._typed = self._next = None
        self._confirming = bool(asking.cautions)
        self.name_it(self.asked.flow.title)
        self.set_up = self.asked.flow.id
        with self.app.batch_update():
            self._say_question(asking.question)
            self.query_one(Rail).show(trail.rows)
            self.draw(trail.drawing)
            self.query_one("#hint", Say).say(self.query_one(Answer).fill(asking, offered(asking)))
            self._filled = self.query_one(Answer).reply
            self._make_room(*self.app.size)
            self.query_one(Answer).open(not self._confirming)
            self._show_notice()
        self.refresh_bindings()
        self.call_after_refresh(load_behind)
        self.workers.cancel_group(self, "rest")
        if asking.offer is not None and asking.offer.rest is not None:
            self._read_on(asking.offer)

    @work(group="rest", exclusive=True)
    async def _read_on(self, offer: Offer) -> None:
        """Take the rest of a long list as it comes. Keys go on working, also Enter."""
        from flows.engine import Problem

        assert offer.rest is not None, "there is a rest"
        answer = self.query_one(Answer)
        note = f"read at {offer.read_at}"
        try:
            await read_on(offer.rest, lambda rows: answer.add(rows, note=READING_ON, more=True))
        except Problem as problem:
            note = f"the rest could not be read (Ctrl-R): {line(problem.what)}"
        answer.add([], note=note, more=False)

    def _make_room(self, columns: int, lines: int) -> None:
        """A list that is cut beside rail and picture gets the room of the rail, or that of the picture if only so all
        of it is to be read: a larger screen shows no less of it than a small one."""
        super()._make_room(columns, lines)
        lists = [each for each in self.query(Options) if each.display]
        for name, holds in gives_way(columns, lists).items() if self.has_class("-drawn") else ():
            self.set_class(holds, name)

    def _say_position(self, doing: str = "") -> None:
        """Say which question it is, and what is being done about it."""
        position = "Question 1"
        if self.asking is not None:
            from ... import words

            where = words.position(self.asking)
            position = f"Question {where}" if where else "Fine-tuning"
        self.query_one("#position", Say).say(f"{position} · {doing}" if doing else position)

    def _say_question(self, question: Asked[object]) -> None:
        self._say_position()
        self.query_one("#ask", Say).say(line(question.ask))
        self.query_one("#why", Say).say(line(question.why))

    def waits(self, words: str) -> None:
        self.query_one("#hint", Say).say(words) if words or self._waiting else None
        self._waiting = words

    # -- keys --------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        asking = self.asking
        match action:
            case "accept" | "not_yet":
                return self._confirming
            case "picture":
                return self.drawing is not None
            case "set_up":
                return asking is not None and bool(self._set_up)
            case "switch":
                return self._confirming and asking is not None and any(c.switch for c in asking.cautions)
            case "next":
                return asking is not None and not self._confirming
            case "suggestion":
                return bool(offered(self.asking)) and not self._confirming
            case "reload":
                return asking is not None and asking.offer is not None and not getattr(asking.question, "written", ())
            case _:
                return True

    def action_next(self) -> None:
        """Take the answer in the field."""
        self.once_typed(self._take)

    def _take(self) -> None:
        answer = self.query_one(Answer)
        if answer.elsewhere:
            answer.type_it()
            return
        reply = answer.reply
        if self._next is not None and reply == self._next[0]:
            self._arrive(self._next[1])
        elif reply is not None:
            self._answer(reply)

    def action_accept(self) -> None:
        """Yes to every caution that is shown."""
        asked, asking = self.asked, self.asking
        assert asking is not None

        def accepted() -> tuple[State | None, Steps]:
            for caution in asking.cautions:
                asked.accept(caution.id)
            return self._look()

        self._ask(accepted, self._arrive)

    def action_switch(self) -> None:
        """Take the answer that avoids the caution."""
        assert self.asking is not None
        self._answer(next(caution.switch for caution in self.asking.cautions if caution.switch))

    def action_set_up(self) -> None:
        """The set-up of what there is none of to check."""
        self.handrail.begin(Start(flow=self._set_up))

    def action_suggestion(self) -> None:
        """Put the suggested value, or the example, into the field; Enter then takes it."""
        self.query_one(Answer).put(offered(self.asking))

    def action_back(self) -> None:
        """From a caution to the field, else to the question before, else home."""
        if self._confirming:
            self._confirming, self._typed = False, None
            self.query_one(Answer).open(True)
            self._show_notice()
            self.refresh_bindings()
            return
        if self.busy or self.handrail.workspace.asked is None:
            self.handrail.go_home()
            return
        asked, session = self.asked, self.handrail.workspace.session

        def went() -> tuple[State | None, Steps] | None:
            self._come_back()
            self._remarks = ()
            return self._look() if asked.back() else None

        def shown(found: tuple[State | None, Steps] | None) -> None:
            if found is None:
                kept = session.run if session else None
                self.handrail.go_home(f"Your answers are kept in {kept.id}." if kept else "")
            else:
                self._arrive(found)

        self._ask(went, shown)

    def action_reload(self) -> None:
        """Read the account afresh."""
        asked = self.asked

        def fresh() -> tuple[State | None, Steps]:
            self._come_back()
            asked.refresh()
            return self._look()

        self._ask(fresh, self._arrive)

    @on(Options.Chosen)
    def chosen_with_enter(self) -> None:
        """Enter inside the list is the same as Next."""
        self.action_next()

    def explained(self) -> list[Said]:
        if self.asking is None:
            return [Said("The account is being opened; the questions come next.")]
        question = self.asking.question
        rows = [Said(line(question.ask), kind="heading"), Said(line(question.why))]
        rows += [Said(f"You can enter {line(question.allowed())}.")]
        rows += [Said(f"In an answers file this is called {question.id}.", kind="muted")]
        return rows
