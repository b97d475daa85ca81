"""Take a run back, from the journal alone, so that it works after an upgrade too.

What was created is deleted, what was changed is put back unless somebody changed it since, what existed
before is not touched, and what others lean on is left with all that it needs. A step that fails never stops the
others; what stays is on the receipt with the reason.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from .apply import digest, look_for
from .carry import Carrier, Stopped, part, streamed
from .claims import NAMED, Claim, Stay, called, claims, claims_on, id_of, mentioned, staying
from .clock import Clock, RealClock
from .cloud import Cloud
from .documents import Document
from .events import Event, Happening, Left, Receipt
from .journal import Run
from .plan import Action, Call, Entry, Plan, Restore, Still, Undo, edited
from .problems import CloudError, Lost, NoAccess
from .refusals import in_use, matches, no_such_thing
from .settings import as_put, current

GONE = "not found: somebody took it away already."
NOTHING_LEFT = "not found: what it belonged to is gone, so there is nothing left to put back."
AS_BEFORE = "It was as before already: somebody put it back."
CHANGED = "Somebody changed it since; it is left as it is now."
DOUBT = "It is there, but nothing proves that this run made it: its answer never came. Look yourself."


def undo(
    run: Run,
    plan: Plan,
    cloud: Cloud,
    stop: threading.Event | None = None,
    clock: Clock | None = None,
    decisions: Mapping[str, str] | None = None,
) -> Iterator[Event]:
    """Take back, newest first, everything that this run made. Read `receipt` afterwards.

    The run's status ends as `undone`; it stays `undoing` while something of it could not be taken back.
    """
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    carrier = Carrier(run, cloud, events.put, stop or threading.Event(), clock or RealClock(), decisions or {})
    run.set_status("undoing")
    for id in _ended(run, plan):
        run.note(id, "refused", why="it did not last")
    actions = standing(run, plan)
    try:
        held = [claim for claim in claims(_looked_at(run, plan), carrier) if claim.holds(carrier.decisions)]
    except NoAccess as problem:
        yield _left(run, actions[0], Stay(str(problem), "refused"), problem)
        return
    except Stopped:
        yield Event(Happening.STOPPED, actions[0].id, "Stopped. `undo` goes on from here.")
        return
    stays = staying(plan, actions, {claim.action: claim.stay for claim in held}, run)
    for action in actions:
        if stay := stays.get(action.id):
            yield _left(run, action, stay)
            continue
        yield Event(Happening.UNDOING, action.id, action.sentence)
        try:
            yield from streamed(partial(_take_back, action, plan, carrier), events)
        except Stopped:
            yield Event(Happening.STOPPED, action.id, "Stopped. `undo` goes on from here.")
            return
        except NoAccess as problem:
            yield _left(run, action, Stay(str(problem), "refused"), problem)
            break
        except _Stays as problem:
            yield _left(run, action, problem.stay)
            needs = dict.fromkeys(problem.needs, Stay(f"{called(action, run)} needs it, and that stays.", "others"))
            stays = staying(plan, actions, {**needs, **stays}, run)
        except CloudError as problem:
            # what rested on it is gone by now, so it is somebody else who uses it
            stay = Stay(str(problem), "others" if in_use(problem) else "refused")
            yield _left(run, action, stay, problem)
            stays = staying(plan, actions, {**stays, action.id: stay}, run)
        else:
            carrier.notice(action.id)
            yield Event(Happening(run.facts(action.id)["how"]), action.id, action.undone or action.sentence)
    if receipt(run, plan).complete:
        run.set_status("undone")


def _left(run: Run, action: Action, stay: Stay, problem: CloudError | None = None) -> Event:
    run.note(action.id, "left", why=stay.why, because=stay.because)
    return Event(Happening.LEFT, action.id, action.sentence, problem=problem or CloudError(stay.why))


def claimed(run: Run, plan: Plan, cloud: Cloud, clock: Clock | None = None) -> list[Claim]:
    """What others put into what this run made, or made lean on it: for a person to see before it is taken back.

    Only reads. Raises CloudError.
    """
    carrier = Carrier(run, cloud, lambda _: None, threading.Event(), clock or RealClock())
    return claims(_looked_at(run, plan), carrier)


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


def _looked_at(run: Run, plan: Plan) -> list[Action]:
    """What stands, and the steps that only set something in what stands: somebody may have set it otherwise since."""
    sets = [each for each in plan.actions if each.settings and not each.undo and run.status(each.id) == "ready"]
    return [*standing(run, plan), *(each for each in sets if run.facts(each.id).get("created", True))]


def receipt(run: Run, plan: Plan) -> Receipt:
    """What an undo did, and what is left of the run."""
    removed: list[str] = []
    restored: list[str] = []
    left: list[Left] = []
    complete, in_use, stays = True, False, False
    for action in reversed(plan.actions):
        if not action.undo:  # it only waited for something
            continue
        facts, what = run.facts(action.id), called(action, run)
        costs = "; ".join(cost.what for cost in action.costs)
        match run.status(action.id):
            case "undone":
                match facts.get("how"):
                    case Happening.GONE.value:
                        left.append(Left(what, facts["gone"]))
                    case Happening.RESTORED.value:
                        restored.append(what)
                    case _:
                        theirs = ", ".join(facts.get("with_it", ()))
                        removed.append(f"{what}, and with it what others had there: {theirs}" if theirs else what)
                        left += [Left(f"{what}, in part", facts["gone"])] if facts.get("gone") else []
                left += [Left(**kept) for kept in facts.get("kept", ())]
                stays = stays or bool(facts.get("kept"))
            case "left":
                because = facts.get("because") or ("refused" if facts.get("ours", True) else "changed")
                complete = complete and because != "refused"
                in_use, stays = in_use or because != "changed", True
                left.append(Left(what, facts["why"], costs))
            case "" | "refused":
                pass
            case _ if facts.get("doubt"):
                stays = True
                left.append(Left(what, DOUBT, costs))
            case _ if not facts.get("created", True):
                left.append(Left(what, "It existed before this run."))
            case _:
                complete = False
                left.append(Left(what, "It was not taken back yet.", costs))
    left += [
        Left(f"{use.type.rpartition(':')[2]} {use.resource}", "It existed before this run and was only used.")
        for use in plan.uses
    ]
    return Receipt(tuple(removed), tuple(restored), tuple(left), complete, stays, in_use)


def _ended(run: Run, plan: Plan) -> set[str]:
    """What was not meant to last and did not; what somebody did to it afterwards is theirs."""
    over = [action for action in plan.actions if run.status(action.id) == "ready"]
    return {id for action in over for id in (action.relieves, action.gives_up) if id}


class _Stays(CloudError):
    """It is left, and with it all that is in `needs`."""

    def __init__(self, stay: Stay, needs: Iterable[str] = ()) -> None:
        super().__init__(stay.why)
        self.stay, self.needs = stay, set(needs)


@dataclass
class _Taking:
    """One action that is being taken back.

    `begun` is whether that was begun before and broken off: then what is gone now was taken away by us.
    """

    action: Action
    plan: Plan
    carrier: Carrier
    begun: bool

    @property
    def fresh(self) -> tuple[str, ...]:
        """What was done so shortly before that AWS may not know it yet: this, unless "gone" is our own doing."""
        return () if self.begun else (self.action.id,)

    @property
    def around(self) -> tuple[str, ...]:
        """That, and what rested on it and was just taken back."""
        return (*self.fresh, *_resting_on(self.action, self.plan))

    def changed(self, why: str, now: Any) -> _Stays:
        """Somebody changed it since: it is theirs now, and so is what it leans on."""
        return _Stays(Stay(why, "changed"), mentioned(self.action, self.plan, self.carrier.run, now))

    def send(self, call: Call, not_yet: Iterable[str] = (), read: Call | None = None, more: str = "") -> None:
        """Send a call that takes something back. Doing that twice is harmless, so a lost answer is asked for again."""
        fresh = () if more else self.fresh
        send = partial(self.carrier.send, call, not_yet, read, more, action=self.action.id)
        try:
            send(rests_on=fresh)
        except Lost:
            try:
                send()
            except CloudError as problem:
                if not no_such_thing(problem):  # the first one arrived
                    raise


def _take_back(action: Action, plan: Plan, carrier: Carrier) -> None:
    run = carrier.run
    begun = run.status(action.id) == "undo"
    if run.status(action.id) == "intent":
        if action.find:
            reply = look_for(action, carrier)
            if reply is None:
                run.note(action.id, "refused", how=Happening.REMOVED, why="its call never arrived")
                return
            _adopt(action, carrier, reply)
        elif action.exists:
            raise _Stays(Stay(DOUBT, "changed"))
    with_it = _let_go(action, plan, carrier)
    run.note(action.id, "undo")
    taking = _Taking(action, plan, carrier, begun)
    if isinstance(action.undo, Restore):
        gone = _restore(taking, action.undo)
        how = Happening.GONE if gone else Happening.RESTORED
    elif isinstance(action.undo, Entry):
        gone = _take_out(taking, action.undo)
        how = Happening.GONE if gone else Happening.REMOVED
    else:
        taken = [there for step in action.undo if (there := _step(taking, step)) is not None]
        gone = "" if all(taken) or begun else GONE
        how = Happening.GONE if gone and not any(taken) else Happening.REMOVED
    run.note(action.id, "undone", how=how, kept=_kept(action, carrier), with_it=with_it, gone=gone)


def _let_go(action: Action, plan: Plan, carrier: Carrier) -> list[str]:
    """Look once more for what others claim of it, and take theirs away where that was decided; what goes with it.

    Raises _Stays if it must stay.
    """
    names: list[str] = []

    def holding(found: list[Claim]) -> bool:
        return any(claim.holds(carrier.decisions) for claim in found)

    for claim in carrier.believed(lambda: claims_on(action, carrier), holding, _resting_on(action, plan)):
        if claim.holds(carrier.decisions):
            raise _Stays(claim.stay, action.needs)
        remove = claim.others.remove if claim.others else None
        for name in claim.names if remove else ():
            assert remove is not None
            theirs = remove.fill(partial(id_of, name, carrier))
            try:
                carrier.send(theirs, (), action=action.id)
            except CloudError as problem:
                if not no_such_thing(problem):
                    raise
        names += claim.names[:NAMED]
    return names


def _resting_on(action: Action, plan: Plan) -> list[str]:
    """The actions that need this one: of what was just taken back, AWS may still tell."""
    return [other.id for other in plan.actions if action.id in other.needs]


def _kept(action: Action, carrier: Carrier) -> list[dict[str, str]]:
    """What was left behind on purpose, as the receipt lists it."""
    if not isinstance(action.undo, tuple):
        return []
    left = [step.kept for step in action.undo if step.kept and _wanted(step, carrier)]
    return [{"what": carrier.text(kept.what), "why": kept.why, "costs": kept.costs} for kept in left]


def _wanted(step: Undo, carrier: Carrier) -> bool:
    return not step.when or carrier.decisions.get(step.when[0]) == step.when[1]


def _adopt(action: Action, carrier: Carrier, reply: dict[str, Any]) -> None:
    plan = carrier.run.plan
    assert plan is not None, "only a confirmed run has intents"
    outputs = {path: part(path, reply) for path in plan.paths_into(action.id)}
    carrier.run.note(action.id, "done", outputs=outputs, created=True)


def _step(taking: _Taking, step: Undo) -> bool | None:
    """Make one call that takes something back: whether there was something; None where it does not matter."""
    carrier, there = taking.carrier, True
    if not _wanted(step, carrier):
        return None
    try:
        if step.still and not _as_left(taking, step.still):
            return False
        taking.send(step.call, step.not_yet, step.read, step.more)
    except CloudError as problem:
        if not matches(problem, step.gone) and not no_such_thing(problem):
            raise
        there = False
    if step.wait:
        carrier.wait(taking.action.id, step.wait)
    return None if step.more else there


def _as_left(taking: _Taking, still: Still) -> bool:
    """Whether it is still as this run left it; False if it is gone. Raises _Stays if somebody changed it."""
    carrier = taking.carrier
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
            raise taking.changed(still.otherwise, "") from problem
        raise
    if now is not None and str(now) != carrier.text(still.equals):
        raise taking.changed(still.otherwise, now)
    return now is not None


def _restore(taking: _Taking, restore: Restore) -> str:
    """Put a setting back; why there was nothing to put back, if so."""
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
    if now == former:
        return "" if taking.begun or "after" not in facts else AS_BEFORE
    ours = digest(now) == facts["after"] if "after" in facts else as_put(action, restore, now, taking.carrier)
    if not ours:
        raise taking.changed(CHANGED, now)
    try:
        taking.send(restore.remove if former is None and restore.remove else restore.put)
    except CloudError as problem:
        if not no_such_thing(problem):
            raise
        return NOTHING_LEFT
    return ""


def _take_out(taking: _Taking, entry: Entry) -> str:
    """Take our entry out of what stands there at this moment; why there was nothing to take out, if so.

    It is read afresh at every try, so that nobody's change is overwritten.
    """
    action, carrier = taking.action, taking.carrier
    facts = carrier.run.facts(action.id)

    def attempt() -> str:
        document = carrier.believed(lambda: Document(carrier, action), lambda read: read.ours() is None, taking.fresh)
        ours = document.ours()
        if facts.get("before") is not None:
            return ""
        if ours is None:
            return "" if taking.begun or "after" not in facts else GONE
        if "after" in facts and digest(ours) != facts["after"]:
            raise taking.changed(CHANGED, ours)
        text = document.without_entry()
        if entry.remove and not text:
            taking.send(entry.remove)
        else:
            put = entry.put or action.call
            taking.send(put.fill(lambda ref: text if ref == edited(action.id) else carrier.resolve(ref)))
        return ""

    try:
        return carrier.patiently(attempt, action.not_yet, action.id)
    except CloudError as problem:
        if not matches(problem, entry.gone) and not no_such_thing(problem):
            raise
        return NOTHING_LEFT
