"""The steps in the rail beside a question: what was answered, where one is, and what may still come."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from ...safe import line

if TYPE_CHECKING:
    from flows.engine import Asking, Line, Session
    from flows.engine.checking import Checking
    from flows.engine.drawing import Drawing

    from ..tasking import Tasking


class Steps(NamedTuple):
    """What stands beside a question.

    Args:
        rows: (done, here or ahead; name; answer) of every step.
        drawing: what will be there, as far as it is answered.
    """

    rows: list[tuple[str, str, str]]
    drawing: Drawing | None = None


def steps(asked: Session | Checking | Tasking, asking: Asking | None) -> Steps:
    """What was answered, where one is, and what may still come; without a question one is at the end of them."""
    from flows.engine import Session

    here, said = asking.question.id if asking else "", asked.trail()
    found = [
        ("done", each.question.label, line(each.shown))
        for each in said
        if not each.question.fine_tuning and each.question.id != here
    ]
    if asking:
        found.append(("here", asking.question.label, ""))
        found += [("ahead", question.label, "") for question in asked.ahead()]
    end = "Review" if isinstance(asked, Session) else "What is found"
    rows = [*found, ("ahead" if asking else "here", end, "")]
    return Steps(rows, drawn(asked, said, here) if isinstance(asked, Session) else None)


def drawn(session: Session, said: Iterable[Line], here: str) -> Drawing | None:
    """What will be there, as far as it is answered when the question with the key `here` is asked."""
    from flows.engine.drawing import answered, draw

    picture = session.flow.picture
    if picture is None or not here:
        return None
    return draw(picture, answered(said), asked=here, ahead=session.may_come())
