"""The picture beside a page: what will be there, as it stands now."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.strip import Strip
from textual.widget import Widget

from ...characters import fitting
from .paint import strip

if TYPE_CHECKING:
    from flows.engine.drawing import Drawing

    from .boxes import Piece

LOOKS = {
    "exists": "exists", "will be": "new", "being made": "now", "being taken back": "now", "asked now": "asked",
    "broken": "broken", "waiting": "now",
}  # fmt: skip
"""How the words of a picture look; the others are faint."""


class Picture(Widget):
    """Boxes and lines; nothing is painted while nothing of it changes."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "picture--exists", "picture--new", "picture--now", "picture--asked", "picture--broken", "picture--faint",
    }  # fmt: skip

    def __init__(self) -> None:
        super().__init__(id="picture")
        self._drawing: Drawing | None = None
        self._lines: list[list[Piece]] = []
        self._width = 0

    def show(self, drawing: Drawing | None) -> None:
        """Draw this instead."""
        if drawing != self._drawing:
            self._drawing, self._lines, self._width = drawing, [], 0
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width, base = self.size.width, self.rich_style
        if width != self._width and self._drawing is not None:
            from .boxes import boxes

            self._lines, self._width = boxes(self._drawing, width), width
        if y >= len(self._lines):
            return Strip.blank(width, base)
        return strip(
            width,
            base,
            *(
                (fitting(text), self.get_component_rich_style(f"picture--{LOOKS.get(kind, 'faint')}", partial=True))
                if kind
                else (text, None)
                for text, kind in self._lines[y]
            ),
        )
