"""What lies open while the full screen runs: the journal, the accounts, the session at hand.

Everything here may wait for a disk or for AWS, so screens call it in a worker thread, through `alone`: one
session is used by one thread at a time. Nothing heavy is imported before it is needed, because the first
screen must not wait for an SDK.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from flows.engine import Cloud, Flow, Journal, Place, Record, Session

T = TypeVar("T")


@dataclass(frozen=True)
class Start:
    """Where to begin: at home, at a set-up with some answers given, or at a draft or run."""

    flow: str = ""
    run: str = ""
    answers: Mapping[str, object] = field(default_factory=dict)
    accept: Collection[str] = ()


class Desk:
    """The journal and the accounts, each opened once.

    Args:
        place: what the command line said about where to work.
        opener: how an account is opened; the real way if left out.
    """

    def __init__(self, place: Place, opener: Callable[[Place], Cloud] | None = None) -> None:
        self.place = place
        self._opener = opener
        self._alone = threading.RLock()
        self._clouds: dict[object, Cloud] = {}
        self._journal: Journal | None = None
        self.session: Session | None = None

    def alone(self, work: Callable[[], T]) -> T:
        """Do this while nothing else here is being done."""
        with self._alone:
            return work()

    def journal(self) -> Journal:
        """Where drafts and runs are kept. Raises JournalTrouble."""
        if self._journal is None:
            from flows.engine import Journal

            self._journal = Journal()
        return self._journal

    def cloud(self, place: Place) -> Cloud:
        """The account at that place. Who is signed in is asked first, so that no answer is typed in vain."""
        # a process can hold one practice account; its region was chosen when it was opened
        key = "practice" if place.practice else place
        if key not in self._clouds:
            if self._opener is None:
                from flows.accounts import sign_in

                self._opener = sign_in
            self._clouds[key] = self._opener(place)
        cloud = self._clouds[key]
        cloud.identity  # noqa: B018
        return cloud

    def where(self) -> str:
        """The account of the command line, in words."""
        from . import words

        return words.where(self.cloud(self.place).identity, self.place)

    def flow(self, name: str) -> type[Flow]:
        """The set-up of that name. Raises Refused."""
        import flows

        return flows.find(name)

    def records(self) -> list[Record]:
        """Every draft and run, newest first."""
        return self.journal().records()

    def begin(self, start: Start) -> Session:
        """The session for a new set-up, or for a draft or run."""
        from flows.engine import Session

        self.let_go()
        if start.run:
            run = self.journal().run(start.run)
            record = run.record
            place = self._again(record.place)
            session = Session(self.flow(record.flow), self.cloud(place), self.journal(), place=place, run=run)
        else:
            session = Session(self.flow(start.flow), self.cloud(self.place), self.journal(), place=self.place)
            if start.answers:
                session.suggest(dict[str, Any](start.answers))
        session.accepted |= set(start.accept)
        self.session = session
        return session

    def let_go(self) -> None:
        """Leave the session at hand, so that another process may drive its run."""
        if self.session is not None:
            self.session.close()
            self.session = None

    def close(self) -> None:
        """Put everything away."""
        self.let_go()
        if self._journal is not None:
            self._journal.close()

    def practise(self) -> None:
        """From now on work in the practice account."""
        self.place = replace(self.place, practice=True, profile="", endpoint_url="")

    def _again(self, kept: Place) -> Place:
        """Where a run was made, unless the command line said otherwise."""
        said = self.place
        if kept.practice:
            return replace(kept, read_only=said.read_only or kept.read_only)
        return replace(
            kept,
            profile=said.profile or kept.profile,
            region=said.region or kept.region,
            endpoint_url=said.endpoint_url or kept.endpoint_url,
            read_only=said.read_only or kept.read_only,
        )
