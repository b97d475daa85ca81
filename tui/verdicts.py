"""How findings, verdicts and the board of a region read: the words of checks that all three faces share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import flows
from flows.engine import (
    Finding,
    Flow,
    Grade,
    Place,
)
from flows.engine.board import Board, Row
from flows.engine.repair import READ_ONLY, why_not
from flows.engine.verdict import Status, Verdict

from .safe import line
from .words import finding, listed

RIGHT = (Grade.PROVED, Grade.PREDICTED)
"""Grades of what is as it should be."""
IF_NOT_MEANT = "If it is to be otherwise: "
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


def optional(found: Finding) -> bool:
    """Whether it is as it should be, and could be otherwise: for some people it is not as they mean it."""
    return found.grade in RIGHT and bool(found.remedy or found.repair)


def optionally(found: Finding) -> str:
    """What to do about it for whom it is not as they mean it."""
    says_so = "If " in found.remedy or " unless " in found.remedy
    return f"{'' if says_so else IF_NOT_MEANT}{line(found.remedy)}"


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
