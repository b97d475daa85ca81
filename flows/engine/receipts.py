"""What an undo did, read from the journal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .actions import Action
from .events import Happening, Left, Receipt
from .journal import Run
from .made import called, lost_by_it, of_own, yours
from .plan import Plan

NOT_FOUND = "not found"
"""How the reason begins where somebody took a thing away before."""
NOT_OURS = "It is not this run's, so it was not touched."
EXISTED = "It existed before this run."
USED = "It existed before this run and was only used."


def made_by_run(whose: str) -> str:
    """What there is to say of what another run made, though this one asked for it, too."""
    return f"The run {whose} made it; it is that run's to take back."


def receipt(run: Run, plan: Plan) -> Receipt:
    """What an undo did, and what is left of the run."""
    removed, restored, lost = list[str](), list[str](), list[str]()
    left: list[Left] = []
    complete, in_use = True, False
    for action in reversed(plan.actions):
        if not action.undo:  # it only waited for something
            continue
        facts, what, there = run.facts(action.id), called(action, run), called(action, run, left=True)
        theirs = _theirs(facts)
        lost += lost_by_it(action, run)
        match run.status(action.id):
            case "undone":
                match facts.get("how"):
                    case Happening.GONE.value:
                        left.append(Left(what, facts["gone"]))
                    case _ if facts.get("parts") and (facts.get("gone") or _put_back(what, facts)):
                        removed += _removed(what, facts)
                        restored += _put_back(what, facts)
                        left += _left_of(what, facts)
                    case Happening.RESTORED.value:
                        (removed if _went_with_its_own(action, plan, run) else restored).append(what)
                        left += [Left(f"{what}, in part", facts["gone"])] if facts.get("gone") else []
                    case _:
                        with_it = f"{what}, and what others had there is gone or no longer works: {theirs}"
                        removed.append(with_it if theirs else what)
                        lost += [with_it] if theirs else []
                        theirs = ""
                        left += [Left(f"{what}, in part", facts["gone"])] if facts.get("gone") else []
                left += [
                    *(Left(**kept, stays=not kept.get("maybe")) for kept in facts.get("kept", ())),
                    *_beside(what, facts),
                ]
                lost += facts.get("lost", ())
            case "left":
                because = facts.get("because") or ("refused" if facts.get("ours", True) else "changed")
                complete = complete and because != "refused"
                in_use = in_use or because != "changed"
                removed += _removed(what, facts)
                restored += _put_back(what, facts)
                left += _left_of(there, facts) or [left_of_run(action, there, facts["why"])]
            case "" | "refused":
                pass
            case _ if not facts.get("created", True) and not facts.get("doubt"):
                left.append(Left(there, made_by_run(facts["whose"]) if facts.get("whose") else EXISTED))
            case _:
                complete = False
                left.append(left_of_run(action, there, "It was not taken back yet."))
        if theirs:
            removed.append(f"What others had there: {theirs} ({what})")
            lost.append(removed[-1])
    left += [
        Left(re.sub(r"^Use (the )?", lambda said: "The " if said[1] else "", use.sentence), USED) for use in plan.uses
    ]
    left = list(dict.fromkeys(left))
    return Receipt(tuple(removed), tuple(restored), tuple(left), complete, in_use, tuple(lost), _yours(run, plan))


def left_of_run(action: Action, what: str, why: str) -> Left:
    """What is there still of what an action made, and what that costs."""
    by_use = bool(action.costs) and all(cost.by_use for cost in action.costs)
    return Left(what, why, "; ".join(cost.what for cost in action.costs), stays=True, by_use=by_use)


def _yours(run: Run, plan: Plan) -> tuple[str, ...]:
    """What a person has to do themselves, of what was taken back."""
    gone = [action for action in plan.actions if action.yours and run.status(action.id) == "undone"]
    return tuple(said for action in reversed(gone) if (said := yours(action, run)))


def _went_with_its_own(action: Action, plan: Plan, run: Run) -> bool:
    """Whether what was set was of a thing that this run made, and that is gone."""
    own = of_own(action, plan, run)
    return own is not None and run.status(own.id) == "undone"


def _theirs(facts: Mapping[str, Any]) -> str:
    """What others had in or on it and went: the first by name, and how many there were."""
    named = facts.get("with_it", ())
    shown, count, more = ", ".join(named), facts.get("with_all", len(named)), facts.get("with_more")
    if not more and count <= len(named):
        return shown
    return f"{shown} and others, {'at least ' if more else ''}{count} in all"


def _beside(what: str, facts: Mapping[str, Any]) -> list[Left]:
    """What somebody added to a document since this run's entry was written into it."""
    named = ", ".join(facts.get("since", ()))
    return [Left(f"What somebody put beside it since: {named} ({what})", NOT_OURS, theirs=True)] if named else []


def _removed(what: str, facts: Mapping[str, Any]) -> list[str]:
    return [f"{what}: {each['what']}" for each in facts.get("parts", ()) if not (each["why"] or each.get("back"))]


def _put_back(what: str, facts: Mapping[str, Any]) -> list[str]:
    return [f"{what}: {each['what']}" for each in facts.get("parts", ()) if not each["why"] and each.get("back")]


def _left_of(what: str, facts: Mapping[str, Any]) -> list[Left]:
    return [
        Left(f"{what}: {each['what']}", each["why"], stays=not each["why"].startswith(NOT_FOUND))
        for each in facts.get("parts", ())
        if each["why"]
    ]
