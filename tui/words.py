"""How answers, plans, events and receipts read: the words that all three faces share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import flows
from flows.engine import (
    Asking,
    ByHand,
    Caution,
    Event,
    Finding,
    Flow,
    Grade,
    Handover,
    Happening,
    Identity,
    Left,
    Line,
    Place,
    Problem,
    Review,
    Run,
    Session,
    put_back,
    shell,
)  # fmt: skip
from flows.engine.board import Board, Row
from flows.engine.deeds import Deed, deed
from flows.engine.endpoints import addresses
from flows.engine.look import Looked, State
from flows.engine.repair import READ_ONLY, why_not
from flows.engine.task import Outcome
from flows.engine.verdict import Status, Verdict
from flows.menu import SET_UPS

from .called import as_called
from .costs import cost, parts, total
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
    text = f"[{found.grade}] {line(found.sentence)}"
    return f"{text} {line(found.remedy)}" if found.remedy and found.grade is not Grade.PROVED else text


RIGHT = (Grade.PROVED, Grade.PREDICTED)
"""Grades of what is as it should be."""
IF_NOT_MEANT = "If it is to be otherwise: "


def optional(found: Finding) -> bool:
    """Whether it is as it should be, and could be otherwise: for some people it is not as they mean it."""
    return found.grade in RIGHT and bool(found.remedy or found.repair)


def optionally(found: Finding) -> str:
    """What to do about it for whom it is not as they mean it."""
    says_so = "If " in found.remedy or " unless " in found.remedy
    return f"{'' if says_so else IF_NOT_MEANT}{line(found.remedy)}"


VERDICTS = {
    Status.WORKS: "It works: everything on the way was looked at.",
    Status.WORKS_BUT: "It works, but: ",
    Status.BROKEN: "It does not work: ",
    Status.WAITING: "It waits: ",
    Status.UNKNOWN: "Whether it works cannot be told: ",
}


ON_THE_BOARD = {
    Status.BROKEN: "broken",
    Status.UNKNOWN: "not known",
    Status.WAITING: "waiting",
    Status.WORKS_BUT: "working with a caution",
    Status.WORKS: "working",
}


def verdict(told: Verdict) -> str:
    """What a check comes to, in one sentence."""
    because = told.because
    if told.status is Status.UNKNOWN and not because:
        return VERDICTS[told.status] + "nothing could be looked at."
    if told.status is Status.WORKS and any(map(outside, told.findings)):
        return f"{VERDICTS[told.status]} What is outside of it was not."
    return VERDICTS[told.status] + (line(because.sentence) if because else "")


def outside(found: Finding) -> bool:
    """Whether it was not looked at, and need not be for what is on the way to work."""
    return found.aside and found.grade is Grade.NOT_CHECKED


def cause_first(told: Verdict) -> list[Finding]:
    """What was found, beginning with what the verdict is because of; what is outside comes last."""
    return sorted(told.findings, key=lambda each: (each.id != told.cause, outside(each)))


def done_by(told: Verdict, further: Mapping[str, str], way: str) -> Verdict:
    """The same, with the way of the face at hand, such as a key, in remedies that say `--set` what looks further."""

    def said(remedy: str) -> str:
        for key, value in further.items():
            remedy = remedy.replace(f"--set {key}={value}", way)
        return remedy

    return replace(told, findings=tuple(replace(each, remedy=said(each.remedy)) for each in told.findings))


def checked(flow: type[Flow], told: Verdict, place: Place) -> list[str]:
    """What a check found: the verdict, what it is because of, then the rest; with each what it was seen in, and what
    mends it, or why nothing does from here."""
    lines = [verdict(told)]
    for found in cause_first(told):
        right = optional(found) and found.remedy
        lines += [f"[{found.grade}] {line(found.sentence)} {optionally(found)}" if right else finding(found)]
        lines += [f"          why it matters: {found.why}"] if found.why and found.grade not in RIGHT else []
        lines += [f"          seen in: {line(found.evidence)}"] if found.evidence else []
        if found.repair:
            lines += [f"          repair: --fix {line(found.repair)}"]
        elif not place.read_only and (why := why_not(flow, found, told.findings)):
            lines += [f"          no repair: {why}"]
    return [*lines, READ_ONLY] if place.read_only and told.status is not Status.WORKS else lines


def thing(each: Row) -> str:
    """What one thing on the board is and what it is called; where there is no name, it is the list of them."""
    return f"{flows.find(each.flow).check.what}: {line(each.name) or 'the list of them'}"


def row(each: Row) -> str:
    """One thing on the board: how it stands, and what it is because of."""
    because = each.verdict.because
    why = f" – {line(because.sentence)}" if because else ""
    return f"[{each.verdict.status.value.replace('_', ' ')}] {thing(each)}{why}"


def board(seen: Board) -> list[str]:
    """Everything in the region, worst first, and what was left out; the first line says how all of it stands."""
    rows = seen.sorted()
    counts = Counter(each.verdict.status for each in rows)
    told = listed(f"{count} {ON_THE_BOARD[status]}" for status in Status if (count := counts[status]))
    region = seen.identity.region
    things = "1 thing" if len(rows) == 1 else f"{len(rows)} things"
    lines = [f"Of {things} in {region}: {told}." if rows else f"There is nothing to check in {region}."]
    lines += [row(each) for each in rows]
    for flow, reaches in seen.left_out.items():
        how = "that is not done in read-only mode" if seen.place.read_only else "that needs a yes"
        lines.append(f"Left out: {flows.find(flow).check.what}. Its check {reaches}; {how}.")
    return lines


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
    return [f"Left to do: {line(steps[0])}", f"{more}{as_called(shell.handrail('runs', run))}"]


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


def as_of(*, changed: bool | None, now: datetime | None = None) -> str:
    """What looking once more came to, and when that was; None where nobody had looked before."""
    clock = (now or datetime.now(UTC)).astimezone().strftime("%H:%M:%S")
    if changed is None:
        return f"As of {clock}."
    return f"As of {clock}, something changed." if changed else f"As of {clock}, nothing changed."


LOOKS = {State.AS_LEFT: "as left", State.CHANGED: "CHANGED", State.GONE: "GONE", State.UNKNOWN: "unknown"}


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


def listed(words: Iterable[str]) -> str:
    """Words as a list in a sentence."""
    words = list(words)
    return ", ".join(words[:-1]) + f" and {words[-1]}" if len(words) > 1 else "".join(words)


def still(rest: Left) -> str:
    """What something that is left goes on costing, as a sentence; empty if nothing."""
    how = "Costs by use" if rest.by_use else "Still costs money"
    return f" {how}: {line(rest.costs).rstrip('.')}." if rest.costs else ""
