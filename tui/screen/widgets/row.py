"""One option, how it is painted, and how its line is divided between name and hint."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from ...safe import line
from .paint import cut, fit, strip, wrap

if TYPE_CHECKING:
    from flows.engine import Option

HINT = 46
"""Cells that a hint gets before a long name may have them."""
LEAST = 24
"""Cells that a hint keeps under the cursor, where a long name may have the others: an id of EC2 fits."""
FOUND, LISTED = "found", "listed"
"""Where a row may be alone."""


class Row(NamedTuple):
    """One line of a list.

    Args:
        key: what is chosen with it; a heading has none.
        label: its name.
        hint: what stands beside it.
        words: by what else it is found; they are not shown.
        name: what it is called where it is typed: who types just that means it before all others.
        only: FOUND where it is shown only when somebody filters for it, LISTED where only when nobody does.
        danger: something is lost with it for good; it must not look like the others.
    """

    key: str
    label: str
    hint: str = ""
    words: str = ""
    only: str = ""
    danger: bool = False
    name: str = ""


def row_of(option: Option[Any]) -> Row:
    """An option as a line; what is its name already does not stand beside it once more."""
    rest = option.hint.removeprefix(option.label)
    again = option.label and rest != option.hint and (not rest or rest[0] in " ,·")
    return Row(option.key, option.label, rest.strip(" ,·") if again else option.hint)


def divided(width: int, widest: int, mark: str) -> tuple[int, int]:
    """(cells for both, cells for the name) in a line with this mark, if the widest name has `widest`."""
    room = width - 2 - len(mark)
    return room, min(widest, max(room * 2 // 5, room - HINT))


def painted(
    row: Row, *, here: bool, mark: str, width: int, widest: int, base: Style, look: Callable[[str], Style]
) -> Strip:
    """One line: the cursor's mark, the row's own mark, its name and its hint."""
    if not row.key:
        return strip(width, base, (f"  {cut(line(row.label), width - 2)}", look("heading")))
    room, column = divided(width, widest, mark)
    label, hint = line(row.label), line(row.hint)
    if here and cell_len(label) > column:
        column = max(column, min(cell_len(label), room - 2 - min(cell_len(hint), LEAST)))
    label = f"{fit(label, column)}  " if hint else cut(label, room)
    hint = cut(hint, room - column - 2) if hint else ""
    style = look("danger") if row.danger else None
    if here:
        return strip(width, base + look("cursor"), (f"> {mark}", None), (label + hint, style))
    return strip(width, base, ("  ", None), (mark, look("mark")), (label, style), (hint, style or look("hint")))


def unfolded(row: Row, *, mark: str, width: int, widest: int) -> list[str]:
    """The lines of a row that is too long for one; nothing for another."""
    if not row.key or not too_long(row, mark=mark, width=width, widest=widest):
        return []
    both = "  ".join(part for part in (line(row.label), line(row.hint)) if part)
    first, *rest = wrap(both, max(width - 4 - len(mark), 1))
    return [mark + first, *(" " * (len(mark) + 2) + each for each in rest)]  # or it would look like the next option


def too_long(row: Row, *, mark: str, width: int, widest: int) -> bool:
    """Whether something of this row is cut."""
    room, column = divided(width, widest, mark)
    if not row.hint:
        return cell_len(line(row.label)) > room
    return cell_len(line(row.label)) > column or cell_len(line(row.hint)) > room - column - 2
