"""What is asked, in order, and what was answered: the form that a set-up, a check and a small task have in common.

What a check and a task are asked are texts: the key of an option, or what was typed. `Questionnaire.given` has them, as
`--set` takes them.

A *class* is the definition. An *instance* is a set of answers in one account, so that inside every default, option
list and check, `self.vpc` simply is the answer, typed. The instance notes what was read, and that is how the engine
knows which answers rest on which.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import product
from typing import Any, ClassVar

from .choices import Choice, Yes
from .cloud import Cloud
from .pasted_lists import joined
from .problems import FlowMistake, Refused
from .questions import NONE, Question

Route = tuple[Question[Any], ...]
NOT_LISTED, EVERY = "not-listed", "*"
"""Options that name nothing: none of these, ask me otherwise; and all of them, or any. What batch leaves out."""


class Asked:
    """Base of all that is asked.

    Attributes:
        title: what it is for, as a menu shows it.
        words: what else people look for who need it: names of services and things, codes and words of error pages.
        id: what the command line calls it: the name of its module, or of the folder that holds its room.
        questions: in the order in which they are asked.
    """

    title: ClassVar[str]
    words: ClassVar[tuple[str, ...]] = ()
    id: ClassVar[str] = ""
    questions: ClassVar[Route] = ()

    def __init_subclass__(cls) -> None:
        cls.id = cls.__module__.removesuffix(".flow").removesuffix(".which").rpartition(".")[2]
        cls.questions = tuple(value for value in vars(cls).values() if isinstance(value, Question))
        for index, question in enumerate(cls.questions):
            if not isinstance(getattr(super(cls, cls), question.id, question), Question):
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

    @classmethod
    def named(cls, given: Mapping[str, object], where: str) -> dict[str, str]:
        """What was said, as texts, without what names nothing. Raises Refused, naming every unknown key."""
        known = [each.id for each in cls.questions]
        if strange := [unknown(key, known, where) for key in given if key not in known]:
            what = strange[0] if len(strange) == 1 else ("\n".join(" ".join(filter(None, each)) for each in strange),)
            raise Refused(*what)
        texts = {key: joined(value) for key, value in given.items()}
        return {key: text for key, text in texts.items() if text not in ("", NOT_LISTED, EVERY)}

    @classmethod
    @cache
    def routes(cls) -> tuple[Route, ...]:
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
        return tuple(sorted(found, key=lambda route: [q.id for q in route]))

    @classmethod
    def _outcomes(cls, question: Question[Any]) -> list[Any]:
        if isinstance(question, Yes):
            return [True, False]
        if isinstance(question, Choice) and question.written:
            return [option.value for option in question.written]
        guards = (values for q in cls.questions for needed, values in q.when.needs if needed is question)
        anything_else = None
        return [*dict.fromkeys(value for values in guards for value in values), anything_else]


def possible(answered: Asked) -> list[Route]:
    """The ways that are left, as far as answers have decided it."""
    known = answered.answers
    needed, ruled_out = {q for q in answered.questions if q.id in known}, set[Question[Any]]()
    for question in answered.questions:
        if question in needed:
            continue
        if any(need.id in known and known[need.id] not in values for need, values in question.when.needs):
            ruled_out.add(question)
        elif all(need.id in known for need, _ in question.when.needs):
            needed.add(question)
    return [way for way in answered.routes() if needed.issubset(way) and ruled_out.isdisjoint(way)]


def unknown(word: str, known: Iterable[str], where: str) -> tuple[str, str, str]:
    """What, why and remedy for a word that is not among the known ones."""
    from difflib import get_close_matches

    known = list(known)
    near = get_close_matches(word, known, n=1) if word.lower() != NONE else []
    remedy = f"Did you mean “{near[0]}”?" if near else f"Known are: {', '.join(known)}."
    return f"“{word}” is not known in {where}.", "", remedy
