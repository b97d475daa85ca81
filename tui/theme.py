"""The colours: calm on dark, calm on light, and only greys. Every theme of Textual can be chosen from the palette, too.

Colour only ever repeats what a word or a mark says already.
"""

from __future__ import annotations

import os

from textual.theme import Theme

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
THEMES = (DARK, LIGHT, MONOCHROME)


def fitting_theme() -> str:
    """Dark or light, as far as the terminal says: some set COLORFGBG to foreground;background."""
    background = os.environ.get("COLORFGBG", "").rpartition(";")[2]
    return LIGHT.name if background in ("7", "15") else DARK.name
