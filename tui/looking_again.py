"""How a run reads that is looked at again: what of it is as it was left, and what is not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from flows.engine import (
    Run,
    Session,
    put_back,
)
from flows.engine.look import Looked, State

from .costs import cost
from .safe import line
from .words import listed, resume, undo

LOOKS = {State.AS_LEFT: "as left", State.CHANGED: "CHANGED", State.GONE: "GONE", State.UNKNOWN: "unknown"}


def as_of(*, changed: bool | None, now: datetime | None = None) -> str:
    """What looking once more came to, and when that was; None where nobody had looked before."""
    clock = (now or datetime.now(UTC)).astimezone().strftime("%H:%M:%S")
    if changed is None:
        return f"As of {clock}."
    return f"As of {clock}, something changed." if changed else f"As of {clock}, nothing changed."


def how_it_stands(seen: Iterable[Looked]) -> str:
    """Whether a run is still as it was left, in one sentence."""
    seen = list(seen)
    count = {state: sum(each.state is state for each in seen) for state in State}
    if not seen:
        return "Nothing of this run stands."
    if count[State.AS_LEFT] == len(seen):
        return f"Everything is as this run left it ({len(seen)} looked at)."
    parts = [f"{number} {'is' if number == 1 else 'are'} gone" for number in [count[State.GONE]] if number]
    parts += [f"{number} {'was' if number == 1 else 'were'} changed" for number in [count[State.CHANGED]] if number]
    parts += [f"{number} cannot be told" for number in [count[State.UNKNOWN]] if number]
    moved = count[State.GONE] + count[State.CHANGED]
    lead = "It is not as this run left it" if moved else "What could be seen is as this run left it"
    lead = "Whether it is as this run left it is not known" if count[State.UNKNOWN] == len(seen) else lead
    return f"{lead}: of {len(seen)} steps {listed(parts)}."


def not_carried_out(run: Run) -> str:
    """What a look says nothing of, since it was never done, or is being taken back; empty where the whole plan was."""
    if run.record.status == "undoing":
        return f"An undo of it did not come to its end; others took nothing of that. Go on with: {undo(run.id)}"
    if run.plan is None or run.record.status not in ("applying", "failed"):
        return ""
    count = sum(run.status(each.id) in ("", "refused") for each in run.plan.actions)
    steps = "1 step of its plan is" if count == 1 else f"{count} steps of its plan are"
    return f"{steps} not carried out. Go on with: {resume(run.id)}" if count else ""


def not_as_left(found: Iterable[Looked]) -> list[Looked]:
    """What was changed or is gone."""
    return [each for each in found if each.state in put_back.MOVED]


def can_be_put_back(session: Session, found: Iterable[Looked]) -> list[str]:
    """The ids of the steps that can be put back from here."""
    return [] if session.run is None or session.place.read_only else put_back.can(session.run, found)


def why_not_put_back(run: Run, found: Iterable[Looked], one: Looked) -> list[str]:
    """Why something is not put back from here, and what to do instead; nothing where it can be."""
    why = put_back.cannot(run, found).get(one.action)
    return [f"It is not put back from here: {why}."] if why else []


def looked(run: Run, found: Iterable[Looked]) -> list[str]:
    """How each step of a run stands now, in lines: what is not as it was left first, and what costs money now."""
    found = list(found)
    lines = [each for each in (how_it_stands(found), not_carried_out(run)) if each] + [""]
    for each in sorted(found, key=lambda each: each.state in (State.AS_LEFT, State.UNKNOWN)):
        lines.append(f"{LOOKS[each.state]:>9}  {line(each.what)}")
        lines += [f"{'':>11}{text}" for text in (*moved(each), *why_not_put_back(run, found, each))]
    prices = [each for each in found if costs_now(each)]
    return [*lines, "", "It costs now", *([f"  {costs_now(each)}" for each in prices] or ["  Nothing by itself."])]


def accepted(taken: Iterable[str], found: Iterable[Looked]) -> str:
    """What was said to stay as it is, in a sentence."""
    taken, still = set(taken), not_as_left(found)
    rest = [line(each.what) for each in still if each.action not in taken]
    said = f"Accepted: {len(still) - len(rest)} of {len(still)}."
    return f"{said} It cannot be said of: {'; '.join(rest)}." if rest else said


def moved(seen: Looked) -> list[str]:
    """What something was and is, and who changed it; why it cannot be told; nothing where it is as it was left."""
    match seen.state:
        case State.AS_LEFT:
            return []
        case State.UNKNOWN:
            return [line(seen.now)]
        case State.GONE:
            return [f"was: {line(seen.was)}", f"by:  {line(seen.by)}"]
    return [f"was: {line(seen.was)}", f"is:  {line(seen.now)}", f"by:  {line(seen.by)}"]


def costs_now(seen: Looked) -> str:
    """What a step's things cost now; empty where nothing."""
    prices = " ".join(cost(price) for price in seen.costs)
    prices += f"{line(seen.what)}: {line(seen.pays).rstrip('.')}." if seen.pays else ""
    return f"If it is there still: {prices}" if prices and seen.state is State.UNKNOWN else prices
