"""Whether there is somebody to ask, and by which face."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from .. import preferences
from ..terminal import is_terminal, wants_lines

if TYPE_CHECKING:
    from flows.engine import Place


def by_lines(plain: bool) -> bool:
    """Line prompts: asked for, before or after the command's name, or because of where this runs."""
    return _lines_asked_for(plain) or wants_lines() or preferences.plain()


def somebody(plain: bool) -> bool:
    """Whether there is somebody to ask. Lines that were asked for may go to a file as well: `--plain | tee log`."""
    return is_terminal() or (_lines_asked_for(plain) and sys.stdin.isatty())


def or_home(begin: Callable[[], int], place: Place) -> int:
    """What a conversation by lines ends with; from its first question it is back to all that can be begun, as on the
    full screen.
    """
    from ..lines.home import home
    from ..lines.looking_after import begun

    code = begun(begin)
    return home(place) if code is None else code


def _lines_asked_for(plain: bool) -> bool:
    return plain or bool(click.get_current_context().find_root().params["plain"])
