"""The first and the last line of every screen: where one is, and which keys apply now."""

from __future__ import annotations

import re
from typing import Any, ClassVar, NamedTuple

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
        if title and cell_len(f"{title}{where}") > width - 6 and " · at " not in where:
            where = shorter(self.where, max(width - cell_len(title) - 6, width // 2))
        room = width - cell_len(where) - 6
        name = NAME if room >= len(NAME) + cell_len(title) + 2 * bool(title) else ""
        title = (
            cut(f"  {title}" if name and title else title, room - len(name))
            if room > 12 or cell_len(title) <= room
            else ""
        )
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
"""On a screen of fewer columns one key that leaves comes before what else there is: nobody is to be locked in."""
COMMON = ("Enter", "Space")
"""Keys that go on. On a narrow screen they come next, before those of the screen; what is pressed least, such as Tab in
a text, is first to go."""


class Keys(Widget):
    """One line: the keys that apply now, as the bindings in force say."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"keys--key"}

    def __init__(self) -> None:
        super().__init__()
        self._hints: list[Hint] = []

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._look)
        self._look(self.screen)

    def _look(self, screen: Screen[Any]) -> None:
        shown = [each for each in shown_bindings(screen) if not each.binding.system]
        hints = [Hint(key_name(each.binding), each.binding.description, _weight(each, screen)) for each in shown]
        if hints != self._hints:
            self._hints = hints
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """As many as fit; help, which tells the others, and a way out are always among them."""
        width = self.size.width
        key_style = self.get_component_rich_style("keys--key", partial=True)
        fitting, gap = self._fitting(width, 2), 2
        if width < NARROW and len(fitting) < len(self._hints):
            fitting, gap = self._fitting(width, 1), 1
        parts: list[tuple[str, Style | None]] = []
        for hint in (hint for hint in self._hints if hint in fitting):
            parts += [(hint.key, key_style), (f" {hint.word}{' ' * gap}", None)]
        return strip(width, self.rich_style, ("  ", None), *parts)

    def _fitting(self, width: int, gap: int) -> list[Hint]:
        """Those that there is room for, so many blanks apart."""
        narrow = width < NARROW
        leaves = [hint for hint in self._hints if hint.key in LEAVES][:1] if narrow else []
        leaves += [hint for hint in self._hints if narrow and hint.word == "Home"]
        fitting = [hint for hint in self._hints if hint.key in ("F1", "Esc") or hint in leaves]
        room = width - 2 + gap - sum(hint.cells + gap for hint in fitting)
        for hint in sorted(self._hints, key=lambda hint: hint.weight) if narrow else self._hints:
            if hint not in fitting and hint.cells + gap <= room and not (leaves and hint.key in LEAVES):
                fitting.append(hint)
                room -= hint.cells + gap
        return fitting


class Hint(NamedTuple):
    """A key, what it does in a word or two, and how soon it gives way on a narrow screen: the least last."""

    key: str
    word: str
    weight: int

    @property
    def cells(self) -> int:
        """Of both, with the blank between them."""
        return cell_len(self.key) + 1 + cell_len(self.word)


def _weight(each: ActiveBinding, screen: Screen[Any]) -> int:
    if key_name(each.binding) in COMMON:
        return 0
    return 1 if each.node is screen else 3 if each.node is screen.app else 2


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
