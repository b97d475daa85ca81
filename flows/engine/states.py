"""What a session says comes next: a question with its options, or the review of everything that was answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from .flow import Finding, Grade
from .options import Caution, Option
from .permissions import Need, actions
from .plan import Plan
from .problems import Problem
from .questions import Question


class Listed(StrEnum):
    """How a look-up of options ended. (While it runs, the front end says "loading".)"""

    ITEMS = "items"
    EMPTY = "empty"
    DENIED = "denied"
    FAILED = "failed"


@dataclass(frozen=True)
class Offer:
    """The options of a question, or why there are none. Never silently empty.

    `read_at` is the wall-clock time of the look-up; `way_out` says what to do when there is nothing.
    `typed` says whether something else may be typed as well.
    `rest` reads on where there are more than those of the first page: it asks AWS as it is gone through, once and
    by any thread, and raises Problem. None if this is all.
    """

    listed: Listed
    options: tuple[Option[Any], ...] = ()
    read_at: str = ""
    way_out: str = ""
    typed: bool = False
    rest: Iterator[Option[Any]] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Asking:
    """Show this question, filled in with `said`.

    Args:
        question: what to ask.
        offer: what there is to pick from; None for typed answers.
        said: the raw reply to start from: what was said before, or the default.
        problem: why what was said is not accepted.
        cautions: what needs a conscious yes before this answer counts: `accept` their ids, or answer otherwise.
        because: why an answer that was given needs another look; empty otherwise.
        position: which question this is, and of how many at the most; (0, 0) for fine-tuning.
        example: `said` is an example that nobody gave; whoever types replaces it.
        least: how many questions it will be at least, by what was answered.
    """

    question: Question[Any]
    offer: Offer | None
    said: object
    problem: Problem | None = None
    cautions: tuple[Caution, ...] = ()
    because: str = ""
    position: tuple[int, int] = (0, 0)
    example: bool = False
    least: int = 0


@dataclass(frozen=True)
class Line:
    """One answer as a list of answers shows it; `value` is what it means."""

    question: Question[Any]
    shown: str
    raw: object
    defaulted: bool
    value: Any = None


@dataclass(frozen=True)
class Review:
    """Everything a person should see before confirming.

    Args:
        answers: what was said, and the fine-tuning with its values.
        plan: what will be done.
        findings: what was checked, and how sure that is.
        cautions: what to think about.
        needs: what must be allowed to do it and to take it back.
        looks: what must be allowed for the reading alone.
        there: what must be allowed in each other account, by the profile with which something is done there.
    """

    answers: tuple[Line, ...]
    plan: Plan
    findings: tuple[Finding, ...]
    cautions: tuple[Caution, ...]
    needs: tuple[Need, ...]
    looks: tuple[Need, ...]
    there: Mapping[str, tuple[Need, ...]] = field(default_factory=dict)

    @property
    def permissions(self) -> tuple[str, ...]:
        """The IAM actions that it needs."""
        return actions(self.needs)

    @property
    def agreements(self) -> tuple[str, ...]:
        """What needs a conscious yes, whoever does it and with what."""
        return tuple(dict.fromkeys(caution.message for caution in self.cautions if caution.confirm))

    @property
    def refusals(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.grade is Grade.REFUSED)


@dataclass(frozen=True)
class Reviewing:
    """Everything is answered."""

    review: Review


State = Asking | Reviewing
