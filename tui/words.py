"""How answers, plans, events and receipts read: the words that all three faces share."""

from __future__ import annotations

from collections.abc import Iterable

from flows.engine import Asking, Caution, Event, Finding, Grade, Happening, Identity, Place, Problem, Receipt, Review
from flows.engine.plan import Cost

from .safe import line, shown

MARKS = {
    Grade.PROVED: "ok",
    Grade.PREDICTED: "likely",
    Grade.NOT_CHECKED: "unknown",
    Grade.WAITING: "waiting",
    Grade.REFUSED: "stop",
}
"""A word for each grade, because colour alone says nothing to many."""

HAPPENINGS = {
    Happening.STARTED: "begun",
    Happening.WAITING: "waiting",
    Happening.DONE: "done",
    Happening.EXISTED: "was there",
    Happening.FAILED: "FAILED",
    Happening.IN_DOUBT: "IN DOUBT",
    Happening.STOPPED: "stopped",
    Happening.UNDOING: "undoing",
    Happening.REMOVED: "removed",
    Happening.RESTORED: "restored",
    Happening.LEFT: "LEFT",
}


def where(identity: Identity, place: Place) -> str:
    """The account, region and profile, and PRACTICE or READ-ONLY where they apply."""
    account = f"{line(identity.alias)} {identity.account}".strip() or "unknown account"
    marks = [word for word, on in (("PRACTICE", place.practice), ("READ-ONLY", place.read_only)) if on]
    profile = [f"profile {line(place.profile)}"] if place.profile else []
    endpoint = [f"at {line(place.endpoint_url)}"] if place.endpoint_url else []
    return " · ".join([*marks, account, identity.region, *profile, *endpoint])


def problem(trouble: Problem) -> str:
    """A problem in full: what, why and what to do."""
    return "\n".join(shown(part) for part in (trouble.what, trouble.why, trouble.remedy) if part)


def finding(found: Finding) -> str:
    text = f"[{MARKS[found.grade]}] {line(found.sentence)}"
    return f"{text} {line(found.remedy)}" if found.remedy and found.grade is not Grade.PROVED else text


def caution(warning: Caution) -> str:
    return f"[{'confirm' if warning.confirm else 'note'}] {line(warning.message)}"


def because(asking: Asking) -> str:
    """Why an answer is asked for again."""
    return f"{asking.question.label} {asking.because}." if asking.because else ""


def event(happened: Event) -> str:
    """One line for one event."""
    text = f"{HAPPENINGS[happened.kind]:>9}  {line(happened.sentence)}"
    if happened.kind is Happening.WAITING:
        now = f": {line(happened.now)}" if happened.now else ""
        return f"{text}{now} ({duration(happened.elapsed)}, usually {duration(happened.typical)})"
    return f"{text}\n{problem(happened.problem)}" if happened.problem else text


def duration(seconds: float) -> str:
    """Seconds as people say them."""
    whole = int(seconds)
    return f"{whole} s" if whole < 90 else f"{round(whole / 60)} min"


def cost(price: Cost) -> str:
    month = f", about {price.usd_per_month:.2f} USD a month"
    return f"{price.what}: about {price.usd_per_hour} USD an hour{month} (as of {price.as_of}, without tax)."


def costs(review: Review) -> list[str]:
    """What it costs, or that it costs nothing."""
    prices = review.plan.costs
    if not prices:
        return ["Nothing in this plan costs anything by itself."]
    return [text for price in prices for text in (cost(price), price.note, f"Source: {price.source}.") if text]


def steps(review: Review) -> list[str]:
    """The plan in plain sentences, what is used as it is first."""
    used = [f"= {line(use.sentence)} (it exists; undo leaves it)" for use in review.plan.uses]
    return used + [f"+ {line(action.sentence)}" for action in review.plan.actions]


def receipt(done: Receipt) -> list[str]:
    """What an undo did, line by line."""
    lines = [f"  removed  {line(what)}" for what in done.removed]
    lines += [f" restored  {line(what)}" for what in done.restored]
    lines += [f"     left  {line(rest.what)}: {line(rest.why)}{_still(rest.costs)}" for rest in done.left]
    ends = "Everything is as it was before." if done.complete else "Not everything could be taken back; see above."
    return [*lines, ends]


def listed(words: Iterable[str]) -> str:
    """Words as a list in a sentence."""
    words = list(words)
    return ", ".join(words[:-1]) + f" and {words[-1]}" if len(words) > 1 else "".join(words)


def _still(costs_: str) -> str:
    return f" Still costs money: {line(costs_)}." if costs_ else ""
