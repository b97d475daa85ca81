"""Carry a plan out: what does not depend on each other at the same time, every step journalled.

Applying is a generator of events; a front end iterates and shows each as it comes. To stop, set `stop`: no
further call is sent, those under way are finished and written down, and the events end.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from .actions import Action
from .clock import Clock, RealClock
from .cloud import Cloud
from .documents import Document
from .events import Event, Happening
from .expressions import part
from .journal import Run
from .just_seen import JustSeen
from .later_runs import does_the_same
from .of_others import DOUBT, unproved
from .plan import Plan
from .problems import CloudError, JournalTrouble, Lost, Problem
from .receipts import made_by_run
from .references import fill
from .refusals import matches
from .resume_checks import insist
from .run_place import same_accounts
from .secret_text import Hidden
from .sending import FRESH, Carrier, Stopped
from .settings import as_put, current, digest, digests, fingerprints
from .undo_plan import Entry, Restore

AT_ONCE = 8
"""Calls under way at the same time; EC2 allows bursts of far more (EC2 API throttling guide, 2026-10)."""
CHANGED_SINCE = "somebody changed it since the check."
UNWRITTEN = "It was sent, and what AWS answered could not be written down: AWS may have done it."
LOOKS = (0, 2, 5, 10, 15, 30)
"""Seconds before each look for something whose answer got lost: AWS's copies may need up to a minute."""


def apply(
    run: Run,
    plan: Plan,
    cloud: Cloud,
    stop: threading.Event | None = None,
    clock: Clock | None = None,
    secrets: Mapping[str, Hidden] | None = None,
) -> Iterator[Event]:
    """Carry out what has not been carried out yet. `secrets` are answers that the plan sends and nothing keeps, by key.

    The run's status ends as `done` or `failed`. Nothing is raised for what AWS does: a failure is an event.
    Raises JournalTrouble when the journal cannot be written; nothing is sent then. A step that was sent already and
    could not be written down is in doubt.
    """
    events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
    halt = stop or threading.Event()
    account = JustSeen(cloud, clock or RealClock())
    carrier = Carrier(run, account, events.put, halt, account.clock, secrets=secrets or {})
    run.set_status("applying")
    left = {action.id for action in plan.actions if run.status(action.id) != "ready"}
    waiting = {action.id: action for action in plan.actions if left}  # with nothing left to do, nothing is built upon
    ready = {action.id for action in plan.actions} - set(waiting)
    stood = {action.id: _stands(action, carrier) for action in plan.actions if run.status(action.id) == "ready"}
    failed: list[Problem] = []
    under_way: dict[Future[None], str] = {}
    try:
        with _halting(halt), ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="apply") as pool:
            while waiting or under_way:
                if not failed and not halt.is_set():
                    for action in [a for a in waiting.values() if a.needs <= ready]:
                        del waiting[action.id]
                        future = pool.submit(_perform, action, plan, carrier)
                        future.add_done_callback(lambda _: events.put(None))
                        under_way[future] = action.id
                if not under_way:
                    break
                if (event := events.get()) is not None:
                    yield event
                    continue
                for future in [future for future in under_way if future.done()]:
                    action_id = under_way.pop(future)
                    match future.exception():
                        case None:
                            ready.add(action_id)
                        case Stopped():
                            pass
                        case Problem() as problem:
                            failed.append(problem)
                            halt.set()  # the others stop waiting; they are resumed from where they are
                        case Exception() as mistake:
                            run.set_status("failed")
                            raise mistake
    finally:
        _relieve(plan, carrier)
    while not events.empty():
        if (event := events.get()) is not None:
            yield event
    whole = not failed and all(run.status(action.id) == "ready" for action in plan.actions)
    if whole:
        account.settle()
        _look_once_more(plan, carrier, stood)
    elif not failed:
        yield Event(Happening.STOPPED, "", "Stopped before the next call.")
    run.set_status("done" if whole else "failed")


