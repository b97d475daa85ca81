"""What a question is, those to which an answer is typed, and how a raw reply becomes a typed answer.

A question knows how to parse, check and list its options. It does not know how it is drawn: the front ends
match on its kind. On a flow's class an attribute is the `Question[T]`, on an instance it is the `T`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar, overload

from .options import Caution, Option, Words
from .pasted_lists import joined, several
from .problems import Refused

T = TypeVar("T")
Listing = Callable[[Any], Iterable[Option[T]]]
NONE = "none"
"""The word for nothing: no better value is worked out of it, and by lines it leaves empty what may be empty."""
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""Control characters that no answer has: all but tabs and the ends of lines."""


@dataclass(frozen=True)
class Guard:
    """When a question is asked: every named question was answered with one of the named values.

    Guards are data, so the machine can be drawn and every path of it walked.
    """

    needs: tuple[tuple[Question[Any], Collection[Any]], ...] = ()

    def holds(self, answers: Mapping[str, Any]) -> bool:
        return all(question.id in answers and answers[question.id] in values for question, values in self.needs)

    def __and__(self, other: Guard) -> Guard:
        return Guard(self.needs + other.needs)

    def __str__(self) -> str:
        def told(values: Collection[Any]) -> str:
            relation = "is not" if isinstance(values, But) else "="
            return f"{relation} {' or '.join('empty' if value in ((), '') else str(value) for value in values)}"

        return " and ".join(f"{question.id} {told(values)}" for question, values in self.needs)


ALWAYS = Guard()


@dataclass(frozen=True)
class But(Collection[Any]):
    """Every value but these, for guards."""

    these: tuple[Any, ...]

    def __contains__(self, value: object) -> bool:
        return value not in self.these

    def __iter__(self) -> Iterator[Any]:
        """The values that decide: a walk of every path tries them, and anything else."""
        return iter(self.these)

    def __len__(self) -> int:
        return len(self.these)


class Form(Protocol):
    """What a question is part of, being filled in: a `Flow` with the answers so far."""

    def answer_to(self, question: Question[Any]) -> Any:
        """The answer to a question that was asked before. Raises FlowMistake for any other."""
        ...


Check = Callable[[Any, Any], Iterable[Caution] | None]


