"""Take one action back: delete what it made, put its setting back, or take its entry out, unless it is others' by now.

What was sent may have arrived though its answer never came, so each call is noted before it is sent, and what is gone
is told as removed where it was this undo that removed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from .actions import Action
from .apply import look_for
from .as_left import as_entered, as_it_stands, as_left, read
from .events import Happening
from .expressions import part
from .of_others import Claim, claims_on, of_theirs, unproved
from .plan import Plan
from .problems import CloudError, NoAccess
from .references import FOUND, Changed, before, edited, refs
from .refusals import no_such_thing
from .sending import Carrier
from .settings import digest
from .staying import Stay
from .taking import CHANGED, NOT_AS_BEFORE, NOTHING_LEFT, REVERSED, Stays, Taking, gave_up, is_gone, resting_on, wanted
from .undo_plan import Entry, Kept, Restore, Undo


def take_back(action: Action, plan: Plan, carrier: Carrier) -> None:
    """Take back what this action did, as far as it is this run's still, and note how. Raises CloudError, Stays too."""
    run = carrier.run
    given_up = gave_up(action, plan, carrier)
    doubted = run.status(action.id) == "intent"
    if doubted and not find_out(action, carrier) and (action.find or action.unless):
        run.note(action.id, "refused", how=Happening.REMOVED, why="its call never arrived")
        return
    doubted = run.status(action.id) == "intent"
    note_seen(action, carrier)
    taking = Taking(action, plan, carrier, given_up, doubted)
    _let_go(taking)
    if isinstance(action.undo, Restore):
        gone = _restore(taking, action.undo)
        added = action.undo.remove and run.facts(action.id)["before"] is None
        how = Happening.GONE if gone else Happening.REMOVED if added else Happening.RESTORED
    elif isinstance(action.undo, Entry):
        gone = _take_out(taking, action.undo)
        how = Happening.GONE if gone else Happening.REMOVED
    else:
        taken = _steps(taking, action.undo)
        if given_up and not any(taken):
            run.note(action.id, "refused", how=Happening.GONE, why="the run took it away itself")
            return
        gone = "" if all(taken) or given_up else taking.gone
        took = Happening.RESTORED if any(step.restores for step in action.undo) else Happening.REMOVED
        how = Happening.GONE if gone and not any(taken) else took
    kept = [] if how is Happening.GONE else _kept(action, carrier)
    lost = [] if how is Happening.GONE else _lost(action, plan, carrier, kept)
    run.note(action.id, "undone", how=how, kept=kept, gone=gone, lost=lost)


def _steps(taking: Taking, steps: Iterable[Undo]) -> list[bool]:
    """Take back one thing after the other; of each, whether it was there.

    What is a thing of its own is told on its own, and one that stays keeps none of the others. Raises CloudError when
    all of them were tried.
    """
    run, id = taking.carrier.run, taking.action.id
    before = {told["what"]: told for told in run.facts(id).get("parts", ())}
    parts: list[dict[str, str]] = []
    taken: list[bool] = []
    stay: list[Stays] = []
    refused: list[CloudError] = []
    for taking.step, step in enumerate(steps):
        what = taking.carrier.text(step.what) if step.what else ""
        try:
            there = _step(taking, step)
        except NoAccess:
            raise
        except CloudError as problem:
            if not what:
                raise
            if isinstance(problem, Stays):
                stay.append(problem)
            else:
                refused.append(problem)
            parts.append({"what": what, "why": str(problem), "back": ""})
            continue
        if there is None:
            continue
        there = there or before.get(what, {}).get("why") == "" or taking.arrived(step)
        taken.append(there)
        if not (there or taking.given_up):
            _note_alike(taking.action, step, taking.carrier)
        if what:
            back = "yes" if step.restores else ""
            parts.append({"what": what, "why": "" if there or taking.given_up else taking.gone, "back": back})
    if parts:
        taking.note(parts=parts)
    if refused:
        raise refused[0]
    if stay:
        needs = {need for problem in stay for need in problem.needs}
        why = " ".join(dict.fromkeys(problem.stay.why for problem in stay))
        raise Stays(Stay(why, stay[0].stay.because), needs)
    return taken