def _look_once_more(plan: Plan, carrier: Carrier, stood: Mapping[str, Mapping[str, str]]) -> None:
    """What was noted of a thing when it was just made may be half of it, or what was there before.

    What `stood` otherwise than it was noted when this resume began is somebody else's, and does not become ours.
    """
    for action in plan.actions:
        facts = carrier.run.facts(action.id)
        now = as_made(action, carrier).get("as_made") if facts.get("created", True) else None
        if now and action.id in stood:
            noted = {**facts.get("as_made", {}), **facts.get("as_ended", {})}
            now |= {name: ours for name, ours in noted.items() if stood[action.id].get(name) != ours}
        if now and now != facts.get("as_made"):
            carrier.run.note(action.id, "ready", as_ended=now)


def _relieve(plan: Plan, carrier: Carrier) -> None:
    """What must not last is ended although the plan was not carried out; a resume begins it anew where it has to."""
    run, calm = carrier.run, replace(carrier, stop=threading.Event())
    for action in plan.actions:
        lasts = action.relieves and run.status(action.relieves) in ("intent", "done", "ready")
        if not lasts or run.status(action.id) == "ready":
            continue
        try:
            if all(run.status(id) in ("done", "ready") for id in action.needs):
                _perform(action, plan, calm)
                continue
            calm.send(action.call, action.not_yet, action.read, action=action.id, rests_on=action.needs)
            if action.wait:
                calm.wait(action.id, action.wait)
            run.note(action.relieves, "refused", why="ended early")
            calm.report(Event(Happening.DONE, action.id, action.sentence))
        except Problem as problem:
            calm.report(Event(Happening.FAILED, action.id, action.sentence, problem=problem))


@contextmanager
def _halting(halt: threading.Event) -> Iterator[None]:
    """Whatever ends this early, a face that goes away included, nothing further is sent or waited for."""
    try:
        yield
    except BaseException:
        halt.set()
        raise


def _perform(action: Action, plan: Plan, carrier: Carrier) -> None:
    """One action, from wherever it was left. Raises Problem, after reporting it."""
    run = carrier.run
    try:
        if run.status(action.id) == "ready":
            insist(action, plan, carrier)
            return
        same_accounts([action], carrier)
        if run.status(action.id) not in ("done", "ready"):
            carrier.check()
            carrier.report(Event(Happening.STARTED, action.id, action.sentence))
            _call(action, plan, carrier)
        created, wanted = run.facts(action.id).get("created", True), plan.seen_in_wait(action.id)
        handed_out = bool(run.facts(action.id).get("whose"))  # it may be as new as if it were ours
        if (created or handed_out) and action.wait:
            answer = carrier.wait(action.id, action.wait, wanted)
            noted = {**as_made(action, carrier), **_slowly_changed(action, carrier)} if created else {}
            run.note(action.id, "ready", seen={path: part(path, answer) for path in wanted}, **noted)
        elif created and run.status(action.id) != "ready":
            run.note(action.id, "ready", **as_made(action, carrier))
        elif run.status(action.id) != "ready":
            run.note(action.id, "ready")
    except Stopped:
        if run.status(action.id) in ("", "refused"):  # it was told to have begun
            carrier.report(Event(Happening.STOPPED, action.id, f"{action.sentence}: not sent"))
        raise
    except Problem as trouble:
        problem = trouble
        if isinstance(trouble, JournalTrouble) and run.status(action.id) in ("intent", "done"):
            problem = Lost(UNWRITTEN, trouble.why, f"{trouble.remedy} `resume` finds out then.")
        problem.action = problem.action or action.id
        kind = Happening.IN_DOUBT if isinstance(problem, Lost) else Happening.FAILED
        carrier.report(Event(kind, action.id, action.sentence, problem=problem))
        raise problem from None
    facts = run.facts(action.id)
    existed, whose = not facts.get("created", True), facts.get("whose")
    why = made_by_run(str(whose)) if whose else DOUBT if facts.get("doubt") else ""
    told = f"{action.sentence}: {why}" if existed and why else action.sentence
    carrier.report(Event(Happening.EXISTED if existed else Happening.DONE, action.id, told))


