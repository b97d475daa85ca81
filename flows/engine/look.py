"""Whether what a run made is still as it left it, by the reads that undo and resume use. Nothing is written down."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Any

from .actions import Action, Cost
from .apply import AT_ONCE
from .cache import CachedCloud
from .clock import Clock, RealClock
from .cloud import Cloud
from .differences import AS_MADE, apart, kept_as, shown, words_of
from .documents import Document
from .event_history import History
from .events import Event
from .journal import Run
from .made import made_by
from .of_others import DOUBT
from .plan import Plan
from .problems import CloudError, NoAccess
from .references import Late, Ref, fill, refs
from .refusals import changes, matches, no_such_thing
from .resume_checks import INDEX
from .run_place import same_accounts
from .sending import Carrier
from .settings import as_put, current, digest, wanted
from .undo_plan import Entry, Restore, Settings, Still, Undo

NOTED_NOTHING = "Nothing was noted of it that could be compared with what is there now."
BROKEN_OFF = "Taking it back was begun and did not end. The undo goes on from there, and finds out what became of it."
UNANSWERED = "No answer to its call was written down. A resume or an undo finds out what became of it."
NOT_OURS = "There is one, but it does not carry the mark of this run any more."
GONE = "gone"
"""What is noted of a thing that somebody took away, once a person says that it may stay so."""
SECRET = "(a secret)"  # noqa: S105 - what stands for one


class State(StrEnum):
    AS_LEFT = "as_left"
    CHANGED = "changed"
    GONE = "gone"
    UNKNOWN = "unknown"
    """It may not be looked at, or there is nothing to compare it with; `now` says which."""


@dataclass(frozen=True)
class Looked:
    """How one step of a run stands now.

    Args:
        action: its id.
        what: what it did, in words, with the id of what it made.
        state: how that stands.
        was: what this run left.
        now: what is there; why it cannot be told, if so.
        by: who changed it, by CloudTrail's event history, or why that cannot be told; empty where nobody did.
        costs: what of it costs money now; of what cannot be told, if it is there still.
        pays: the same in words, of what an undo left on purpose.
    """

    action: str
    what: str
    state: State
    was: str
    now: str
    by: str = ""
    costs: tuple[Cost, ...] = ()
    pays: str = ""


@dataclass(frozen=True)
class Seen:
    """What was seen of one step."""

    state: State
    was: str = ""
    now: str = ""


def look(
    run: Run,
    plan: Plan,
    cloud: Cloud,
    stop: threading.Event | None = None,
    clock: Clock | None = None,
    report: Callable[[Event], None] = lambda _: None,
) -> list[Looked]:
    """How each step of a run stands, in the plan's order. Only reads, nothing twice.

    What was done within the last minute may be looked at again for as long; `report` is told of that, from any thread.

    Raises CloudError where a profile of it does not lead to its account, and NoAccess.
    """
    cached = CachedCloud(cloud)
    carrier = Carrier(run, cached, report, stop or threading.Event(), clock or RealClock())
    steps = _standing(run, plan)
    same_accounts(steps, carrier)
    with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="look") as pool:
        seen = list(pool.map(partial(_seen, carrier, replace(carrier, cloud=cloud)), steps))
    history = History(carrier, cached, plan)
    told = [_told(action, one, history, run) for action, one in zip(steps, seen, strict=True)]
    return [*told, *(each for action in plan.actions for each in _left_on_purpose(action, carrier))]


def _left_on_purpose(action: Action, carrier: Carrier) -> Iterator[Looked]:
    """What an undo kept of a thing that it took back, such as a last snapshot, as long as it is there."""
    steps = action.undo if isinstance(action.undo, tuple) else ()
    finds = {carrier.text(step.kept.what): step.kept.find for step in steps if step.kept and step.kept.find}
    kept = carrier.run.facts(action.id).get("kept", ()) if carrier.run.status(action.id) == "undone" else ()
    for each in kept:
        find, now = finds.get(each["what"]), each["why"]
        try:
            there = carrier.search(find) is not None if find else bool(each["costs"])
        except NoAccess:
            raise
        except CloudError as problem:
            find, there, now = None, True, str(problem)
        if there:
            state = State.AS_LEFT if find else State.UNKNOWN
            yield Looked(action.id, each["what"], state, each["what"], now, pays=each["costs"])


def _standing(run: Run, plan: Plan) -> list[Action]:
    """What this run did and has not taken back; what was there before, or was not meant to last, is not looked at, nor
    what was done to a thing that is taken back."""
    undone = {each.id for each in plan.actions if run.status(each.id) in ("undo", "undone")}
    over = {id for each in plan.actions if run.status(each.id) == "ready" for id in (each.gives_up, each.relieves)}
    return [
        each
        for each in plan.actions
        if changes(each.call)
        and not each.gives_up
        and not each.relieves
        and each.id not in over
        and run.status(each.id) not in ("", "refused", "undone")
        and (each.undo or not each.needs & undone)
        and (run.facts(each.id).get("created", True) or run.facts(each.id).get("doubt"))
        and run.facts(each.id).get("accepted") != GONE
    ]


def _told(action: Action, seen: Seen, history: History, run: Run) -> Looked:
    moved = seen.state in (State.CHANGED, State.GONE)
    by = history.who(action, gone=seen.state is State.GONE) if moved else ""
    costs = () if seen.state is State.GONE else action.costs
    made = made_by(action, run)
    was = seen.was or made or AS_MADE
    now = seen.now or ("not there" if seen.state is State.GONE else was)
    what = f"{action.sentence} ({made})" if made else action.sentence
    return Looked(action.id, what, seen.state, was, now, by, costs)


def _seen(carrier: Carrier, afresh: Carrier, action: Action) -> Seen:
    """What is seen of one step; looked at again while it was done so lately that AWS may not tell of it yet."""
    seen = _once(carrier, action)
    if seen.state in (State.AS_LEFT, State.UNKNOWN) or not carrier.lately((action.id,)):
        return seen
    return afresh.believed(lambda: _once(afresh, action), lambda again: again.state is not State.AS_LEFT, (action.id,))


def is_not_there(action: Action, carrier: Carrier) -> bool:
    """Whether something that was made is gone. Raises NoAccess."""
    return isinstance(action.undo, tuple) and _seen(carrier, carrier, action).state is State.GONE


def _once(carrier: Carrier, action: Action) -> Seen:
    if carrier.run.status(action.id) == "intent":
        return Seen(State.UNKNOWN, now=UNANSWERED)
    if carrier.run.status(action.id) == "undo":
        return Seen(State.UNKNOWN, now=BROKEN_OFF)
    if carrier.run.facts(action.id).get("doubt"):
        return Seen(State.UNKNOWN, now=DOUBT)
    try:
        if isinstance(action.undo, Restore):
            return _setting(action, action.undo, carrier)
        if isinstance(action.undo, Entry):
            return _entry(action, action.undo, carrier)
        return _thing(action, action.undo, carrier)
    except NoAccess:
        raise
    except CloudError as problem:
        return Seen(State.GONE) if no_such_thing(problem) else Seen(State.UNKNOWN, now=str(problem))
    except KeyError:  # the run broke off before that was known
        return Seen(State.UNKNOWN, now=NOTED_NOTHING)


def _setting(action: Action, restore: Restore, carrier: Carrier) -> Seen:
    facts, now = carrier.run.facts(action.id), current(action, restore, carrier)
    put = wanted(action, restore, partial(_masked, carrier))
    left = shown(put) if put is not None else AS_MADE
    if put is None and "after" not in facts:
        return Seen(State.UNKNOWN, now=NOTED_NOTHING)
    ours = digest(now) == facts["after"] if "after" in facts else as_put(action, restore, now, carrier)
    if ours:
        return Seen(State.AS_LEFT, left, left)
    if now is None:
        return Seen(State.GONE, left)
    before = " (as it was before this run)" if now == facts.get("before") else ""
    was, is_ = apart(put, now) if put is not None else (AS_MADE, shown(now))
    return Seen(State.CHANGED, was, is_ + before)


def _entry(action: Action, entry: Entry, carrier: Carrier) -> Seen:
    facts, document = carrier.run.facts(action.id), Document(carrier, action)
    ours = document.ours()
    put = fill(entry.entry, partial(_masked, carrier))
    if ours is None:
        names = (name for name, each in document.under_other_names() if digest(each) == facts.get("after"))
        if renamed := next(names, ""):
            return Seen(State.CHANGED, f"{entry.key}: {shown(put[entry.key])}", f"{entry.key}: {renamed}")
        return Seen(State.GONE, shown(put))
    if "after" not in facts:
        return Seen(State.UNKNOWN, now=NOTED_NOTHING)
    if digest(ours) == facts["after"]:
        return Seen(State.AS_LEFT, shown(put), shown(put))
    if _secret(entry.entry):
        return Seen(State.CHANGED, shown(put), "Something else; it may hold a secret, so it is not shown.")
    return Seen(State.CHANGED, *apart(put, ours))


def _masked(carrier: Carrier, ref: Ref) -> Any:
    return SECRET if _secret(ref) else carrier.resolve(ref)


def _secret(value: Any) -> bool:
    return any(ref.path.startswith("secret:") for ref in refs(value))


def _thing(action: Action, steps: tuple[Undo, ...], carrier: Carrier) -> Seen:
    """How something stands that was created: by its mark, by what an undo would insist on, and by its settings."""
    conditions = [(step.still, step.what) for step in steps if step.still]
    conditions += [(action.stands, "")] if action.stands else []
    parts = [each for still, what in conditions if (each := _part(still, what, carrier))]
    edited = _edited(action, action.settings, carrier) if action.settings else None
    told = [*parts, *([edited] if edited else [])]
    gone = [each for each in told if each.state is State.GONE]
    if gone and (len(gone) == len(told) or not all(each.was for each in gone)):
        return Seen(State.GONE)
    if changed := [each for each in told if each.state in (State.CHANGED, State.GONE)]:
        return Seen(State.CHANGED, "; ".join(each.was for each in changed if each.was), "; ".join(map(_is, changed)))
    stands = edited if edited and edited.state is State.UNKNOWN else Seen(State.AS_LEFT)
    find = action.find
    if find and find.look.service != INDEX and not action.stands:
        begun = carrier.run.when(action.id, "intent")
        if carrier.search(find, begun, benefit=True) is not None:
            return stands
        return Seen(State.CHANGED, now=NOT_OURS) if told else Seen(State.GONE)
    if told:
        return stands
    if action.wait:
        answer = carrier.look(action.wait.poll, action.wait.ready)
        return Seen(State.AS_LEFT) if answer else Seen(State.CHANGED, now=_now(action, carrier))
    return Seen(State.UNKNOWN, now=NOTED_NOTHING)


def _is(seen: Seen) -> str:
    return seen.now or f"not there: {seen.was}"


def _now(action: Action, carrier: Carrier) -> str:
    assert action.wait is not None
    word = carrier.look(action.wait.poll, action.wait.now) if action.wait.now else None
    return str(word) if word else "It is not ready any more."


def _part(still: Still, named: Late, carrier: Carrier) -> Seen | None:
    """What a condition tells of a thing, or of the part of it that is `named`; None if it tells nothing."""
    if still.beside or (still.since and carrier.run.status(still.since) not in ("done", "ready")):
        return None
    what = carrier.text(named) if named else ""
    try:
        now = carrier.look(still.look, still.path)
    except CloudError as problem:
        if matches(problem, still.changed):
            return Seen(State.CHANGED, what, still.otherwise)
        if matches(problem, still.absent) or no_such_thing(problem):
            return Seen(State.GONE, what)
        raise
    if now is None:
        return Seen(State.GONE, what)
    if str(now) == carrier.text(still.equals):
        return Seen(State.AS_LEFT, what)
    return Seen(State.CHANGED, what, still.otherwise or shown(now))


def _edited(action: Action, settings: Settings, carrier: Carrier) -> Seen:
    """Which parts of it are different now; their former values are known where the step's own call says them.

    Unknown where nothing was noted that could be compared.
    """
    told = carrier.look(settings.look, settings.path)
    if told is None:
        return Seen(State.GONE)
    now: Mapping[str, Any] = told if isinstance(told, Mapping) else {"": told}
    facts = carrier.run.facts(action.id)
    first: Mapping[str, str] = facts.get("as_made", {})
    last: Mapping[str, str] = facts.get("as_ended", first)
    if not last:  # the run broke off while it was waited for, or it could not be read then
        return Seen(State.UNKNOWN, now=NOTED_NOTHING)
    different = [name for name, mark in last.items() if _mark(now.get(name)) not in (mark, first.get(name))]
    if not different:
        return Seen(State.AS_LEFT)
    named = words_of(settings.path)
    hidden = _secret(action.call)
    said = fill(action.call.params, partial(_said, carrier))
    was = {named.get(name, name): kept_as(last[name], said) for name in different}
    is_ = {
        named.get(name, name): "not shown: it may hold a secret" if hidden else shown(now.get(name))
        for name in different
    }
    return Seen(State.CHANGED, _listed(was), _listed(is_))


def _said(carrier: Carrier, ref: Ref) -> Any:
    try:
        return _masked(carrier, ref)
    except (KeyError, CloudError):
        return None


def _mark(value: Any) -> str:
    return digest(value) if value is not None else ""


def _listed(values: Mapping[str, str]) -> str:
    return "; ".join(f"{name}: {value}" if name else value for name, value in values.items())
