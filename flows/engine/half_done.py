"""Runs that stopped half-way, named where something that they change is looked at.

What a run makes bears its name; a setting that it changes bears none, so that only the journal can tell of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from .cloud import Identity
from .flow import Finding, Grade
from .journal import UNREADABLE, Journal, Run
from .journal_file import state_folder
from .plan import Plan
from .problems import JournalTrouble
from .shell import handrail

BEGUN = ("applying", "failed", "undoing")
"""In the journal's words."""


def half_done(flow: str, thing: str, here: Identity) -> Iterator[Finding]:
    """Those of this computer that began, did not come to their end, and use a thing, which is known by its id.

    Args:
        flow: the id of the set-up.
        thing: the id that AWS gave it.
        here: the account and region that are looked at.
    """
    with suppress(JournalTrouble):  # without a journal nothing is known of runs, and the check is none the worse
        if (state_folder() / "journal.db").exists():
            journal = Journal()
            try:
                yield from (told for run in _begun(journal, flow, here) for told in _told(run, thing))
            finally:
                journal.close()


def _begun(journal: Journal, flow: str, here: Identity) -> Iterator[Run]:
    for each in journal.records():
        place = (each.account, each.place.region)
        if each.flow == flow and each.status in BEGUN and place == (here.account, here.region):
            yield Run(journal, each.id)


def _told(run: Run, thing: str) -> Iterator[Finding]:
    plan: Plan | None = None
    with suppress(JournalTrouble, *UNREADABLE):  # by another version
        plan = run.plan
    if plan is None or thing not in {each.resource for each in plan.uses}:
        return
    begun, left = list[str](), list[str]()
    for action in plan.actions:
        if action.undo:
            (left if run.status(action.id) in ("", "refused", "undone") else begun).append(action.sentence)
    if not begun:
        return
    back = handrail("undo", run.id)
    if run.record.status == "undoing":
        sentence = f"The undo of the run {run.id} did not come to its end. It has left: {'; '.join(begun)}."
        remedy = f"Go on with it: {back}"
    else:
        rest = f"Not done: {'; '.join(left)}." if left else "It was not brought to its end."
        sentence = f"The run {run.id} stopped half-way. Begun or done: {'; '.join(begun)}. {rest}"
        remedy = f"Go on with it: {handrail('resume', run.id)} or take it back: {back}"
    yield Finding(f"run:{run.id}", Grade.CAUTION, sentence, "the journal of this computer", remedy)
