"""A small task being asked for, and done."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from flows.engine import Cloud, Event, Place
from flows.engine.asked import Asked
from flows.engine.clock import RealClock
from flows.engine.cloud import Offline
from flows.engine.questionnaire import Questionnaire
from flows.engine.shell import next_steps
from flows.engine.task import Outcome, Surroundings, Task


class Tasking(Questionnaire[Asked]):
    """One task.

    Args:
        name: what the command line calls it.
        task: the task.
        cloud: the account; None for a task that needs none.
        place: where that is.
    """

    def __init__(self, name: str, task: Task, cloud: Cloud | None, place: Place) -> None:
        super().__init__(task.asks, cloud or Offline(), place)
        self.name, self.task = name, task
        self._account = cloud or Offline()  # unremembered: what is waited for must be looked at again and again
        self._stop = threading.Event()

    def perform(self, tell: Callable[[Event], None]) -> Outcome:
        """Do it, with what was answered; `tell` hears what happens. Raises Problem."""
        self._stop.clear()
        done = self.task.perform(self.given(), Surroundings(self._account, tell, self._stop, RealClock()))
        return replace(done, next_steps=next_steps(done.next_steps, self.place))

    def stop(self) -> None:
        """End soon; what was changed is put back first."""
        self._stop.set()
