"""What a check of something that exists asks: which one, with the same kinds of questions as a set-up.

A set-up's folder says it in `which.py`, and its flow names it (`check = WhichConnection`). Each answer is a text: the
key of an option, or what was typed; together they are the `subject` that `Flow.diagnose` is given. So an option list
there holds keys (`by_key` makes one of any other list).

- A face opens a `Checking` (the room `checking`) and asks as it does in a `Session`.
- Batch takes the keys as they are, without a look into any list: `named` and `missing`.
- The board asks for all that there is: `everything`.

Alternatives are a guard like any other: an option `NOT_LISTED` leads to the question by which it is found otherwise. In
batch either key is enough.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from .asked import NOT_LISTED, Asked
from .choices import Choice, Picks
from .cloud import Cloud
from .options import Option
from .pasted_lists import joined
from .questions import Question


@dataclass(frozen=True)
class Subject:
    """One thing that can be checked.

    Args:
        given: its keys, as `--set` takes them.
        name: what a person calls it.
    """

    given: Mapping[str, str]
    name: str


class Check(Asked):
    """Base of what checks ask. The first line of a check's docstring says what it looks at.

    Attributes:
        title: the trouble, in the words of the person who has it.
        what: what one of them is, in the words that stand before its name.
        reaches: what it always does besides reading in AWS, such as sending a command to a machine; empty for nothing.
            The board makes such a check only after a yes.
        reaching: the keys by which it does more than read; the board adds them after a yes.
        something_else: causes by which it turns out that a thing is not of its kind, so that the board leaves it out.
    """

    what: ClassVar[str] = ""
    reaches: ClassVar[str] = ""
    reaching: ClassVar[Mapping[str, str]] = {}
    something_else: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def enough(cls) -> tuple[tuple[str, ...], ...]:
        """Sets of keys, one of which names a thing; every other question has a default that stands here."""
        found: dict[tuple[str, ...], None] = {}
        for route in cls.routes():
            instead = {needed for each in route for needed, values in each.when.needs if tuple(values) == (NOT_LISTED,)}
            found[tuple(each.id for each in route if not _optional(each) and each not in instead)] = None
        order = [each.id for each in cls.questions]
        return tuple(sorted(found, key=lambda keys: [order.index(key) for key in keys]))

    @classmethod
    def of_run(cls, outputs: Mapping[str, str], answers: Mapping[str, Any]) -> dict[str, str]:
        """What a run made, as this check is asked about it: by the names that they share with the questions."""
        known = {**answers, **outputs}
        return cls.whole({each.id: _fitting(known[each.id], each) for each in cls.questions if known.get(each.id)})

    @classmethod
    def whole(cls, subject: Mapping[str, str]) -> dict[str, str]:
        """A subject with what else is asked: the defaults, and that it is in no list where it is named otherwise."""
        usual = {each.id: each.default_text for each in cls.questions if each.literal}
        for question in cls.questions:
            for needed, values in question.when.needs:
                if question.id in subject and NOT_LISTED in values:
                    usual[needed.id] = NOT_LISTED
        return usual | dict(subject)

    @classmethod
    def missing(cls, given: Collection[str]) -> tuple[tuple[Question[Any], ...], ...]:
        """For each way to name a thing, what is missing of it; nothing if one is whole."""
        ways = [tuple(key for key in keys if key not in given) for keys in cls.enough()]
        return () if not all(ways) else tuple(tuple(cls.question(key) for key in keys) for keys in ways)

    @classmethod
    def typed(cls, key: str, given: Mapping[str, str], cloud: Cloud) -> Iterable[str]:
        """What a key that has no list may be, where what comes before it is `given`. Raises Problem."""
        return ()

    @classmethod
    def everything(cls, cloud: Cloud) -> Iterator[Subject]:
        """All that there is of it in the region, as the list of the first question has it. Raises CloudError."""
        first = cls.questions[0]
        assert isinstance(first, Choice | Picks), "a check begins with which one"
        for option in first.options(cls(cloud)):
            if option.key != NOT_LISTED:
                yield Subject({first.id: option.key}, option.label or option.key)


def by_key(options: Iterable[Option[Any]], *without: str) -> Iterator[Option[str]]:
    """The same options, but for some, where only the key of the one that is picked is wanted."""
    for option in options:
        if option.key not in without:
            yield Option(option.key, option.key, option.label, option.hint)


def _fitting(value: object, question: Question[Any]) -> str:
    """A value as that question takes it: where it asks for one name, the first of several will do."""
    one = isinstance(value, list | tuple) and not question.several
    return joined(value[:1] if one else value)  # type: ignore[index]


def _optional(question: Question[Any]) -> bool:
    """Whether it may be left out in batch: what is worked out in an account is a suggestion and no default."""
    return question.fine_tuning or question.literal
