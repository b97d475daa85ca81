"""The first and the last line of every screen: where one is, and which keys apply now."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from rich.cells import cell_len
from rich.style import Style
from textual.binding import ActiveBinding, Binding
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from .paint import cut, squeezed, strip


class Bar(Widget):
    """One line: the product and what is being made on the left, the account on the right."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"bar--where", "bar--name"}

    def __init__(self, title: str = "", where: str = "") -> None:
        super().__init__()
        self.title, self.where = title, where

    def say(self, title: str, where: str) -> None:
        """Show these; nothing is repainted when they are shown already."""
        if (title, where) != (self.title, self.where):
            self.title, self.where = title, where
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The account is never cut in favour of the title: it says where things will be created."""
        width = self.size.width
        where = told(self.where, width)
        room = width - cell_len(where) - 3
        left = cut(f"Handrail  {self.title}", room) if self.title and room > 20 else "Handrail" if room > 8 else ""
        name, title = left[:10], left[10:]
        gap = " " * (width - cell_len(left) - cell_len(where) - 2)
        strong = self.get_component_rich_style("bar--name", partial=True)
        place = self.get_component_rich_style("bar--where", partial=True)
        return strip(width, self.rich_style, (" ", None), (name, strong), (title + gap, None), (f"{where} ", place))


SHORTER = (r"(?<= at )http://(?=127\.|localhost|\[::1\])", r"^\S+ (?=\d{12}\b)", r" · profile \S+")
"""What makes room for an address that is not AWS's, one after the other."""


def told(where: str, width: int) -> str:
    """Which account this is, in a bar of `width` cells. The account's name and the profile make room in the end."""
    room = width - 12
    text = squeezed(where, room)
    if " at http" in where:
        for part in SHORTER:
            if cell_len(text) <= room:
                break
            room, where = width - 3, re.sub(part, "", where)
            text = squeezed(where, room)
    elif cell_len(text) > room:  # the account says it, too
        text = re.sub(SHORTER[-1], "", text)
    return cut(text, room)


class Keys(Widget):
    """One line: the keys that apply now, as the bindings in force say."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"keys--key"}

    def __init__(self) -> None:
        super().__init__()
        self._hints: list[tuple[str, str]] = []

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._look)
        self._look(self.screen)

    def _look(self, screen: Screen[Any]) -> None:
        shown = [each.binding for each in shown_bindings(screen) if not each.binding.system]
        hints = [(key_name(binding), binding.description) for binding in shown]
        if hints != self._hints:
            self._hints = hints
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """As many as fit; help is always among them, because it tells the others."""
        width = self.size.width
        key_style = self.get_component_rich_style("keys--key", partial=True)
        room = width - 1
        widths = {hint: cell_len(hint[0]) + cell_len(hint[1]) + 3 for hint in self._hints}
        fitting = [hint for hint in self._hints if hint[0] == "F1"]
        room -= sum(widths[hint] for hint in fitting)
        for hint in self._hints:
            if hint not in fitting and widths[hint] <= room + 2:
                fitting.append(hint)
                room -= widths[hint]
        parts: list[tuple[str, Style | None]] = []
        for key, word in (hint for hint in self._hints if hint in fitting):
            parts += [(key, key_style), (f" {word}  ", None)]
        return strip(width, self.rich_style, (" ", None), *parts)


def shown_bindings(screen: Screen[Any]) -> list[ActiveBinding]:
    """The keys that apply on a screen now, those of the place where the cursor is first."""
    shown = [each for each in screen.active_bindings.values() if each.binding.show and each.enabled]
    return sorted(shown, key=lambda each: each.node is screen.app)


def key_name(binding: Binding) -> str:
    """A key as it is written on keyboards: Enter, Esc, F1, Ctrl-R."""
    if binding.key_display:
        return binding.key_display
    modifiers, key = binding.parse_key()
    name = NAMES.get(key, key.upper() if len(key) > 1 else key)
    return "-".join([*(modifier.capitalize() for modifier in modifiers), name.upper() if modifiers else name])


NAMES = {"enter": "Enter", "escape": "Esc", "space": "Space", "tab": "Tab", "question_mark": "?", "slash": "/"}
