"""Drafts and runs as rows of a list."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flows import SET_UPS

from ..widgets.row import Row

if TYPE_CHECKING:
    from flows.engine import Record


def recent(records: list[Record]) -> list[Row]:
    """What there is to go on with: unfinished things first, then the latest finished ones."""
    from ...history import UNFINISHED

    unfinished = [record for record in records if record.status in UNFINISHED]
    finished = [record for record in records if record.status in ("waiting", "done")]
    return [run_row(record) for record in (*unfinished[:12], *finished[:8])]


def run_row(record: Record) -> Row:
    """A draft or run in one line."""
    from ...history import STATES

    account = "PRACTICE" if record.place.practice else record.account or "unknown account"
    name = str(record.answers.get("name", "")) or SET_UPS.get(record.flow, (record.flow, ""))[0]
    hint = f"{STATES[record.status]}, {age(record.changed)}, {account} · {name}"
    return Row(f"run:{record.id}", record.id, hint)


def age(moment: str) -> str:
    """How long ago that was, as people say it."""
    seconds = (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds()
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"
