"""The practice account as a `Cloud`: from memory at first, and from the simulated AWS once that had to be loaded."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Lock, Thread

from flows.engine import Call, Cloud, Identity, Page
from flows.practice.memory import Answer, Asked, Memory


class Remembering:
    """Loads the account when something is asked that is not remembered.

    Args:
        identity: who practises.
        memory: what is remembered.
        load: opens the account; called once.
    """

    def __init__(self, identity: Identity, memory: Memory, load: Callable[[], Cloud]) -> None:
        self.identity = identity
        self._memory, self._load = memory, load
        self._cloud: Cloud | None = None
        self._alone = Lock()
        self._asked: dict[str, Asked] = {}
        self._remembered: Asked | None = None

    @property
    def cloud(self) -> Cloud:
        """The account itself."""
        with self._alone:
            if self._cloud is None:
                self._cloud = self._load()
            return self._cloud

    def make(self, call: Call) -> Answer:
        return next(self._answer(Asked(call)))

    def pages(self, call: Call) -> Iterator[Answer]:
        return self._answer(Asked(call, paged=True))

    def look_at(self, url: str) -> Page:
        return self.cloud.look_at(url)

    def _answer(self, asked: Asked) -> Iterator[Answer]:
        self._asked[asked.key] = asked
        if self._cloud is None:
            self._remembered = asked
            known = self._memory.recall(asked)
            if known is not None:
                yield from known
                return
        self._remembered = None
        yield from asked.of(self.cloud)

    def load_behind(self) -> None:
        """Have the account ready for the next question, while somebody reads the first."""
        if self._remembered is not None:
            Thread(target=self._load_behind, args=(self._remembered,)).start()
            self._remembered = None

    def _load_behind(self, asked: Asked) -> None:
        with suppress(Exception):  # whoever asks next hears of it
            deque(asked.of(self.cloud), maxlen=0)

    def keep(self) -> None:
        """At the end: remember what was asked here as it is answered now."""
        if self._cloud is not None:
            self._memory.keep(self._asked.values(), self._cloud)
