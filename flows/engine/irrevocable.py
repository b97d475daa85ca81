"""What an undo does not bring back: said before somebody agrees to it, and on the receipt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .actions import Action
from .events import Left
from .journal import Run
from .of_others import DECISIONS, Claim, called, yours
from .plan import Plan
from .references import fill
from .undo import standing
from .undo_plan import DELETE, Kept, Restore


def lost(run: Run, plan: Plan, decided: Mapping[str, str], claims: Iterable[Claim]) -> list[str]:
    """What is lost for good once it is taken back with these decisions, a sentence each.

    `claims` are what others have there now.
    """
    told = [each.loss for each in plan.decisions if each.loses and decided.get(each.key) == each.loses]
    actions = {action.id: action for action in plan.actions}
    told += [
        f"{called(actions[claim.action], run)}: {claim.why} {DECISIONS[claim.key].options[DELETE]}."
        for claim in claims
        if claim.key and not claim.holds(decided)
    ]
    return told


def staying(run: Run, plan: Plan) -> list[Left]:
    """What no undo takes back, whatever is decided: what others copied meanwhile, what browsers remember."""
    found: list[Left] = []
    for action in standing(run, plan):
        for kept in _always_kept(action):
            try:
                found.append(Left(str(fill(kept.what, run.resolve)), kept.why, kept.costs, stays=True))
            except KeyError:  # the run broke off before it came to that
                continue
    return list(dict.fromkeys(found))


def left_to_you(run: Run, plan: Plan) -> list[str]:
    """What a person will have to do themselves, which no call does."""
    return [said for action in standing(run, plan) if (said := yours(action, run))]


def _always_kept(action: Action) -> list[Kept]:
    if isinstance(action.undo, Restore):
        return [action.undo.kept] if action.undo.kept else []
    if isinstance(action.undo, tuple):
        return [step.kept for step in action.undo if step.kept and not step.when]
    return []
