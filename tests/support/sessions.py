"""A session carried through, whatever the set-up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import flows
from flows.engine import Asking, Event, Journal, Place, Problem, Session
from flows.engine.boto import Aws
from support.clock import FakeClock
from support.killed import Case


def answered(case: Case, cloud: Aws, journal: Journal, clock: FakeClock) -> Session:
    """A session in which all of the case is answered and every warning accepted."""
    made = Session(flows.find(case.flow), cloud, journal, place=Place(practice=True), clock=clock)
    return agreed(made, case.answers)


def agreed(made: Session, answers: Mapping[str, Any]) -> Session:
    """Answer all of it, and say yes to every warning: beside a question, and of a default at the review."""
    made.suggest(answers)
    while isinstance(state := made.state(), Asking) and state.cautions:
        made.accept(state.cautions[0].id)
    made.fill(answers)
    made.accepted |= {caution.id for caution in made.review().cautions}
    return made


def problems_of(made: Session) -> list[Problem]:
    """Apply; what went wrong."""
    return [event.problem for event in made.apply() if event.problem]


def carried_out(made: Session) -> list[Event]:
    """Apply and hand over; it must succeed."""
    events = list(made.apply())
    assert not [event.problem for event in events if event.problem]
    made.hand_over()
    return events


def taken_back(made: Session, **decided: str) -> list[Event]:
    """Undo; it must leave nothing."""
    events = list(made.undo(decided))
    assert made.receipt().complete
    return events


def there_and_back(made: Session, picture: Callable[[], Any], **decided: str) -> None:
    """Answering and reviewing only read, applying changes something, and undone is as before."""
    before = picture()
    made.review()
    assert picture() == before
    carried_out(made)
    assert picture() != before
    taken_back(made, **decided)
    assert picture() == before
