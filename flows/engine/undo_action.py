"""Take one action back: delete what it made, put its setting back, or take its entry out, unless it is others' by now.

What was sent may have arrived though its answer never came, so each call is noted before it is sent, and what is gone
is told as removed where it was this undo that removed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from .actions import Action
from .apply import look_for, unproved
from .calls import Call
from .documents import Document
from .events import Happening
from .expressions import part
from .later_runs import took_away
from .of_others import NAMED, Claim, Stay, claims_on, mentioned, named_of, of_theirs
from .plan import Plan
from .problems import CloudError, Lost, NoAccess
from .receipts import DOUBT, NOT_FOUND
from .references import FOUND, Changed, edited, refs
from .refusals import matches, no_such_thing
from .sending import Carrier, Sent
from .settings import as_put, current, digest
from .undo_plan import Entry, Kept, Restore, Still, Undo

GONE = f"{NOT_FOUND}: somebody took it away already."
TAKEN = f"{NOT_FOUND}: the undo of the run {{}} took it away."
NEVER = f"{NOT_FOUND}: AWS never answered the call that was to make it, and it is not there."
NOTHING_LEFT = f"{NOT_FOUND}: what it belonged to is gone, so there is nothing left to put back."
AS_BEFORE = "It was as before already: somebody put it back."
PUT_BACK = "It was as before already: the undo of the run {} put it back."
UNCHANGED = "It was like that before this run."
NOT_AS_BEFORE = "What it had before is gone itself, so it cannot be put back; it is left as it is now."
CHANGED = "Somebody changed it since; it is left as it is now."
RENAMED = "Somebody gave it another name since ({}); it is left as it is now."
REVERSED = "An earlier undo had begun with it, and somebody took that back since; it is left as it is now."


class Stays(CloudError):
    """It is left, and with it all that is in `needs`."""

    def __init__(self, stay: Stay, needs: Iterable[str] = ()) -> None:
        super().__init__(stay.why)
        self.stay, self.needs = stay, set(needs)


@dataclass
class Taking:
    """One action that is being taken back.

    `given_up` is whether the run took it away itself; `doubted`, whether nobody ever heard that it was made. `step`
    counts the calls that take it back.
    """

    action: Action
    plan: Plan
    carrier: Carrier
    given_up: bool
    doubted: bool = False
    step: int = 0

    def __post_init__(self) -> None:
        run, id = self.carrier.run, self.action.id
        steps = self.action.undo if isinstance(self.action.undo, tuple) else (self.action.undo,)
        # an earlier release noted no more than that it had begun
        earlier = range(len(steps)) if run.status(id) == "undo" else ()
        self._sent: set[int] = set(run.facts(id).get("sent", earlier))
        self._earlier = set(self._sent)
        self._took: set[int] = set(run.facts(id).get("took", ()))
        self.going: list[Claim] = []
        """What of others goes with the thing itself."""

    @property
    def begun(self) -> bool:
        """Whether this call was sent before and may have arrived: then what is gone now was taken away by us."""
        return self.given_up or self.step in self._earlier

    @property
    def gone(self) -> str:
        """Why it is not there, where this undo did not take it away: what is known of that, and no more."""
        if self.doubted:
            return NEVER
        other = took_away(self.carrier.run, self.action)
        return TAKEN.format(other) if other else GONE

    @property
    def as_before(self) -> str:
        """The same of a setting that stands as it did before."""
        other = took_away(self.carrier.run, self.action)
        return PUT_BACK.format(other) if other else AS_BEFORE

    def arrived(self, step: Undo) -> bool:
        """Whether what is gone was taken away by this call, sent before: what it leaves behind would be there."""
        left = step.kept.find if step.kept else None
        return self.step in self._earlier and (left is None or self.carrier.search(left) is not None)

    def note(self, **data: Any) -> None:
        self.carrier.run.note(self.action.id, "undo", sent=sorted(self._sent), **data)

    def _noted(self, step: Undo, what: Sent) -> None:
        """Write down which calls may have arrived: what AWS refuses did not, unless it was sent before, too."""
        if what is Sent.BEGUN and self.step not in self._sent:
            self._sent.add(self.step)
            self.note()
        elif what is Sent.REFUSED and self.step not in self._earlier:
            self._sent.discard(self.step)
            self.note()
        elif what is Sent.ANSWERED:
            for claim in self.going:
                self.went(claim.things, claim.more)
            self.going = []
            if step.reversed:
                self._took.add(self.step)
                self.note(took=sorted(self._took))

    def reversed(self, step: Undo) -> bool:
        """Whether AWS took this call in an earlier undo, and somebody took that back since."""
        if not step.reversed or self.step not in self._took:
            return False
        assert step.read is not None, "what is read tells it"
        return bool(self.carrier.look(step.read, step.reversed))

    def went(self, things: Sequence[Any], more: bool = False) -> None:
        """Write down what of others is gone, at once: the first by name, how many, and whether there were `more`."""
        facts = self.carrier.run.facts(self.action.id)
        names = [*facts.get("with_it", ()), *map(named_of, things[:NAMED])]
        count = facts.get("with_all", 0) + len(things)
        self.note(with_it=names[:NAMED], with_all=count, with_more=more or facts.get("with_more", False))

    @property
    def fresh(self) -> tuple[str, ...]:
        """What was done so shortly before that AWS may not know it yet: this, unless "gone" is our own doing."""
        return () if self.begun else (self.action.id,)

    @property
    def around(self) -> tuple[str, ...]:
        """That, and what rested on it and was just taken back."""
        return (*self.fresh, *_resting_on(self.action, self.plan))

    def changed(self, why: str, now: Any, look: Call) -> Stays:
        """Somebody changed it since: it is theirs now, and so is what it leans on or, by that `look`, is part of."""
        looked = look.fill(self.carrier.resolve)
        return Stays(Stay(why, "changed"), mentioned(self.action, self.plan, self.carrier.run, looked, now))

    def send(self, step: Undo) -> None:
        """Send a call that takes something back. Doing that twice is harmless, so a lost answer is asked for again."""
        fresh, action = () if step.more else self.fresh, self.action.id
        send = partial(
            self.carrier.send,
            step.call,
            step.not_yet,
            step.read,
            step.more,
            action=action,
            noted=partial(self._noted, step),
        )
        try:
            send(rests_on=fresh)
        except Lost:
            self._earlier.add(self.step)
            try:
                send()
            except CloudError as problem:
                if not _gone(problem, (*step.gone, *step.repeated)):  # the first one arrived
                    raise


def take_back(action: Action, plan: Plan, carrier: Carrier) -> None:
    """Take back what this action did, as far as it is this run's still, and note how. Raises CloudError, Stays too."""
    run = carrier.run
    given_up = any(other.gives_up == action.id and run.status(other.id) == "ready" for other in plan.actions)
    doubted = run.status(action.id) == "intent"
    if doubted:
        reply = look_for(action, carrier)
        doubted = reply is None
        if reply is not None:
            adopt(action, carrier, reply)
        elif unproved(action, carrier) is not None or (action.exists and not action.find):
            raise Stays(Stay(DOUBT, "changed"))
        elif action.find or action.unless:
            run.note(action.id, "refused", how=Happening.REMOVED, why="its call never arrived")
            return
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

    found = carrier.believed(lambda: claims_on(action, carrier), holding, _resting_on(action, taking.plan))
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


