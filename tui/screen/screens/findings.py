"""Whether something that exists works, and why not: the verdict, what was found, and the ways on from there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from ...safe import line
from ..widgets.lines import Lines, Said
from ..widgets.picture import Picture
from ..workspace import Start
from .described import described
from .finding_rows import GRADE_LOOKS, finding_rows, one_finding
from .page import Say
from .pictured import SHOW, Pictured

if TYPE_CHECKING:
    from flows.engine import Asking, Line, Session
    from flows.engine.cache import CachedCloud
    from flows.engine.checking import Checking
    from flows.engine.verdict import Verdict

LOOKING = "Looking at everything on the way…"


class Found(Lines):
    """Findings, of which more can be seen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "choose", "Details", tooltip="Where it was seen, what to do, and the thing as AWS describes it"
        ),
    ]


class Findings(Pictured):
    """Looks, and shows what was found.

    Args:
        checking: what is looked at; everything that it asks is answered.
        told: what was found already; it is looked at otherwise.
        before: what was found before something of it was mended.
        mended: the repair, which can be taken back.
        name: what a person calls it, where that is known.
        seen: what was read for `told`.
        over: whether it lies over the screen from which it was opened.
        agreed: whether it may do what its check always does besides reading in AWS; it says so first otherwise.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "check", "Check again", tooltip="Read the account afresh, and look once more"),
        Binding("f", "fix", "Repair", tooltip="Mend what can be mended: the plan is shown first"),
        Binding("u", "undo", "Undo", tooltip="Take back what was mended"),
        Binding("g", "reach", "Go further", tooltip="Do also what is more than reading in AWS: it says what that is"),
        Binding("s", "set_up", "Set up", tooltip="Open the set-up that would make it right"),
        Binding("escape", "back", "Back", tooltip="To where this was asked for"),
        SHOW,
        Binding("h", "home", "Home", tooltip="To the first screen"),
        Binding("q", "app.leave", "Quit", tooltip="Leave"),
    ]

    def __init__(
        self,
        checking: Checking,
        told: Verdict | None = None,
        *,
        before: Verdict | None = None,
        mended: Session | None = None,
        name: str = "",
        seen: CachedCloud | None = None,
        over: bool = False,
        agreed: bool = True,
    ) -> None:
        super().__init__()
        self.checking, self.told, self._before, self._mended = checking, told, before, mended
        self._name, self._seen, self._over, self._agreed = name, seen or checking.cloud, over, agreed
        self._further = dict[str, str]()
        self.title_words, self.set_up = "Check", checking.made.id

    def between(self) -> Iterable[Widget]:
        with Horizontal(id="body"):
            with Vertical(id="main"):
                yield Found(id="page")
                yield Say(LOOKING, id="said")
            yield Picture()

    def on_mount(self) -> None:
        self.query_one(Found).focus()
        if not self._agreed:
            self.query_one(Found).show([
                Said(f"This check {self.checking.made.check.reaches}.", "not yet", "warn"),
                Said("does that, and looks", "g", "point"),
            ])  # fmt: skip
            self.query_one("#said", Say).say("")
            return
        told, again = self.told, self._mended is not None
        self.do(lambda: self._look(again=again, told=told), self._show, saying=LOOKING)

    def waits(self, words: str) -> None:
        self.query_one("#said", Say).say(words)

    def _look(self, *, again: bool = False, told: Verdict | None = None) -> tuple[Verdict, list[Line]]:
        """What is found, and what was looked at. Slow."""
        from ... import verdicts

        self._further, known = self.checking.further(), told is not None and bool(self._name)
        if told is None:
            told, self._seen = self.checking.look(again=again), self.checking.cloud
        told = verdicts.done_by(told, self._further, "press g")
        if known:
            return told, []
        return told, [each for each in self.checking.trail() if not each.question.fine_tuning]

    def _show(self, found: tuple[Verdict, list[Line]]) -> None:
        self.told, said = found
        self.name_it(f"Check: {line(said[0].shown)}" if said else line(self._name))
        about = ", ".join(f"{each.question.label} {line(each.shown)}" for each in said) or line(self._name)
        self.query_one("#said", Say).say("")
        made = self.checking.made
        self.query_one(Found).show(
            finding_rows(self.told, about, made, before=self._before, read_only=self.checking.place.read_only)
        )
        if made.picture:
            from flows.engine.drawing import found as drawn

            self.draw(drawn(made.picture, self.told.findings))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "check":
                return self.told is not None
            case "reach":
                return not self._agreed or bool(self._further)
            case "picture":
                return self.drawing is not None
            case "fix":
                return self.told is not None and any(each.repair for each in self.told.findings)
            case "undo":
                return self._mended is not None
            case "set_up":
                return self.told is not None and any(
                    each.remedy for each in self.told.findings if each.grade != "proved"
                )
            case _:
                return True

    # -- keys --------------------------------------------------------------------------------------------

    @on(Lines.Chosen)
    def open(self, event: Lines.Chosen) -> None:
        """One finding, and the thing as AWS describes it."""
        assert self.told is not None, "what is chosen was found"
        id_ = event.key.partition(":")[2]
        found = next(each for each in self.told.findings if each.id == id_)
        rows = one_finding(found, self.told) + described(found, self._seen)
        self.handrail.read(self.title_words, rows)

    def action_check(self) -> None:
        """Look once more."""
        before = self.told
        self.do_again(lambda: self._look(again=True), self._show, saying=LOOKING, same=lambda found: found[0] == before)

    def action_reach(self) -> None:
        """Look with what is more than reading in AWS, now that it was asked for."""
        further, self._agreed = self._further, True

        def looked() -> tuple[Verdict, list[Line]]:
            self.checking.suggest(further)
            return self._look(again=True)

        self.query_one("#said", Say).say(LOOKING)
        self.do(looked, self._show, saying=LOOKING)

    def action_fix(self) -> None:
        """Mend it: where there is a choice, what of it."""
        assert self.told is not None, "there is nothing to mend before"
        ids = [each.id for each in self.told.findings if each.repair]
        if len(ids) > 1:
            self.handrail.choose_repairs(self.checking, self.told)
        else:
            self.handrail.mend(self.checking, self.told, ids)

    def action_undo(self) -> None:
        """Take back what was mended, after a look at what that means."""
        assert self._mended is not None, "there is nothing to take back otherwise"
        self.handrail.ask_to_undo(self._mended)

    def action_set_up(self) -> None:
        """Open the set-up that would make it right."""
        assert self.told is not None, "there is nothing to mend before"
        from ...set_up_from import set_up_from

        flow, answers = set_up_from(self.told, self.checking)
        self.handrail.begin(Start(flow, answers=answers))

    def action_back(self) -> None:
        """To where this was asked for: a page, a run, or the last question."""
        if self._over:
            self.app.pop_screen()
            return
        if self.checking.run:
            self.handrail.begin(Start(run=self.checking.run))
            return
        if self.busy:
            self.handrail.go_home()
            return
        checking = self.checking

        def went() -> Asking | None:
            checking.back()
            return checking.asking()

        self.do(went, lambda asking: self.handrail.show(checking, asking))

    def explained(self) -> list[Said]:
        from flows.engine import Grade

        told = {
            Grade.REFUSED: "it is not as it must be",
            Grade.CAUTION: "it works, and should not stay so",
            Grade.WAITING: "it waits for something that is neither AWS's nor Handrail's to do",
            Grade.NOT_CHECKED: "it could not be looked at, and is not claimed",
            Grade.PREDICTED: "it follows from what was read, but only doing it proves it",
            Grade.PROVED: "it was read in the account just now, and is right",
        }
        return [
            Said("What is found", kind="heading"),
            Said("Looking changed nothing. “It works” is said only when everything on the way was looked at and is "
                 "right. The cause stands before what follows from it. Enter on a line shows where it was seen."),
            Said(),
            *(Said(sentence, grade, GRADE_LOOKS[grade]) for grade, sentence in told.items()),
        ]  # fmt: skip
