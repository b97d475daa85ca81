"""One question at a time. It is one screen that changes in place: over a slow line a new one costs too much."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from ..desk import Start
from ..safe import line
from ..widgets.lines import Lines, Said
from ..widgets.options import Options, Row
from ..widgets.rail import Rail
from .page import Page, Say

if TYPE_CHECKING:
    from flows.engine import Asking, Caution, Question as Asked, Session, State

    from ..widgets.fields import Several, Word

Steps = list[tuple[str, str, str]]


class Question(Page):
    """Ask what the session asks, and tell it what was said.

    Args:
        start: what to open first; or
        state: the question to begin with, in the session at hand.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "next", "Next", priority=True, tooltip="Take this answer and go on"),
        Binding("y", "accept", "Yes, go on", tooltip="Accept what the caution says"),
        Binding("s", "switch", "Switch", tooltip="Take the answer that avoids it"),
        Binding("f2", "suggestion", "Take it", priority=True, tooltip="Enter the suggested value"),
        Binding("ctrl+y", "suggestion", "Take it", show=False, priority=True, tooltip="Enter the suggested value"),
        Binding("escape", "back", "Back", tooltip="To the question before; no answer is lost"),
        Binding("ctrl+r", "reload", "Read again", tooltip="Read the options afresh"),
    ]

    def __init__(self, start: Start | None = None, state: Asking | None = None) -> None:
        super().__init__()
        self._start = start
        self.asking = state
        self._remarks: tuple[Caution, ...] = ()
        self._confirming = False
        self._waiting = ""

    def between(self) -> Iterable[Widget]:
        with Horizontal(id="body"):
            yield Rail(id="rail")
            with Vertical(id="stage"):
                yield Say("", id="position")
                yield Say("", id="ask")
                yield Say("", id="why")
                yield Static("", id="field", classes="slot")
                yield Say("", id="hint")
                yield Lines(id="notice")

    def on_mount(self) -> None:
        self.query_one("#notice").can_focus = False
        self.query_one("#notice").display = False
        self.query_one("#field").display = False
        if self.asking is not None:
            self._show(self._told(self.asking))
        elif self._start is not None and self._start.flow and not self._start.answers:
            self.do(self._preview, self._show_preview)
        else:
            self._begin()

    # -- the session -------------------------------------------------------------------------------------

    @property
    def session(self) -> Session:
        """The session at hand."""
        session = self.handrail.desk.session
        assert session is not None, "a question is asked in a session"
        return session

    def _preview(self) -> tuple[str, Asked[object]]:
        assert self._start is not None
        flow = self.handrail.desk.flow(self._start.flow)
        return flow.title, flow.questions[0]

    def _show_preview(self, found: tuple[str, Asked[object]]) -> None:
        """The first question needs no account; its options do."""
        title, question = found
        self.name_it(title)
        self._say_question(question, "Question 1")
        self.query_one("#hint", Say).say("Opening the account and reading it…")
        self._begin()

    def _begin(self) -> None:
        start = self._start
        assert start is not None

        def opened() -> tuple[str, str, State | None]:
            from .. import words

            session = self.handrail.desk.begin(start)
            self._remarks = ()
            where = words.where(session.identity, session.place)
            run = session.run
            old = run is not None and run.record.status != "draft"
            return session.flow.title, where, None if old else session.state()

        def shown(found: tuple[str, str, State | None]) -> None:
            title, where, state = found
            self.handrail.say_where(where)
            self.name_it(title)
            if state is None:
                self.handrail.show_run(self.session)
            else:
                self._arrive(state)

        self.do(opened, shown, saying="Opening the account…")

    def _arrive(self, state: State) -> None:
        from flows.engine import Asking

        if isinstance(state, Asking):
            self._show(self._told(state))
        else:
            self.handrail.show(self.session, state)

    def _told(self, asking: Asking) -> tuple[Asking, Steps]:
        return asking, steps(self.session, asking)

    def _answer(self, raw: object) -> None:
        """Say it to the session, and show what comes next."""
        session, asking = self.session, self.asking
        assert asking is not None

        def said() -> State:
            session.answer(raw)
            self._remarks = session.remarks(asking.question)
            return session.state()

        self.do(said, self._arrive)

    # -- showing -----------------------------------------------------------------------------------------

    def _show(self, told: tuple[Asking, Steps]) -> None:
        self.asking, trail = told
        self._confirming = bool(self.asking.cautions)
        self.name_it(self.session.flow.title)
        with self.app.batch_update():
            number, of = self.asking.position
            self._say_question(self.asking.question, f"Question {number} of {of}" if number else "Fine-tuning")
            self.query_one(Rail).show(trail)
            self._show_field(self.asking)
            self._show_notice()
        self.refresh_bindings()

    def _say_question(self, question: Asked[object], position: str) -> None:
        self.query_one("#position", Say).say(position)
        self.query_one("#ask", Say).say(line(question.ask))
        self.query_one("#why", Say).say(line(question.why))

    def _show_field(self, asking: Asking) -> None:
        """The widget for the question's kind. The only place that maps one to the other."""
        from flows.engine import Choice, Listed, Many, Picks, Text, Yes

        question, offer = asking.question, asking.offer
        said = asking.said
        hint = f"For example {question.example}" if question.example else ""
        match question:
            case Choice() | Picks() if offer is not None and offer.listed is Listed.ITEMS:
                rows = [Row(option.key, option.label, option.hint) for option in offer.options]
                note = f"read at {offer.read_at}" if offer.read_at and not question.written else ""
                if isinstance(question, Picks):
                    marked = [row.key for row in rows if row.key in chosen(said) or row.label in chosen(said)]
                    self._list(rows, at=marked[0] if marked else "", marked=marked, note=note)
                else:
                    at = next((row.key for row in rows if str(said) in (row.key, row.label)), "")
                    self._list(rows, at=at, note=note, eager=True)
                hint = ""
            case Yes():
                at = "no" if str(said).lower() in ("no", "n", "false") else "yes"
                self._list([Row("yes", "Yes"), Row("no", "No")], at=at)
                hint = ""
            case Choice() | Picks():
                self._word(as_text(said, ", "))
                hint = "Ctrl-R reads the list again. If you know the id, type it."
            case Many():
                self._several(as_text(said, "\n"))
                hint = f"One a line: Ctrl-J starts another; commas and pasted lists work too. {hint}".strip()
            case Text():
                self._word(as_text(said, ", "))
            case other:
                raise NotImplementedError(type(other).__name__)
        self.query_one("#hint", Say).say(hint)

    def _list(
        self, rows: list[Row], *, at: str, marked: list[str] | None = None, note: str = "", eager: bool = False
    ) -> None:
        field = self._field("list")
        assert isinstance(field, Options)
        field.styles.height = "auto" if len(rows) + 16 <= self.size.height else "1fr"
        field.show(rows, at=at or rows[0].key, marked=marked, note=note, eager=eager)

    def _word(self, text: str) -> None:
        field = self._field("word")
        field.value = text  # type: ignore[attr-defined]
        field.cursor_position = len(text)  # type: ignore[attr-defined]

    def _several(self, text: str) -> None:
        field = self._field("several")
        field.text = text  # type: ignore[attr-defined]
        field.move_cursor(field.document.end)  # type: ignore[attr-defined]

    def _field(self, kind: str) -> Widget:
        """The one field in use, of this kind; made when it is first needed."""
        from ..widgets.fields import Several, Word

        kinds = {"list": Options, "word": Word, "several": Several}
        for name in kinds:
            for widget in self.query(f"#field-{name}"):
                widget.display = name == kind
        found = list(self.query(f"#field-{kind}"))
        if not found:
            found = [kinds[kind](id=f"field-{kind}")]
            found[0].add_class("field")
            self.query_one("#stage").mount(found[0], after="#field")
        field = found[0]
        field.disabled = self._confirming
        if not self._confirming:
            field.focus()
        return field

    def _show_notice(self) -> None:
        rows = self._notice_rows()
        notice = self.query_one("#notice", Lines)
        notice.display = bool(rows)
        notice.show(rows)

    def _notice_rows(self) -> list[Said]:
        from .. import words
        from ..safe import shown

        asking = self.asking
        if asking is None:
            return []
        rows: list[Said] = []
        if asking.because:
            rows.append(Said(words.because(asking), "look", "warn"))
        if problem := asking.problem:
            rows.append(Said(shown(problem.what), "refused", "bad"))
            rows += [Said(shown(problem.why), "why", "muted")] if problem.why else []
            rows += [Said(shown(problem.remedy), "instead", "strong")] if problem.remedy else []
            if fixed := self._suggested():
                rows.append(Said(f"enters {line(fixed)}", "F2", "strong"))
        elif asking.offer is not None and asking.offer.way_out:
            rows.append(Said(shown(asking.offer.way_out), asking.offer.listed.value, "warn"))
        if self._confirming:
            for caution in asking.cautions:
                rows.append(Said(line(caution.message), "caution", "warn"))
            switch = next((c.switch for c in asking.cautions if c.switch), "")
            rows.append(Said("goes on like this", "y", "strong"))
            rows += [Said(f"takes {line(switch)} instead", "s", "strong")] if switch else []
            rows.append(Said("changes the answer", "Esc", "strong"))
        elif not asking.problem:
            rows += [Said(line(c.message), "note", "muted") for c in self._remarks]
        return rows

    def waits(self, words: str) -> None:
        self.query_one("#hint", Say).say(words) if words or self._waiting else None
        self._waiting = words

    # -- keys --------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        asking = self.asking
        match action:
            case "accept":
                return self._confirming
            case "switch":
                return self._confirming and asking is not None and any(c.switch for c in asking.cautions)
            case "next":
                return asking is not None and not self._confirming
            case "suggestion":
                return bool(self._suggested())
            case "reload":
                return asking is not None and asking.offer is not None and not getattr(asking.question, "written", ())
            case _:
                return True

    def _current(self) -> Widget | None:
        return next((w for w in self.query(".field") if w.display), None)

    def action_next(self) -> None:
        """Take the answer in the field."""
        from flows.engine import Many

        match self._current():
            case Options() as options:
                if options.marked is not None:
                    self._answer(options.picked)
                elif options.row:
                    self._answer(options.key)
            case None:
                pass
            case field if self.asking and isinstance(self.asking.question, Many):
                self._answer([text for text in _entries(field.text)])  # type: ignore[attr-defined]
            case field:
                self._answer(field.value)  # type: ignore[attr-defined]

    def action_accept(self) -> None:
        """Yes to every caution that is shown."""
        session, asking = self.session, self.asking
        assert asking is not None

        def accepted() -> State:
            for caution in asking.cautions:
                session.accept(caution.id)
            return session.state()

        self.do(accepted, self._arrive)

    def action_switch(self) -> None:
        """Take the answer that avoids the caution."""
        assert self.asking is not None
        self._answer(next(caution.switch for caution in self.asking.cautions if caution.switch))

    def action_suggestion(self) -> None:
        """Put the suggested value into the field; Enter then takes it."""
        fixed = self._suggested()
        match self._current():
            case Options() | None:
                self._answer(fixed)
            case field if hasattr(field, "value"):
                field.value = fixed
                field.cursor_position = len(fixed)  # type: ignore[attr-defined]
            case field:
                field.text = fixed  # type: ignore[attr-defined]
                field.move_cursor(field.document.end)  # type: ignore[attr-defined]

    def _suggested(self) -> str:
        """What the field would hold with the corrected value in it."""
        from flows.engine import Many

        if self.asking is None or self.asking.problem is None:
            return ""
        problem = self.asking.problem
        fixed = problem.suggestion or str(getattr(problem.__cause__, "suggestion", ""))
        if not fixed or not isinstance(self.asking.question, Many):
            return fixed
        entries = _entries(as_text(self.asking.said, "\n"))
        wrong = max((entry for entry in entries if entry in problem.what), key=len, default="")
        if len(entries) > 1 and not wrong:
            return ""
        return "\n".join(fixed if entry == wrong or len(entries) == 1 else entry for entry in entries)

    def action_back(self) -> None:
        """From a caution to the field, else to the question before, else home."""
        if self._confirming:
            self._confirming = False
            field = self._current()
            if field:
                field.disabled = False
                field.focus()
            self._show_notice()
            self.refresh_bindings()
            return
        if self.busy or self.handrail.desk.session is None:
            self.handrail.go_home()
            return
        session = self.session

        def went() -> State | None:
            self._remarks = ()
            return session.state() if session.back() else None

        def shown(state: State | None) -> None:
            if state is None:
                self.handrail.go_home(f"Your answers are kept in {session.run.id}." if session.run else "")
            else:
                self._arrive(state)

        self.do(went, shown)

    def action_reload(self) -> None:
        """Read the account afresh."""
        session = self.session

        def fresh() -> State:
            session.refresh()
            return session.state()

        self.do(fresh, self._arrive)

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


def steps(session: Session, asking: Asking | None) -> Steps:
    """What the rail shows."""
    found: Steps = []
    here = asking.question.id if asking else ""
    for each in session.trail():
        if not each.question.fine_tuning and each.question.id != here:
            found.append(("done", each.question.label, line(each.shown) or "none"))
    if asking:
        found.append(("here", asking.question.label, ""))
        found += [("ahead", question.label, "") for question in session.ahead()]
    return [*found, ("ahead" if asking else "here", "Review", "")]


def chosen(said: object) -> list[str]:
    """The keys in a reply to a question with several picks."""
    if isinstance(said, list | tuple):
        return [str(key) for key in said]
    return [part.strip() for part in str(said or "").split(",") if part.strip()]


def as_text(said: object, between: str) -> str:
    """A reply as it stands in a field."""
    if isinstance(said, list | tuple):
        return between.join(str(item) for item in said)
    return "" if said is None else str(said)


def _entries(text: str) -> list[str]:
    from flows.engine.questions import several

    return several(text)
