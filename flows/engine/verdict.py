"""What a check comes to: one of five words, the same for every set-up, and the finding that it is because of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from .flow import Finding, Grade


class Status(StrEnum):
    """How something stands, from the worst that was found to the best."""

    BROKEN = "broken"
    """Something on the way is not as it must be."""
    UNKNOWN = "unknown"
    """Nothing is known to be wrong, but not everything on the way could be looked at."""
    WAITING = "waiting"
    """It never worked yet, because something that is not AWS's to do has not been done."""
    WORKS_BUT = "works_but"
    """It works, and there is something that should not stay so: not redundant, an old way, open to everybody."""
    WORKS = "works"
    """Everything on the way was looked at, and is right."""


@dataclass(frozen=True)
class Verdict:
    """What a check found.

    Args:
        status: how it stands.
        cause: the id of the finding that it is because of; empty if it works.
        findings: all of them, each after those that it follows from.
    """

    status: Status
    cause: str
    findings: tuple[Finding, ...]

    @property
    def because(self) -> Finding | None:
        """The finding that it is because of."""
        return next((each for each in self.findings if each.id == self.cause), None)


_WORST_FIRST = {
    Grade.REFUSED: Status.BROKEN,
    Grade.NOT_CHECKED: Status.UNKNOWN,
    Grade.WAITING: Status.WAITING,
    Grade.CAUTION: Status.WORKS_BUT,
}


def verdict(found: Iterable[Finding]) -> Verdict:
    """Work out how something stands from what was found of it. Where nothing was looked at, that is unknown."""
    findings = in_order(found)
    on_the_way = [each for each in findings if not (each.aside and each.grade is Grade.NOT_CHECKED)]
    for grade, status in _WORST_FIRST.items():
        if such := [each for each in on_the_way if each.grade is grade]:
            first = next((each for each in such if not _follows(each, findings)), such[0])
            return Verdict(status, first.id, findings)
    return Verdict(Status.WORKS if on_the_way else Status.UNKNOWN, "", findings)


def in_order(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """As they were found, except that a consequence stands after what it follows from."""
    left, ordered = list(found), list[Finding]()
    while left:
        waited = {each.id for each in left}
        first = next((each for each in left if waited.isdisjoint(set(each.follows) - {each.id})), left[0])
        left.remove(first)
        ordered.append(first)
    return tuple(ordered)


def _follows(one: Finding, findings: tuple[Finding, ...]) -> bool:
    """Whether something else that is wrong, or could not be looked at, is behind it."""
    behind = {each.id for each in findings if each.grade in (Grade.REFUSED, Grade.NOT_CHECKED)} - {one.id}
    return not behind.isdisjoint(one.follows)
