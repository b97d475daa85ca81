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

from ...characters import fitting
from .options import Options
from .paint import cut, squeezed, strip

NAME = "Handrail"


class Bar(Widget):
    """One line: the product and what is being made on the left, the account on the right."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "bar--where", "bar--name", "bar--practice", "bar--read-only", "bar--production",
    }  # fmt: skip

    def __init__(self, title: str = "", where: str = "") -> None:
        super().__init__()
        self.title, self.where = title, where

    def say(self, title: str, where: str) -> None:
        """Show these; nothing is repainted when they are shown already."""
        if (title, where) != (self.title, self.where):
            self.title, self.where = title, where
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """What is being made and where; the product's name makes room for both, and so does the account's number."""
        width, title, look = self.size.width, fitting(self.title), self._look
        where = told(self.where, width)
        if title and cell_len(f"{title}{where}") > width - 6:
            where = shorter(where, max(width - cell_len(title) - 6, width // 2))
        room = width - cell_len(where) - 6
        name = NAME if room >= len(NAME) + cell_len(title) + 2 * bool(title) else ""
        title = cut(f"  {title}" if name and title else title, room - len(name)) if room > 12 else ""
        gap = " " * (width - cell_len(f"{name}{title}{where}") - 4)
        marked = re.split(f"({'|'.join(MARKS)})", where)
        places = [(part, look(MARKS.get(part, "where"))) for part in marked]
        return strip(width, self.rich_style, ("  ", None), (name, look("name")), (title + gap, None), *places)

    def _look(self, part: str) -> Style:
        return self.get_component_rich_style(f"bar--{part}", partial=True)


MARKS = {"PRACTICE": "practice", "READ-ONLY": "read-only", "PRODUCTION": "production"}
"""What kind of place it is, each by its own word and colour."""


def shorter(where: str, room: int) -> str:
    """Which account this is, in so many cells if that is possible: first the profile makes room, then the number where
    the account has a name, then the ends of names."""
    if " · at " in where:
        return where
    for part, instead in ((SHORTER[-1], ""), (r"([^\s·]\S*) \d{12}\b", r"\1")):
        if cell_len(where) > room:
            where = re.sub(part, instead, where)
    return squeezed(where, room)


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


NARROW, LEAVES = 80, ("q", "Ctrl-C")
"""On a screen of fewer columns the keys that leave come before what else there is: nobody is to be locked in."""


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
        """As many as fit; help, which tells the others, and the ways out are always among them."""
        width = self.size.width
        key_style = self.get_component_rich_style("keys--key", partial=True)
        room = width - 2
        widths = {hint: cell_len(hint[0]) + cell_len(hint[1]) + 3 for hint in self._hints}
        fitting = [hint for hint in self._hints if hint[0] in ("F1", "Esc") or (width < NARROW and hint[0] in LEAVES)]
        room -= sum(widths[hint] for hint in fitting)
        for hint in self._hints:
            if hint not in fitting and widths[hint] <= room + 2:
                fitting.append(hint)
                room -= widths[hint]
        parts: list[tuple[str, Style | None]] = []
        for key, word in (hint for hint in self._hints if hint in fitting):
            parts += [(key, key_style), (f" {word}  ", None)]
        return strip(width, self.rich_style, ("  ", None), *parts)


def shown_bindings(screen: Screen[Any]) -> list[ActiveBinding]:
    """The keys that apply on a screen now, those of the place where the cursor is first. Letters that are typed into a
    filter do nothing else."""
    filtering = isinstance(screen.focused, Options) and screen.focused.finding
    shown = [
        each for each in screen.active_bindings.values()
        if each.binding.show and each.enabled and not (filtering and len(each.binding.key) == 1)
    ]  # fmt: skip
    return sorted(shown, key=lambda each: each.node is screen.app)


def key_name(binding: Binding) -> str:
    """A key as it is written on keyboards: Enter, Esc, F1, Ctrl-R."""
    if binding.key_display:
        return binding.key_display
    modifiers, key = binding.parse_key()
    name = NAMES.get(key, key.upper() if len(key) > 1 else key)
    return "-".join([*(modifier.capitalize() for modifier in modifiers), name.upper() if modifiers else name])


NAMES = {"enter": "Enter", "escape": "Esc", "space": "Space", "tab": "Tab", "question_mark": "?", "slash": "/"}
