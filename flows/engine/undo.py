"""Take a run back, from the journal alone, so that it works after an upgrade too.

What was created is deleted, what was changed is put back unless somebody changed it since, what existed
before is not touched, and what others lean on is left with all that it needs. A step that fails never stops the
others; what stays is on the receipt with the reason.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial

from .actions import Action
from .as_left import foreseen
from .clock import Clock, RealClock
from .cloud import Cloud
from .events import Event, Happening
from .journal import Run
from .look import is_not_there
from .made import called
from .of_others import Claim, claims, held_back
from .open_to_all import why_left
from .plan import Plan
from .problems import CloudError, NoAccess
from .receipts import receipt
from .refusals import in_use
from .run_place import same_accounts
from .sending import Carrier, Stopped, streamed
from .staying import Stay, needed_by, staying
from .taking import GONE, Stays
from .undo_action import find_out, note_gone, note_seen, take_back


def undo(
    run: Run,
    plan: Plan,
    cloud: Cloud,
    stop: threading.Event | None = None,
    clock: Clock | None = None,
    decisions: Mapping[str, str] | None = None,
) -> Iterator[Event]:
    """Take back, newest first, everything that this run made. Read `receipt` afterwards.

    The run's status ends as `undone`; it stays `undoing` while something of it could not be taken back. Raises
    CloudError where a profile of it does not lead to its account, or to none; nothing is done then.
    """
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    carrier = Carrier(run, cloud, events.put, stop or threading.Event(), clock or RealClock(), decisions or {})
    actions = standing(run, plan)
    same_accounts(actions, carrier)
    run.set_status("undoing")
    for id in _ended(run, plan):
        run.note(id, "refused", why="it did not last")
    try:
        _adopt_first(actions, carrier)
        held = [claim for claim in claims(_looked_at(run, plan), carrier) if claim.holds(carrier.decisions)]
    except NoAccess as problem:
        yield _left(run, actions[0], Stay(str(problem), "refused"), problem)
        return
    except Stopped:
        yield Event(Happening.STOPPED, actions[0].id, "Stopped. `undo` goes on from here.")
        return
    stays = held_back(plan, actions, held, run)
    claimed_themselves, turns = {claim.action for claim in held}, deque(actions)
    while turns:
        action = turns.popleft()
        if stay := stays.get(action.id):
            if action.id not in claimed_themselves and is_not_there(action, carrier):
                note_gone(action, plan, carrier)
                yield Event(Happening.GONE, action.id, called(action, run))
            else:
                yield _left(run, action, stay)
            continue
        yield Event(Happening.UNDOING, action.id, action.standing)
        try:
            yield from streamed(partial(take_back, action, plan, carrier), events)
        except Stopped:
            yield Event(Happening.STOPPED, action.id, "Stopped. `undo` goes on from here.")
            return
        except NoAccess as problem:
            yield _left(run, action, Stay(str(problem), "refused"), problem)
            break
        except Stays as problem:
            yield _left(run, action, problem.stay)
            stays = staying(plan, actions, {**needed_by(action, problem.needs, run), **stays}, run)
        except CloudError as problem:
            # what rested on it is gone by now, so it is somebody else who uses it
            stay = Stay(str(problem), "others" if in_use(problem) else "refused")
            yield _left(run, action, stay, problem)
            if not _is_taken_along(action, turns):
                stays = staying(plan, actions, {**stays, action.id: stay}, run)
        else:
            carrier.notice(action.id)
            yield Event(Happening(run.facts(action.id)["how"]), action.id, called(action, run))
            turns.extendleft(_taken_along(action, actions, run))
    if receipt(run, plan).complete:
        run.set_status("undone")


def _is_taken_along(action: Action, turns: Iterable[Action]) -> bool:
    """Whether it goes with something whose turn is still to come."""
    return action.goes_with in {each.id for each in turns}


def _taken_along(by: Action, actions: Iterable[Action], run: Run) -> Iterator[Action]:
    """What AWS refused to take back by itself, and what is gone now took along: to be told so, as this undo's doing."""
    for action in actions:
        if action.goes_with == by.id and run.status(action.id) == "left":
            run.note(action.id, "undo", sent=[0])
            yield action


def _left(run: Run, action: Action, stay: Stay, problem: CloudError | None = None) -> Event:
    why = why_left(action, stay.why)
    run.note(action.id, "left", why=why, because=stay.because)
    return Event(Happening.LEFT, action.id, called(action, run, left=True), problem=problem or CloudError(why))


def claimed(run: Run, plan: Plan, cloud: Cloud, clock: Clock | None = None) -> list[Claim]:
    """What others put into what this run made, made lean on it or changed: for a person to see before it is taken back.

    Only reads. Raises CloudError.
    """
    carrier = Carrier(run, cloud, lambda _: None, threading.Event(), clock or RealClock())
    looked = _looked_at(run, plan)
    same_accounts(looked, carrier)
    found = claims(looked, carrier)
    known = {(claim.action, claim.why) for claim in found}
    changed = (claim for action in standing(run, plan) if (claim := foreseen(action, plan, carrier)))
    found += [claim for claim in changed if (claim.action, claim.why) not in known]
    stays, actions = held_back(plan, standing(run, plan), found, run), standing(run, plan)
    kept_for_others = [
        each for each in actions if each.id in stays and each.id not in {claim.action for claim in found}
    ]
    return [*found, *(Claim(each.id, GONE, gone=True) for each in kept_for_others if is_not_there(each, carrier))]


def kept(run: Run, plan: Plan, claims: Iterable[Claim], decided: Mapping[str, str]) -> dict[str, Stay]:
    """What of a run an undo would leave with these decisions, each with its reason; `claims` are what others have there
    now."""
    claims, actions = list(claims), standing(run, plan)
    stays = held_back(plan, actions, (claim for claim in claims if claim.holds(decided)), run)
    gone = {claim.action for claim in claims if claim.gone}
    return {action.id: stays[action.id] for action in actions if action.id in stays and action.id not in gone}


def standing(run: Run, plan: Plan) -> list[Action]:
    """What an undo would take back, newest first: what this run made or changed, or may have, and has not ended by
    itself."""
    ended = _ended(run, plan)
    return [
        action
        for action in reversed(plan.actions)
        if action.undo
        and action.id not in ended
        and run.status(action.id) not in ("", "refused", "undone")
        and (run.facts(action.id).get("created", True) or run.facts(action.id).get("doubt"))
    ]


def _looked_at(run: Run, plan: Plan) -> list[Action]:
    """What stands, and the steps that only set something in what stands: somebody may have set it otherwise since."""
    sets = [each for each in plan.actions if each.settings and not each.undo and run.status(each.id) == "ready"]
    return [*standing(run, plan), *(each for each in sets if run.facts(each.id).get("created", True))]


def _ended(run: Run, plan: Plan) -> set[str]:
    """What was not meant to last and did not; what somebody did to it afterwards is theirs."""
    return {action.relieves for action in plan.actions if action.relieves and run.status(action.id) == "ready"}


def _adopt_first(actions: Iterable[Action], carrier: Carrier) -> None:
    """What was made though its answer never came is known as this run's before others are looked for."""
    for action in actions:
        if carrier.run.status(action.id) == "intent":
            try:
                find_out(action, carrier)
            except CloudError:  # it is told when the action's own turn comes
                continue
        with suppress(CloudError):
            note_seen(action, carrier)
