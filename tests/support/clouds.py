"""An account with something in between: to count, to watch, and to make things go wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

from flows.engine import Call, Cloud, Identity

Meddle = Callable[[int, Call], None]


class Between:
    """A cloud that tells `before` and `after` of every call, with its number from 1 on. They may raise.

    Attributes:
        calls: everything that was asked for, in order.
    """

    def __init__(self, cloud: Cloud, *, before: Meddle | None = None, after: Meddle | None = None) -> None:
        self._cloud, self.before, self.after = cloud, before, after
        self.calls: list[Call] = []
        self._lock = threading.Lock()

    @property
    def identity(self) -> Identity:
        return self._cloud.identity

    def make(self, call: Call) -> dict[str, Any]:
        number = self._noted(call)
        answer = self._cloud.make(call)
        if self.after:
            self.after(number, call)
        return answer

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        number = self._noted(call)
        yield from self._cloud.pages(call)
        if self.after:
            self.after(number, call)

    def _noted(self, call: Call) -> int:
        with self._lock:
            self.calls.append(call)
            number = len(self.calls)
        if self.before:
            self.before(number, call)
        return number
