"""What went wrong, in rows: what, why, and what to do now."""

from __future__ import annotations

from ...safe import shown
from ..widgets.lines import Said


def told(error: Exception) -> list[Said]:
    """A problem in rows; a mistake of ours in a sentence, never as a traceback."""
    from flows.engine import Problem, SignInNeeded

    from ... import words

    if not isinstance(error, Problem):
        return [
            Said(f"Handrail itself made a mistake ({type(error).__name__}).", "problem", "bad"),
            Said("What was done until then is in the journal.", "why", "muted"),
            Said("Try again, or leave. HANDRAIL_DEBUG=1 shows the details for a report.", "now", "point"),
        ]
    rows = [Said(shown(error.what), "problem", "bad")]
    rows += [Said(shown(error.why), "why", "muted")] if error.why else []
    here = isinstance(error, SignInNeeded) and error.door is not None
    remedy = "" if here else words.remedy(error)
    return rows + ([Said(shown(remedy), "now", "point")] if remedy else [])
