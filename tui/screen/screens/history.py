"""Every draft and run, and all that is known about one of them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from ...safe import line
from ..widgets.lines import Lines, Said
from ..widgets.options import Options
from ..workspace import Start
from .looked import LOOKING
from .page import Page, Say
from .plan_steps import kept, standing_still
from .run_list import run_rows
from .takeaway import Takeaway, file_row, let_it_happen, may_happen, show_file

if TYPE_CHECKING:
    from flows.engine import Handover, Run, Session

    from ...history import Entry


class History(Page):
    """Drafts and runs, newest first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "delete", "Delete draft", tooltip="Delete the draft under the cursor; a run is never forgotten"),
        Binding("escape", "close", "Back", tooltip="Back to the first screen"),
    ]
    title_words = "History"

    def __init__(self) -> None:
        super().__init__()
        self._drafts = set[str]()
        self._sure = ""

    def between(self) -> Iterable[Widget]:
        yield Say("Reading the journal…", id="intro")
        yield Options(whole=False, id="choices")
        yield Say("", id="detail")

    def on_mount(self) -> None:
        self.query_one(Options).focus()
        self._read()

    def _read(self) -> None:
        from ...history import entries

        self.do(lambda: entries(self.handrail.workspace.journal()), self._show)

    def _show(self, found: list[Entry]) -> None:
        from ...history import NOTHING

        words = "Drafts and runs, newest first. Enter opens one, / finds one." if found else NOTHING
        self._drafts = {f"run:{each.id}" for each in found if each.record.status == "draft"}
        self.query_one("#intro", Say).say(words)
        self.query_one(Options).show(run_rows(found))
        self.refresh_bindings()

    @on(Options.Moved)
    def describe(self, event: Options.Moved) -> None:
        """Say in full what the list has no room for."""
        if event.row and event.row.key == self._sure:
            return  # the same as before: the list only has another size
        self._sure = ""
        self.query_one("#detail", Say).say(event.options.cut_off)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "delete" or self._here in self._drafts

    @property
    def _here(self) -> str:
        """The key of what the cursor is on."""
        options = self.query(Options)
        return row.key if options and (row := options.first().row) else ""

    def action_delete(self) -> None:
        """Forget a draft, once somebody pressed the key twice."""
        from ...history import delete

        key = self._here
        if self._sure != key:
            self._sure = key
            self.query_one("#detail", Say).say("d once more deletes this draft and its answers. It created nothing.")
            return
        journal = self.handrail.workspace.journal()
        self.do(lambda: delete(journal, journal.run(key.partition(":")[2])), lambda _: self._read())

    @on(Options.Chosen)
    def open(self, event: Options.Chosen) -> None:
        """Go on with it, or look at it."""
        self.handrail.begin(Start(run=event.key.partition(":")[2]))

    def action_close(self) -> None:
        """Back to the first screen."""
        self.app.pop_screen()

    def explained(self) -> list[Said]:
        return [
            Said("History", kind="heading"),
            Said("A draft has answers and created nothing; it can be deleted. A run created something: it can be gone "
                 "on with, looked at, and taken back, and is never forgotten."),
            Said("/ finds one by anything that stands in its line: what it is of, its state, region or id."),
        ]  # fmt: skip


