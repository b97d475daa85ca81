"""The plan as a file for somewhere else: which kinds there are, what is in one, and where it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from ...exports import Document, Form, free, offered, save
from ...safe import shown
from ..widgets.fields import TextField
from ..widgets.lines import Said
from ..widgets.options import Options
from ..widgets.row import Row
from .page import Page, Reading, Say, homely

if TYPE_CHECKING:
    from flows.engine import Session


class Exports(Page):
    """Every kind of file that this plan can be."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Back", tooltip="Back to the review"),
    ]
    title_words = "Export"

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session, self._forms = session, offered(session.flow)
        self.set_up = session.flow.id

    def between(self) -> Iterable[Widget]:
        yield Say("The same plan as a file for somewhere else. Nothing is created.", id="intro")
        yield Options([Row(key, form.title, form.about) for key, form in self._forms.items()], id="choices")
        yield Say("", id="said")

    def on_mount(self) -> None:
        self.query_one(Options).focus()

    @on(Options.Chosen)
    def look(self, event: Options.Chosen) -> None:
        """Show it; from there it can be written."""
        show(self, self.session, self._forms[event.key], self.query_one("#said", Say).say)

    def action_close(self) -> None:
        """Back to the review."""
        self.app.pop_screen()

    def explained(self) -> list[Said]:
        return [
            Said("Export", kind="heading"),
            Said("The script and the runbook have every step. A template holds what a stack can create, and says what "
                 "it lacks. No file holds a secret. Ids in them are those of this account."),
        ]  # fmt: skip


class Exported(Reading):
    """One file as it would be written, and what must be known of it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "write", "Write to a file", tooltip="Write it to a file"),
    ]

    def __init__(self, form: Form, flow: str, document: Document) -> None:
        notes = [Said(shown("\n".join(document.notes)), "note", "warn")] if document.notes else []
        rows = [Said(f"{form.about[0].upper()}{form.about[1:]}. w writes it to a file.", kind="muted"), *notes]
        rows.append(Said(kind="heading"))  # what follows begins at the left
        super().__init__(form.title, [*rows, *(Said(shown(each), kind="code") for each in document.text.splitlines())])
        self._document, self._parts, self.set_up = document, (flow, form.ending), flow

    def between(self) -> Iterable[Widget]:
        yield from super().between()
        yield Say("", id="said")

    def action_write(self) -> None:
        """Write it to a file."""
        self.handrail.save_as(self._document, free(*self._parts), self.query_one("#said", Say).say)


class SaveAs(Page):
    """Ask for a file's name, and write it. Nothing is overwritten.

    Args:
        document: what is written.
        name: the name that is offered.
        then: told in a sentence where it was written.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "save", "Write", priority=True, tooltip="Write the file"),
        Binding("escape", "close", "Back", tooltip="Back, without writing"),
    ]
    title_words = "Write to a file"

    def __init__(self, document: Document, name: str, then: Callable[[str], None]) -> None:
        super().__init__()
        self._document, self._file, self._then = document, name, then

    def between(self) -> Iterable[Widget]:
        yield Say("Which file?", id="ask")
        yield Say(f"In {homely(str(Path.cwd()))}, or in another folder: /tmp/{self._file}", id="why")
        yield TextField(id="name")
        yield Say("", id="hint")

    def on_mount(self) -> None:
        field = self.query_one(TextField)
        field.value, field.cursor_position = self._file, len(self._file)
        field.focus()

    def action_save(self) -> None:
        """Write the file."""
        self.once_typed(self._save)

    def _save(self) -> None:
        from flows.engine import Refused

        from ... import words

        try:
            path = save(self._document, self.query_one(TextField).value.strip())
        except Refused as problem:
            self.query_one("#hint", Say).say(words.problem(problem))
            return
        self.app.pop_screen()
        self._then(f"Written to {homely(str(path))}.")

    def action_close(self) -> None:
        """Back, without writing."""
        self.app.pop_screen()


def show(page: Page, session: Session, form: Form, tell: Callable[[str], None]) -> None:
    """Make a file of the plan and show it, or `tell` why there is none."""
    from flows.engine import Refused

    from ... import words

    def made() -> Document | str:
        try:
            return form.make(session)
        except Refused as problem:
            return words.problem(problem)

    def open_(found: Document | str) -> None:
        if isinstance(found, str):
            tell(found)
        else:
            page.handrail.show_export(form, session.flow.id, found)

    page.do(made, open_)
