"""Everything a person should see before anything is created, on one page to walk through with the arrow keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from ...exports import FORMS, answers, free
from ...safe import line
from ..widgets.lines import Lines, Said
from ..widgets.picture import Picture
from ..widgets.rail import Rail
from .export import show
from .page import Say
from .pictured import SHOW, Pictured
from .question_steps import steps

if TYPE_CHECKING:
    from flows.engine import Action, Caution, Line, Review, Session, State


class ReviewPage(Pictured):
    """The plan in plain sentences, what was checked, what it costs, and every answer to change."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "apply", "Apply", tooltip="Create it, as the plan says"),
        Binding("y", "accept", "Yes", priority=True, tooltip="Say yes to the caution under the cursor, as Enter does"),
        Binding("s", "switch", "Switch", tooltip="Take the answer that avoids this caution"),
        Binding("d", "default", "Default", tooltip="Let the default count again"),
        Binding("c", "commands", "Commands", tooltip="The same as aws commands"),
        Binding("p", "permissions", "Permissions", tooltip="What you must be allowed to do, as an IAM policy"),
        Binding("e", "export", "Export", tooltip="The plan as a script, a template, a policy or a runbook"),
        Binding("w", "write", "Save answers", tooltip="Write an answers file"),
        Binding("ctrl+r", "reload", "Read again", show=False, tooltip="Read the account afresh and check again"),
        Binding("escape", "back", "Back", tooltip="To the last question"),
        SHOW,
    ]

    asks = True
    moves = True

    def __init__(self, session: Session, review: Review) -> None:
        super().__init__()
        self.session, self.review = session, review
        self.title_words, self.set_up = session.flow.title, session.flow.id

    def between(self) -> Iterable[Widget]:
        with Horizontal(id="body"):
            rail = Rail(id="rail")
            rail.show(steps(self.session, None).rows)
            yield rail
            with Vertical(id="stage"):
                yield Lines(review_rows(self.session, self.review), id="review")
                yield Say("", id="said")
            yield Picture()

    def on_mount(self) -> None:
        self.query_one(Lines).focus()
        self._draw_plan()

    def _draw_plan(self) -> None:
        from flows.engine.drawing import answered, draw

        if picture := self.session.flow.picture:
            self.draw(draw(picture, answered(self.review.answers), plan=self.review.plan))

    def waits(self, words: str) -> None:
        self.query_one("#said", Say).say(words)

    def tell(self, words: str) -> None:
        """Say something under the page."""
        self.query_one("#said", Say).say(words)

    @property
    def open_cautions(self) -> list[Caution]:
        """What still needs a conscious yes."""
        return [c for c in self.review.cautions if c.confirm and c.id not in self.session.accepted]

    def _caution(self) -> Caution | None:
        kind, _, id_ = self.query_one(Lines).key.partition(":")
        return next((c for c in self.review.cautions if kind == "caution" and c.id == id_), None)

    def _answer(self) -> Line | None:
        kind, _, id_ = self.query_one(Lines).key.partition(":")
        return next((each for each in self.review.answers if kind == "answer" and each.question.id == id_), None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if not self.is_mounted:
            return True
        match action:
            case "picture":
                return self.drawing is not None
            case "write" | "export":
                return bool(self.session.flow.questions)
            case "accept":
                return self._caution() in self.open_cautions
            case "switch":
                caution = self._caution()
                return caution is not None and bool(caution.switch)
            case "default":
                answer = self._answer()
                return answer is not None and answer.question.fine_tuning and not answer.defaulted
            case _:
                return True

    # -- keys --------------------------------------------------------------------------------------------

    @on(Lines.Chosen)
    def choose(self, event: Lines.Chosen) -> None:
        """Change an answer, say yes to a caution, or take that back."""
        kind, _, key = event.key.partition(":")
        if kind == "caution":
            said = key in self.session.accepted
            self._go(lambda: self.session.take_back(key) if said else self.session.accept(key))
        else:
            self._go(lambda: self.session.revisit(key, aside=True))

    def action_accept(self) -> None:
        """Say yes to the caution under the cursor."""
        caution = self._caution()
        if caution is not None:
            self._go(lambda: self.session.accept(caution.id))

    def action_switch(self) -> None:
        """Take the answer that avoids the caution under the cursor."""
        caution = self._caution()
        if caution is not None:

            def switched() -> None:
                self.session.revisit(caution.key)
                self.session.answer(caution.switch)

            self._go(switched)

    def action_default(self) -> None:
        """Let the default count again."""
        answer = self._answer()
        if answer is not None:
            key = answer.question.id
            self._go(lambda: self.session.use_default(key))

    def action_back(self) -> None:
        """To the last question, to what was found, or to the run."""
        if self.session.flow.questions:
            self._go(self.session.back)
        else:
            self.handrail.back_from_review()

    def action_reload(self) -> None:
        """Read the account afresh and check again."""
        self._go(self.session.refresh)

    def _go(self, change: Callable[[], object]) -> None:
        """Change something, then show what the session says: this page afresh, or a question."""
        session = self.session

        def changed() -> State:
            change()
            return session.state()

        self.do(changed, self._arrive)

    def _arrive(self, state: State) -> None:
        from flows.engine import Asking

        if isinstance(state, Asking):
            self.handrail.show(self.session, state)
            return
        self.review = state.review
        self.query_one(Lines).show(review_rows(self.session, self.review))
        self._draw_plan()
        self.tell("")

    def action_apply(self) -> None:
        """Create it, unless something speaks against it."""
        from ... import words

        if self.busy:
            return
        lines = self.query_one(Lines)
        if self.session.place.read_only:
            self.tell("Nothing can be created: this is read-only. Leave out --read-only.")
        elif self.review.refusals:
            self.tell(f"Not like this: {words.with_remedy(self.review.refusals[0])}")
        elif open_ := self.open_cautions:
            lines.show(review_rows(self.session, self.review), at=f"caution:{open_[0].id}")
            self.tell("This needs your yes first: y, or Enter on it, says yes.")
        else:
            self.handrail.apply(self.session)

    def action_commands(self) -> None:
        """The plan as aws commands."""
        show(self, self.session, FORMS["cli"], self.tell)

    def action_permissions(self) -> None:
        """What must be allowed, as an IAM policy."""
        show(self, self.session, FORMS["policy"], self.tell)

    def action_export(self) -> None:
        """The plan as a file of any kind."""
        self.handrail.show_exports(self.session)

    def action_write(self) -> None:
        """Write the answers to a file that only this user can read."""
        from flows.engine import shell

        flow = self.session.flow.id
        start = shell.handrail("run", flow, "--answers", "FILE")

        def written(where: str) -> None:
            self.tell(f"{where} `{start}` starts from it.")

        self.handrail.save_as(answers(self.session), free(flow, ".yaml"), written)

    def explained(self) -> list[Said]:
        return [
            Said("Review", kind="heading"),
            Said("Nothing was created so far. This is what would be done, what was checked, and what it costs. "
                 "Put the cursor on an answer and press Enter to change it; you come back here."),
            Said(),
            Said("read in the account just now", "proved", "good"),
            Said("follows from what was read, but only doing it proves it", "predicted", "likely"),
            Said("could not be looked at, and is not claimed", "not checked", "warn"),
            Said("it would fail: nothing is created before this is solved", "refused", "bad"),
        ]  # fmt: skip


def review_rows(session: Session, review: Review) -> list[Said]:
    """The whole review as rows, the most important first."""
    from flows.engine import Grade

    from ... import words
    from ...costs import parts, total

    looks = {Grade.PROVED: "good", Grade.PREDICTED: "likely", Grade.REFUSED: "bad"}
    rows = [Said(f"{line(each.short)}.", words.danger(each), "danger") for each in words.dangers(review.cautions)]
    rows += [_verdict(session, review), Said(total(review.plan.costs), "costs", "sum")]
    rows += [Said(words.where(session.identity, session.place), "in", "note")]
    rows += [Said(), Said("What will be done", kind="heading")]
    rows += [Said(line(action.sentence), *_step(action)) for action in review.plan.actions]
    rows += [Said(f"{line(use.sentence)} (exists; undo leaves it)", "= use", "muted") for use in review.plan.uses]
    if review.cautions:
        rows += [Said(), Said("Worth knowing", kind="heading")]
        rows += [_caution(caution, session) for caution in words.dangers_first(review.cautions)]
    rows += [Said(), Said("Checked beforehand", kind="heading")]
    for found in sorted(review.findings, key=lambda f: f.grade is not Grade.REFUSED):
        text = line(found.sentence)
        if found.remedy and found.grade is not Grade.PROVED:
            text += f" {line(found.remedy)}"
        rows.append(Said(text, found.grade, looks.get(found.grade, "warn")))
    rows += [Said(), Said("What it costs", kind="heading"), Said(total(review.plan.costs), kind="sum")]
    rows += [Said(line(text), kind="muted" if text.startswith("Source") else "") for text in parts(review.plan.costs)]
    for heading, fine in (("Your answers", False), ("Fine-tuning", True)):
        if answers := [_answer(each) for each in review.answers if each.question.fine_tuning is fine]:
            rows += [Said(), Said(heading, kind="heading"), *answers]
    return rows


def _step(action: Action) -> tuple[str, str]:
    """A step's sign and word, and how they look."""
    from flows.engine.deeds import Deed, deed

    from ...words import signed

    looks = {Deed.CREATE: "good", Deed.WAIT: "muted", Deed.REMOVE: "bad"}
    what = deed(action)
    return signed(what), looks.get(what, "warn")


def _verdict(session: Session, review: Review) -> Said:
    count = len(review.plan.actions)
    if review.refusals:
        return Said("This cannot be created yet; see “Checked beforehand”.", "stop", "bad")
    if not count:
        return Said("Everything is there already; there is nothing to create.", "ready", "good")
    needs = sum(c.confirm and c.id not in session.accepted for c in review.cautions)
    steps = f"{count} step{'' if count == 1 else 's'}. Nothing was created so far."
    if session.place.read_only:
        return Said(f"{steps} This is read-only: it cannot be applied.", "plan", "warn")
    if needs:
        return Said(f"{steps} Some of it needs your yes first; see “Worth knowing”.", "plan", "warn")
    return Said(f"{steps} Press a to apply the plan.", "ready", "good")


def _caution(caution: Caution, session: Session) -> Said:
    from ... import words

    text = line(words.told(caution))
    if not caution.confirm:
        return Said(text, "note", "note")
    if caution.id in session.accepted:
        return Said(f"{text} You said yes. Enter takes that back.", "yes", "good", f"caution:{caution.id}")
    switch = f" s takes {line(caution.switch)} instead." if caution.switch else ""
    look = "danger" if caution.danger else "warn"
    return Said(f"{text} y or Enter says yes.{switch}", words.danger(caution), look, f"caution:{caution.id}")


def _answer(each: Line) -> Said:
    value = line(each.shown)
    mark = " (default)" if each.question.fine_tuning and each.defaulted else ""
    return Said(f"{value}{mark}", each.question.label, "answer", f"answer:{each.question.id}")
