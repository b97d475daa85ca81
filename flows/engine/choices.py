"""Questions to which the answer is chosen: one of several options, some of them, or yes or no."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from .listing import seeking
from .options import Option
from .pasted_lists import joined, several
from .problems import CloudError, Refused
from .questions import Form, Listing, Question

T = TypeVar("T")
NAMED_AT_MOST = 8
"""Options that a refusal names."""


class Choice(Question[T]):
    """One of several options: written down, or looked up in the account.

    `form` puts a reply into the form of the options' keys, so that what people paste is understood; it may refuse
    with a better sentence than "not among the choices".
    """

    def __init__(
        self,
        ask: str,
        options: Mapping[T, str] | Listing[T],
        *,
        form: Callable[[str, Any], str] = lambda text, _: text,
        **rest: Any,
    ) -> None:
        super().__init__(ask, **rest)
        self.written, self._look_up = _sources(options)
        self._form = form

    def options(self, flow: Form) -> Iterable[Option[T]]:
        return self.written or self._look_up(flow)

    def spelled(self, raw: object, flow: Form) -> object:
        return self._form(joined(raw), flow)

    def _parse(self, raw: object, flow: Form) -> T:
        found: Option[T] = look_for([self._form(joined(raw), flow)], self, flow)[0]
        return found.value

    def shown(self, value: T, raw: object) -> str:
        written = [option.label for option in self.written if option.value == value]
        return written[0] if written else named(value)

    def allowed(self) -> str:
        return " | ".join(option.key for option in self.written) or "an id or a unique name"


class Picks(Question[tuple[T, ...]]):
    """Any number of several options, looked up in the account or written down; `form` is as for a `Choice`."""

    several = True

    def __init__(
        self,
        ask: str,
        options: Mapping[T, str] | Listing[T],
        *,
        least: int = 0,
        form: Callable[[str, Any], str] = lambda text, _: text,
        **rest: Any,
    ) -> None:
        super().__init__(ask, **rest)
        self.written, self._look_up = _sources(options)
        self.least, self._form = least, form

    @property
    def may_be_empty(self) -> bool:
        return not self.least

    def options(self, flow: Form) -> Iterable[Option[T]]:
        return self.written or self._look_up(flow)

    def spelled(self, raw: object, flow: Form) -> object:
        return [self._form(text, flow) for text in several(raw, spaces=False)]

    def _parse(self, raw: object, flow: Form) -> tuple[T, ...]:
        texts = several(raw, spaces=False)
        if isinstance(raw, str) and len(texts) > 1 and any(raw == option.label for option in self.options(flow)):
            texts = [raw]  # a name with a comma in it
        picked = look_for([self._form(text, flow) for text in texts], self, flow) if texts else []
        if len(picked) < self.least:
            raise Refused("Choose at least one.", remedy=self.empty)
        return tuple(option.value for option in picked)

    def shown(self, value: tuple[T, ...], raw: object) -> str:
        labels = {option.value: option.label for option in self.written}
        return ", ".join(labels.get(item) or named(item) for item in value)

    def allowed(self) -> str:
        some = " | ".join(option.key for option in self.written) or "ids or unique names"
        return f"a list of {some}" + ("" if self.least else "; may be empty: []")


class Yes(Question[bool]):
    """Yes or no."""

    def _parse(self, raw: object, flow: Form) -> bool:
        match joined(raw).lower():
            case "yes" | "y" | "true":
                return True
            case "no" | "n" | "false":
                return False
            case _:
                raise Refused(f"“{joined(raw)}” is neither yes nor no.", remedy="Answer yes or no.")

    def shown(self, value: bool, raw: object) -> str:
        return "yes" if value else "no"

    def allowed(self) -> str:
        return "yes | no"


def look_for(texts: Sequence[str], question: Choice[Any] | Picks[Any], flow: Form) -> list[Option[Any]]:
    """The options that the texts name by their keys or by labels only they have, in the order of the list.

    A list in the account is read no further than needed, and AWS filters it where the look-up can say how. Raises
    Refused.
    """
    with seeking(texts) as narrowed:
        try:
            return find(texts, question.options(flow), question)
        except (Refused, CloudError):
            if not narrowed():
                raise
    return find(texts, question.options(flow), question)


def find(texts: Sequence[str], options: Iterable[Option[T]], question: Question[Any]) -> list[Option[T]]:
    """The options that the texts name, in the order of the list. Raises Refused for the first that names none."""
    sought = dict.fromkeys(texts)
    by_key: dict[str, tuple[int, Option[T]]] = {}
    by_label: dict[str, list[tuple[int, Option[T]]]] = {}
    seen: list[Option[T]] = []
    total = 0
    for total, option in enumerate(options, 1):
        if option.key in sought:
            by_key.setdefault(option.key, (total, option))
            if len(by_key) == len(sought):
                break
        if option.label in sought:
            by_label.setdefault(option.label, []).append((total, option))
        if total <= NAMED_AT_MOST:
            seen.append(option)
    found: dict[int, Option[T]] = {}
    for text in sought:
        same = [by_key[text]] if text in by_key else by_label.get(text, [])
        if len(same) > 1:
            keys = ", ".join(option.key for _, option in same[:NAMED_AT_MOST])
            more = f" and {len(same) - NAMED_AT_MOST} more" if len(same) > NAMED_AT_MOST else ""
            raise Refused(f"{len(same)} are called “{text}”: {keys}{more}.", remedy="Give the id instead.")
        if not same:
            some = ", ".join(map(_offered, seen))
            more = f" and {total - len(seen)} more" if total > len(seen) else ""
            remedy = f"Choose from: {some}{more}." if seen else question.empty
            raise Refused(f"“{text}” is not among the choices for {question.id}.", remedy=remedy)
        found.update(same)
    return [found[place] for place in sorted(found)]


def _offered(option: Option[Any]) -> str:
    """An option as a sentence names it: one without a name, whose hint then begins with its id, by the rest of that."""
    if option.label and option.label != option.key:
        return f"{option.key} ({option.label})"
    hint = option.hint.removeprefix(option.key).strip() if option.hint.startswith(option.key) else ""
    return f"{option.key} ({hint})" if hint else option.key


def named(value: object) -> str:
    """How a looked-up thing is shown: as it says itself, or by its name and id where it has them."""
    if isinstance(shown := getattr(value, "shown", None), str):
        return shown
    name, id_ = getattr(value, "name", ""), getattr(value, "id", "")
    return f"{name} ({id_})" if name and id_ and name != id_ else str(name or id_ or value)


def _sources(options: Mapping[T, str] | Listing[T]) -> tuple[tuple[Option[T], ...], Listing[T]]:
    if isinstance(options, Mapping):
        return tuple(Option(str(value), value, label) for value, label in options.items()), lambda flow: ()
    return (), options
