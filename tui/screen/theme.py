"""The colours: calm on dark, calm on light, only greys, and the sixteen of a terminal.

Every theme of Textual can be chosen from the palette, too. Colour only ever repeats what a word or a mark says already.
"""

from __future__ import annotations

import os
from dataclasses import replace

from textual.theme import BUILTIN_THEMES, Theme

DARK = Theme(
    name="handrail",
    dark=True,
    primary="#7fb4e3",
    secondary="#9aa8b8",
    accent="#e6b566",
    success="#8fc98b",
    warning="#e6b566",
    error="#f0908a",
    foreground="#d9dfe6",
    background="#12171d",
    surface="#12171d",
    panel="#1d2630",
    variables={"text-muted": "#97a4b2", "primary-muted": "#1f3a52"},
)
LIGHT = Theme(
    name="handrail-light",
    dark=False,
    primary="#1d5c94",
    secondary="#55636f",
    accent="#7d5200",
    success="#2c6e2f",
    warning="#7d5200",
    error="#a8281f",
    foreground="#1e252c",
    background="#fbfaf7",
    surface="#fbfaf7",
    panel="#e9e7e1",
    variables={"text-muted": "#5a6672", "primary-muted": "#d8e7f5"},
)
MONOCHROME = Theme(
    name="handrail-monochrome",
    dark=True,
    primary="#ffffff",
    secondary="#b8b8b8",
    accent="#ffffff",
    success="#d8d8d8",
    warning="#ffffff",
    error="#ffffff",
    foreground="#d8d8d8",
    background="#141414",
    surface="#141414",
    panel="#2a2a2a",
    variables={"text-muted": "#b4b4b4", "primary-muted": "#444444"},
)
ANSI = replace(
    BUILTIN_THEMES["ansi-dark"],
    name="handrail-ansi",
    primary="ansi_cyan",  # blue is hard to read on black
    accent="ansi_yellow",
    error="ansi_bright_red",
)
THEMES = (DARK, LIGHT, MONOCHROME, ANSI)


def fitting_theme(*, few_colours: bool) -> str:
    """Dark or light, as far as the terminal says: some set COLORFGBG to foreground;background.

    A terminal with few colours gets its own: the nearest ones to ours would not be told apart.
    """
    light = os.environ.get("COLORFGBG", "").rpartition(";")[2] in ("7", "15")
    if few_colours:
        return "ansi-light" if light else ANSI.name
    return LIGHT.name if light else DARK.name
