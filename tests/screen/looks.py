"""Pictures of one moment in every look: three sizes, and the same in light, in greys, in 16 colours and without any.

A story is told once and looked at in all of them, so that each picture is a resize and a change of colours, too.
`screenshots/NAME.svg` is the moment at 80×24 on dark, `screenshots/looks/NAME.svg` a sheet with all the others.
"""

from __future__ import annotations

import difflib
import os
import re
from collections import Counter
from html import escape, unescape
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from person import NARROW, WIDE, Person
from rich.cells import cell_len
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from textual.filter import NoColor

from tui.screen.app import HandrailApp
from tui.screen.theme import ANSI, DARK, DARK_256, LIGHT, MONOCHROME

FOLDER = Path(__file__).parents[2] / "screenshots"
HUGE, TINY = (200, 60), (60, 15)
CELL, LINE = 9, 19
"""Width and height of a character in a picture."""


class Look(NamedTuple):
    """How a moment is looked at, and where that stands on the sheet, in cells."""

    name: str
    theme: str
    size: tuple[int, int] = NARROW
    at: tuple[int, int] = (0, 0)
    colourless: bool = False


FIRST = Look("dark", DARK.name)
OTHERS = (
    Look("light", LIGHT.name, at=(0, 2)),
    Look("monochrome", MONOCHROME.name, at=(82, 2)),
    Look("16 colours", ANSI.name, at=(164, 2)),
    Look("NO_COLOR", ANSI.name, at=(246, 2), colourless=True),
    Look("256 colours", DARK_256.name, at=(328, 2)),
    Look("120×40", DARK.name, WIDE, at=(0, 29)),
    Look("60×15", DARK.name, TINY, at=(0, 72)),
    Look("200×60", DARK.name, HUGE, at=(126, 29)),
)


async def look_at(person: Person, name: str) -> None:
    """Compare this moment with its pictures, and see that nothing is clipped or lost on the way through the looks."""
    app = person.app
    first, kept = picture(app), held(app)
    parts = []
    for look in OTHERS:
        await dress(person, look)
        person.goes_without_clipping()
        assert held(app) == kept, f"{name}: the focus or what was typed is lost at {look.name}"
        assert not (faint := too_faint(app)), f"{name} is hard to read at {look.name}: {faint}"
        parts.append((look, picture(app)))
    await dress(person, FIRST)
    changed = differences(first, picture(app))
    assert not changed, f"{name} is not as it was before it was looked at:\n{changed}"
    compare(FOLDER / f"{name}.svg", document(*NARROW, first))
    compare(FOLDER / "looks" / f"{name}.svg", sheet(parts))


async def dress(person: Person, look: Look) -> None:
    """Give the app this size and these colours."""
    app = person.app
    plain = [each for each in app._filters if isinstance(each, NoColor)]
    if look.colourless != bool(plain):
        app._filters[:] = [each for each in app._filters if each not in plain] + [NoColor()] * look.colourless
        app._invalidate_css()
        app.refresh_css(animate=False)
    app.theme = look.theme
    if app.size != look.size:
        await person.pilot.resize_terminal(*look.size)
    await person.pilot.pause()


def held(app: HandrailApp) -> tuple[object, str]:
    """Where the focus is, and what was typed there."""
    return app.focused, str(getattr(app.focused, "value", getattr(app.focused, "text", "")))


def too_faint(app: HandrailApp) -> set[tuple[str, str]]:
    """Colours of characters and of what is behind them that are less apart than WCAG asks of text (4.5:1)."""
    pairs = {(ink, ground) for row in rows_of(app) for text, ink, ground, _ in row if text.strip()}
    return {pair for pair in pairs if contrast(*pair) < 4.5}


def contrast(one: str, another: str) -> float:
    darker, lighter = sorted((brightness(one), brightness(another)))
    return (lighter + 0.05) / (darker + 0.05)


