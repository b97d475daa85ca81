"""The practice account's own answers, kept and changed: what AWS may send, and nobody furnished.

By AWS's descriptions nearly every member may be left out, every list may be empty, and new words come to every
enumeration. A `Kept` account answers from memory, so that a set-up can be looked at again and again, each time with
something else changed.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import botocore.session
from botocore.model import Shape

from flows.engine import Call, Cloud, CloudError, Identity, Page
from flows.engine.refusals import changes
from flows.engine.responses import told

CORE = botocore.session.Session()
UNHEARD = "a-word-of-next-year"
Steps = tuple[str, ...]
"""From the top of an answer to one of its members; `[]` is any entry of a list."""


@cache
def output_of(operation: str) -> Shape | None:
    service, _, name = operation.partition(".")
    return CORE.get_service_model(service).operation_model(name).output_shape


@dataclass(frozen=True)
class Change:
    """One change to every answer of an operation: `how` is dropped, emptied or renamed (to a word nobody knows)."""

    operation: str
    steps: Steps
    how: str

    def __str__(self) -> str:
        return f"{self.operation} {'.'.join(self.steps)} {self.how}"

    def to(self, part: Any, steps: Steps | None = None) -> None:
        """Change an answer, or a part of one, in place."""
        first, *rest = self.steps if steps is None else steps
        if first == "[]":
            for index, each in enumerate(part if isinstance(part, list) else ()):
                if rest:
                    self.to(each, tuple(rest))
                else:
                    part[index] = UNHEARD
        elif isinstance(part, dict) and first in part:
            if rest:
                self.to(part[first], tuple(rest))
            elif self.how == "dropped":
                del part[first]
            else:
                part[first] = [] if self.how == "emptied" else UNHEARD


class Kept:
    """An account whose answers are kept. `changed` are the changes that are made to them from now on."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._known: dict[str, list[dict[str, Any]] | CloudError] = {}
        self.changed: tuple[Change, ...] = ()
        self.alter: Callable[[Call, dict[str, Any]], dict[str, Any]] = lambda call, answer: answer

    @property
    def identity(self) -> Identity:
        return self._cloud.identity

    def make(self, call: Call) -> dict[str, Any]:
        return next(iter(self._answers(call, lambda: iter([self._cloud.make(call)]))))

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        return self._answers(call, lambda: self._cloud.pages(call))

    def look_at(self, url: str) -> Page:
        return self._cloud.look_at(url)

    def possible(self) -> list[Change]:
        """Every change to any answer so far, each once."""
        found: dict[Change, None] = {}
        for key, answers in self._known.items():
            operation = json.loads(key)[0]
            for answer in answers if isinstance(answers, list) else ():
                found.update(dict.fromkeys(_changes(operation, answer, output_of(operation))))
        return list(found)

    def _answers(self, call: Call, ask: Callable[[], Iterator[dict[str, Any]]]) -> Iterator[dict[str, Any]]:
        key = json.dumps([call.operation, call.params, call.region, call.profile], default=str)
        if key not in self._known or changes(call):
            try:
                self._known[key] = list(ask())
            except CloudError as problem:
                self._known[key] = problem
        known = self._known[key]
        if isinstance(known, CloudError):
            raise known
        for answer in known:
            mine = self.alter(call, copy.deepcopy(answer))
            for change in self.changed:
                if change.operation == call.operation:
                    change.to(mine)
            yield told(_with_its_lists(call, _plain(mine)))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _with_its_lists(call: Call, answer: dict[str, Any]) -> dict[str, Any]:
    """As the door does it: a list of things that is left out is an empty one."""
    if call.name.startswith(("Describe", "List")) and (shape := output_of(call.operation)):
        for name, member in shape.members.items():
            if member.type_name == "list":
                answer.setdefault(name, [])
    return answer


def _changes(operation: str, part: Any, shape: Shape | None, steps: Steps = ()) -> Iterator[Change]:
    if shape is None:
        return
    match shape.type_name:
        case "structure" if isinstance(part, dict):
            for name, member in shape.members.items():
                if name in part:
                    if name not in shape.required_members:
                        yield Change(operation, (*steps, name), "dropped")
                    yield from _changes(operation, part[name], member, (*steps, name))
        case "list" if isinstance(part, list) and part:
            yield Change(operation, steps, "emptied")
            for each in part:
                yield from _changes(operation, each, shape.member, (*steps, "[]"))
        case "string" if shape.enum:
            yield Change(operation, steps, "renamed")
        case _:
            pass
