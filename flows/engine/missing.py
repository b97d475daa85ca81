"""What answers that are missing may be, where nobody can be asked: the beginning of each list, and no more of it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

from .checking import Candidates
from .choices import Choice, Picks
from .listing import Enough, reading_until
from .offers import LookUp
from .options import Option
from .problems import FlowMistake, Problem
from .questionnaire import Questionnaire
from .questions import Question, Text

LISTS = 4
"""Lists that are opened at the most: each costs a call or two."""
SHOWN = 8
"""Options of each that are told, as many as a refusal of a wrong one names."""


def may_be(asked: Questionnaire[Any], missing: Iterable[Question[Any]]) -> list[Candidates]:
    """Some of what each of these may be, as far as what is answered tells it, from the first page of its list; or why
    none of it is told, such as that there is nothing or that it may not be read.

    What depends on an answer that is missing itself is left out. Asks AWS.
    """
    looked_up = {each: list_ for each in missing if (list_ := _list_of(each)) is not None}
    if not looked_up:
        return []
    try:
        answered = asked.so_far()
    except Problem:
        return []
    first = islice(looked_up.items(), LISTS)
    found = (_first_of(question, list_, answered) for question, list_ in first)
    return [each for each in found if each.options or each.trouble]


def _list_of(question: Question[Any]) -> LookUp | None:
    """Where the options of a question come from; None where it has none, or they stand in what it takes."""
    if isinstance(question, Choice | Picks):
        return None if question.written else question.options
    return question.known if isinstance(question, Text) else None


def _first_of(question: Question[Any], look_up: LookUp, answered: Any) -> Candidates:
    options, more, typed = list[Option[Any]](), 0, isinstance(question, Text)

    def enough(many: int) -> bool:
        return len(options) >= min(many, SHOWN)

    try:
        with reading_until(enough):
            for option in look_up(answered):
                options.append(option)
    except Enough:
        more = 1
    except FlowMistake:  # it depends on what is missing
        return Candidates(question.id)
    except Problem as problem:
        return Candidates(question.id, trouble="" if typed else str(problem))
    if not (options or typed):
        return Candidates(question.id, trouble=question.way_out)
    return Candidates(question.id, tuple(options[:SHOWN]), max(len(options) - SHOWN, more))