class RunPage(Page):
    """A run that is over: its steps, resources, outputs, files and costs."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "happen", "Let it happen", tooltip="In practice: the device calls, somebody pushes, a file lands"),
        Binding("u", "undo", "Undo", tooltip="Take everything back that this run created, or what stayed of it"),
        Binding("c", "check", "Check again", tooltip="Look whether it works, and write its files again"),
        Binding("d", "diagnose", "Diagnose", tooltip="Look at everything on the way to what this run made"),
        Binding("l", "look", "Still so?", tooltip="Look whether what this run made is still as it left it"),
        Binding("h", "home", "Home", tooltip="To the first screen"),
        Binding("escape", "home", "Home", show=False, tooltip="To the first screen"),
        Binding("q", "app.leave", "Quit", tooltip="Leave"),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.title_words, self.set_up = session.flow.title, session.flow.id

    def between(self) -> Iterable[Widget]:
        yield Takeaway(self._rows(), id="page")
        yield Say("", id="said")

    def on_mount(self) -> None:
        from ...history import ended_meanwhile

        self.query_one(Lines).focus()
        run, notes = self.session.run, list(self.session.otherwise)
        if run and run.ended_meanwhile:
            notes.append(ended_meanwhile(run))
        self.query_one("#said", Say).say("\n".join(notes))

    @on(Lines.Chosen)
    def open_file(self, event: Lines.Chosen) -> None:
        """Show a file."""
        show_file(self, event.key)

    def _rows(self) -> list[Said]:
        assert self.session.run is not None, "a run is looked at"
        return all_of(self.session.run)

    def waits(self, words: str) -> None:
        self.query_one("#said", Say).say(words)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "happen":
            return may_happen(self.session)
        if action not in ("check", "diagnose", "look", "undo"):
            return True
        run = self.session.run
        if run is not None and action == "undo":
            from ...history import may_be_undone

            return may_be_undone(run)
        return run is not None and run.record.status in ("done", "waiting")

    def action_check(self) -> None:
        """Look whether it works."""

        def shown(handover: Handover) -> None:
            self.handrail.show_done(self.session, handover)

        self.do(self.session.hand_over, shown, saying="Looking whether it works…")

    def action_happen(self) -> None:
        """Let happen in practice what this waits for, and look."""
        let_it_happen(self, self.session, partial(self.handrail.show_done, self.session))

    def action_look(self) -> None:
        """Whether it is still as it was left."""
        self.do(self.session.look, partial(self.handrail.show_looked, self.session), saying=LOOKING)

    def action_diagnose(self) -> None:
        """The check of what this run made."""
        self.handrail.diagnose(self.session)

    def action_undo(self) -> None:
        """Take it back, after a look at what that means."""
        self.handrail.ask_to_undo(self.session)


def all_of(run: Run, *, only_read: bool = False) -> list[Said]:
    """All that is known about a run; no keys that do something with it, where it is `only_read`."""
    from flows.engine.receipts import receipt

    from ... import outcome, words
    from ...costs import cost
    from ...history import (
        THE_REST,
        existed,
        may_be_undone,
        moment,
        output,
        prices,
        said,
        state,
        subject,
        to_do,
        where,
    )

    record, plan = run.record, run.plan
    assert plan is not None, "a draft is gone on with, not looked at"
    rows = [Said(f"{run.id}: {state(run)}", kind="heading"), Said(line(subject(record)))]
    rows += [Said(f"Begun {moment(record.created)}, last changed {moment(record.changed)} (UTC).", kind="muted")]
    rows += [Said(where(record), kind="muted")]
    waits, now = to_do(run)
    rows += [Said(), Said(waits, "waiting", "warn")] if waits else []
    if waits and record.place.practice and not only_read:
        rows += [Said("lets happen what it waits for", "p", "point")]
    over = record.status == "undone"
    left = receipt(run, plan).left if over else ()
    handed = {} if over else record.handover
    costs = () if over else prices(run)
    parts = (
        ("What to do now", [Said(step, f"{number}", "point") for number, step in enumerate(now, 1)]),
        ("Left", [Said(f"{line(rest.what)}: {line(rest.why)}{words.still(rest)}") for rest in left]),
        ("Steps", [(standing_still if over and action.undo else kept)(action, run) for action in plan.actions]),
        ("Outputs", [Said(line(value), output(name)) for name, value in handed.get("outputs", {}).items()]),
        ("Files", [file_row(Path(name)) for name in handed.get("files", {})]),
        ("Resources", [
            Said(
                f"{line(each['id'])}  {each['type']}{existed(each)}", "made" if each["created"] else "existed",
                copy=line(each["id"]),
            )
            for each in outcome.resources(run, plan)
        ]),
        ("What it cost when it was made", [Said(line(cost(each))) for each in costs]),
        ("Answers", [Said(line(said(value)), key) for key, value in record.answers.items()]),
    )  # fmt: skip
    for heading, found in parts:
        if found:
            rows += [Said(), Said(heading, kind="heading"), *found]
    if over and may_be_undone(run) and not only_read:
        rows += [Said(), Said(f"{THE_REST}: u, or {words.undo(run.id)}", copy=words.undo(run.id))]
    return rows
