"""Repairs of what a run made, which are runs of their own: taking the run back does not take them back."""

from __future__ import annotations

from .flow import REPAIR
from .journal import Run
from .later_runs import later_runs
from .made import made_by
from .plan import Plan
from .shell import handrail


def still_mended(run: Run, plan: Plan) -> list[str]:
    """What was mended of what this run made and stands, a sentence for each repair, with the command for it.

    Asks the journal alone.
    """
    made = {made_by(action, run) for action in plan.actions if run.facts(action.id).get("created")} - {""}
    found = []
    for later in later_runs(run):
        of_it = later.run.record.kind == REPAIR and not made.isdisjoint(map(str, later.plan.facts.values()))
        stands = [each.standing for each in later.plan.actions if each.undo and later.stands(each)]
        if of_it and stands:
            back = f"Take that back, too: {handrail('undo', later.run.id)}"
            found.append(f"What was mended of it stays: {'; '.join(stands)}. {back}")
    return found
