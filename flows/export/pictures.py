"""A picture for documents: as Mermaid, which code hosts draw, and as SVG, which browsers do."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from flows.engine.drawing import Box, Drawing, sentences
from flows.engine.picture import Standing

from .commands import plain

SHAKY = (Standing.OPEN, Standing.ASKED, Standing.WILL_BE, Standing.UNSEEN, Standing.WAITING, Standing.GONE)
"""What is not there, or not known to be: drawn with a broken line."""
LOOKS = {Standing.BROKEN: ("#b3261e", 3), Standing.MAKING: ("#7d5200", 3), Standing.GOING: ("#7d5200", 3)}
"""The colour and the width of a line; of others it is dark and thin."""
PLAIN = ("#3a4652", 1)


def mermaid(drawing: Drawing) -> str:
    """The picture as a flow chart from top to bottom."""
    boxes = [
        f'    {_id(box.id)}["{"<br/>".join(map(_entities, (box.name, box.text, f"({box.standing})")))}"]'
        + (":::shaky" if box.standing in SHAKY else "")
        for box in drawing.boxes().values()
    ]
    links = [
        f"    {_id(wire.start)} {'-.-' if wire.standing in SHAKY else '---'} {_id(wire.end)}" for wire in drawing.wires
    ]
    return "\n".join(["flowchart TD", *boxes, *links, "    classDef shaky stroke-dasharray: 5 5"])


def _id(name: str) -> str:
    """An id that is no word of Mermaid's own, such as `end`."""
    return f"the_{name.replace('-', '_')}"


def _entities(text: str) -> str:
    """Any text, where Mermaid takes entities without the ampersand."""
    marks = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;"}
    return "".join(marks.get(letter, letter) for letter in plain(text))


WIDTH, TALL, GAP, EDGE = 720, 64, 36, 16
"""Of the picture, of a box, between two rows, and around all of it; in pixels."""


def svg(drawing: Drawing) -> str:
    """The picture as a file of its own; whoever sees no lines is read its sentences."""
    height = len(drawing.rows) * (TALL + GAP) - GAP + 2 * EDGE
    told = "\n".join(escape(plain(each)) for each in sentences(drawing))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        'font-family="system-ui, sans-serif" font-size="13" fill="#1e252c">',
        f"<title>What will be there</title>\n<desc>{told}</desc>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
    ]
    places = dict(_places(drawing))
    for wire in drawing.wires:
        (x, y, width), last = sorted((places[wire.start], places[wire.end]), key=lambda place: (place[1], place[0]))
        if y == last[1]:
            way = f"M{x + width} {y + TALL // 2}H{last[0]}"
        else:
            way = f"M{x + width // 2} {y + TALL}V{last[1] - GAP // 2}H{last[0] + last[2] // 2}V{last[1]}"
        parts.append(f'<path d="{way}" fill="none" {_line(wire.standing)}/>')
    for box in drawing.boxes().values():
        parts += _box(box, *places[box.id])
    return "\n".join([*parts, "</svg>"]) + "\n"


def _places(drawing: Drawing) -> Iterator[tuple[str, tuple[int, int, int]]]:
    """Each box's id with its left edge, its upper edge and its width."""
    for number, row in enumerate(drawing.rows):
        width = (WIDTH - 2 * EDGE - (len(row) - 1) * GAP) // len(row)
        for at, box in enumerate(row):
            yield box.id, (EDGE + at * (width + GAP), EDGE + number * (TALL + GAP), width)


def _line(standing: Standing) -> str:
    colour, width = LOOKS.get(standing, PLAIN)
    dashes = ' stroke-dasharray="6 5"' if standing in SHAKY else ""
    return f'stroke="{colour}" stroke-width="{width}"{dashes}'


def _box(box: Box, x: int, y: int, width: int) -> list[str]:
    room = max(width // 8, 8)
    text = plain(box.text)
    shown = text if len(text) <= room else f"{text[: room - 1]}…"
    return [
        f'<rect x="{x}" y="{y}" width="{width}" height="{TALL}" rx="4" fill="#fbfaf7" {_line(box.standing)}/>',
        f'<text x="{x + 10}" y="{y + 20}" font-weight="bold">{escape(box.name)}</text>',
        f'<text x="{x + 10}" y="{y + 38}">{escape(shown)}</text>',
        f'<text x="{x + 10}" y="{y + 55}" font-size="11">{escape(box.standing)}</text>',
    ]