def _resting_on(action: Action, plan: Plan) -> list[str]:
    """The actions that need this one: of what was just taken back, AWS may still tell."""
    return [other.id for other in plan.actions if action.id in other.needs]


def _kept(action: Action, carrier: Carrier) -> list[dict[str, str]]:
    """What was left behind on purpose, as the receipt lists it."""
    if isinstance(action.undo, Entry):
        return []
    if isinstance(action.undo, Restore):
        return _told(carrier, action.undo.kept)
    sent = carrier.run.facts(action.id).get("sent", ())

    def is_left(number: int, step: Undo) -> bool:
        """Whether it was wanted, or was by an earlier undo and is there."""
        if _wanted(step, carrier):
            return True
        return number in sent and step.kept is not None and bool(step.kept.find and carrier.search(step.kept.find))

    return _told(carrier, *(step.kept for number, step in enumerate(action.undo) if is_left(number, step)))


def _lost(action: Action, plan: Plan, carrier: Carrier, kept: Iterable[Mapping[str, str]]) -> list[str]:
    """What went for good with it because that was decided, unless an earlier undo had kept it."""
    asked = [step for step in action.undo if step.when] if isinstance(action.undo, tuple) else []
    there = {each["what"] for each in kept}
    saved = {step.when[0] for step in asked if step.when and step.kept and carrier.text(step.kept.what) in there}
    keys = {step.when[0] for step in asked if step.when} - saved
    return [
        each.loss
        for each in plan.decisions
        if each.key in keys and each.loses and carrier.decisions.get(each.key) == each.loses
    ]


def _told(carrier: Carrier, *left: Kept | None) -> list[dict[str, str]]:
    return [{"what": carrier.text(kept.what), "why": kept.why, "costs": kept.costs} for kept in left if kept]


