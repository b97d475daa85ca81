"""Drafts and runs as rows of a list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..widgets.row import FOUND, Row

if TYPE_CHECKING:
    from flows.engine import Journal

    from ...history import Entry

SHOWN = 12
"""What home shows of what there is to go on with; filtering finds the rest."""


def to_go_on_with(journal: Journal) -> list[Row]:
    """What home lists: the latest first, and nothing that is over."""
    from ...history import entries, unfinished

    rows = run_rows(entries(journal, unfinished(journal)))
    return [*rows[:SHOWN], *(row._replace(only=FOUND) for row in rows[SHOWN:])]


def run_rows(found: Iterable[Entry]) -> list[Row]:
    """Drafts and runs, a line each."""
    return [Row(f"run:{each.id}", each.title, " · ".join(each.told())) for each in found]
