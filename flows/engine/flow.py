"""A set-up: questions in order, and what their answers lead to.

A `Flow` *class* is the definition; an *instance* is a set of answers in one account (see `asked`), so that inside
`plan()`, too, `self.vpc` simply is the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise
from typing import Any, ClassVar

from .actions import Action
from .asked import Asked
from .check import Check
from .cloud import Cloud
from .options import Caution
from .picture import Picture
from .plan import Plan, Use
from .problems import Refused

SET_UP, REPAIR = "set-up", "repair"
"""What a run may be of."""


class Grade(StrEnum):
    """How sure a finding is."""

    PROVED = "proved"
    """Read in the account just now."""
    PREDICTED = "predicted"
    """Follows from what was read, but only doing it would prove it."""
    NOT_CHECKED = "not checked"
    """Could not be looked at, and is not claimed."""
    WAITING = "waiting"
    """Waits for something that is not Handrail's or AWS's to do."""
    CAUTION = "caution"
    """It works, and should not stay so."""
    REFUSED = "refused"
    """Would fail, or does not work."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, before, after or long after applying.

    Args:
        id: stable name of what was looked at; where there are several of a kind, with the thing: `routes:rtb-0abc`.
        grade: how sure.
        sentence: what was found.
        evidence: what it was read from.
        remedy: what to do about it.
        aside: whether it is not on the way of what was asked about, or out of AWS's reach, such as the clients of a
            database: where it was not checked, the rest may still be said to work.
        follows: ids of the findings that it is a consequence of.
        repair: what `--fix` calls the way to mend it; empty if there is none.
        mend: makes that way: what is done and used, what must be agreed to, and what stands in the way.
        why: why it matters, for somebody who has never heard of it; a check adds it from `Flow.matters`.
        beyond: why no repair mends it, where that is another reason than its rule's in `Flow.beyond`.
    """

    id: str
    grade: Grade
    sentence: str
    evidence: str = ""
    remedy: str = ""
    aside: bool = False
    follows: tuple[str, ...] = ()
    repair: str = ""
    mend: Mend | None = field(default=None, compare=False, repr=False)
    why: str = field(default="", compare=False, repr=False)
    beyond: str = field(default="", compare=False, repr=False)

    def of_rule(self, said: Mapping[str, str]) -> str:
        """What is said of the rule that found it, by the beginning of its id, the longest that fits; "" for nothing."""
        about = (each for each in said if self.id == each or self.id.startswith((f"{each}:", f"{each}-")))
        return said.get(max(about, key=len, default=""), "")

    def mended_by(self, mend: Mend | None) -> Finding:
        """The same, with a way to mend it that has its id, if there is one."""
        return replace(self, repair=self.id, mend=mend) if mend else self


Mend = Callable[[Cloud], Iterable["Action | Use | Caution | Finding"]]
"""Reads of the account what it needs, and says what mending comes to, as a part of a plan. May raise Problem."""


@dataclass(frozen=True)
class Handover:
    """What a person has in hand when a set-up is done.

    Args:
        outputs: names and values worth knowing; no secrets.
        files: file name to content; written with mode 0600.
        next_steps: what to do now, one sentence each.
        findings: whether it really works.
        waiting: what is being waited for outside Handrail; empty if nothing.
        done: of what there was to do, what was seen to be done.
        notes: what is good to know and nothing to do now: what it costs, what comes later.
    """

    outputs: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    next_steps: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    waiting: str = ""
    done: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def parted(*steps: tuple[str, bool]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of steps, each with whether it was seen to be done: those that are to do now, and those that are done."""
    return tuple(step for step, done in steps if not done), tuple(step for step, done in steps if done)


def was_proved(findings: Iterable[Finding], *ids: str) -> bool:
    """Whether one of the findings with these ids was proved; `file` is also that of each `file:…`."""
    return any(each.grade is Grade.PROVED and {each.id, each.id.partition(":")[0]} & {*ids} for each in findings)


