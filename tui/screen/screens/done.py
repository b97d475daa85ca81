"""How it ended: what is there now and what to do with it, or the receipt of an undo."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from ...safe import line
from ..widgets.lines import Lines, Said
from .looked import LOOKING
from .page import Page, Say, homely
from .takeaway import Takeaway, file_row, let_it_happen, may_happen, show_file

if TYPE_CHECKING:
    from flows.engine import Handover, Receipt, Session


class Done(Page):
    """Outputs, files, next steps, and whether it really works."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "happen", "Let it happen", tooltip="In practice: the device calls, somebody pushes, a file lands"),
        Binding("u", "undo", "Undo", tooltip="Take everything back that this run created"),
        Binding("c", "check", "Check again", tooltip="Look once more whether it works"),
        Binding("d", "diagnose", "Diagnose", tooltip="Look at everything on the way to what this run made"),
        Binding("l", "look", "Still so?", tooltip="Look whether what this run made is still as it left it"),
        Binding("h", "home", "Home", tooltip="To the first screen"),
        Binding("escape", "home", "Home", show=False, tooltip="To the first screen"),
        Binding("q", "app.leave", "Quit", tooltip="Leave"),
    ]

    def __init__(self, session: Session, handover: Handover, said: str = "") -> None:
        super().__init__()
        self.session, self._handover, self._said = session, handover, said
        self.title_words, self.set_up = session.flow.title, session.flow.id

    def between(self) -> Iterable[Widget]:
        yield Takeaway(self._rows(), id="page")
        yield Say(self._said, id="said")

    def on_mount(self) -> None:
        self.query_one(Lines).focus()

    def waits(self, words: str) -> None:
        self.query_one("#said", Say).say(words)

    def _rows(self) -> list[Said]:
        from flows.engine import Grade

        from ... import words
        from ...history import output

        done, run = self._handover, self.session.run
        assert run is not None, "only a run is done"
        looks = {Grade.PROVED: "good", Grade.PREDICTED: "likely", Grade.REFUSED: "bad"}
        first = [name for name in self.session.flow.came_for if done.outputs.get(name)]
        waits = line(done.waiting)
        if wrong := words.not_right(done):
            broken = any(found.grade is Grade.REFUSED for found in done.findings)
            rows = [Said(f"Everything is created. {wrong}", "done", "bad" if broken else "warn", copy=run.id)]
            rows += [Said(waits, "waiting", "warn")] if waits else []
        elif waits:
            rows = [Said(f"Everything is created. {waits}", "waiting", "warn", copy=run.id)]
        else:
            rows = [Said("Everything is created.", "done", "good", copy=run.id)]
        if waits and self.session.place.practice:
            rows += [Said("lets happen what it waits for", "p", "point")]
        rows += [Said(kind="heading")] if first else []  # their words are as wide as they are
        rows += [Said(line(done.outputs[name]), output(name), "sum") for name in first]
        if done.next_steps:
            rows += [Said(), Said("What to do now", kind="heading")]
            rows += [Said(line(step), f"{number}", "point") for number, step in enumerate(done.next_steps, 1)]
        for heading, told in (("Done already", done.done), ("Good to know", done.notes)):
            if told:
                rows += [Said(), Said(heading, kind="heading"), *(Said(line(each), "", "answer") for each in told)]
        if done.files:
            rows += [Said(), Said("Files", kind="heading")]
            rows += [
                Said(
                    f"{homely(str(run.folder))} (only you can read them; they may hold secret keys)",
                    "in",
                    "point",
                    copy=str(run.folder),
                )
            ]
            rows += [file_row(run.folder / name, name) for name in sorted(done.files)]
        if done.findings:
            rows += [Said(), Said("Does it work?", kind="heading")]
            rows += [
                Said(f"{line(found.sentence)} {line(found.remedy)}".strip(), found.grade,
                     looks.get(found.grade, "warn"))
                for found in done.findings
            ]  # fmt: skip
        rows += [Said(), Said("What was created", kind="heading")]
        rest = ((name, value) for name, value in done.outputs.items() if name not in first)
        rows += [Said(line(value), output(name), "answer") for name, value in rest]
        rows += [Said(run.id, "this run", "answer"), Said(words.undo(run.id), "undo", "answer")]
        return rows

    @on(Lines.Chosen)
    def open_file(self, event: Lines.Chosen) -> None:
        """Show a file."""
        show_file(self, event.key)

    def action_check(self) -> None:
        """Look once more whether it works."""

        def shown(handover: Handover) -> None:
            self._handover = handover
            self.query_one(Lines).show(self._rows())

        before = self._handover
        saying = "Looking whether it works…"
        self.do_again(self.session.hand_over, shown, saying=saying, same=lambda found: found == before)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return may_happen(self.session) if action == "happen" else True

    def action_happen(self) -> None:
        """Let happen in practice what this waits for, and look."""

        def shown(handover: Handover, told: str) -> None:
            self._handover = handover
            self.query_one(Lines).show(self._rows())
            self.query_one("#said", Say).say(told)
            self.refresh_bindings()

        let_it_happen(self, self.session, shown)

    def action_look(self) -> None:
        """Whether it is still as it was left."""
        self.do(self.session.look, partial(self.handrail.show_looked, self.session), saying=LOOKING)

    def action_diagnose(self) -> None:
        """The check of what this run made."""
        self.handrail.diagnose(self.session)

    def action_undo(self) -> None:
        """Take it back, after a look at what that means."""
        self.handrail.ask_to_undo(self.session)

    def explained(self) -> list[Said]:
        return [
            Said("Done", kind="heading"),
            Said("What was created is listed with its ids. “waiting” means that something outside AWS must happen "
                 "first, for example that your device connects; it is no error. c looks again; "
                 "l says later whether somebody changed or deleted any of it."),
        ]  # fmt: skip


