"""Where something is typed: one line, or one entry a line. Neither has a cursor that blinks."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import Input, TextArea


class Word(Input):
    """One line of typed text."""

    def __init__(self, *, id: str | None = None, password: bool = False) -> None:
        super().__init__(id=id, password=password, compact=True, select_on_focus=False)
        self.cursor_blink = False


class Several(TextArea):
    """Several entries, one a line. Pasting a list in any common form makes one entry a line of it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+j", "another", "New line", tooltip="Add another entry"),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, compact=True, soft_wrap=True, tab_behavior="focus", highlight_cursor_line=False)
        self.cursor_blink = False

    def on_resize(self) -> None:
        self.scroll_cursor_visible()

    def action_another(self) -> None:
        """A line for another entry."""
        self.insert("\n")

    async def _on_paste(self, event: events.Paste) -> None:
        from flows.engine.questions import several

        event.stop()
        event.prevent_default()
        entries = several(event.text)
        before, after = self.text[: self._offset()], self.text[self._offset() :]
        text = "\n".join(entries) if len(entries) > 1 else event.text.strip()
        starts = "\n" if len(entries) > 1 and before and not before.endswith("\n") else ""
        ends = "\n" if len(entries) > 1 and after and not after.startswith("\n") else ""
        self.insert(f"{starts}{text}{ends}")

    def _offset(self) -> int:
        row, column = self.cursor_location
        return sum(len(line) + 1 for line in self.text.split("\n")[:row]) + column
