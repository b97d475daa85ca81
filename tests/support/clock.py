"""Time that passes as soon as somebody waits for it."""

from __future__ import annotations

import threading


class FakeClock:
    """A `flows.engine.clock.Clock`: waiting takes no time and is added up.

    Attributes:
        slept: every wait that was asked for, in seconds.
    """

    def __init__(self) -> None:
        self.slept: list[float] = []
        self._lock = threading.Lock()

    def now(self) -> float:
        with self._lock:
            return sum(self.slept)

    def sleep(self, seconds: float, stop: threading.Event) -> None:
        with self._lock:
            self.slept.append(seconds)
