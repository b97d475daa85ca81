"""Take a run back, from the journal alone, so that it works after an upgrade too.

What was created is deleted, what was changed is put back unless somebody changed it since, what existed
before is not touched. A step that fails never stops the others; what stays is on the receipt with the reason.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import jmespath

from .apply import digest, look_for
from .carry import NOT_YET_LIMIT, Carrier, Document, Stopped, matches, streamed
from .clock import Clock, RealClock
from .cloud import Cloud
from .events import Event, Happening, Left, Receipt
from .journal import Run
from .plan import Action, Call, Entry, Plan, Restore, Still, Undo, edited, fill
from .problems import CloudError, Lost, NoAccess


def undo(
    run: Run,
    plan: Plan,
    cloud: Cloud,
    stop: threading.Event | None = None,
    clock: Clock | None = None,
    decisions: Mapping[str, str] | None = None,
) -> Iterator[Event]:
    """Take back, newest first, everything that this run made. Read `receipt` afterwards.

    The run's status ends as `undone`; it stays `undoing` while something of it is left.
    """
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    carrier = Carrier(run, cloud, events.put, stop or threading.Event(), clock or RealClock(), decisions or {})
    run.set_status("undoing")
    for id in _ended(run, plan):
        run.note(id, "refused", why="it did not last")
    needed_by: dict[str, set[str]] = {}
    for action in plan.actions:
        for needed in action.needs:
            needed_by.setdefault(needed, set()).add(action.id)
    for action in standing(run, plan):
        yield Event(Happening.UNDOING, action.id, action.sentence)
        # what stayed may still need it: then AWS refuses, and there is nothing to wait for
        held = any(_held_by(id, run) for id in needed_by.get(action.id, ()))
        carrier.patience = 0 if held else NOT_YET_LIMIT
        try:
            yield from streamed(partial(_take_back, action, carrier), events)
        except Stopped:
            yield Event(Happening.STOPPED, action.id, "Stopped. `undo` goes on from here.")
            return
        except CloudError as problem:
            run.note(action.id, "left", why=str(problem), ours=not isinstance(problem, _Changed))
            yield Event(Happening.LEFT, action.id, action.sentence, problem=problem)
            if isinstance(problem, NoAccess):
                break
        else:
            yield Event(Happening(run.facts(action.id)["how"]), action.id, action.undone or action.sentence)
    if receipt(run, plan).complete:
        run.set_status("undone")


def standing(run: Run, plan: Plan) -> list[Action]:
    """What an undo would take back, newest first: what this run made or changed, and has not ended by itself."""
    ended = _ended(run, plan)
    return [
        action
        for action in reversed(plan.actions)
        if action.undo
        and action.id not in ended
        and run.status(action.id) not in ("", "refused", "undone")
        and run.facts(action.id).get("created", True)
    ]


def receipt(run: Run, plan: Plan) -> Receipt:
    """What an undo did, and what is left of the run."""
    removed: list[str] = []
    restored: list[str] = []
    left: list[Left] = []
    complete = True
    for action in reversed(plan.actions):
        if not action.undo:  # it only waited for something
            continue
        facts, what = run.facts(action.id), _called(action, run)
        match run.status(action.id):
            case "undone" if facts.get("how") == Happening.RESTORED.value:
                restored.append(what)
            case "undone":
                removed.append(what)
                left += [Left(**kept) for kept in facts.get("kept", ())]
            case "left":
                complete = complete and not facts.get("ours", True)
                left.append(Left(what, facts["why"], "; ".join(cost.what for cost in action.costs)))
            case "" | "refused":
                pass
            case _ if not facts.get("created", True):
                left.append(Left(what, "It existed before this run."))
            case _:
                complete = False
                left.append(Left(what, "It was not taken back yet.", "; ".join(cost.what for cost in action.costs)))
    left += [
        Left(f"{use.type.rpartition(':')[2]} {use.resource}", "It existed before this run and was only used.")
        for use in plan.uses
    ]
    return Receipt(tuple(removed), tuple(restored), tuple(left), complete)


def _ended(run: Run, plan: Plan) -> set[str]:
    """What was not meant to last and did not; what somebody did to it afterwards is theirs."""
    return {action.relieves for action in plan.actions if action.relieves and run.status(action.id) == "ready"}


class _Changed(CloudError):
    """Somebody changed it since: it is theirs now."""


def _held_by(id: str, run: Run) -> bool:
    """Whether this action could not be taken back, so that what it needs must stay too."""
    return run.status(id) == "left" and bool(run.facts(id).get("ours", True))


def _take_back(action: Action, carrier: Carrier) -> None:
    run, how = carrier.run, Happening.REMOVED
    if run.status(action.id) == "intent" and action.find:
        reply = look_for(action.find, carrier)
        if reply is None:
            run.note(action.id, "refused", how=how, why="its call never arrived")
            return
        _adopt(action, carrier, reply)
    run.note(action.id, "undo")
    if isinstance(action.undo, Restore):
        _restore(action.undo, carrier, run.facts(action.id))
        how = Happening.RESTORED
    elif isinstance(action.undo, Entry):
        carrier.patiently(partial(_take_out, action, action.undo, carrier), action.not_yet)
    else:
        for step in action.undo:
            _step(action, step, carrier)
    run.note(action.id, "undone", how=how, kept=_kept(action, carrier))


def _kept(action: Action, carrier: Carrier) -> list[dict[str, str]]:
    """What was left behind on purpose, as the receipt lists it."""
    if not isinstance(action.undo, tuple):
        return []
    left = [step.kept for step in action.undo if step.kept and _wanted(step, carrier)]
    return [{"what": carrier.text(kept.what), "why": kept.why, "costs": kept.costs} for kept in left]


def _wanted(step: Undo, carrier: Carrier) -> bool:
    return not step.when or carrier.decisions.get(step.when[0]) == step.when[1]


def _adopt(action: Action, carrier: Carrier, reply: dict[str, object]) -> None:
    plan = carrier.run.plan
    assert plan is not None, "only a confirmed run has intents"
    outputs = {path: jmespath.search(path, reply) for path in plan.paths_into(action.id)}
    carrier.run.note(action.id, "done", outputs=outputs, created=True)


def _step(action: Action, step: Undo, carrier: Carrier) -> None:
    if not _wanted(step, carrier):
        return
    try:
        if step.still and not _as_left(step.still, carrier):
            return
        _send(carrier, step.call, step.not_yet, step.read, step.more)
    except CloudError as problem:
        if not matches(problem, step.gone):
            raise
    if step.wait:
        carrier.wait(action.id, step.wait)


def _as_left(still: Still, carrier: Carrier) -> bool:
    """Whether it is still as this run left it; False if it is gone. Raises _Changed if somebody changed it."""
    try:
        found = carrier.look(still.look, still.path)
    except CloudError as problem:
        if matches(problem, still.absent):
            return True
        raise
    if found is not None and str(found) != carrier.text(still.equals):
        raise _Changed(still.otherwise)
    return found is not None


def _send(carrier: Carrier, call: Call, not_yet: Iterable[str] = (), read: Call | None = None, more: str = "") -> None:
    """Send a call that takes something back. Doing that twice is harmless, so a lost answer is asked for again."""
    try:
        carrier.send(call, not_yet, read, more)
    except Lost:
        carrier.send(call, not_yet, read, more)


def _restore(restore: Restore, carrier: Carrier, facts: Mapping[str, Any]) -> None:
    try:
        current = carrier.look(restore.read, restore.path)
    except CloudError as problem:
        if not matches(problem, restore.absent):
            raise
        current = None
    if current == facts["before"]:
        return
    if "after" in facts and digest(current) != facts["after"]:
        raise _Changed("Somebody changed it since; it is left as it is now.")
    _send(carrier, restore.remove if facts["before"] is None and restore.remove else restore.put)


def _take_out(action: Action, entry: Entry, carrier: Carrier) -> None:
    """Take our entry out of what stands there at this moment, so that trying again overwrites nobody's change."""
    document, facts = Document(carrier, entry), carrier.run.facts(action.id)
    try:
        ours = document.ours()
    except CloudError as problem:
        if not matches(problem, entry.gone):
            raise
        return
    if ours is None or facts.get("before") is not None:
        return
    if "after" in facts and digest(ours) != facts["after"]:
        raise _Changed("Somebody changed it since; it is left as it is now.")
    text = document.without_entry()
    if entry.remove and not text:
        _send(carrier, entry.remove)
    else:
        put = entry.put or action.call
        _send(carrier, put.fill(lambda ref: text if ref == edited(action.id) else carrier.resolve(ref)))


def _called(action: Action, run: Run) -> str:
    """An action on a receipt: its sentence, and the id of what it made."""
    try:
        made = str(fill(action.resource, run.resolve)) if action.resource else ""
    except KeyError:
        made = ""
    return f"{action.undone or action.sentence} ({made})" if made else action.undone or action.sentence