class Flow(Asked):
    """Base of every set-up. The first line of a set-up's docstring is its summary.

    Attributes:
        check: what is asked before one that exists is looked at.
        subject: the keys that `diagnose` is given, each with its question.
        enough: sets of those keys, one of which names a thing.
        came_for: the outputs that somebody wants first, such as the address of a site.
        beyond: what a check finds that no repair mends, by the beginning of its id, and why not.
        matters: why each thing that a check looks at matters, by the beginning of its id.
        picture: what will be there, drawn.
        kind: what its runs are of.
        given: what they are about, where nothing is asked.
        consents: what may need a conscious yes, by the key of the question it is about ("": the review): the id that
            `--accept` names, and what is said yes to.
    """

    check: ClassVar[type[Check]] = Check
    subject: ClassVar[Mapping[str, str]] = {}
    enough: ClassVar[tuple[tuple[str, ...], ...]] = ()
    came_for: ClassVar[tuple[str, ...]] = ()
    beyond: ClassVar[Mapping[str, str]] = {}
    matters: ClassVar[Mapping[str, str]] = {}
    picture: ClassVar[Picture | None] = None
    kind: ClassVar[str] = SET_UP
    given: ClassVar[Mapping[str, str]] = {}
    consents: ClassVar[Mapping[str, Mapping[str, str]]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.subject, cls.enough = {each.id: each.ask for each in cls.check.questions}, cls.check.enough()

    def plan(self) -> Plan:
        """What the answers lead to. Reads the account, changes nothing."""
        raise NotImplementedError

    def checks(self) -> Iterable[Finding | Caution]:
        """What could stand in the way; read-only."""
        return ()

    @classmethod
    def handover(cls, cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
        """What the person gets once the plan has run: built from the journalled outputs and facts alone."""
        return Handover(outputs=outputs)

    @classmethod
    def stops(cls, cloud: Cloud, outputs: Mapping[str, str]) -> Iterable[str]:
        """What works at this moment by what was made, and stops once that is taken back, a sentence each; read-only.

        Only what an undo does not say by itself: whether somebody uses it. Raises CloudError.
        """
        return ()

    @classmethod
    def script(cls, given: Mapping[str, Any]) -> str:
        """What runs on a machine, alone, so that it can be read and run anywhere; `given` are some answers."""
        raise Refused(f"{cls.id} runs nothing on a machine.", remedy="Choose another format.")

    @classmethod
    def diagnose(cls, cloud: Cloud, subject: Mapping[str, str]) -> Iterable[Finding]:
        """Does a set-up that exists work? `subject` names it by the keys of `cls.subject`; read-only."""
        raise Refused(f"There is no check for {cls.id}.")

    # -- the machine, drawn ------------------------------------------------------------------------------

    @classmethod
    def edges(cls) -> Iterator[tuple[str, str, str]]:
        """(from, to, because) for every step from one state to the next."""
        seen: set[tuple[str, str]] = set()
        for route in cls.routes():
            stops = [("[*]", ""), *((q.id, str(q.when)) for q in route), ("review", "")]
            for (source, _), (target, why) in pairwise(stops):
                if (source, target) not in seen:
                    seen.add((source, target))
                    yield source, target, why
        yield from _AFTER_REVIEW

    @classmethod
    def mermaid(cls) -> str:
        """The state machine as a Mermaid diagram."""
        lines = (f"    {a} --> {b}" + (f": {why}" if why else "") for a, b, why in cls.edges())
        return "\n".join(["stateDiagram-v2", *lines])


_AFTER_REVIEW = (
    ("review", "applying", "confirmed"),
    ("applying", "done", "every step is ready"),
    ("applying", "failed", "a step was refused, or interrupted"),
    ("failed", "applying", "resume"),
    ("failed", "undoing", "undo"),
    ("done", "undoing", "undo"),
    ("undoing", "undone", "nothing is left"),
    ("undoing", "failed", "something could not be taken back"),
    ("done", "[*]", ""),
    ("undone", "[*]", ""),
)