def _wanted(step: Undo, carrier: Carrier) -> bool:
    return not step.when or carrier.decisions.get(step.when[0]) == step.when[1]


def note_seen(action: Action, carrier: Carrier) -> None:
    """Note what is taken back with it and was to be seen in its wait, where the run broke off before that."""
    run = carrier.run
    assert run.plan is not None, "only a confirmed run is taken back"
    told = {ref.path for ref in refs(action.undo) if ref.action == action.id and ref.path.startswith("@seen:")}
    if not told or not action.wait or run.status(action.id) == "intent" or "seen" in run.facts(action.id):
        return
    try:
        answer = carrier.cloud.make(action.wait.poll.fill(carrier.resolve))
    except CloudError as problem:
        if not no_such_thing(problem):
            raise
        answer = {}
    every = {path: part(path, answer) for path in run.plan.seen_in_wait(action.id)}
    run.note(action.id, run.status(action.id), seen={path: it for path, it in every.items() if it is not None})


def adopt(action: Action, carrier: Carrier, reply: dict[str, Any]) -> None:
    """Note what was found of an action whose answer was lost: it is this run's."""
    plan = carrier.run.plan
    assert plan is not None, "only a confirmed run has intents"
    outputs = {path: part(path, reply) for path in plan.paths_into(action.id)}
    carrier.run.note(action.id, "done", outputs=outputs, created=True)


def _step(taking: Taking, step: Undo) -> bool | None:
    """Make one call that takes something back: whether there was something; None where it does not matter."""
    carrier, there = taking.carrier, True
    if not _wanted(step, carrier) or (step.unless and carrier.search(step.unless) is not None):
        return None
    try:
        if step.still and not _as_left(taking, step.still):
            return False
        if taking.reversed(step):
            raise Stays(Stay(REVERSED, "changed"), taking.action.stands_on)
        taking.send(step)
    except CloudError as problem:
        if not _gone(problem, step.gone):
            problem.what = taking.action.refusals.get(problem.aws_code, problem.what)
            raise
        there = False
    if step.wait:
        carrier.wait(taking.action.id, step.wait)
    return None if step.more else there


def _gone(problem: CloudError, codes: Iterable[str] = ()) -> bool:
    return matches(problem, codes) or no_such_thing(problem)


def _as_left(taking: Taking, still: Still) -> bool:
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


def _restore(taking: Taking, restore: Restore) -> str:
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
        if taking.begun or "after" not in facts:
            return ""
        if digest(former) == facts["after"]:
            return UNCHANGED
        return taking.gone if former is None else taking.as_before
    ours = digest(now) == facts["after"] if "after" in facts else as_put(action, restore, now, taking.carrier)
    if not ours:
        raise taking.changed(CHANGED, now, restore.read)
    remove = restore.remove if former is None else None
    try:
        put = remove or restore.put
        whole = any(isinstance(each, Changed) for each in put.params.values())
        whole = whole or any(ref.action == FOUND for ref in refs(put.params))
        taking.send(Undo(put, read=restore.read if whole else None, not_yet=action.not_yet if whole else ()))
    except CloudError as problem:
        if not no_such_thing(problem):
            raise
        if not remove:  # it was read just now, so it is there: what is not is what the former value names
            raise Stays(Stay(NOT_AS_BEFORE, "changed"), action.stands_on) from problem
        return NOTHING_LEFT
    return ""


def _take_out(taking: Taking, entry: Entry) -> str:
    """Take our entry out of what stands there at this moment; why there was nothing to take out, if so.

    It is read afresh at every try, so that nobody's change is overwritten.
    """
    action, carrier = taking.action, taking.carrier
    facts = carrier.run.facts(action.id)

    def attempt() -> str:
        document = carrier.believed(lambda: Document(carrier, action), lambda read: read.ours() is None, taking.fresh)
        ours = document.ours()
        if facts.get("before") is not None:
            return UNCHANGED
        if ours is None:
            for name, each in document.under_other_names():
                if digest(each) == facts.get("after"):
                    stays = taking.changed(RENAMED.format(name), each, entry.read)
                    raise Stays(stays.stay, stays.needs | action.stands_on)
            return "" if taking.begun or "after" not in facts else taking.gone
        if "after" in facts and digest(ours) != facts["after"]:
            raise taking.changed(CHANGED, ours, entry.read)
        if "beside" in facts:
            run = carrier.run
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
        if not _gone(problem, entry.gone):
            raise
        return NOTHING_LEFT
