"""A run that stopped half-way: what is said of it, and the choices that there are then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..widgets.row import Row

if TYPE_CHECKING:
    from flows.engine import Run


def stopped(run: Run, *, undo: bool) -> str:
    """That it stopped, on the way there or, with `undo`, on the way back, and what it costs meanwhile."""
    from ... import costs

    what = f"Undoing {run.id}" if undo else run.id
    return f"{what} stopped half-way. What was done is written down. {costs.meanwhile(run)}".rstrip()


def choices(run: Run, *, undo: bool, failed: bool, sign_in: bool) -> list[Row]:
    """What may be done now: `again`, where it had not come back already `undo`, or `keep`.

    Args:
        undo: it was being taken back.
        failed: a step of it failed.
        sign_in: nothing goes on before somebody signs in.
    """
    from ... import words

    again = "Try again" if failed else "Go on"
    again = f"{again} undoing" if undo else again
    again = "Sign in and go on" if sign_in else again
    back = [] if undo else [Row("undo", "Undo all", "takes back what was created so far")]
    keep = Row("keep", "Keep and decide later", (words.undo if undo else words.resume)(run.id))
    return [Row("again", again, "from where it stopped; nothing is made twice"), *back, keep]
