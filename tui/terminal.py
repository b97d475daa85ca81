"""What kind of terminal this is. Nothing is loaded for it: it is asked on the way to the first frame."""

from __future__ import annotations

import os
import sys


def is_terminal() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def is_dumb() -> bool:
    """Whether the terminal takes lines and nothing else, or is to be treated as if it did."""
    return os.environ.get("TERM", "dumb") in ("dumb", "") or os.environ.get("HANDRAIL_PLAIN") == "1"


def wants_lines() -> bool:
    """Whether line prompts are wished for, or the terminal cannot show more."""
    if is_dumb():
        return True
    try:
        columns, lines = os.get_terminal_size()
    except OSError:
        return False
    return columns < 60 or lines < 15
