"""What waits for a person's own act: told while it is waited for, and again wherever the run is looked at meanwhile."""

from __future__ import annotations

from dataclasses import replace

from .actions import Action, ByHand
from .journal import Run
from .plan import Plan
from .references import fill

OVER = ("ready", "undo", "undone", "left")
"""What the journal says of a step for which nobody has to do anything any more."""


def to_do(run: Run, plan: Plan) -> list[ByHand]:
    """What a person has to do now so that steps of a run come to their end; nothing where it is not under way."""
    if run.record.status not in ("applying", "failed"):
        return []
    waits = (told(action, run) for action in plan.actions if run.status(action.id) not in OVER)
    return [each for each in waits if each]


def told(action: Action, run: Run) -> ByHand | None:
    """What a person has to do for one step, with what is to be taken along for it; None where AWS has not told it."""
    if action.by_hand is None:
        return None
    try:
        rows = tuple((label, str(fill(value, run.resolve))) for label, value in action.by_hand.rows)
    except KeyError:
        return None
    return replace(action.by_hand, rows=rows)