def _call(action: Action, plan: Plan, carrier: Carrier) -> None:
    """Make the call once, however often it takes to be sure of that."""
    run = carrier.run
    doubt = earlier = run.status(action.id) == "intent"
    if not doubt:
        if action.of_new and not run.facts(action.of_new).get("created", True):
            run.note(action.id, _made(action), created=False)
            return
        if (there := _there_before(action, carrier)) is not None:
            whose = _whose(action, carrier, there)
            run.note(action.id, _made(action), outputs=_outputs(action, plan, there), created=False, whose=whose)
            return
        standing = _standing(action, carrier)
        _as_decided(action, standing, carrier)
        run.note(action.id, "intent", **standing)
    while True:
        reply = look_for(action, carrier) if doubt else None
        adopted = earlier and reply is not None
        if reply is None and doubt and action.taken:
            _there_before(action, carrier)
        if doubt and isinstance(action.undo, Restore):
            _nobody_came_between(action, action.undo, carrier)
        if reply is not None:
            carrier.forget_secrets()
        elif doubt and action.unless and (there := unproved(action, carrier)) is not None:
            run.note(action.id, _made(action), outputs=_outputs(action, plan, there), created=False, doubt=True)
            return
        try:
            if reply is None:
                reply = carrier.send(action.call, action.not_yet, action.read, action=action.id, rests_on=action.needs)
        except Stopped:
            if not doubt:  # nothing was sent
                run.note(action.id, "refused", why="stopped")
            raise
        except Lost:
            if doubt:
                raise
            doubt = True
            carrier.notice(action.id)
            continue
        except CloudError as problem:
            # after a doubt a refusal may be our own first call speaking; without a proof it is not
            ours = look_for(action, carrier) if doubt else None
            if ours is not None:
                _write_done(action, plan, carrier, ours, adopted=earlier)
            elif matches(problem, action.exists):
                run.note(action.id, _made(action), outputs={}, created=False, doubt=doubt)
            else:
                _in_own_words(action, problem)
                run.note(action.id, "refused", why=str(problem))
                raise
        else:
            _write_done(action, plan, carrier, reply, adopted=adopted)
        return


def _in_own_words(action: Action, problem: CloudError) -> None:
    """What a family of AWS's errors advises knows nothing of this plan."""
    if own := action.refusals.get(problem.aws_code):
        problem.what, further, remedy = own.partition(". ")
        problem.what, problem.remedy = problem.what + further.rstrip(), remedy or problem.remedy


def _there_before(action: Action, carrier: Carrier) -> Any:
    """What stands there and is not this run's; None if there is nothing. Raises CloudError where it must not."""
    there = carrier.search(action.unless) if action.unless else None
    if there is not None and action.taken:
        carrier.run.note(action.id, "refused", why=action.taken)
        raise CloudError(action.taken)
    return there


def _as_decided(action: Action, standing: Mapping[str, Any], carrier: Carrier) -> None:
    """What is changed stands as it did when that was decided, and shown. Raises CloudError; nothing was sent then."""
    if action.decided and digest(standing["before"]) != action.decided:
        problem = CloudError(f"{action.sentence}: {CHANGED_SINCE}", "It is left as it is now.", "Check again.")
        carrier.run.note(action.id, "refused", why=str(problem))
        raise problem


def _nobody_came_between(action: Action, restore: Restore, carrier: Carrier) -> None:
    """Before a setting is put once more: it stands as it was, or as our first call put it. Raises CloudError."""
    now = current(action, restore, carrier)
    if now != carrier.run.facts(action.id).get("before") and not as_put(action, restore, now, carrier):
        what = f"{action.sentence}: somebody changed it since this run began with it."
        raise CloudError(what, "It is left as it is now.", "Undo the run, or begin a new one from what is there.")


def look_for(action: Action, carrier: Carrier) -> dict[str, Any] | None:
    """The answer that never came, if its call did happen. AWS may not know it for a while after it was sent."""
    if action.find is None:
        return None
    elapsed = 0
    for seconds in LOOKS:
        if seconds:
            told = "Its answer got lost: AWS is asked whether it was made"
            carrier.report(Event(Happening.WAITING, action.id, told, "", elapsed, FRESH))
            carrier.pause(seconds)
            elapsed += seconds
        late = carrier.age(action.id, "intent") > FRESH
        if (found := carrier.search(action.find, carrier.run.when(action.id, "intent"))) is not None:
            reply: dict[str, Any] = found if isinstance(found, dict) else {}
            return reply
        if late:
            break
    return None