def _let_go(taking: Taking) -> None:
    """Look once more for what others claim of it, and take theirs away where that was decided.

    Raises Stays if it must stay.
    """
    action, carrier = taking.action, taking.carrier

    def holding(found: list[Claim]) -> bool:
        return any(claim.holds(carrier.decisions) for claim in found)

    found = carrier.believed(lambda: claims_on(action, carrier), holding, resting_on(action, taking.plan))
    if holds := next((claim for claim in found if claim.holds(carrier.decisions)), None):
        raise Stays(holds.stay, action.stands_on)
    for claim in found:
        remove = claim.others.remove if claim.others else None
        if remove is None:
            taking.going.append(claim)
            continue
        for thing in claim.things:
            theirs = remove.fill(partial(of_theirs, thing, carrier))
            try:
                carrier.send(theirs, (), action=action.id)
            except CloudError as problem:
                if not no_such_thing(problem):
                    raise
            else:
                taking.went([thing])


def _kept(action: Action, carrier: Carrier) -> list[dict[str, str]]:
    """What was left behind on purpose, as the receipt lists it."""
    if isinstance(action.undo, Entry):
        return []
    if isinstance(action.undo, Restore):
        return _told(carrier, action.undo.kept)
    sent = carrier.run.facts(action.id).get("sent", ())

    def is_left(number: int, step: Undo) -> bool:
        """Whether it was wanted, or was by an earlier undo and is there."""
        if wanted(step, carrier):
            return True
        return number in sent and step.kept is not None and bool(step.kept.find and carrier.search(step.kept.find))

    return _told(carrier, *(step.kept for number, step in enumerate(action.undo) if is_left(number, step)))


def _lost(action: Action, plan: Plan, carrier: Carrier, kept: Iterable[Mapping[str, str]]) -> list[str]:
    """What went for good with it, in any case or because that was decided, unless an earlier undo had kept it."""
    steps = action.undo if isinstance(action.undo, tuple) else ()
    asked = [step for step in steps if step.when]
    there = {each["what"] for each in kept}
    saved = {step.when[0] for step in asked if step.when and step.kept and carrier.text(step.kept.what) in there}
    keys = {step.when[0] for step in asked if step.when} - saved
    return [step.loses for step in steps if step.loses] + [
        each.loss
        for each in plan.decisions
        if each.key in keys and each.loses and carrier.decisions.get(each.key) == each.loses
    ]


def _told(carrier: Carrier, *left: Kept | None) -> list[dict[str, Any]]:
    return [
        {"what": carrier.text(kept.what), "why": kept.why, "costs": kept.costs}
        | ({"maybe": True} if kept.maybe else {})
        for kept in left
        if kept
    ]


def note_seen(action: Action, carrier: Carrier) -> None:
    """Note what is taken back with it and was to be seen in its wait, where the run broke off before that."""
    run = carrier.run
    assert run.plan is not None, "only a confirmed run is taken back"
    told = {ref.path for ref in refs(action.undo) if ref.action == action.id and ref.path.startswith("@seen:")}
    nothing = run.status(action.id) == "intent" and not isinstance(action.undo, Restore)  # a setting is there anyway
    if not told or not action.wait or nothing or "seen" in run.facts(action.id):
        return
    try:
        answer = carrier.cloud.make(action.wait.poll.fill(carrier.resolve))
    except CloudError as problem:
        if not no_such_thing(problem):
            raise
        answer = {}
    every = {path: part(path, answer) for path in run.plan.seen_in_wait(action.id)}
    run.note(action.id, run.status(action.id), seen={path: it for path, it in every.items() if it is not None})


def note_gone(action: Action, plan: Plan, carrier: Carrier) -> None:
    """Note that somebody took it away already."""
    gone = Taking(action, plan, carrier, gave_up(action, plan, carrier)).gone
    carrier.run.note(action.id, "undone", how=Happening.GONE, gone=gone)
    for step in action.undo if isinstance(action.undo, tuple) else ():
        _note_alike(action, step, carrier)


def _note_alike(action: Action, step: Undo, carrier: Carrier) -> None:
    """Note what of others does the same as something that is gone already."""
    run = carrier.run
    if step.alike and (alike := carrier.search(step.alike)):
        since = sorted({*run.facts(action.id).get("since", ()), *alike})
        run.note(action.id, run.status(action.id), since=since)


