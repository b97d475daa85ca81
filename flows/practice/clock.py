"""The practice account's clock, so that people meet the waiting they will meet on AWS.

Nothing here runs in the background: what is "pending" is so because of when it was made and what time it is
now. That way a killed process loses nothing, and a test can say what time it is. While the diary is replayed
the clock shows the time of the entry and every change is complete at once, because a call that was accepted
then must not be refused now.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Clock:
    """`asked_at` is the time of the request that is being answered: for that long it stands still, so that what is made
    has the same time when it is made again."""

    hurry: bool = False
    replaying: float | None = None
    asked_at: float | None = None

    def now(self) -> float:
        return next((fixed for fixed in (self.replaying, self.asked_at) if fixed is not None), time.time())

    @contextmanager
    def stands_still(self) -> Iterator[float]:
        """The time at which a request comes, while it is answered."""
        self.asked_at = self.now()
        try:
            yield self.asked_at
        finally:
            self.asked_at = None

    def passed(self, since: float, seconds: float) -> bool:
        """Whether a change that takes `seconds` and began at `since` is complete."""
        return self.hurry or self.replaying is not None or self.now() - since >= seconds


CLOCK = Clock()
"""One for the process, as moto's account is one for the process."""


@dataclass
class Life:
    """The four states of a thing, worked out from the clock."""

    states: tuple[str, str, str, str]
    takes: float
    takes_to_end: float
    began: float = field(default_factory=CLOCK.now)
    ending: float | None = None

    @property
    def state(self) -> str:
        growing, grown, going, gone = self.states
        if self.ending is not None:
            return gone if CLOCK.passed(self.ending, self.takes_to_end) else going
        return grown if CLOCK.passed(self.began, self.takes) else growing

    @property
    def ready(self) -> bool:
        return self.state == self.states[1]

    @property
    def over(self) -> bool:
        return self.state == self.states[3]

    def end(self) -> None:
        if self.ending is None:
            self.ending = CLOCK.now()

    def forgotten(self, after: float = 3600) -> bool:
        """AWS goes on listing what was deleted for about an hour."""
        return self.over and self.ending is not None and CLOCK.now() - self.ending > after


def resource(takes: float, takes_to_end: float) -> Life:
    return Life(("pending", "available", "deleting", "deleted"), takes, takes_to_end)


def attachment() -> Life:
    return Life(("attaching", "attached", "detaching", "detached"), 1, 1)
