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
DARK_256 = replace(
    DARK,
    name="handrail-256",
    primary="#87afd7",
    secondary="#bcbcbc",
    accent="#d7af5f",
    success="#87d787",
    warning="#d7af5f",
    error="#ff8787",
    foreground="#dadada",
    background="#121212",
    surface="#121212",
    panel="#303030",
    variables={"text-muted": "#9e9e9e", "primary-muted": "#3a3a3a"},
)
"""What xterm's 256 colours have themselves: the nearest of them to ours would be navy on black."""
LIGHT_256 = replace(
    LIGHT,
    name="handrail-light-256",
    primary="#005f87",
    secondary="#585858",
    accent="#875f00",
    success="#005f00",
    warning="#875f00",
    error="#af0000",
    foreground="#1c1c1c",
    background="#ffffff",
    surface="#ffffff",
    panel="#e4e4e4",
    variables={"text-muted": "#585858", "primary-muted": "#d0d0d0"},
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
THEMES = (DARK, LIGHT, DARK_256, LIGHT_256, MONOCHROME, ANSI)


def fitting_theme(colours: str | None) -> str:
    """Dark or light, as far as the terminal says: some set COLORFGBG to foreground;background.

    A terminal with few colours, or with 256, gets its own: the nearest ones to ours would not be told apart.
    `colours` is what Rich calls them: "standard", "256" or "truecolor".
    """
    light = os.environ.get("COLORFGBG", "").rpartition(";")[2] in ("7", "15")
    match colours:
        case "standard":
            return "ansi-light" if light else ANSI.name
        case "256":
            return LIGHT_256.name if light else DARK_256.name
        case _:
            return LIGHT.name if light else DARK.name
