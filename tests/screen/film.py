"""A whole story as a moving picture: an SVG that moves where pictures are shown, and a recording for asciinema.

Each frame is what the screen shows once the program has come to rest after a key. Rows that several frames share are
drawn once. Who asks their system for less motion sees the first frame alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import accumulate, zip_longest

from looks import CELL, LINE, document, picture, rows_of
from person import NARROW, Person
from rich.style import Style

WIDTH, HEIGHT = NARROW[0] * CELL, NARROW[1] * LINE


@dataclass
class Film:
    """What a person does before the camera."""

    person: Person
    pictures: list[list[str]] = field(default_factory=list)
    """The rows of each frame, as SVG."""
    screens: list[list[str]] = field(default_factory=list)
    """The rows of each frame, as a terminal is told them."""
    rests: list[float] = field(default_factory=list)
    """Seconds that each frame stays."""

    def shoot(self, rest: float) -> None:
        """Take what is on the screen, to be seen for so many seconds."""
        self.pictures.append(picture(self.person.app).splitlines())
        self.screens.append(["".join(told(*run) for run in row) + "\x1b[0m" for row in rows_of(self.person.app)])
        self.rests.append(rest)

    async def press(self, *keys: str, rest: float = 1.5) -> None:
        for key in keys:
            await self.person.press(key)
            self.shoot(rest)

    async def types(self, text: str) -> None:
        for letter in text:
            await self.person.types(letter)
            self.shoot(0.08)

    def drawn(self) -> str:
        """The moving SVG: all frames on one strip, which jumps on by one after each rest."""
        known: dict[str, int] = {}
        frames = []
        for number, rows in enumerate(self.pictures):
            uses = "".join(f'<use href="#r{known.setdefault(row, len(known))}"/>' for row in rows)
            frames.append(f'<g transform="translate({number * WIDTH})">{uses}</g>')
        whole = sum(self.rests)
        starts = accumulate(self.rests, initial=0.0)
        steps = "".join(
            f"{start / whole:.3%}{{transform:translate({-number * WIDTH}px)}}"
            for number, start in zip(range(len(frames)), starts, strict=False)
        )
        style = (
            f".strip{{animation:film {whole:.2f}s step-end infinite}}@keyframes film{{{steps}}}"
            "@media(prefers-reduced-motion:reduce){.strip{animation:none}}"
        )
        rows = "\n".join(f'<g id="r{number}">{row.replace(FULL, SCREEN)}</g>' for row, number in known.items())
        strip = "\n".join(frames)
        return document(*NARROW, f'<style>{style}</style>\n<defs>\n{rows}\n</defs>\n<g class="strip">\n{strip}\n</g>')

    def recorded(self, title: str) -> str:
        """The same as an asciicast, version 2 (docs.asciinema.org, "asciicast v2", 2024-10): only rows that changed."""
        lines: list[object] = [{"version": 2, "width": NARROW[0], "height": NARROW[1], "title": title}]
        before: list[str] = []
        for start, rows in zip(accumulate(self.rests, initial=0.0), self.screens, strict=False):
            changed = [
                f"\x1b[{number};1H{row}"
                for number, (row, former) in enumerate(zip_longest(rows, before), start=1)
                if row != former and row is not None
            ]
            lines.append([round(start, 2), "o", ("" if before else "\x1b[?25l\x1b[2J") + "".join(changed)])
            before = rows
        return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


FULL, SCREEN = 'width="100%" height="100%"', f'width="{WIDTH}" height="{HEIGHT}"'


def told(text: str, ink: str, ground: str, style: Style) -> str:
    """A run of characters with what makes a terminal show it so."""
    inks, grounds = (";".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5)) for colour in (ink, ground))
    marks = "".join(f";{code}" for code, on in ((1, style.bold), (2, style.dim), (4, style.underline)) if on)
    return f"\x1b[0{marks};38;2;{inks};48;2;{grounds}m{text}"
