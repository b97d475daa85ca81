"""What somebody takes along from a page: rows to copy, and files to look into; and what comes next of a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from ...safe import shown
from ..widgets.lines import Lines, Said
from .page import Page, Say, homely

if TYPE_CHECKING:
    from flows.engine import Handover, Session

FILE = "file:"
"""What the key of a file's row begins with; its path follows."""


class Takeaway(Lines):
    """A page that is walked through row by row, each of which can be copied; files in it can be opened. The cursor is
    on what somebody came for first, if that is among them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Show", tooltip="Show the file that the cursor is on"),
        Binding("y", "copy", "Copy", tooltip="Copy the command, address or name that the cursor is on"),
    ]

    def __init__(self, rows: list[Said], *, id: str | None = None) -> None:
        super().__init__(rows, walked=True, id=id)
        self._cursor = next((place for place, row in enumerate(rows) if row.kind == "sum"), 0)


def file_row(path: Path, name: str = "") -> Said:
    """A file that can be shown; its name is copied with its folder. `name` is what is shown of that."""
    return Said(name or homely(str(path)), key=f"{FILE}{path}", copy=str(path))


def show_file(page: Page, key: str) -> None:
    """Show what is in a file; say so where it cannot be read."""
    path = Path(key.removeprefix(FILE))
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        page.query_one("#said", Say).say(f"{homely(str(path))} cannot be read: {error.strerror}.")
        return
    where = Said(homely(str(path)), "file", "muted", copy=str(path))
    lines = [Said(shown(each), kind="code") for each in text.splitlines()]
    page.handrail.read(path.name, [where, Said(kind="heading"), *lines])


def may_happen(session: Session) -> bool:
    """In practice: whether anything comes to what a run made, such as the device that it waits for."""
    run = session.run
    if run is None or run.record.status not in ("done", "waiting") or not session.place.practice:
        return False
    from flows.accounts import something_comes

    handed = run.record.handover
    return something_comes(handed.get("outputs", {}), waiting=bool(handed.get("waiting")))


def let_it_happen(page: Page, session: Session, then: Callable[[Handover, str], None]) -> None:
    """Let that happen, and look; `then` gets what there is now, and what happened."""
    from flows.accounts import let_happen

    run = session.run
    assert run is not None, "only what a run made waits for something"

    def happened() -> tuple[Handover, str]:
        told = let_happen(session.cloud, run.record.handover.get("outputs", {}))
        return session.hand_over(), told or "Nothing more happens here by itself."

    page.do(happened, lambda found: then(*found), saying="Looking…")
