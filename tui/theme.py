"""The colours: calm on dark, calm on light. Every theme of Textual can be chosen from the palette, too.

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
    variables={"text-muted": "#97a4b2", "cursor": "#23415c"},
)
LIGHT = Theme(
    name="handrail-light",
    dark=False,
    primary="#1d5c94",
    secondary="#55636f",
    accent="#8a5a00",
    success="#2c6e2f",
    warning="#8a5a00",
    error="#a8281f",
    foreground="#1e252c",
    background="#fbfaf7",
    surface="#fbfaf7",
    panel="#e9e7e1",
    variables={"text-muted": "#5a6672", "cursor": "#cfe1f2"},
)
THEMES = (DARK, LIGHT)


def fitting_theme() -> str:
    """Dark or light, as far as the terminal says: some set COLORFGBG to foreground;background."""
    background = os.environ.get("COLORFGBG", "").rpartition(";")[2]
    return LIGHT.name if background in ("7", "15") else DARK.name
