"""A page with a picture of what will be there: beside it where there is room, and under a key everywhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import events
from textual.binding import Binding

from ...safe import line
from ..widgets.lines import Said
from ..widgets.picture import Picture
from .page import Page

if TYPE_CHECKING:
    from flows.engine.drawing import Drawing

    from ..widgets.options import Options

ROOM = (120, 30)
"""Columns and lines from which on it stands beside the page."""
WIDEST = 76
"""Cells of the picture where it has a page of its own."""
AROUND, PICTURE, ALONE = 4, 44, 34
"""Cells around what is asked, of the picture beside it, and of the rail without one: as in `handrail.tcss`."""
RAILS = ((160, 50), (0, 24))
"""Cells of the rail beside a picture, by the columns of the screen."""
UNBROKEN = "\u00a0"
"""A blank at which no line is broken or moved."""
SHOW = Binding("f3", "picture", "Picture", tooltip="What will be there, drawn and in sentences")


class Pictured(Page):
    """Subclasses put a `Picture` at the right and SHOW among their keys, and say with `draw` what is in it."""

    drawing: Drawing | None = None

    def draw(self, drawing: Drawing | None) -> None:
        """Show this picture; none where the set-up has none, or nothing is known yet."""
        self.drawing = drawing
        for picture in self.query(Picture):
            picture.show(drawing)
        self._make_room(self.app.size.width, self.app.size.height)

    def on_resize(self, event: events.Resize) -> None:
        """It stands beside the page, or goes."""
        self._make_room(event.size.width, event.size.height)

    def _make_room(self, columns: int, lines: int) -> None:
        self.set_class(self.drawing is not None and columns >= ROOM[0] and lines >= ROOM[1], "-drawn")

    def action_picture(self) -> None:
        """The picture on a page of its own, and what it shows in sentences."""
        if self.drawing is not None:
            width = min(self.app.size.width - 6, WIDEST)
            self.handrail.read("Picture", picture_rows(self.drawing, width))


def gives_way(columns: int, lists: Iterable[Options]) -> dict[str, bool]:
    """The classes of a page with rail and picture on a screen of so many columns, so that nothing of these lists is cut
    that has room without the one or the other: first the rail gives way."""
    lists, room = list(lists), columns - AROUND - PICTURE
    rail = next(cells for least, cells in RAILS if columns >= least)
    alone = any(each.cuts(room) and not each.cuts(columns - AROUND - ALONE) for each in lists)
    return {"-drawn": not alone, "-crowded": not alone and any(each.cuts(room - rail) for each in lists)}


def picture_rows(drawing: Drawing, width: int) -> list[Said]:
    """The picture in rows to read: boxes of so many cells in all, then its sentences."""
    from flows.engine.drawing import sentences

    from ..widgets.boxes import boxes

    drawn = ["".join(text for text, _ in pieces).rstrip() for pieces in boxes(drawing, width)]
    drawn = [each.replace(" ", UNBROKEN) for each in drawn]
    told = [Said(line(each)) for each in sentences(drawing)]
    return [*(Said(each, kind="code") for each in drawn), Said(), Said("In sentences", kind="heading"), *told]