class Question(Generic[T]):
    """What every kind of question has.

    Args:
        ask: the question, in plain words.
        why: one to three sentences for someone who has never seen AWS.
        label: its short name; made from the attribute's name if left out.
        default: a raw reply, or a function of the answers so far that gives one; None is no default.
        check: called with the value and the answers so far; raises ValueError or Refused to refuse, returns
            or yields Cautions to warn.
        when: guard; always asked if left out.
        fine_tuning: it has a sound default, is not asked, and can be changed from the review.
        example: a valid reply, shown as a hint and used by the tests.
        empty: what to do when there is nothing to pick from: the way out.
        blank: what an empty answer comes to, such as “everywhere”.
        live: it is worth saying what comes of a reply while it is still being typed.
        worded: what it says instead, the first whose guard holds.
    """

    id: str = ""
    several: ClassVar[bool] = False
    """Whether it takes a list."""

    def __init__(
        self,
        ask: str,
        *,
        why: str = "",
        label: str = "",
        default: object | Callable[[Any], object] = None,
        check: Check | None = None,
        when: Guard = ALWAYS,
        fine_tuning: bool = False,
        example: str = "",
        empty: str = "",
        blank: str = "",
        live: bool = False,
        worded: Sequence[tuple[Guard, Words]] = (),
    ) -> None:
        self.live, self.worded, self.blank = live, worded, blank
        self.ask, self.why, self._label, self.example, self.empty = ask, why, label, example, empty
        self._default, self._check, self.when, self.fine_tuning = default, check, when, fine_tuning

    def __set_name__(self, owner: type, name: str) -> None:
        self.id = name.removesuffix("_")  # `from_` is called `from`, a word that Python keeps for itself

    @overload
    def __get__(self, flow: None, owner: type) -> Self: ...
    @overload
    def __get__(self, flow: Form, owner: type) -> T: ...
    def __get__(self, flow: Form | None, owner: type) -> Self | T:
        if flow is None:
            return self
        answer: T = flow.answer_to(self)
        return answer

    def put(self, answers: Mapping[str, Any]) -> Self:
        """The same question as it is asked after these answers."""
        words = next((words for guard, words in self.worded if guard.holds(answers)), None)
        if words is None:
            return self
        asked = copy(self)
        asked.ask, asked.why = words.ask or self.ask, words.why or self.why
        asked.example = words.example or self.example
        return asked

    @property
    def label(self) -> str:
        return self._label or self.id.replace("_", " ").capitalize()

    @property
    def kind(self) -> str:
        """The kind's name in `handrail questions`."""
        return type(self).__name__.lower()

    @property
    def must_be_said(self) -> bool:
        """Whether nothing takes the place of an answer that is not given."""
        return not self.fine_tuning or self._default is None

    @property
    def default_text(self) -> str:
        """The default as `handrail questions` lists it: computed ones are only known in an account."""
        if self._default is None:
            return ""
        return "(depends on earlier answers)" if self.depends else str(self._default)

    @property
    def literal(self) -> bool:
        """Whether its default is written down, so that it counts where nobody can be asked."""
        return self._default is not None and not self.depends

    @property
    def depends(self) -> bool:
        """Whether its default is worked out from the account and from earlier answers."""
        return callable(self._default)

    def is_(self, *values: T) -> Guard:
        return Guard(((self, values),))

    def is_not(self, *values: T) -> Guard:
        return Guard(((self, But(values)),))

    def default(self, flow: Form) -> object:
        return self._default(flow) if callable(self._default) else self._default

    def parse(self, raw: object, flow: Form) -> tuple[T, tuple[Caution, ...]]:
        """Turn a raw reply into an answer and what there is to say about it. Raises Refused."""
        try:
            value = self.read(raw, flow)
            cautions = tuple(self._check(value, flow) or ()) if self._check else ()
        except ValueError as error:
            raise Refused(str(error)) from error
        return value, tuple(replace(caution, key=self.id) for caution in cautions)

    def spelled(self, raw: object, flow: Form) -> object:
        """A raw reply as the options spell it, so that it is found and marked among them. Raises Refused."""
        return raw

    def kept(self, raw: object, value: object = None) -> object:
        """What is shown and written down of a raw reply, and of the `value` that it came to, if it came to one."""
        return raw

    def read(self, raw: object, flow: Form) -> T:
        """What a raw reply says, before any check of it. Raises Refused or ValueError."""
        for text in raw if isinstance(raw, list | tuple) else [raw]:
            if unseen := UNSEEN.search(str(text)):
                raise Refused(f"There is a control character in it ({unseen[0]!a}).", remedy="Enter it without that.")
        nested = isinstance(raw, dict) or (isinstance(raw, list) and any(isinstance(each, dict | list) for each in raw))
        if nested or (isinstance(raw, list | tuple) and not self.several):
            takes = "takes a list of single values" if self.several else "takes one value, not a list"
            raise Refused(f"{self.label} {takes}.", remedy=f"Enter {self.allowed()}.")
        try:
            return self._parse(raw, flow)
        except Refused as refused:
            if NONE in (text.lower() for text in several(raw)):
                refused.suggestion = ""  # nobody who says none means /none
                refused.remedy = f"{refused.remedy} {self.to_leave_empty}".strip()
            raise

    @property
    def may_be_empty(self) -> bool:
        """Whether nothing is an answer, too."""
        return False

    @property
    def way_out(self) -> str:
        """What to do when there is nothing to pick from."""
        return self.empty or "There is nothing to choose from."

    @property
    def to_leave_empty(self) -> str:
        """How to answer with nothing, where that can be."""
        return f"{self.label} may be left empty." if self.may_be_empty else ""

    def told(self, value: T, raw: object) -> str:
        """The answer as a list of answers shows it: what is empty never reads like something that was entered."""
        return self.shown(value, raw) or f"({': '.join(filter(None, ('empty', self.blank)))})"

    def shown(self, value: T, raw: object) -> str:
        """The answer as a person reads it."""
        return joined(raw)

    def allowed(self) -> str:
        """What may be answered, in a few words, for lists of missing keys."""
        return f"for example {self.example}" if self.example else "text"

    def _parse(self, raw: object, flow: Form) -> T:
        raise NotImplementedError


class Text(Question[T]):
    """Typed text, turned into a `T` by `read`, which raises ValueError or Refused with a sentence.

    Args:
        read: makes a `T` of the text.
        wanted: what an empty field lacks, such as “An address”; without it `read` decides what empty means.
        known: what there is already, to be picked instead of typed; nothing where that cannot be said.
        only: where nothing but what is known can be answered.
    """

    def __init__(
        self,
        ask: str,
        read: Callable[[str], T],
        *,
        wanted: str = "",
        known: Listing[str] | None = None,
        only: Guard | None = None,
        **rest: Any,
    ) -> None:
        super().__init__(ask, **rest)
        self._read, self.wanted, self.known, self.only = read, wanted, known, only

    @property
    def may_be_empty(self) -> bool:
        return not self.wanted

    def _parse(self, raw: object, flow: Form) -> T:
        text = joined(raw)
        if self.wanted and not text:
            raise Refused(f"{self.wanted} is needed.", remedy=f"Enter {self.allowed()}.")
        return self._read(text)


class Many(Question[tuple[T, ...]]):
    """Several typed texts: a list, or one text with commas, spaces or new lines between them."""

    several = True

    def __init__(self, ask: str, read: Callable[[str], T], *, least: int = 1, **rest: Any) -> None:
        super().__init__(ask, **rest)
        self._read, self.least = read, least

    @property
    def may_be_empty(self) -> bool:
        return not self.least

    def _parse(self, raw: object, flow: Form) -> tuple[T, ...]:
        found = tuple(self._read(text) for text in several(raw))
        if len(found) < self.least:
            raise Refused("Enter at least one.", remedy=f"It looks like {self.example}." if self.example else "")
        return found

    def shown(self, value: tuple[T, ...], raw: object) -> str:
        return ", ".join(str(item) for item in value)

    def allowed(self) -> str:
        return f"a list, for example [{self.example}]"