class ReceiptPage(Page):
    """What an undo removed, restored and left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "undo", "Undo again", tooltip="Try once more what could not be taken back"),
        Binding("h", "home", "Home", tooltip="To the first screen"),
        Binding("escape", "home", "Home", show=False, tooltip="To the first screen"),
        Binding("q", "app.leave", "Quit", tooltip="Leave"),
    ]

    def __init__(self, session: Session, receipt: Receipt) -> None:
        super().__init__()
        self.session, self._receipt = session, receipt
        self.title_words, self.set_up = session.flow.title, session.flow.id

    def between(self) -> Iterable[Widget]:
        yield Takeaway(receipt_rows(self._receipt), id="page")
        yield Say("", id="said")

    def on_mount(self) -> None:
        self.handrail.code = 0 if self._receipt.complete else 1
        self.query_one(Lines).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return not self._receipt.complete or self._receipt.in_use if action == "undo" else True

    def action_undo(self) -> None:
        """Once more."""
        self.handrail.ask_to_undo(self.session)

    def explained(self) -> list[Said]:
        return [
            Said("Receipt", kind="heading"),
            Said("- removed was created by this run and is gone; ~ put back was changed and is as before; = left is "
                 "still there, with the reason and what it costs; ! LOST is gone for good, as you decided."),
        ]  # fmt: skip


def receipt_rows(receipt: Receipt) -> list[Said]:
    """A receipt in rows, the verdict first."""
    from ...taking_back import LEFT, LOST, MAYBE, REMOVED, RESTORED, YOURS, headline, left_over

    staying = receipt.staying
    look = "bad" if not receipt.complete or receipt.lost else "warn" if staying else "good"
    rows = [Said(headline(receipt), "left" if staying or not receipt.complete else "undone", look)]
    removed = (what for what in receipt.removed if what not in receipt.lost)
    unknown = [rest for rest in receipt.left if rest.maybe]
    others = [rest for rest in receipt.left if not (rest.stays or rest.maybe)]
    parts = (
        ("Lost for good", [Said(line(what), LOST, "danger") for what in receipt.lost]),
        ("Still there", [Said(homely(left_over(rest)), LEFT, "warn" if rest.costs else "muted") for rest in staying]),
        ("Not known here", [Said(homely(left_over(rest)), MAYBE, "muted") for rest in unknown]),
        ("What is yours to do", [Said(line(what), YOURS, "point") for what in receipt.yours]),
        ("Removed", [Said(homely(line(what)), REMOVED, "good") for what in removed]),
        ("Put back as it was", [Said(line(what), RESTORED, "good") for what in receipt.restored]),
        ("Not touched", [Said(homely(left_over(rest)), LEFT, "muted") for rest in others]),
    )
    for heading, found in parts:
        if found:
            rows += [Said(), Said(heading, kind="heading"), *found]
    return rows
