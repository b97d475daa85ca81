"""What a run or a check came to: what was made, whether the account is as it was before, and the exit code for it."""

from __future__ import annotations

from typing import Any

from flows.engine import Action, Entry, Lost, Problem, Restore, Run, Use, standing
from flows.engine.changed import things
from flows.engine.plan import Plan
from flows.engine.references import fill, refs
from flows.engine.verdict import Status


def resources(run: Run, plan: Plan) -> list[dict[str, Any]]:
    """What the run made, what it changed, and what it found and used."""
    made = [
        {
            "action": action.id,
            "type": action.type,
            "id": id_,
            "created": bool(run.facts(action.id).get("created", True)),
            **({"by": by} if (by := run.facts(action.id).get("whose")) else {}),
        }
        for action in plan.actions
        if run.status(action.id) in ("done", "ready", "left")
        for id_ in _ids(action, run)
    ]
    found = [_used(use) for use in plan.uses]
    return made + _changed(run, plan, {each["id"] for each in made}) + found


def _changed(run: Run, plan: Plan, made: set[str]) -> list[dict[str, Any]]:
    """What stood there and the run set otherwise, each once; not what it made itself. A thing without an id of its own,
    such as a route, changes what it is in."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for action in plan.actions:
        stands = run.status(action.id) in ("done", "ready", "left") and run.facts(action.id).get("created", True)
        if stands and action.undo and (isinstance(action.undo, Restore | Entry) or not _ids(action, run)):
            for kind, thing in things(action.call):
                id_ = str(fill(thing, run.resolve))
                if id_ not in made and not _of_its_own(thing, run):
                    told = {"action": action.id, "type": kind, "id": id_, "created": False, "changed": True}
                    found.setdefault((kind, id_), told)
    return list(found.values())


def _of_its_own(thing: Any, run: Run) -> bool:
    """Whether an id was first told by an answer to this run: it is of what that made, such as its image's snapshot."""
    return any(run.facts(ref.action).get("created", True) for ref in refs(thing))


def _ids(action: Action, run: Run) -> list[str]:
    """The id of what it made; of several things, such as rules of a security group, by which each is taken back."""
    if action.resource:
        return [str(fill(action.resource, run.resolve))]
    if not action.type or not isinstance(action.undo, tuple) or not run.facts(action.id).get("created", True):
        return []
    own = [ref for step in action.undo for ref in refs(step.call.params) if ref.action == action.id]
    return list(dict.fromkeys(str(id_) for ref in own if (id_ := run.resolve(ref))))


def _used(use: Use) -> dict[str, Any]:
    return {"action": use.id, "type": use.type, "id": use.resource, "created": False}


def anything_created(run: Run, plan: Plan) -> bool:
    """Whether the account is not (or may not be) as it was before."""
    return bool(standing(run, plan))


def of_check(status: Status) -> int:
    """What a check ends with: it works or waits, it is broken, or that could not be told."""
    return {Status.BROKEN: 3, Status.UNKNOWN: 5}.get(status, 0)


def exit_code(run: Run, plan: Plan, problems: list[Problem]) -> int:
    """0 if all went well, 1 if it failed after something was created, else the problem's own code."""
    if not problems:
        return 0
    if anything_created(run, plan) or any(isinstance(problem, Lost) for problem in problems):
        return 1
    return problems[0].exit_code
