"""An account that tells some things otherwise than they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flows.engine import Call, Cloud, Denied, Identity

Told = Callable[[dict[str, Any]], dict[str, Any]]


class Retold:
    """A cloud whose answers to some operations are changed; what changes them may raise."""

    def __init__(self, cloud: Cloud, told: Mapping[str, Told]) -> None:
        self._cloud, self._told = cloud, told

    @property
    def identity(self) -> Identity:
        return self._cloud.identity

    def make(self, call: Call) -> dict[str, Any]:
        answer = self._cloud.make(call)
        return self._told[call.operation](answer) if call.operation in self._told else answer

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        for page in self._cloud.pages(call):
            yield self._told[call.operation](page) if call.operation in self._told else page


def denied(operation: str) -> Mapping[str, Told]:
    """That operation is not allowed."""

    def refuse(_: dict[str, Any]) -> dict[str, Any]:
        raise Denied(f"You are not allowed to {operation}.", permission=operation, aws_code="AccessDenied")

    return {operation: refuse}


def more(operation: str, path: str, **values: Any) -> Mapping[str, Told]:
    """The answers to that operation have these members, at `path` of names; lists are walked through."""

    def change(answer: Any, names: tuple[str, ...]) -> Any:
        if isinstance(answer, list):
            return [change(each, names) for each in answer]
        if not names:
            return {**answer, **values}
        return {**answer, names[0]: change(answer[names[0]], names[1:])} if names[0] in answer else answer

    return {operation: lambda answer: change(answer, tuple(filter(None, path.split("."))))}
