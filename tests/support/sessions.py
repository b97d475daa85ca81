"""A session carried through, whatever the set-up."""

from __future__ import annotations

from flows.engine import Event, Session


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
