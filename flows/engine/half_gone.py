"""That what a plan uses is of a run whose undo was interrupted: part of it may be gone already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress

from .journal import Journal, Run
from .made import made_by
from .options import Caution
from .plan import Use
from .problems import JournalTrouble
from .shell import handrail


def half_gone(journal: Journal, uses: Iterable[Use], account: str) -> Iterator[Caution]:
    """That an earlier run in that account made one of these and is taking it back, its undo having been interrupted."""
    for record in journal.records():
        if record.status != "undoing" or record.account != account:
            continue
        run = Run(journal, record.id)
        with suppress(JournalTrouble):
            made = {made_by(each, run) for each in run.plan.actions if each.resource} if run.plan else set()
            for use in uses:
                if use.resource in made:
                    yield Caution(
                        "being-undone",
                        f"{use.resource} is of the run {run.id}, whose undo did not come to its end: what it needs may "
                        f"be gone. First go on with: {handrail('undo', run.id)}",
                    )
