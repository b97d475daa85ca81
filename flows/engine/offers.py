"""What a question offers to pick from, as far as it was read, or why there is nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from .asked import Asked
from .choices import Choice, Picks
from .listing import Enough, reading_until
from .options import Option
from .pasted_lists import several
from .problems import Denied, Problem
from .questions import Question, Text
from .states import Listed, Offer

LookUp = Callable[[Any], Iterable[Option[Any]]]


def offered(question: Question[Any], answered: Asked, said: object) -> Offer | None:
    """The first page of what a question has to pick from, read on until what was `said` is in it; None where it has
    nothing. Asks AWS."""
    look_up, typed = _look_up(question, answered), isinstance(question, Text)
    if look_up is None:
        return None
    if isinstance(question, Text) and question.only is not None and question.only.holds(answered.answers):
        typed = False
    options: list[Option[Any]] = []
    missing, rest = set() if typed else set(several(said, spaces=False)), None

    def enough(many: int) -> bool:
        """There is something to pick from, and what was said is in it."""
        return len(options) >= many and not missing

    try:
        with reading_until(enough):
            for option in look_up(answered):
                options.append(option)
                missing -= {option.key, option.label}
    except Enough:
        rest = islice(_all(look_up, answered), len(options), None)
    except Denied as problem:
        return Offer(Listed.DENIED, way_out=str(problem), typed=typed)
    except Problem as problem:
        return Offer(Listed.FAILED, way_out=str(problem), typed=typed)
    now = datetime.now(UTC).astimezone().strftime("%H:%M:%S")
    if not options and isinstance(question, Text):
        return None
    if not options:
        return Offer(Listed.EMPTY, (), now, question.way_out)
    return Offer(Listed.ITEMS, tuple(options), now, typed=typed, rest=rest)


def _look_up(question: Question[Any], answered: Asked) -> LookUp | None:
    """Where the options of a question come from; None where it has none."""
    if isinstance(question, Text):
        return question.known
    return question.options if isinstance(question, Choice | Picks) else None


def _all(look_up: LookUp, answered: Asked) -> Iterator[Option[Any]]:
    """Every option, beginning only when the first is asked for."""
    yield from look_up(answered)
