"""The steps at the left of a wide screen: what was answered, where one is, and what may still come."""

from __future__ import annotations

from typing import ClassVar

from textual.strip import Strip
from textual.widget import Widget

from .paint import fit, strip


class Rail(Widget):
    """Two columns: the question's short name, and the answer under it where there is room."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"rail--done", "rail--here", "rail--ahead", "rail--value"}

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._steps: list[tuple[str, str, str]] = []

    def show(self, steps: list[tuple[str, str, str]]) -> None:
        """`steps` are (state, name, value), the state being done, here or ahead."""
        if steps != self._steps:
            self._steps = steps
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width, base = self.size.width, self.rich_style
        lines = self._lines()
        if y >= len(lines):
            return Strip.blank(width, base)
        state, mark, text = lines[y]
        look = self.get_component_rich_style(f"rail--{state}", partial=True)
        return strip(width, base, (fit(f"{mark} {text}", width), look))

    def _lines(self) -> list[tuple[str, str, str]]:
        marks = {"done": "+", "here": ">", "ahead": " "}
        full = len(self._steps) + sum(bool(value) for _, _, value in self._steps) <= self.size.height
        found: list[tuple[str, str, str]] = []
        for state, name, value in self._steps:
            found.append((state, marks[state], name if full or not value else f"{name}: {value}"))
            if full and value:
                found.append(("value", " ", value))
        return found