def brightness(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def compare(path: Path, fresh: str) -> None:
    """See that the picture is the one on disk; `make screenshots` writes it instead."""
    if os.environ.get("MAKE_SCREENSHOTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(fresh)
        return
    changed = differences(path.read_text() if path.exists() else "", fresh)
    assert not changed, f"{path.name} has changed. `make screenshots` draws it anew; look at it then.\n{changed}"


def differences(before: str, after: str) -> str:
    """What reads differently in two pictures, or whether it is the looks alone; empty if they are the same."""
    if before == after:
        return ""
    told = "\n".join(difflib.unified_diff(words(before), words(after), "before", "now", lineterm="", n=0))
    other = sum(one != another for one, another in zip_longest(before.splitlines(), after.splitlines()))
    return told or f"The words are the same; {other} lines look different."


def words(picture: str) -> list[str]:
    """What a picture says, row by row."""
    rows = (re.sub(r"<[^>]*>", " ", row) for row in picture.splitlines())
    return [" ".join(unescape(row).split()) for row in rows]


# -- drawing -------------------------------------------------------------------------------------------------------


def picture(app: HandrailApp) -> str:
    """What is on the screen, as SVG: one line of it is one row."""
    rows = rows_of(app)
    usual = Counter(ground for row in rows for text, _, ground, _ in row for _ in text).most_common(1)[0][0]
    drawn = [f'<rect width="100%" height="100%" fill="{usual}"/>']
    for y, row in enumerate(rows):
        boxes, texts, x = "", "", 0
        for text, ink, ground, style in row:
            width = cell_len(text)
            boxes += box(x, y, width, ground) if ground != usual else ""
            texts += written(x, y, text, ink, style) if text.strip() else ""
            x += width
        drawn.append(boxes + texts)
    return "\n".join(row for row in drawn if row)


def rows_of(app: HandrailApp) -> list[list[tuple[str, str, str, Style]]]:
    """The screen: runs of characters with their colour, that of what is behind them, and their style."""
    strips = app.screen._compositor.render_strips(app.size)
    theme, plain = app.ansi_theme, Style.null()
    return [
        [(text, *colours(style or plain, theme), style or plain) for text, style, _ in strip.simplify()]
        for strip in strips
    ]


def colours(style: Style, theme: TerminalTheme) -> tuple[str, str]:
    """Of the characters and of what is behind them."""
    ink = style.color.get_truecolor(theme) if style.color else theme.foreground_color
    ground = style.bgcolor.get_truecolor(theme, foreground=False) if style.bgcolor else theme.background_color
    return (ground.hex, ink.hex) if style.reverse else (ink.hex, ground.hex)


def box(x: int, y: int, width: int, ground: str) -> str:
    return f'<rect x="{x * CELL}" y="{y * LINE}" width="{width * CELL}" height="{LINE}" fill="{ground}"/>'


def written(x: int, y: int, text: str, ink: str, style: Style) -> str:
    x += cell_len(text) - cell_len(text.lstrip())
    text = text.strip()
    place = f'x="{x * CELL}" y="{y * LINE + 14}" textLength="{cell_len(text) * CELL}"'
    look = (' font-weight="bold"' if style.bold else "") + (' text-decoration="underline"' if style.underline else "")
    look += ' opacity="0.6"' if style.dim else ""
    return f'<text {place} fill="{ink}"{look}>{escape(text, quote=False)}</text>'


def document(width: int, height: int, inside: str) -> str:
    """A picture of so many cells as a file."""
    size = f'viewBox="0 0 {width * CELL} {height * LINE}"'
    look = "text{font:15px 'DejaVu Sans Mono',Menlo,Consolas,monospace;white-space:pre}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} xml:space="preserve">'
    return f"{head}\n<style>{look}</style>\n{inside}\n</svg>\n"


def sheet(parts: list[tuple[Look, str]]) -> str:
    """All of these on one sheet, each with its name above it."""
    width = max(look.at[0] + look.size[0] for look, _ in parts)
    height = max(look.at[1] + look.size[1] for look, _ in parts)
    return document(width, height, "\n".join(placed(*part) for part in parts))


def placed(look: Look, inside: str) -> str:
    (x, y), (width, height) = look.at, look.size
    where = f'x="{x * CELL}" y="{y * LINE}" width="{width * CELL}" height="{height * LINE}"'
    name = f'<text x="{x * CELL}" y="{y * LINE - 6}" fill="#808080">{look.name}</text>'
    return f"{name}\n<svg {where}>\n{inside}\n</svg>"
