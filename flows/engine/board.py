"""Everything in one region: all that the checks know a list of, looked at side by side, and how each thing stands.

Whatever several of them need is read once. What may not be read is a row like any other, and never the end.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

from ..place import Place
from .cache import Answer, CachedCloud
from .calls import Call
from .check import Subject
from .checking import look
from .cloud import Cloud, Identity
from .findings import unknown
from .flow import Flow
from .problems import Problem
from .sending import Stopped
from .verdict import Status, Verdict, verdict
from .web import Page

AT_ONCE = 8
"""Things that are looked at side by side, as many as calls when something is made."""
WORST_FIRST = tuple(Status)
UNLISTED, UNSEEN = "What there is could not be listed.", "It could not be looked at."


@dataclass(frozen=True)
class Row:
    """How one thing stands.

    Args:
        flow: the set-up whose check it is.
        subject: what `handrail check FLOW` takes for it; nothing where there is no list of such things.
        name: what a person calls it.
        verdict: how it stands.
    """

    flow: str
    subject: Mapping[str, str]
    name: str
    verdict: Verdict


class Board:
    """All checks of one region.

    Args:
        checks: the set-ups whose checks are made, in the order of the menu.
        cloud: the account.
        place: what the command line said about where to work.
        reaching: it was agreed to do more than read: to send commands to machines, and to fetch pages.

    Attributes:
        rows: what is known by now.
        found: how many things there are, as far as the lists are read; a list that cannot be read is one.
        unread: how many lists are still being read.
        left_out: the checks that were not made, because that was not agreed to, and what they do.
    """

    def __init__(
        self, checks: Iterable[type[Flow]], cloud: Cloud, place: Place | None = None, *, reaching: bool = False
    ) -> None:
        self.place = place or Place()
        self.reaching = reaching and not self.place.read_only
        self._stop = threading.Event()
        self.cloud = CachedCloud(_Until(cloud, self._stop), refused_once=True)
        all_ = [flow for flow in checks if flow.check.questions]
        self.left_out = {flow.id: flow.check.reaches for flow in all_ if flow.check.reaches and not self.reaching}
        self._checks = [flow for flow in all_ if flow.id not in self.left_out]
        self.rows: list[Row] = []
        self.found, self.unread = 0, len(self._checks)

    @property
    def identity(self) -> Identity:
        return self.cloud.identity

    def look(self) -> Iterator[Row]:
        """Each thing as it is known. Asks AWS, side by side."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            try:
                yield from self._side_by_side(pool)
            except BaseException:  # whoever waits for the pool waits for no further call
                self.stop()
                raise

    def _side_by_side(self, pool: ThreadPoolExecutor) -> Iterator[Row]:
        listing = {pool.submit(self._listed, flow): flow for flow in self._checks}
        looking: set[Future[Row | None]] = set()
        while listing or looking:
            waited: list[Future[Any]] = [*listing, *looking]
            done, _ = wait(waited, return_when=FIRST_COMPLETED)
            for lists in [each for each in listing if each in done]:
                flow, (things, trouble) = listing.pop(lists), lists.result()
                self.found += len(things) + bool(trouble)
                self.unread = len(listing)
                looking |= {pool.submit(self._looked, flow, thing) for thing in things}
                if trouble:
                    yield self._known(trouble)
            for one in [each for each in looking if each in done]:
                looking.remove(one)
                if row := one.result():
                    yield self._known(row)
                else:
                    self.found -= 1

    def stop(self) -> None:
        """Send nothing further. What is known stays; the rest is told to be unknown."""
        self._stop.set()

    def sorted(self) -> list[Row]:
        """What is known by now, worst first, then in the order of the checks."""
        places = {flow.id: number for number, flow in enumerate(self._checks)}
        return sorted(
            self.rows, key=lambda row: (WORST_FIRST.index(row.verdict.status), places[row.flow], row.name, *row.subject)
        )

    @property
    def status(self) -> Status:
        """How all of it stands: as the worst of it. Where there is nothing, nothing is broken."""
        return min((row.verdict.status for row in self.rows), key=WORST_FIRST.index, default=Status.WORKS)

    def _known(self, row: Row) -> Row:
        self.rows.append(row)
        return row

    def _listed(self, flow: type[Flow]) -> tuple[list[Subject], Row | None]:
        """All that there is of it, as far as it may be listed, and why the rest may not."""
        found: list[Subject] = []
        try:
            found.extend(flow.check.everything(self.cloud))
        except Problem as problem:
            return found, Row(flow.id, {}, "", _untold("list", UNLISTED, problem))
        except Exception as error:
            return found, Row(flow.id, {}, "", _mistaken("list", UNLISTED, error))
        return found, None

    def _looked(self, flow: type[Flow], thing: Subject) -> Row | None:
        """How one thing stands; None if it turned out to be something else."""
        given = {**thing.given, **(flow.check.reaching if self.reaching else {})}
        try:
            told = look(flow, self.cloud, given, self.place)
        except Problem as problem:
            told = _untold("read", UNSEEN, problem)
        except Exception as error:
            told = _mistaken("read", UNSEEN, error)
        if told.cause and told.cause in flow.check.something_else:
            return None
        return Row(flow.id, given, thing.name, told)


def _untold(id_: str, what: str, problem: Problem) -> Verdict:
    if isinstance(problem, Stopped):
        return verdict([unknown(id_, "Not looked at: it was stopped before.", "")])
    return verdict([unknown(id_, f"{what} {problem.what}", problem.why, problem.remedy)])


def _mistaken(id_: str, what: str, error: Exception) -> Verdict:
    """One answer that nobody foresaw ends nothing else."""
    return verdict([unknown(id_, what, f"Handrail itself made a mistake ({type(error).__name__}).")])


class _Until:
    """The account, until somebody wants to stop."""

    def __init__(self, cloud: Cloud, stop: threading.Event) -> None:
        self._cloud, self._stop = cloud, stop

    @property
    def identity(self) -> Identity:
        return self._cloud.identity

    def make(self, call: Call) -> Answer:
        self._go_on()
        return self._cloud.make(call)

    def pages(self, call: Call) -> Iterator[Answer]:
        self._go_on()
        for page in self._cloud.pages(call):
            yield page
            self._go_on()

    def look_at(self, url: str) -> Page:
        self._go_on()
        return self._cloud.look_at(url)

    def _go_on(self) -> None:
        if self._stop.is_set():
            raise Stopped("Stopped as you asked.")
