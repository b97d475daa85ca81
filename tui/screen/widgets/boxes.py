"""A picture in the cells of a terminal: rows of boxes one under another, and lines in the gaps between them.

There are at most a dozen boxes, in rows that the set-up gives; so a line has one gap to go through, and nothing has to
be laid out. How something stands is told by its word and by the kind of its line, so that it needs no colour.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.cells import cell_len

from flows.engine.drawing import Box, Drawing, Wire
from flows.engine.picture import Standing

from ...safe import line
from .paint import fit

Piece = tuple[str, Standing | None]
"""Some cells, and what they are of; None for nothing."""
GAP = 2
"""Cells between two boxes beside each other."""
SOLID, DASHED, HEAVY, DOUBLE, DOTTED = ("─", "│"), ("╌", "╎"), ("━", "┃"), ("═", "║"), ("┄", "┆")
STROKES: Mapping[Standing, tuple[str, str]] = {
    Standing.OPEN: DOTTED, Standing.ASKED: DASHED, Standing.EXISTS: SOLID, Standing.WILL_BE: DASHED,
    Standing.MAKING: HEAVY, Standing.GOING: HEAVY, Standing.GONE: DOTTED, Standing.BROKEN: DOUBLE,
    Standing.WAITING: DASHED, Standing.UNSEEN: DOTTED,
}  # fmt: skip
"""The horizontal and the vertical line of what stands so."""
UP, DOWN, LEFT, RIGHT = 1, 2, 4, 8
JOINTS = {
    UP | LEFT: "┘", UP | RIGHT: "└", DOWN | LEFT: "┐", DOWN | RIGHT: "┌", UP | LEFT | RIGHT: "┴",
    DOWN | LEFT | RIGHT: "┬", UP | DOWN | LEFT: "┤", UP | DOWN | RIGHT: "├", UP | DOWN | LEFT | RIGHT: "┼",
}  # fmt: skip
WEIGHTS = (Standing.BROKEN, Standing.MAKING, Standing.GOING)
"""What is seen first where lines share a cell."""


def boxes(drawing: Drawing, width: int) -> list[list[Piece]]:
    """The picture as lines of at most `width` cells: three for each row of boxes, and one between two rows."""
    lines: list[list[Piece]] = []
    for number, row in enumerate(drawing.rows):
        if number:
            lines.append(_gap(drawing.rows[number - 1], row, drawing.wires, width))
        beside = {each: wire for wire in drawing.wires for each in ((wire.start, wire.end), (wire.end, wire.start))}
        sides = [_box(box, _width(row, width)) for box in row]
        for height in range(3):
            pieces: list[Piece] = []
            for at, (box, cells) in enumerate(zip(row, sides, strict=True)):
                if at:
                    wire = beside.get((row[at - 1].id, box.id)) if height == 1 else None
                    pieces.append((STROKES[wire.standing][0] * GAP, wire.standing) if wire else (" " * GAP, None))
                pieces.append((cells[height], box.standing))
            lines.append(pieces)
    return lines


def _width(row: tuple[Box, ...], width: int) -> int:
    return (width - GAP * (len(row) - 1)) // len(row)


def _box(box: Box, width: int) -> tuple[str, str, str]:
    """The name in the upper edge, what it is between, how it stands in the lower edge."""
    across, down = STROKES[box.standing]
    upper, lower = (_edge(text, across, width - 2) for text in (line(box.name), str(box.standing)))
    return f"┌{upper}┐", f"{down} {fit(line(box.text), width - 4)} {down}", f"└{lower}┘"


def _edge(text: str, across: str, width: int) -> str:
    shown = f" {fit(text, width - 2).rstrip()} "
    return shown + across * (width - cell_len(shown))


def _gap(upper: tuple[Box, ...], lower: tuple[Box, ...], wires: tuple[Wire, ...], width: int) -> list[Piece]:
    """The line between two rows, through which their wires go."""
    above, below = dict(_middles(upper, width)), dict(_middles(lower, width))
    arms, kinds = [0] * width, dict[int, Standing]()
    for wire in wires:
        ends = [wire.start, wire.end] if wire.start in above else [wire.end, wire.start]
        if ends[0] not in above or ends[1] not in below:
            continue
        start, end = above[ends[0]], below[ends[1]]
        arms[start] |= UP
        arms[end] |= DOWN
        for x in range(min(start, end), max(start, end) + 1):
            arms[x] |= (LEFT if x > min(start, end) else 0) | (RIGHT if x < max(start, end) else 0)
            if x not in kinds or wire.standing in WEIGHTS:
                kinds[x] = wire.standing
    return [(_cell(arm, kinds.get(x)), kinds.get(x)) for x, arm in enumerate(arms)]


def _middles(row: tuple[Box, ...], width: int) -> Iterator[tuple[str, int]]:
    each = _width(row, width)
    return ((box.id, at * (each + GAP) + each // 2) for at, box in enumerate(row))


def _cell(arms: int, standing: Standing | None) -> str:
    if standing is None:
        return " "
    across, down = STROKES[standing]
    return JOINTS.get(arms) or (down if arms & (UP | DOWN) else across)
