"""How a command comes to its session: a new one from answers, or that of a run, where it was begun."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

import flows
from flows.engine import Caution, Cloud, Flow, Journal, Place, Problem, Refused, Run, Session
from flows.engine.cloud import Offline
from flows.engine.missing import may_be
from flows.engine.problems import JournalTrouble
from flows.engine.refused_answers import Lacking
from flows.engine.run_place import again, insist

from ..outcome import anything_created
from .confirmation import look_ahead
from .json_output import VERSION
from .options import place_said
from .which_one import Unanswered


def answered(
    flow: type[Flow], known: Mapping[str, Any], place: Place, accept: Collection[str], *, kept: bool = False
) -> tuple[Session, list[Caution]]:
    """The session of a set-up in which everything is answered, `kept` as a draft or not, and what to be warned of.

    What is wrong whatever is in an account is told also where none can be opened; where one can, with all else that is
    wrong, and with what there is of what is missing. Raises Problem.
    """
    try:
        Session(flow, Offline()).require(known)
    except Refused as refused:
        raise _with_all_else(flow, known, place, refused) from None
    session = closed_in_the_end(Session(flow, account(place), Journal() if kept else None, place=place))
    session.accepted |= set(accept)
    try:
        cautions = session.fill(known)
    except Lacking as lacking:  # whether it is asked was known only from the account
        raise Unanswered(lacking, may_be(session, lacking.missing)) from None
    if kept:
        session.go_on_with_the_same()
    look_ahead(session)
    return session, cautions


def _with_all_else(flow: type[Flow], known: Mapping[str, Any], place: Place, refused: Refused) -> Refused:
    """The refusal with all that only the account tells; without that, where none can be opened."""
    try:
        session = Session(flow, account(place), place=place)
        session.fill(known)
    except Lacking as lacking:
        return Unanswered(lacking, may_be(session, lacking.missing))
    except Refused as all_of_it:
        return all_of_it
    except Problem:
        pass
    return refused


def said_of(run: Run, given: dict[str, Any]) -> Place:
    """What the command line says of where to go on with a run. Raises Problem if it says otherwise than the run."""
    said = place_said(given)
    insist(run.record, said)
    return said


def session_of(run: Run, said: Place, journal: Journal) -> Session:
    """The session in which a run is gone on with, where it was begun. Raises Problem."""
    place = again(run.record, said)
    session = closed_in_the_end(Session(flows.find(run.record.flow), account(place), journal, place=place, run=run))
    session.settle(said)
    for otherwise in session.otherwise:
        click.echo(otherwise, err=True)
    return session


class HalfWay(JournalTrouble):
    """The journal cannot be written, and something was made already. `about` is the run's document."""

    exit_code = 1

    def __init__(self, trouble: JournalTrouble, about: Mapping[str, Any]) -> None:
        super().__init__(trouble.what, trouble.why, trouble.remedy)
        self.about = {**about, "version": VERSION}


@contextmanager
def half_way(run: Run, document: Callable[[], Mapping[str, Any]]) -> Iterator[None]:
    """Where a run that made something cannot be driven for want of a journal, its `document` tells what stands."""
    try:
        yield
    except JournalTrouble as trouble:
        if run.plan and anything_created(run, run.plan):
            raise HalfWay(trouble, document()) from None
        raise


def closed_in_the_end(session: Session) -> Session:
    """However the command ends, its run may be driven by others then."""
    click.get_current_context().call_on_close(session.close)
    return session


def account(place: Place) -> Cloud:
    """The account at that place. Raises NoAccess."""
    from flows.accounts import sign_in

    return sign_in(place)
