"""An AWS whose copies are not in step: for a while after a change it does not know of it."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from flows.engine import Call, Cloud, CloudError, Identity, Lost
from flows.engine.refusals import changes
from support.clock import FakeClock

MAKE = ("Create", "Allocate", "Run", "Copy", "Request", "Send")
NAMES = ("name", "bucket", "identifier")
LATE = 25
"""Seconds for which it does not know."""


class Late(StrEnum):
    """What AWS says of something that it does not know everywhere yet."""

    UNKNOWN = "there is no such thing"
    EMPTY = "an empty list"
    OLD = "what was there before"
    HALF = "a thing without half of its members"


class LateCloud:
    """An account that is late with one kind of answer.

    Args:
        cloud: the account.
        clock: its time.
        late: what it says while it does not know.
        loses: whether the answer to every call that makes something new gets lost once, after it arrived.

    Attributes:
        told_late: how many answers were late.
    """

    def __init__(self, cloud: Cloud, clock: FakeClock, late: Late, *, loses: bool = False) -> None:
        self._cloud, self._clock, self._late, self._loses = cloud, clock, late, loses
        self._changed = float("-inf")
        self._true: dict[str, dict[str, Any]] = {}
        self._old: dict[str, dict[str, Any]] = {}
        self._lost: set[str] = set()
        self._named: dict[str, float] = {}
        self.told_late = 0

    @property
    def identity(self) -> Identity:
        return self._cloud.identity

    def make(self, call: Call) -> dict[str, Any]:
        if changes(call):
            return self._change(call)
        answer, key = self._cloud.make(call), _key(call)
        told = self._told(call, key, answer)
        self._true[key] = copy.deepcopy(answer)
        return told

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        yield self.make(call)

    def _change(self, call: Call) -> dict[str, Any]:
        reply = self._cloud.make(call)
        if not call.name.startswith(("Delete", "Deregister", "Terminate", "Release", "Detach")):
            self._old, self._changed = dict(self._true), self._clock.now()
            if call.name.startswith(MAKE):
                here = {self.identity.account, self.identity.region}
                self._named |= dict.fromkeys(_made(call, reply) - here, self._changed)
            if self._loses and _key(call) not in self._lost and call.name.startswith(MAKE):
                self._lost.add(_key(call))
                raise Lost(f"The answer to {call.operation} got lost.")
        return reply

    def _told(self, call: Call, key: str, answer: dict[str, Any]) -> dict[str, Any]:
        now = self._clock.now()
        ours = any(f'"{name}"' in key for name, made in self._named.items() if now - made < LATE)
        match self._late:
            case Late.UNKNOWN if ours:
                self.told_late += 1
                raise CloudError(f"{call.operation}: there is none.", aws_code="ResourceNotFoundException")
            case Late.OLD if key in self._old and now - self._changed < LATE:
                self.told_late += 1
                return copy.deepcopy(self._old[key])
            case Late.EMPTY if ours:
                self.told_late += 1
                return {name: type(value)() for name, value in answer.items() if isinstance(value, dict | list)}
            case Late.HALF if ours:
                self.told_late += 1
                return _half(answer)
        return answer


def _key(call: Call) -> str:
    return json.dumps([call.operation, call.region, call.profile, call.params], sort_keys=True, default=str)


def _made(call: Call, reply: dict[str, Any]) -> set[str]:
    """What a reply names that was not there before: what AWS thought of, and the names that the call gave, which are
    all there is where the reply says nothing."""
    given = {
        **call.params,
        **{name: each for part in call.params.values() if isinstance(part, dict) for name, each in part.items()},
    }
    names = {each for name, each in given.items() if name.lower().endswith(NAMES) and isinstance(each, str)}
    return {id for id in _ids(reply) if id in names or id not in set(_ids(call.params))} or names


def _ids(value: Any) -> Iterator[str]:
    """Every text in an answer that could be an id or a name."""
    if isinstance(value, dict):
        for name, each in value.items():
            if name != "ResponseMetadata":
                yield from _ids(each)
    elif isinstance(value, list):
        for each in value:
            yield from _ids(each)
    elif isinstance(value, str) and len(value) > 8:
        yield value


def _half(value: Any, depth: int = 0) -> Any:
    """The same without every other member of what is inside."""
    if isinstance(value, list):
        return [_half(each, depth + 1) for each in value]
    if isinstance(value, dict):
        kept = list(value.items())[:: 2 if depth else 1]
        return {name: _half(each, depth + 1) for name, each in kept}
    return value
