"""What AWS answered a moment ago: what was waited for is not asked for once more, only to be written down."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .calls import Call
from .clock import Clock
from .cloud import Cloud, Identity
from .refusals import changes
from .web import Page

MOMENT = 1.0
"""Seconds after which it is looked anew, as soon as where something is waited for."""


@dataclass(frozen=True)
class _Seen:
    answer: dict[str, Any]
    at: float
    changes: int
    calm: bool


class JustSeen:
    """An account that need not be asked `again` while nothing further is changed from here."""

    def __init__(self, cloud: Cloud, clock: Clock) -> None:
        self.clock, self._cloud = clock, cloud
        self._lock = threading.Lock()
        self._changes = self._under_way = 0
        self._seen: dict[str, _Seen] = {}

    @property
    def identity(self) -> Identity:
        return self._cloud.identity

    def make(self, call: Call) -> dict[str, Any]:
        if not changes(call):
            at, so_far, calm = self.clock.now(), self._changes, not self._under_way
            answer = self._cloud.make(call)
            self._seen[call.key] = _Seen(answer, at, so_far, calm)
            return answer
        with self._lock:
            self._changes += 1
            self._under_way += 1
        try:
            return self._cloud.make(call)
        finally:
            with self._lock:
                self._under_way -= 1

    def again(self, call: Call) -> dict[str, Any]:
        """The answer to a reading call as it was a moment ago; it is made where nobody asked since the last change."""
        seen = self._seen.get(call.key)
        if seen and seen.changes == self._changes and self.clock.now() - seen.at < MOMENT:
            return seen.answer
        return self.make(call)

    def settle(self) -> None:
        """All is done: what was asked while a change was under way may be without it, and counts no more."""
        self._seen = {key: seen for key, seen in self._seen.items() if seen.calm}

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        return self._cloud.pages(call)

    def look_at(self, url: str) -> Page:
        return self._cloud.look_at(url)
