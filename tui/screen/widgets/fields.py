"""Where something is typed: one line, or one entry a line. Neither has a cursor that blinks."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, TextArea


async def at_once(field: Widget, event: events.Key) -> None:
    """Do what a key means in a field before the next key comes.

    Textual runs a key's action only once the key has bubbled up, and letters behind it would overtake it: over a slow
    line keys arrive together.
    """
    if event.is_printable or event.key == "enter":
        return
    if meant := field._bindings.key_to_bindings.get(event.key):
        event.stop()
        event.prevent_default()
        await field.run_action(meant[0].action)


class TextField(Input):
    """One line of typed text. Of several that are pasted it takes the first with something in it."""

    class LeftOut(Message):
        """More lines were pasted than one."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, compact=True, select_on_focus=False)
        self.cursor_blink = False

    async def _on_key(self, event: events.Key) -> None:
        await at_once(self, event)

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        lines = [line.strip() for line in event.text.splitlines() if line.strip()]
        if lines and self.selection.is_empty:
            self.insert_text_at_cursor(lines[0].expandtabs(1))
        elif lines:
            self.replace(lines[0].expandtabs(1), *self.selection)
        if len(lines) > 1:
            self.post_message(self.LeftOut())


class SecretField(TextField):
    """One line that is not shown: a mark stands for each character."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.password = True

    def action_copy(self) -> None:
        """Nothing: the terminal's clipboard is read by others."""

    def action_cut(self) -> None:
        """Nothing, for the same reason."""


class LinesField(TextArea):
    """Several entries, one a line. Pasting a list in any common form makes one entry a line of it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+j", "another", "New line", tooltip="Add another entry"),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, compact=True, soft_wrap=True, tab_behavior="focus", highlight_cursor_line=False)
        self.cursor_blink = False

    async def _on_key(self, event: events.Key) -> None:
        await at_once(self, event)

    def on_resize(self) -> None:
        self.scroll_cursor_visible()

    def action_another(self) -> None:
        """A line for another entry."""
        self.insert("\n")

    async def _on_paste(self, event: events.Paste) -> None:
        from flows.engine.pasted_lists import several

        event.stop()
        event.prevent_default()
        if not self.selection.is_empty:
            self.delete(*self.selection)
        entries = several(event.text)
        before, after = self.text[: self._offset()], self.text[self._offset() :]
        text = "\n".join(entries) or event.text.strip()
        starts = "\n" if len(entries) > 1 and before and not before.endswith("\n") else ""
        ends = "\n" if len(entries) > 1 and after and not after.startswith("\n") else ""
        self.insert(f"{starts}{text}{ends}")

    def _offset(self) -> int:
        row, column = self.cursor_location
        return sum(len(line) + 1 for line in self.text.split("\n")[:row]) + column
