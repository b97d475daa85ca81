"""A terminal that knows few characters gets others instead of those that it lacks: `->` for an arrow, never a box.

Which ones it knows is what its locale says. Python takes every terminal without a locale, or with one that is not
installed, for one that knows UTF-8, and says so to itself in `LC_CTYPE`; a serial console, an old PuTTY or tmux over
such a line then shows boxes. Files and pipes are not touched: what is read there is data, and UTF-8.
"""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Mapping
from io import TextIOWrapper

NAME = "handrail"
"""Of the codec and of the handler of errors here."""
SPELLED = str.maketrans({
    "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "…": "...", "→": "->", "←": "<-", "↔": "<->", "×": "x", "·": "|",
    "•": "*", "–": "-", "—": "-", "−": "-", "≤": "<=", "≥": ">=", "≠": "!=", "€": "EUR", "✓": "ok", "✗": "no",
    "\u00a0": " ", "\u202f": " ", "─": "-", "│": "|", "╌": "-", "╎": ":", "━": "=", "┃": "#", "═": "x", "║": "x",
    "┄": ".", "┆": ".", **dict.fromkeys("┌┐└┘├┤┬┴┼", "+"),
})  # fmt: skip
COERCED = {"C.UTF-8", "C.utf8", "UTF-8"}
"""What Python puts into `LC_CTYPE` where nothing better is said (PEP 538)."""


class Terminal:
    """What this terminal knows: an encoding, or nothing said where it knows every character."""

    knows = ""


def fit() -> None:
    """From now on write to this terminal only what it can show. Called once, before anything is written."""
    known = _encoding()
    Terminal.knows = "" if known == "utf-8" else known
    if isinstance(sys.stdin, TextIOWrapper) and sys.stdin.isatty():
        sys.stdin.reconfigure(encoding=typed("utf-8"), errors="replace")
    if not Terminal.knows:
        return
    codecs.register(_codec)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and stream.isatty():
            stream.reconfigure(encoding=NAME)
        elif isinstance(stream, TextIOWrapper) and codecs.lookup(stream.encoding).name != "utf-8":
            stream.reconfigure(errors=NAME)


def typed(otherwise: str) -> str:
    """The encoding of what is typed here."""
    return otherwise if Terminal.knows in ("", "ascii") else Terminal.knows


def fitting(text: str) -> str:
    """`text` as the terminal can show it. It may become longer."""
    return text.encode(Terminal.knows, NAME).decode(Terminal.knows) if Terminal.knows and not text.isascii() else text


def cell(character: str, size: int) -> str:
    """A character that takes `size` cells, or as many question marks."""
    return character if not Terminal.knows or fitting(character) == character else "?" * size


def _encoding() -> str:
    """What this terminal knows, as far as its person's settings say."""
    if os.environ.get("PYTHONIOENCODING") or os.environ.get("PYTHONUTF8") == "1":
        return codecs.lookup(sys.stdout.encoding).name
    said = _said()
    name = said.get("LC_ALL") or said.get("LC_CTYPE") or said.get("LANG") or "C"
    if name in ("C", "POSIX"):
        return "ascii"
    try:
        return codecs.lookup(name.partition(".")[2].partition("@")[0] or sys.stdout.encoding).name
    except LookupError:
        return "ascii"


def _said() -> Mapping[str, str]:
    """The environment as it was before Python wrote into it."""
    if sys.flags.utf8_mode and os.environ.get("LC_CTYPE") in COERCED:
        try:
            with open("/proc/self/environ", encoding="utf-8", errors="replace") as kept:  # noqa: PTH123 - pathlib is slow to load
                return dict(entry.partition("=")[::2] for entry in kept.read().split("\0"))
        except OSError:
            pass
    return os.environ


def _instead(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError), "nothing is read with it"
    lacking = error.object[error.start : error.end].translate(SPELLED)
    return lacking.encode("ascii", "backslashreplace").decode(), error.end


codecs.register_error(NAME, _instead)


class _Fitting(codecs.IncrementalEncoder):
    def encode(self, text: str, final: bool = False) -> bytes:
        return text.encode(Terminal.knows, NAME)


def _codec(name: str) -> codecs.CodecInfo | None:
    """A codec of our own, because click overrules ASCII, and some programs ask for question marks."""
    if name != NAME:
        return None
    return codecs.CodecInfo(
        encode=lambda text, errors="strict": (text.encode(Terminal.knows, NAME), len(text)),
        decode=lambda data, errors="strict": (bytes(data).decode(Terminal.knows, "replace"), len(data)),
        incrementalencoder=_Fitting,
        name=NAME,
    )
