"""How answers, plans, events and receipts read: the words that all three faces share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from flows.engine import (
    Asking,
    ByHand,
    Caution,
    Event,
    Finding,
    Grade,
    Handover,
    Happening,
    Identity,
    Left,
    Line,
    Place,
    Problem,
    Review,
    Session,
    shell,
)
from flows.engine.deeds import Deed, deed
from flows.engine.endpoints import addresses
from flows.engine.task import Outcome
from flows.menu import SET_UPS

from .called import as_called
from .costs import parts, total
from .safe import line, shown

HAPPENINGS = {
    Happening.STARTED: "begun",
    Happening.WAITING: "waiting",
    Happening.DONE: "done",
    Happening.EXISTED: "was there",
    Happening.FAILED: "FAILED",
    Happening.IN_DOUBT: "IN DOUBT",
    Happening.STOPPED: "stopped",
    Happening.UNDOING: "being taken back",
    Happening.REMOVED: "gone",
    Happening.RESTORED: "put back",
    Happening.GONE: "was gone",
    Happening.LEFT: "LEFT",
}


def resume(run: str) -> str:
    """The command that goes on with a run."""
    return as_called(shell.handrail("resume", run))


def details(run: str) -> str:
    """The command that shows a run."""
    return as_called(shell.handrail("runs", run))


def undo(run: str) -> str:
    """The command that takes a run back."""
    return as_called(shell.handrail("undo", run))


def where(identity: Identity, place: Place) -> str:
    """The account, region and profile, the address if it is not AWS's, and PRACTICE, READ-ONLY or PRODUCTION where they
    apply."""
    account = f"{line(identity.alias)} {identity.account}".strip() or "unknown account"
    kinds = (
        ("PRACTICE", place.practice), ("READ-ONLY", place.read_only),
        ("PRODUCTION", bool(production_name(identity, place))),
    )  # fmt: skip
    marks = [word for word, on in kinds if on]
    profile = [f"profile {line(place.profile)}"] if place.profile else []
    endpoint = [f"at {line(address)}" for address in addresses(identity.endpoint_url, identity.endpoints)]
    return " · ".join([*marks, account, identity.region, *profile, *endpoint])


STEPS = (45, 30, 15, 5)
"""Minutes at which less than an hour is told anew: a clock would keep a slow line busy."""


def left(ends: datetime | None, now: datetime | None = None) -> str:
    """How long a sign-in lasts, in words; empty where it does not end."""
    if ends is None:
        return ""
    minutes = (ends - (now or datetime.now(UTC))).total_seconds() / 60
    if minutes <= 0:
        return "expired"
    if minutes >= 60:
        return f"{int(minutes // 60)} h left"
    return f"{next((step for step in STEPS if step <= minutes), 1)} min left"


def told_anew(ends: datetime, now: datetime | None = None) -> float:
    """Seconds until `left` says something else; 0 if it never will."""
    seconds = (ends - (now or datetime.now(UTC))).total_seconds()
    if seconds <= 0:
        return 0
    if seconds >= 3600:
        return seconds % 3600 + 1
    return seconds - next((step * 60 for step in STEPS if step * 60 <= seconds), 0) + 1


def production_name(identity: Identity, place: Place) -> str:
    """What to type before anything is created in an account that looks like production; empty elsewhere."""
    if place.practice or not any("prod" in word.lower() for word in (identity.alias, place.profile)):
        return ""
    return line(identity.alias or place.profile or identity.account)


def problem(trouble: Problem) -> str:
    """A problem in full: what, why and what to do."""
    parts = (trouble.what, trouble.why, remedy(trouble), instead(trouble.instead))
    return as_called("\n".join(shown(part) for part in parts if part))


def instead(name: str) -> str:
    """The set-up that fits better, by its title and the command that begins it; nothing for none."""
    return f"“{SET_UPS[name][0]}” fits better: {shell.handrail('run', name)}" if name else ""


def remedy(trouble: Problem) -> str:
    """What to do, with the corrected value if there is one and nothing names it yet."""
    suggestion = trouble.suggestion or str(getattr(trouble.__cause__, "suggestion", ""))
    if not suggestion or suggestion in trouble.what or suggestion in trouble.remedy:
        return trouble.remedy
    return f"{trouble.remedy} Did you mean {suggestion}?".strip()


def finding(found: Finding) -> str:
    """What was found by lines: its grade in front."""
    return f"[{found.grade}] {with_remedy(found)}"


def with_remedy(found: Finding) -> str:
    """What was found, and what to do where it is not right."""
    text = line(found.sentence)
    return f"{text} {line(found.remedy)}" if found.remedy and found.grade is not Grade.PROVED else text


def ending(ended: Outcome) -> list[str]:
    """How a task ended; what may be run now is told apart."""
    if ended.shown:
        return [shown(each) for each in ended.shown.split("\n")]
    return [*(line(each) for each in ended.sentence.splitlines()), *(finding(each) for each in ended.findings)]


def danger(warning: Caution) -> str:
    """The word in front of a caution: what kind of danger it is, that it needs a yes, or that it is a remark."""
    return warning.danger or ("confirm" if warning.confirm else "note")


def caution(warning: Caution) -> str:
    return f"[{danger(warning)}] {line(told(warning))}"


def told(warning: Caution) -> str:
    """What there is to say, and which set-up fits better, if one does."""
    return " ".join(filter(None, (warning.message, instead(warning.instead))))


def dangers(cautions: Iterable[Caution]) -> list[Caution]:
    """What must not be overlooked: what cannot be taken back, opens, stops or deletes something, or costs much."""
    return [warning for warning in cautions if warning.danger]


def dangers_first(cautions: Iterable[Caution]) -> list[Caution]:
    """Dangers, what else needs a yes, and then the remarks."""
    return sorted(cautions, key=lambda warning: (warning.danger is None, not warning.confirm))


def position(asking: Asking) -> str:
    """Which question it is, of how many: "7 of 8", or "7 of 7 or 8" where it may be the last; empty for fine-tuning."""
    number, most = asking.position
    if number and number == asking.least < most:
        return f"{number} of {number} {'or' if most == number + 1 else 'to'} {most}"
    return f"{number} of {most}" if number else ""


def because(asking: Asking) -> str:
    """Why an answer is asked for again."""
    return f"{asking.question.label}: {asking.because}." if asking.because else ""


def event(happened: Event) -> str:
    """One line for one event."""
    text = f"{HAPPENINGS[happened.kind]:>9}  {line(happened.sentence)}"
    if happened.kind is Happening.WAITING:
        now = f": {line(happened.now)}" if happened.now and not happened.by_hand else ""
        return f"{text}{now} ({duration(happened.elapsed)}, usually {duration(happened.typical)})"
    return f"{text}\n{problem(happened.problem)}" if happened.problem else text


def news(happened: Event, seen: dict[str, str]) -> bool:
    """Whether an event says something new: a wait is told when it begins and when its state changes.

    `seen` is kept between calls; it holds the last state told for each action.
    """
    if happened.kind is Happening.WAITING and seen.get(happened.action) == happened.now:
        return False
    if happened.kind is Happening.WAITING:
        seen[happened.action] = happened.now
    return True


def shared_news(happened: Event, seen: set[int]) -> bool:
    """Whether a wait that several steps share is told: when it begins, and each time that it took as long as usual.

    `seen` is kept between calls.
    """
    times = int(happened.elapsed // max(happened.typical, 1))
    if times in seen:
        return False
    seen.add(times)
    return True


TO_DO = "What to do now"
IN_PRACTICE = "In practice somebody does it for you, a few seconds later."


def to_do(by_hand: Iterable[ByHand], place: Place) -> list[str]:
    """What a person has to do now, what they take along for it each on a line of its own; nothing where nothing is."""
    told: list[str] = []
    for each in by_hand:
        told.append(f"  {line(each.sentence)}")
        for label, value in each.rows:
            told += [f"  {line(label)}:", f"    {line(str(value))}"]
    told += [f"  {IN_PRACTICE}"] if told and place.practice else []
    return [f"{TO_DO}:", *told] if told else []


def left_to_do(steps: Sequence[str], run: str) -> list[str]:
    """What comes first of what a person has to do once a run is carried out, and where all of it stands."""
    if not steps:
        return []
    more = f"{len(steps) - 1} more: " if len(steps) > 1 else "Once more: "
    return [f"Left to do: {line(steps[0])}", f"{more}{details(run)}"]


def duration(seconds: float) -> str:
    """Seconds as people say them."""
    whole = int(seconds)
    return f"{whole} s" if whole < 90 else f"{round(whole / 60)} min"


def costs(review: Review) -> list[str]:
    """What it costs: the sum, then the parts; or that it costs nothing."""
    return [total(review.plan.costs), *parts(review.plan.costs)]


def steps(review: Review) -> list[str]:
    """The plan in plain sentences, what is used as it is first."""
    used = [f"{'= use':<8}  {line(use.sentence)} (it exists; undo leaves it)" for use in review.plan.uses]
    return used + [f"{signed(deed(action)):<8}  {line(action.sentence)}" for action in review.plan.actions]


SIGNS = {Deed.CREATE: "+ ", Deed.REMOVE: "- ", Deed.WAIT: ""}
"""How a step is marked beside its word: what is made, what goes, what only waits; all else is a change."""


def signed(what: Deed) -> str:
    """What a step does, as a sign and a word."""
    return f"{SIGNS.get(what, '~ ')}{what}"


def review(session: Session, seen: Review, also: Iterable[Caution] = ()) -> list[str]:
    """The whole review as lines of text, with what is `also` worth knowing: of the answers file itself."""
    lines = [f"[{danger(warning)}] {line(warning.short)}." for warning in dangers(seen.cautions)]
    lines += [session.flow.title, where(session.identity, session.place)]
    if given := [f"  {answer(each)}" for each in seen.answers if not each.defaulted]:
        lines += ["", "Your answers", *given]
    if fine := [f"  {answer(each)}" for each in seen.answers if each.defaulted]:
        lines += ["", "Fine-tuning (changed with --set, or from the review)", *fine]
    lines += ["", "What will be done", *(f"  {step}" for step in steps(seen))]
    lines += ["", "Checked beforehand", *(f"  {finding(found)}" for found in seen.findings)]
    if known := [*dangers_first(seen.cautions), *also]:
        lines += ["", "Worth knowing", *(f"  {caution(warning)}" for warning in known)]
    return [*lines, "", "What it costs", *(f"  {price}" for price in costs(seen)), ""]


def answer(each: Line) -> str:
    return f"{each.question.label} ({each.question.id}): {line(each.shown)}"


def not_right(done: Handover) -> str:
    """What the headline of a run has to add that was carried out and does not work, or not as it should; empty where
    nothing is wrong. What waits works later: only what would keep it from working then is said."""
    worst = [Grade.REFUSED] if done.waiting else [Grade.REFUSED, Grade.CAUTION]
    wrong = sorted((found for found in done.findings if found.grade in worst), key=lambda each: worst.index(each.grade))
    if not wrong:
        return ""
    how = "It does not work yet" if wrong[0].grade is Grade.REFUSED else "Not as it should be"
    return f"{how}: {line(wrong[0].sentence)}"


def listed(words: Iterable[str]) -> str:
    """Words as a list in a sentence."""
    words = list(words)
    return ", ".join(words[:-1]) + f" and {words[-1]}" if len(words) > 1 else "".join(words)


def still(rest: Left) -> str:
    """What something that is left goes on costing, as a sentence; empty if nothing."""
    how = "Costs by use" if rest.by_use else "Still costs money"
    return f" {how}: {line(rest.costs).rstrip('.')}." if rest.costs else ""