def find_out(action: Action, carrier: Carrier) -> bool:
    """Note what is found of an action whose answer was lost: that it is this run's, or that nobody can say whose it is.
    Whether there is anything. Raises CloudError."""
    plan = carrier.run.plan
    assert plan is not None, "only a confirmed run has intents"
    doubt, reply = False, look_for(action, carrier)
    if reply is None:
        doubt, reply = True, unproved(action, carrier)
    if reply is None:
        return False
    outputs = {path: part(path, reply) for path in plan.paths_into(action.id)}
    carrier.run.note(action.id, "done", outputs=outputs, created=not doubt, doubt=doubt)
    return True


def _step(taking: Taking, step: Undo) -> bool | None:
    """Make one call that takes something back: whether there was something; None where it does not matter."""
    carrier, there = taking.carrier, True
    if not wanted(step, carrier) or (step.unless and carrier.search(step.unless) is not None):
        return None
    try:
        if step.still and not as_left(taking, step.still):
            return False
        if taking.reversed(step):
            raise Stays(Stay(REVERSED, "changed"), taking.action.stands_on)
        taking.send(step)
    except CloudError as problem:
        if not is_gone(problem, step.gone):
            problem.what = taking.action.refusals.get(problem.aws_code, problem.what)
            raise
        there = False
    if step.wait:
        carrier.wait(taking.action.id, step.wait)
    return None if step.more else there


def _restore(taking: Taking, restore: Restore) -> str:
    """Put a setting back; why there was nothing to put back, if so."""
    action, former = taking.action, taking.carrier.run.facts(taking.action.id)["before"]
    if (nothing := as_it_stands(taking, restore)) is not None:
        return nothing
    remove = restore.remove if former is None else None
    try:
        put = remove or restore.put
        whole = any(isinstance(each, Changed) for each in put.params.values())
        whole = whole or any(ref.action == FOUND for ref in refs(put.params))
        if taking.theirs:
            put = put.fill(lambda ref: taking.ours if ref == before(action.id) else taking.carrier.resolve(ref))
        waits = action.not_yet if whole or restore.wait else ()
        _put(taking, restore, Undo(put, read=restore.read if whole else None, not_yet=waits))
    except CloudError as problem:
        if not no_such_thing(problem):
            raise
        if not remove:  # it was read just now, so it is there: what is not is what the former value names
            raise Stays(Stay(NOT_AS_BEFORE, "changed"), action.stands_on) from problem
        return NOTHING_LEFT
    if taking.theirs:
        back = [{"what": name, "why": "", "back": "yes"} for name in former if name not in taking.theirs]
        taking.note(parts=[*back, *({"what": name, "why": CHANGED, "back": ""} for name in taking.theirs)])
    return ""


def _put(taking: Taking, restore: Restore, step: Undo) -> None:
    """Send the call that puts a setting back, when that may be, and wait until it has taken effect."""
    carrier, id = taking.carrier, taking.action.id
    if restore.first:
        carrier.wait(id, restore.first)
    taking.send(step)
    if restore.wait:
        carrier.wait(id, restore.wait)


def _take_out(taking: Taking, entry: Entry) -> str:
    """Take our entry out of what stands there at this moment; why there was nothing to take out, if so.

    It is read afresh at every try, so that nobody's change is overwritten.
    """
    action, carrier = taking.action, taking.carrier
    run, facts = carrier.run, carrier.run.facts(action.id)

    def attempt() -> str:
        document = read(taking)
        if (nothing := as_entered(taking, entry, document)) is not None:
            return nothing
        if "beside" in facts:
            since = [name for name, each in document.beside() if digest(each) not in facts["beside"]]
            run.note(action.id, run.status(action.id), since=sorted(since))
        text = document.without_entry()
        if entry.remove and not text:
            taking.send(Undo(entry.remove))
        else:
            put = entry.put or action.call
            taking.send(Undo(put.fill(lambda ref: text if ref == edited(action.id) else carrier.resolve(ref))))
        return ""

    try:
        return carrier.patiently(attempt, action.not_yet, action.id)
    except CloudError as problem:
        if not is_gone(problem, entry.gone):
            raise
        return NOTHING_LEFT
