"""A set-up: questions in order, and what their answers lead to.

A `Flow` *class* is the definition. A `Flow` *instance* is a set of answers in one account, so that inside
`plan()`, and in every default, option list and check, `self.vpc` simply is the answer, typed. The instance
notes what was read, and that is how the engine knows which answers rest on which.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise, product
from typing import Any, ClassVar

from .cloud import Cloud
from .plan import Plan
from .problems import FlowMistake, Refused
from .questions import Caution, Choice, Question, Yes

Route = tuple[Question[Any], ...]


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
    """

    id: str
    grade: Grade
    sentence: str
    evidence: str = ""
    remedy: str = ""
    aside: bool = False
    follows: tuple[str, ...] = ()
    repair: str = ""


@dataclass(frozen=True)
class Handover:
    """What a person has in hand when a set-up is done.

    Args:
        outputs: names and values worth knowing; no secrets.
        files: file name to content; written with mode 0600.
        next_steps: what to do now, one sentence each.
        findings: whether it really works.
        waiting: what is being waited for outside Handrail; empty if nothing.
    """

    outputs: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    next_steps: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    waiting: str = ""


class Flow:
    """Base of every set-up. The first line of a set-up's docstring is its summary.

    Attributes:
        title: what it does, as a menu shows it.
        id: what the command line calls it: the name of its module.
        subject: the keys that `handrail check` takes, each with a sentence.
        enough: sets of those keys, one of which must be given; all of them if left out.
    """

    title: ClassVar[str]
    id: ClassVar[str] = ""
    subject: ClassVar[Mapping[str, str]] = {}
    enough: ClassVar[tuple[tuple[str, ...], ...]] = ()
    questions: ClassVar[Route] = ()

    def __init_subclass__(cls) -> None:
        cls.id = cls.__module__.removesuffix(".flow").rpartition(".")[2]
        cls.questions = tuple(value for value in vars(cls).values() if isinstance(value, Question))
        for index, question in enumerate(cls.questions):
            if hasattr(Flow, question.id):
                raise FlowMistake(f"{cls.__name__}: a question cannot be called {question.id!r}.")
            for needed, _ in question.when.needs:
                if needed not in cls.questions[:index]:
                    raise FlowMistake(f"{cls.__name__}.{question.id} depends on a later question.")

    def __init__(self, cloud: Cloud, answers: Mapping[str, Any] | None = None) -> None:
        self.cloud = cloud
        self.answers: dict[str, Any] = dict(answers or {})
        self.read: dict[str, Any] = {}

    def answer_to(self, question: Question[Any]) -> Any:
        if question.id not in self.answers:
            raise FlowMistake(f"{question.id!r} was read on a path that does not ask it first.")
        self.read[question.id] = self.answers[question.id]
        return self.answers[question.id]

    @classmethod
    def summary(cls) -> str:
        return (cls.__doc__ or "").strip().partition("\n")[0]

    @classmethod
    def question(cls, key: str) -> Question[Any]:
        """The question with that key. Raises Refused, naming the nearest known key."""
        for question in cls.questions:
            if question.id == key:
                return question
        raise Refused(*unknown(key, [q.id for q in cls.questions], f"the answers of {cls.id}"))

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
    def script(cls, given: Mapping[str, Any]) -> str:
        """What runs on a machine, alone, so that it can be read and run anywhere; `given` are some answers."""
        raise Refused(f"{cls.id} runs nothing on a machine.", remedy="Choose another format.")

    @classmethod
    def diagnose(cls, cloud: Cloud, subject: Mapping[str, str]) -> Iterable[Finding]:
        """Does a set-up that exists work? `subject` names it by the keys of `cls.subject`; read-only."""
        raise Refused(f"There is no check for {cls.id}.")

    # -- the machine, drawn ------------------------------------------------------------------------------

    @classmethod
    def routes(cls) -> list[Route]:
        """Every way through the questions, forcing every guard both ways."""
        deciding = dict.fromkeys(needed for q in cls.questions for needed, _ in q.when.needs)
        found: dict[Route, None] = {}
        for values in product(*(cls._outcomes(question) for question in deciding)):
            forced = {question.id: value for question, value in zip(deciding, values, strict=True)}
            answers: dict[str, Any] = {}
            for question in cls.questions:
                if question.when.holds(answers):
                    answers[question.id] = forced.get(question.id)
            found[tuple(q for q in cls.questions if q.id in answers)] = None
        return sorted(found, key=lambda route: [q.id for q in route])

    @classmethod
    def _outcomes(cls, question: Question[Any]) -> list[Any]:
        if isinstance(question, Yes):
            return [True, False]
        if isinstance(question, Choice) and question.written:
            return [option.value for option in question.written]
        guards = (values for q in cls.questions for needed, values in q.when.needs if needed is question)
        anything_else = None
        return [*dict.fromkeys(value for values in guards for value in values), anything_else]

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


def unknown(word: str, known: Iterable[str], where: str) -> tuple[str, str, str]:
    """What, why and remedy for a word that is not among the known ones."""
    from difflib import get_close_matches

    known = list(known)
    near = get_close_matches(word, known, n=1, cutoff=0.5)
    remedy = f"Did you mean “{near[0]}”?" if near else f"Known are: {', '.join(known)}."
    return f"“{word}” is not known in {where}.", "", remedy
