"""What an undo does not bring back: said before somebody agrees to it, and on the receipt."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from .actions import Action
from .events import Left
from .journal import Run
from .made import called, lost_by_it, yours
from .mended import still_mended
from .of_others import DECISIONS, Claim
from .plan import Plan
from .references import fill
from .undo import kept, standing
from .undo_plan import DELETE, Kept, Restore, Undo


def lost(run: Run, plan: Plan, decided: Mapping[str, str], claims: Iterable[Claim]) -> list[str]:
    """What is lost for good once it is taken back with these decisions, a sentence each.

    `claims` are what others have there now.
    """
    claims = list(claims)
    left = kept(run, plan, claims, decided)
    spared = {key for id in left for key in _keys(plan, id)} - {
        key for action in standing(run, plan) if action.id not in left for key in _keys(plan, action.id)
    }
    going = _going(run, plan, left)
    told = [loss for action in plan.actions for loss in lost_by_it(action, run)] if going else []
    told += [step.loses for action in going for step in _steps(action) if step.loses]
    told += [
        each.loss
        for each in plan.decisions
        if each.loses and decided.get(each.key) == each.loses and each.key not in spared
    ]
    actions = {action.id: action for action in plan.actions}
    told += [
        f"{called(actions[claim.action], run)}: {claim.why} {DECISIONS[claim.key].options[DELETE]}."
        for claim in claims
        if claim.key and not claim.holds(decided)
    ]
    return told


def _keys(plan: Plan, id: str) -> set[str]:
    """What is decided about the thing of an action."""
    return {step.when[0] for step in _steps(next(each for each in plan.actions if each.id == id)) if step.when}


def staying(run: Run, plan: Plan, left: Collection[str] = ()) -> list[Left]:
    """What no undo takes back, whatever is decided: what others copied meanwhile, what browsers remember.

    Of what is `left` itself, by the ids of its actions, nothing is said.
    """
    return _remaining(run, (each for action in _going(run, plan, left) for each in _always_kept(action)))


def kept_by_choice(run: Run, plan: Plan, decided: Mapping[str, str], left: Collection[str] = ()) -> list[Left]:
    """What will be there afterwards because it was decided so, such as a last snapshot; nothing of what is `left`."""
    steps = (step for action in _going(run, plan, left) for step in _steps(action))
    chosen = (step for step in steps if step.when and decided.get(step.when[0]) == step.when[1])
    return _remaining(run, (step.kept for step in chosen if step.kept))


def _remaining(run: Run, kept: Iterable[Kept]) -> list[Left]:
    found: list[Left] = []
    for remains in kept:
        try:
            what = str(fill(remains.what, run.resolve))
            found.append(Left(what, remains.why, remains.costs, stays=not remains.maybe, maybe=remains.maybe))
        except KeyError:  # the run broke off before it came to that
            continue
    return list(dict.fromkeys(found))


def left_to_you(run: Run, plan: Plan, left: Collection[str] = ()) -> list[str]:
    """What a person will have to do themselves, which no call does; nothing about what is `left`."""
    going = _going(run, plan, left)
    mended = still_mended(run, plan) if going else []
    return [*(said for action in going if (said := yours(action, run))), *mended]


def _going(run: Run, plan: Plan, left: Collection[str]) -> list[Action]:
    return [action for action in standing(run, plan) if action.id not in left]


def _always_kept(action: Action) -> list[Kept]:
    if isinstance(action.undo, Restore):
        return [action.undo.kept] if action.undo.kept else []
    return [step.kept for step in _steps(action) if step.kept and not step.when]


def _steps(action: Action) -> tuple[Undo, ...]:
    """The calls that take it back, where it is not a setting."""
    return action.undo if isinstance(action.undo, tuple) else ()