def _outputs(action: Action, plan: Plan, reply: Any) -> dict[str, Any]:
    return {path: part(path, reply) for path in plan.paths_into(action.id)}


def _standing(action: Action, carrier: Carrier) -> dict[str, Any]:
    """What stands there before a setting or an entry is changed."""
    if isinstance(action.undo, Restore):
        return {"before": current(action, action.undo, carrier)}
    if isinstance(action.undo, Entry) and not action.undo.key:
        return {"before": Document(carrier, action).ours()}
    return {}


def _write_done(action: Action, plan: Plan, carrier: Carrier, reply: dict[str, Any], *, adopted: bool = False) -> None:
    """Write down what it answered; `adopted` is what an earlier process had sent, with the secrets that it knew."""
    outputs = _outputs(action, plan, reply)
    if missing := sorted(path for path, value in outputs.items() if value is None):
        raise CloudError(f"AWS's answer to {action.call.operation} has no {', '.join(missing)}.")
    carrier.notice(action.id)
    if whose := _whose(action, carrier, reply) or _with_what_was_handed_out(action, plan, carrier):
        carrier.run.note(action.id, _made(action), outputs=outputs, created=False, whose=whose)
        return
    facts = {**_changed(action, carrier), **({"adopted": True} if adopted else {})}
    carrier.run.note(action.id, _made(action), outputs=outputs, created=True, **facts)


def _whose(action: Action, carrier: Carrier, reply: Any) -> str:
    """The other run that made what AWS answered with, or nothing."""
    return str(part(str(fill(action.whose, carrier.resolve)), reply) or "") if action.whose else ""


def _with_what_was_handed_out(action: Action, plan: Plan, carrier: Carrier) -> str:
    """The run whose thing this one was done to, if it does the very same; nothing where it is this run's own doing.

    What has a mark or an id of its own speaks for itself. Of a run that the journal does not know, everything is taken
    to be its own: nobody's way is to be taken away.
    """
    if action.whose or action.find or action.resource:
        return ""
    handed = [str(whose) for id in sorted(action.stands_on) if (whose := carrier.run.facts(id).get("whose"))]
    return next((whose for whose in handed if does_the_same(carrier.run, whose, action)), "")


def _changed(action: Action, carrier: Carrier) -> dict[str, Any]:
    """What stands there now that a setting or an entry was changed, once AWS says so.

    Only digests: what was put there, and what others have beside it, may hold a secret.
    """
    mine = (action.id,)
    if isinstance(action.undo, Restore):
        restore, former = action.undo, carrier.run.facts(action.id).get("before")
        now = carrier.believed(lambda: current(action, restore, carrier), lambda seen: seen == former, mine)
        return {"after": digest(now), **({"apart": digests(now)} if restore.apart else {})}
    if isinstance(action.undo, Entry):
        read = carrier.believed(lambda: Document(carrier, action), lambda seen: seen.ours() is None, mine)
        return {"after": digest(read.ours()), "beside": sorted(digest(each) for _, each in read.beside())}
    return {}


def _slowly_changed(action: Action, carrier: Carrier) -> dict[str, Any]:
    """What stands there now that the wait is over, where AWS still told of the former setting right after the call."""
    facts = carrier.run.facts(action.id)
    slow = isinstance(action.undo, Restore) and facts.get("after") == digest(facts.get("before"))
    return _changed(action, carrier) if slow else {}


def as_made(action: Action, carrier: Carrier) -> dict[str, dict[str, str]]:
    """What is noted of it once it is ready; empty where there is nothing to read."""
    if action.settings:
        with suppress(CloudError):
            now = carrier.believed(lambda: fingerprints(action, carrier), lambda seen: seen is None, (action.id,))
            return {"as_made": now} if now else {}
    return {}


def _stands(action: Action, carrier: Carrier) -> dict[str, str]:
    with suppress(CloudError):
        return fingerprints(action, carrier) or {}
    return {}


def _made(action: Action) -> str:
    """What is noted when a call has succeeded: "ready" if nothing is left to do, not even to look how it was made."""
    return "done" if action.wait or action.settings else "ready"
