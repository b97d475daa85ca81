"""What a check found, in rows: the verdict first, then the cause before what follows from it, then the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...safe import line
from ..widgets.lines import Said

if TYPE_CHECKING:
    from flows.engine import Finding, Flow
    from flows.engine.verdict import Verdict

STATUS_LOOKS = {"works": "good", "works_but": "warn", "waiting": "warn", "unknown": "warn", "broken": "bad"}
GRADE_LOOKS = {
    "proved": "good", "predicted": "muted", "not checked": "warn", "waiting": "warn", "caution": "warn",
    "refused": "bad",
}  # fmt: skip
GONE = Said("This is not found any more.", "now", "good")
BECAUSE, FOLLOWS, TOO = "Because", "What follows from it", "Not as it should be, either"
UNSEEN, FINE, OUTSIDE = "Could not be looked at", "Looked at, and right", "Outside, and not looked at"
OTHERWISE = "Not wrong, and perhaps not meant"
RIGHT = ("proved", "predicted")
"""Grades of what is as it should be."""


def finding_rows(
    told: Verdict, about: str, made: type[Flow], *, before: Verdict | None = None, read_only: bool = False
) -> list[Said]:
    """All of it.

    Args:
        told: what was found.
        about: what was looked at.
        made: the set-up that was checked.
        before: what was found before something was mended.
        read_only: whether nothing may be changed.
    """
    from flows.engine.repair import READ_ONLY, why_not

    from ... import verdicts

    rows = [
        Said(verdicts.verdict(told), told.status.replace("_", " "), STATUS_LOOKS[told.status]),
        Said(about, "looked at", "muted"),
    ]
    if read_only and told.status != "works":
        rows.append(Said(READ_ONLY, "repair", "muted"))
    rows += [Said(), Said("Before and after", kind="heading"), *changes(before, told)] if before else []
    for heading, found in parts(told).items():
        each_row = [finding_row(each, why_not(made, each, told.findings)) for each in found]
        rows += [Said(), Said(heading, kind="heading"), *each_row]
    return rows


def changes(before: Verdict, after: Verdict) -> list[Said]:
    """The verdicts, and each thing that stands otherwise now, before beside after."""
    from ... import verdicts

    rows = [
        Said(verdicts.verdict(before), "before", "muted"),
        Said(verdicts.verdict(after), "after", STATUS_LOOKS[after.status]),
    ]
    now = {each.id: each for each in after.findings}
    for was in before.findings:
        found = now.get(was.id)
        if found is None or found.grade is not was.grade:
            rows.append(Said(line(was.sentence), f"{was.grade}", "muted"))
            rows.append(Said(line(found.sentence), f"now {found.grade}", GRADE_LOOKS[found.grade]) if found else GONE)
    return rows


def parts(told: Verdict) -> dict[str, list[Finding]]:
    """Each heading with what stands under it; each finding stands in one part."""
    from ... import verdicts

    found: dict[str, list[Finding]] = {
        heading: [] for heading in (BECAUSE, FOLLOWS, TOO, UNSEEN, OTHERWISE, FINE, OUTSIDE)
    }
    behind = {told.cause}
    for each in told.findings:
        if each.grade in RIGHT:
            heading = OTHERWISE if verdicts.optional(each) else FINE
        elif each.id == told.cause:
            heading = BECAUSE
        elif behind.intersection(each.follows):
            behind.add(each.id)
            heading = FOLLOWS
        elif each.grade == "not checked":
            heading = OUTSIDE if verdicts.outside(each) else UNSEEN
        else:
            heading = TOO
        found[heading].append(each)
    return {heading: some for heading, some in found.items() if some}


def finding_row(found: Finding, beyond: str = "") -> Said:
    """One finding; what is not right says what to do, and where it was seen.

    `beyond` is why it is not mended from here.
    """
    from ... import verdicts

    told = [line(found.sentence)]
    told += [f"Do: {line(found.remedy)}"] if found.remedy and found.grade not in RIGHT else []
    told += [verdicts.optionally(found)] if verdicts.optional(found) and found.remedy else []
    mends = "f does it." if found.grade in RIGHT else "f mends it."
    told += [mends] if found.repair else [f"No repair from here: {line(beyond)}"] if beyond else []
    told += [f"Seen in: {line(found.evidence)}"] if found.evidence and found.grade not in RIGHT else []
    return Said("\n".join(told), found.grade, GRADE_LOOKS[found.grade], f"finding:{found.id}")


def one_finding(found: Finding, told: Verdict) -> list[Said]:
    """All that is known of a finding."""
    rows = [Said(line(found.sentence), found.grade, GRADE_LOOKS[found.grade])]
    rows += [Said(found.why, "it matters", "muted")] if found.why else []
    rows += [Said(line(found.evidence), "seen in", "muted")] if found.evidence else []
    rows += [Said(line(found.remedy), "do", "point")] if found.remedy else []
    sentences = {each.id: line(each.sentence) for each in told.findings}
    rows += [Said(sentences[each], "because", "muted") for each in found.follows if each in sentences]
    rows += [
        Said(line(each.sentence), "so", GRADE_LOOKS[each.grade]) for each in told.findings if found.id in each.follows
    ]
    if found.aside:
        rows.append(
            Said("This is not on the way, or not AWS's: what is on the way may work all the same.", "aside", "muted")
        )
    return rows
