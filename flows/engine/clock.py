"""Time, as a thing that can be handed in: the tests run on one that does not really wait."""

from __future__ import annotations

import threading
import time
from typing import Protocol


class Clock(Protocol):
    def now(self) -> float:
        """Seconds, from any starting point."""
        ...

    def sleep(self, seconds: float, stop: threading.Event) -> None:
        """Wait that long, or until `stop` is set."""
        ...


class RealClock:
    def now(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float, stop: threading.Event) -> None:
        stop.wait(seconds)
