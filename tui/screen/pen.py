"""What SGR parameters make of characters, and the least that leads from one look to the next."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

DRAWN = {"4", "7", "9"}
"""What is to be seen on a blank, too: underlined, reversed, struck through."""
MARKS = {"1", "2", "3", "5", *DRAWN}
INKS = {str(number) for number in (*range(30, 38), *range(90, 98))}
GROUNDS = {str(number) for number in (*range(40, 48), *range(100, 108))}
LENGTHS = {"5": 3, "2": 5}
"""How many parameters a colour has that is one of 256, or of red, green and blue."""


class Pen(NamedTuple):
    """Bold and the like, the colour of characters, and that of what is behind them; as parameters."""

    marks: frozenset[str] = frozenset()
    ink: str = ""
    ground: str = ""


@lru_cache(1024)
def pen(sgr: str) -> Pen | None:
    """What parameters amount to after a reset; None where some of them are not known here."""
    marks, ink, ground = set[str](), "", ""
    parts = sgr.split(";") if sgr else []
    while parts:
        first = parts[0]
        length = LENGTHS.get(parts[1], 0) if first in ("38", "48") and len(parts) > 1 else 1
        whole = ";".join(parts[:length])
        if first in MARKS:
            marks.add(first)
        elif first in INKS or (first == "38" and length):
            ink = whole
        elif first in GROUNDS or (first == "48" and length):
            ground = whole
        else:
            return None
        parts = parts[length:]
    return Pen(frozenset(marks), ink, ground)


@lru_cache(4096)
def change(before: str, after: str) -> str:
    """The sequence that makes the pen with the parameters `before` into that with those `after`."""
    whole = f"\x1b[{'0;' if before else ''}{after}m" if after else "\x1b[m"
    old, new = pen(before), pen(after)
    if old is None or new is None or not old.marks <= new.marks:
        return whole
    parts = sorted(new.marks - old.marks)
    parts += [new.ink or "39"] if new.ink != old.ink else []
    parts += [new.ground or "49"] if new.ground != old.ground else []
    return min(f"\x1b[{';'.join(parts)}m", whole, key=len)


@lru_cache(1024)
def behind(sgr: str) -> str | None:
    """All that is to be seen of these parameters on a blank: what is behind it; None if it is more than that."""
    found = pen(sgr)
    return None if found is None or found.marks & DRAWN else found.ground
