"""What is said once the screen is gone: how to go on, how to take back, and where the files are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.engine import Session


def farewell(session: Session | None) -> list[str]:
    """What a person needs who leaves this session."""
    if session is None or session.run is None:
        return []
    from flows.engine.by_hand import to_do

    from .. import words
    from ..history import state

    record = session.run.record
    if record.status == "draft":
        return [f"Draft kept. Go on with: {words.resume(record.id)}"] if record.answers else []
    told = [f"{record.id}: {state(session.run)}"]
    if record.handover.get("files") and record.status != "undone":
        told.append(f"Files: {session.run.folder} (only you can read them; they may hold secret keys)")
    if session.run.plan:
        told += words.to_do(to_do(session.run, session.run.plan), session.place)
    if record.status in ("done", "waiting"):
        told += words.left_to_do(record.handover.get("now", ()), record.id)
    if record.status in ("applying", "failed"):
        told.append(f"Go on with: {words.resume(record.id)}")
    if record.status != "undone":
        told.append(f"Take it back with: {words.undo(record.id)}")
    return told


def mistake(error: Exception) -> list[str]:
    """What to do about a mistake of ours."""
    return [
        f"Handrail itself made a mistake ({type(error).__name__}).",
        "What was done until then is in the journal: `handrail runs` shows it.",
        "HANDRAIL_DEBUG=1 shows the details for a report.",
    ]
