"""The steps in the rail beside a question: what was answered, where one is, and what may still come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...safe import line

if TYPE_CHECKING:
    from flows.engine import Asking, Session
    from flows.engine.checking import Checking

    from ..tasking import Tasking

Steps = list[tuple[str, str, str]]
"""(done, here or ahead; name; answer) of every step."""


def steps(asked: Session | Checking | Tasking, asking: Asking | None) -> Steps:
    """What was answered, where one is, and what may still come; without a question one is at the end of them."""
    from flows.engine import Session

    here = asking.question.id if asking else ""
    found: Steps = [
        ("done", each.question.label, line(each.shown))
        for each in asked.trail()
        if not each.question.fine_tuning and each.question.id != here
    ]
    if asking:
        found.append(("here", asking.question.label, ""))
        found += [("ahead", question.label, "") for question in asked.ahead()]
    end = "Review" if isinstance(asked, Session) else "What is found"
    return [*found, ("ahead" if asking else "here", end, "")]
