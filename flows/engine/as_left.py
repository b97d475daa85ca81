"""Whether what a run did is still as it left it, for whoever is about to take it back or to say what that would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .actions import Action
from .documents import Document
from .of_others import OTHERS, Claim
from .plan import Plan
from .problems import CloudError, NoAccess
from .refusals import matches, no_such_thing
from .sending import Carrier
from .settings import as_put, current, digest
from .taking import CHANGED, NOTHING_LEFT, RENAMED, UNCHANGED, Stays, Taking, gave_up, wanted
from .undo_plan import Entry, Restore, Still, Undo


def as_left(taking: Taking, still: Still) -> bool:
    """Whether it is still as this run left it; False if it is gone. Raises Stays if somebody changed it."""
    carrier = taking.carrier
    if still.since and carrier.run.status(still.since) not in ("done", "ready"):
        return True
    try:
        now = carrier.believed(
            lambda: carrier.look(still.look, still.path),
            lambda seen: seen is None or str(seen) != carrier.text(still.equals),
            taking.around,
        )
    except CloudError as problem:
        if matches(problem, still.absent):
            return True
        if matches(problem, still.changed):
            raise taking.changed(still.otherwise, "", still.look) from problem
        raise
    if now is not None and str(now) != carrier.text(still.equals):
        raise taking.changed(still.otherwise, now, still.look)
    return now is not None


def as_it_stands(taking: Taking, restore: Restore) -> str | None:
    """Why there is nothing to put back; None if there is. Raises Stays if somebody changed it."""
    action, facts = taking.action, taking.carrier.run.facts(taking.action.id)
    former = facts["before"]
    try:
        now = taking.carrier.believed(
            lambda: current(action, restore, taking.carrier), lambda seen: seen == former, taking.fresh
        )
    except CloudError as problem:
        if not no_such_thing(problem):
            raise
        return NOTHING_LEFT
    if restore.apart and not taking.lets_go and (why := taking.set_in_part(now)):
        raise taking.changed(why, now, restore.read, OTHERS)
    if now == former:
        if taking.begun or "after" not in facts:
            return ""
        if digest(former) == facts["after"]:
            return UNCHANGED
        return taking.gone if former is None else taking.as_before
    told = "after" in facts and facts["after"] != digest(former)  # AWS may not have told of the change by then
    ours = digest(now) == facts["after"] if told else as_put(action, restore, now, taking.carrier)
    if not ours and not taking.lets_go:
        if restore.apart and _apart(taking, former, now):
            return None if taking.ours else ""
        raise taking.changed(taking.set_otherwise(now), now, restore.read, OTHERS)
    return None


def _apart(taking: Taking, former: Any, now: Any) -> bool:
    """Tell those of several settings that stand as this run left them from those that somebody changed since; whether
    any are, or were put back before."""
    if not isinstance(now, Mapping) or not isinstance(former, Mapping):
        return False
    after = taking.carrier.run.facts(taking.action.id).get("apart", {})
    changed = {name: each for name, each in former.items() if now.get(name) != each}
    taking.ours = {name: each for name, each in changed.items() if digest(now.get(name)) == after.get(name)}
    taking.theirs = tuple(name for name in changed if name not in taking.ours)
    return bool(taking.ours) or taking.begun


def read(taking: Taking) -> Document:
    """The document that our entry is a part of, as it stands now. Raises CloudError."""
    action, carrier = taking.action, taking.carrier
    return carrier.believed(lambda: Document(carrier, action), lambda one: one.ours() is None, taking.fresh)


def as_entered(taking: Taking, entry: Entry, document: Document) -> str | None:
    """Why there is nothing to take out; None if there is. Raises Stays if somebody changed it."""
    action, facts, ours = taking.action, taking.carrier.run.facts(taking.action.id), document.ours()
    if facts.get("before") is not None:
        return UNCHANGED
    if ours is None:
        for name, each in document.under_other_names():
            if digest(each) == facts.get("after"):
                stays = taking.changed(RENAMED.format(name), each, entry.read)
                raise Stays(stays.stay, stays.needs | action.stands_on)
        return "" if taking.begun or "after" not in facts else taking.gone
    if "after" in facts and digest(ours) != facts["after"] and not taking.lets_go:
        raise taking.changed(taking.set_otherwise(ours), ours, entry.read, OTHERS)
    return None


def foreseen(action: Action, plan: Plan, carrier: Carrier) -> Claim | None:
    """What would be left because somebody changed it since, before anything is taken back. Raises NoAccess."""
    if carrier.run.status(action.id) == "intent":
        return None
    taking = Taking(action, plan, carrier, gave_up(action, plan, carrier))
    try:
        if isinstance(action.undo, Restore):
            as_it_stands(taking, action.undo)
            if taking.theirs:
                why = f"{', '.join(taking.theirs)}: {CHANGED}"
                return Claim(action.id, why, OTHERS, needs=frozenset(), partly=True)
        elif isinstance(action.undo, Entry):
            as_entered(taking, action.undo, read(taking))
        else:
            return _foreseen_of(taking, action.undo)
    except Stays as problem:
        needs = frozenset(problem.needs.union(_watching(action, plan)))
        return Claim(action.id, problem.stay.why, problem.key, needs=needs)
    except NoAccess:
        raise
    except (CloudError, KeyError):  # it is told when its turn comes
        return None
    return None


def _watching(action: Action, plan: Plan) -> Iterable[str]:
    """What it stands on of which an undo looks beside it, and leaves it where this one is left."""
    for other in (each for each in plan.actions if each.id in action.stands_on):
        if isinstance(other.undo, tuple) and any(step.still and step.still.beside for step in other.undo):
            yield other.id


def _foreseen_of(taking: Taking, steps: Iterable[Undo]) -> Claim | None:
    """The same of a thing that calls take back one after the other: where only parts of it are left, the rest goes."""
    carrier, stay = taking.carrier, list[tuple[str, Stays]]()
    judged = 0
    for step in steps:
        if not step.still or step.still.beside or not wanted(step, carrier):
            continue
        judged += 1
        try:
            as_left(taking, step.still)
        except Stays as problem:
            stay.append((carrier.text(step.what) if step.what else "", problem))
            if not step.what:
                break
    if not stay:
        return None
    needs = frozenset(need for _, problem in stay for need in problem.needs)
    why = " ".join(dict.fromkeys(f"{what}: {each.stay.why}" if what else each.stay.why for what, each in stay))
    return Claim(taking.action.id, why, needs=needs, partly=all(what for what, _ in stay) and len(stay) < judged)
