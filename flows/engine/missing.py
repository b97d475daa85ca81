"""What answers that are missing may be, where nobody can be asked: the beginning of each list, and no more of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .checking import Candidates
from .listing import Enough, reading_until
from .options import Option
from .problems import FlowMistake, Problem
from .questionnaire import Questionnaire
from .questions import Choice, Picks, Question

LISTS = 4
"""Lists that are opened at the most: each costs a call or two."""
SHOWN = 8
"""Options of each that are told, as many as a refusal of a wrong one names."""


def may_be(asked: Questionnaire[Any], missing: Iterable[Question[Any]]) -> list[Candidates]:
    """Some of what each of these may be, as far as what is answered tells it, from the first page of its list.

    What cannot be read, or depends on an answer that is missing itself, is left out. Asks AWS.
    """
    looked_up = [each for each in missing if isinstance(each, Choice | Picks) and not each.written]
    if not looked_up:
        return []
    try:
        answered = asked.so_far()
    except Problem:
        return []
    return [each for question in looked_up[:LISTS] if (each := _first_of(question, answered)).options]


def _first_of(question: Choice[Any] | Picks[Any], answered: Any) -> Candidates:
    options, more = list[Option[Any]](), 0

    def enough(many: int) -> bool:
        return len(options) >= min(many, SHOWN)

    try:
        with reading_until(enough):
            for option in question.options(answered):
                options.append(option)
    except Enough:
        more = 1
    except (Problem, FlowMistake):
        return Candidates(question.id)
    return Candidates(question.id, tuple(options[:SHOWN]), max(len(options) - SHOWN, more))
