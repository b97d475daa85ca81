"""What lies open while the full screen runs: the journal, the accounts, the session at hand.

Everything here may wait for a disk or for AWS, so screens call it in a worker thread, through `exclusively`: one
session is used by one thread at a time. Nothing heavy is imported before it is needed, because the first
screen must not wait for an SDK.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from .. import preferences

if TYPE_CHECKING:
    from flows.engine import Ask, Cloud, Finding, Flow, Journal, Place, Run, Session
    from flows.engine.asked import Asked
    from flows.engine.board import Board
    from flows.engine.checking import Checking
    from flows.engine.look import Looked
    from flows.engine.verdict import Verdict

    from ..places import PlaceOption
    from .tasking import Tasking

T = TypeVar("T")


@dataclass(frozen=True)
class Start:
    """Where to begin: at home, at a set-up, check or task with some answers given, or at a draft or run."""

    flow: str = ""
    run: str = ""
    check: str = ""
    task: str = ""
    answers: Mapping[str, object] = field(default_factory=dict)
    accept: Collection[str] = ()


@dataclass(frozen=True)
class Account:
    """An account as the bar names it: in words, when signing in again will be needed, and whether it is that of
    practice."""

    where: str
    ends: datetime | None = None
    practice: bool = False

    @property
    def named(self) -> str:
        """All of it in words."""
        if not self.ends:
            return self.where
        from .. import words

        return f"{self.where} · {words.left(self.ends)}"


def account_of(cloud: Cloud, place: Place) -> Account:
    """Who is signed in at this place."""
    from .. import words

    return Account(words.where(cloud.identity, place), cloud.identity.ends, place.practice)


class Workspace:
    """The journal and the accounts, each opened once.

    Args:
        place: what the command line said about where to work.
        opener: how an account is opened; the real way if left out.

    Attributes:
        said: what the command line said.
        place: where new set-ups are made: the same, until somebody chooses otherwise.
        ask: how to sign in where that is needed; nobody is asked without it.
        asked: whose questions are at hand: a set-up's, which is a session, a check's or a task's.
        mending: the check whose findings are being mended, and what it found.
        putting_back: the id of the run that is to be made as it was left; empty if none is.
    """

    def __init__(self, place: Place, opener: Callable[[Place], Cloud] | None = None) -> None:
        self.said, self.place = place, preferences.here(place)
        self.ask: Ask | None = None
        self._picked: Place | None = None
        self._opener = opener
        self._alone = threading.RLock()
        self._clouds: dict[object, Cloud] = {}
        self._journal: Journal | None = None
        self.asked: Session | Checking | Tasking | None = None
        self.mending: tuple[Checking, Verdict] | None = None
        self.putting_back = ""

    @property
    def session(self) -> Session | None:
        """The session at hand; None where nothing is set up."""
        if self.asked is None:
            return None
        from flows.engine import Session

        return self.asked if isinstance(self.asked, Session) else None

    def exclusively(self, work: Callable[[], T]) -> T:
        """Do this while nothing else here is being done."""
        with self._alone:
            return work()

    def journal(self) -> Journal:
        """Where drafts and runs are kept. Raises JournalTrouble."""
        if self._journal is None:
            from flows.engine import Journal

            self._journal = Journal()
        return self._journal

    def cloud(self, place: Place, *, quiet: bool = False) -> Cloud:
        """The account at that place. Who is signed in is asked first, so that no answer is typed in vain.

        Somebody who is not signed in is asked to, unless `quiet`.
        """
        # a process can hold one practice account; its region was chosen when it was opened
        key = "practice" if place.practice else place
        if key not in self._clouds:
            if self._opener is None:
                from flows.accounts import sign_in

                self._clouds[key] = sign_in(place, None if quiet else self.ask)
            else:
                self._clouds[key] = self._opener(place)
        cloud = self._clouds[key]
        cloud.identity  # noqa: B018
        return cloud

    def account(self, *, quiet: bool = False) -> Account:
        """The account for new set-ups."""
        return account_of(self.cloud(self.place, quiet=quiet), self.place)

    @property
    def region(self) -> str:
        """The region of new set-ups, as far as it is known without asking AWS."""
        opened = self._clouds.get(self.place)
        return opened.identity.region if opened else self.place.region

    def place_options(self, kind: str) -> list[PlaceOption]:
        """Every profile or region there is to choose from. Raises Problem."""
        from .. import places

        if kind == "profile":
            return places.profiles(self.journal())
        opened = self._clouds.get(self.place)
        return places.regions(self.journal(), self.region, places.closed_regions(opened) if opened else ())

    def pick(self, place: Place) -> Account:
        """From now on work there; a draft that is open moves along. Raises Problem, and then nothing has changed."""
        before, self.place = self.place, place
        try:
            found = self.account()
        except BaseException:
            self.place = before
            raise
        self._picked = place
        return found

    def unpick(self) -> None:
        """What is opened next is opened where it was made."""
        self._picked = None

    def flow(self, name: str) -> type[Flow]:
        """The set-up of that name. Raises Refused."""
        import flows

        return flows.find(name)

    def form(self, start: Start) -> type[Asked]:
        """What is asked there, which needs no account. Raises Refused."""
        if start.task:
            from flows.tasks import find

            return find(start.task).asks
        return self.flow(start.check).check if start.check else self.flow(start.flow)

    def begin(self, start: Start) -> Session | Checking | Tasking:
        """What is asked for a new set-up, for a draft or run, for a check or a task."""
        self.release()
        if start.check:
            self.asked = self.checking(start.check, start.answers)
        elif start.task:
            self.asked = self._tasking(start.task)
        else:
            self.asked = self._session(start)
        self.asked.cloud.ask = self.ask
        return self.asked

    def to_be_read(self, start: Start) -> Run | None:
        """The run that somebody wanted to open, as the journal has it; None for a draft or what is only begun."""
        run = self.journal().run(start.run) if start.run else None
        return run if run is not None and run.plan is not None else None

    def checking(
        self, flow: str, subject: Mapping[str, object], place: Place | None = None, *, run: str = ""
    ) -> Checking:
        """A check of what exists, with some answers given, asked for at the page of that run."""
        from flows.engine.checking import Checking

        place = place or self.place
        checking = Checking(self.flow(flow), self.cloud(place), place, run=run)
        checking.suggest(dict[str, Any](subject))
        return checking

    def board(self, *, reaching: bool) -> Board:
        """All checks of the region; `reaching`, also what does more than read."""
        import flows
        from flows.engine.board import Board

        return Board(flows.every(), self.cloud(self.place), self.place, reaching=reaching)

    def checked(self, session: Session) -> Mapping[str, str]:
        """What a check is asked about what a run made or mended. Raises Refused where that is in another region."""
        from flows.engine.checking import about
        from flows.engine.flow import REPAIR
        from flows.engine.pasted_lists import joined

        run = session.run
        assert run is not None and run.plan is not None, "only a run has made something"
        check = self.flow(session.flow.id).check
        if session.flow.kind == REPAIR:
            return check.whole({key: joined(value) for key, value in run.plan.facts.items()})
        return about(session)

    def checking_again(self, session: Session) -> Checking:
        """The check whose findings a repair has mended."""
        return self.checking(session.flow.id, self.checked(session), session.place)

    def _tasking(self, name: str) -> Tasking:
        from flows.tasks import find

        from .tasking import Tasking

        task = find(name)
        return Tasking(name, task, self.cloud(self.place) if task.account else None, self.place)

    def mend(self, checking: Checking, told: Verdict, findings: Iterable[Finding]) -> Session:
        """What mends these of the findings, as a set-up that asks nothing."""
        from flows.engine import Session
        from flows.engine.repair import repair

        self.release()
        mends = repair(checking.made, checking.subject(), findings)
        self.asked = session = Session(mends, self.cloud(checking.place), self.journal(), place=checking.place)
        session.cloud.ask = self.ask
        self.mending = (checking, told)
        return session

    def _session(self, start: Start) -> Session:
        from flows.engine import Session

        if start.run:
            session = self._gone_on_with(start.run, start.answers)
        else:
            session = Session(self.flow(start.flow), self.cloud(self.place), self.journal(), place=self.place)
            if start.answers:
                session.suggest(dict[str, Any](start.answers))
        session.accepted |= set(start.accept)
        self._note(session)
        return session

    def _gone_on_with(self, run_id: str, answers: Mapping[str, object]) -> Session:
        """A draft or run where it was begun; a draft moves along with somebody who chose another place for it."""
        from flows.engine import Session
        from flows.engine.run_place import again

        run = self.journal().run(run_id)
        record, picked = run.record, self._picked
        moving = picked is not None and record.status == "draft"
        said = picked or self.said
        place = said if moving else again(record, said)
        session = Session(self.flow(record.flow), self.cloud(place), self.journal(), place=place, run=run)
        try:
            session.settle(self.said, moving=moving)
            session.say_more(answers)
        except BaseException:
            session.close()
            raise
        if place.practice:
            self.place = self.place.practising()  # what follows from it, home too, is not the real account unasked
        return session

    def _note(self, session: Session) -> None:
        from flows.engine import Habits, JournalTrouble

        with suppress(JournalTrouble):  # what is used most is a nicety
            Habits(self.journal()).note(session.place, session.identity)

    def put_back(self, looked: Iterable[Looked]) -> Session:
        """The session in which what a run made is made as it was left; that of the run is let go."""
        before = self.session
        assert before is not None and before.run is not None, "a run was looked at"
        again = before.put_back(looked)
        self.release()
        self.asked, self.putting_back = again, before.run.id
        again.cloud.ask = self.ask
        return again

    def release(self) -> None:
        """Leave what is at hand, so that another process may drive the run of a session."""
        if session := self.session:
            session.close()
        self.asked = self.mending = None
        self.putting_back = ""

    def close(self) -> None:
        """Put everything away."""
        self.release()
        if self._journal is not None:
            self._journal.close()

    def practise(self) -> None:
        """From now on work in the practice account."""
        self.place = self.place.practising()
        self._picked = None
