"""Line prompts: a conversation that reads well on any terminal, in a log and in a screen reader.

Nothing is drawn and nothing is overwritten. Here is how one begins with a set-up, or with a draft or run. How
a reply is read, and what a dumb terminal gets, is in `reader`; what is said then, in `conversation`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import flows
from flows.engine import Busy, Journal, Place, Problem, Run, Session, Unplaced
from flows.engine.checking import about

from .. import answers_file, history, words
from ..telling import say
from . import looking_after
from .conversation import CheckWish, Conversation
from .question import PlaceChange, ToTheList
from .reading import Quit, Reader, reader
from .sign_in import AccountOpener


def run(
    place: Place, flow: str, answers: Mapping[str, Any], accept: Collection[str], save: Path | None, *,
    stays: bool = False,
) -> int:  # fmt: skip
    """A new set-up, with some answers perhaps given already. A command ends with it; who came from home `stays`."""
    journal, found, ask = Journal(), flows.find(flow), reader()
    try:
        cloud, place = AccountOpener(say, ask, journal).open(place)
    except Quit as leaving:
        return leaving.code
    session = Session(found, cloud, journal, place=place)
    session.accepted |= set(accept)
    if answers:
        session.suggest(answers)
    return _talk(session, journal, ask, save, stays=stays)


def resume(
    said: Place, run_id: str, accept: Collection[str], answers: Mapping[str, Any] = MappingProxyType({}), *,
    stays: bool = False,
) -> int:  # fmt: skip
    """Go on with a draft or run, where it was begun. `said` is what the command line says, also of `answers`; `stays`
    as in `run`. One that another Handrail has open is shown. Raises Problem, and ToTheList for whoever `stays`."""
    journal = Journal()
    kept = journal.run(run_id)
    try:
        session = session_of(kept, said, journal)
    except Quit as leaving:
        return leaving.code
    except Busy as elsewhere:
        if kept.plan is None:
            raise
        say("\n".join(history.details(kept)))  # somebody has it open: that is no reason not to show it
        if not stays:
            raise
        say(words.problem(elsewhere))
        raise ToTheList from None
    with closing(session):
        session.accepted |= set(accept)
        session.say_more(answers)
        if kept.ended_meanwhile:
            say(history.ended_meanwhile(kept))
        return _gone_on_with(session, kept, journal, reader(), stays=stays)


def session_of(kept: Run, said: Place, journal: Journal) -> Session:
    """The session in which a draft or run is gone on with; asks what it takes to get there. Raises Problem, or Quit."""
    opener = AccountOpener(say, reader(), journal)
    while True:
        cloud, place = opener.open(opener.back_to(kept.record, said))
        session = Session(flows.find(kept.record.flow), cloud, journal, place=place, run=kept)
        try:
            session.settle(said)
        except Unplaced as missing:
            session.close()
            say(words.problem(missing))
            said = replace(said, region="")
        except BaseException:
            session.close()
            raise
        else:
            for otherwise in session.otherwise:
                say(otherwise)
            return session


def _gone_on_with(session: Session, kept: Run, journal: Journal, ask: Reader, *, stays: bool) -> int:
    talk = Conversation(session, ask)
    match kept.record.status:
        case "draft":
            return _talk(session, journal, ask, stays=stays)
        case "undoing":
            return talk.undo()
        case "applying" | "failed":
            code = talk.apply()
            return _afterwards(talk, code) if stays else code
        case "undone":
            say("\n".join(history.details(kept)))
            return 0
        case _:
            say("\n".join(history.details(kept)))
            say(history.finished(kept))
            return _afterwards(talk, 0)


def _afterwards(talk: Conversation, code: int) -> int:
    """What can be done about a run once it is carried out; the exit code."""
    session = talk.session
    if code or session.run is None or session.run.record.status not in ("done", "waiting"):
        return code
    try:
        return talk.look_back()
    except CheckWish:
        return looking_after.check(session.place, session.flow.id, about(session))


def _talk(session: Session, journal: Journal, ask: Reader, save: Path | None = None, *, stays: bool) -> int:
    """Ask, review and apply, in another account if the person moves; gives the exit code. Answers are saved at last."""
    try:
        while True:
            try:
                talk = Conversation(session, ask)
                code = talk.hold()
            except PlaceChange as wish:
                session = _moved(session, journal, ask, wish.kind)
                continue
            if save:
                answers_file.save_answers(save, session.answers())
            return _afterwards(talk, code) if stays else code
    finally:
        session.close()


def _moved(session: Session, journal: Journal, ask: Reader, kind: str) -> Session:
    """The same draft in the account that is chosen now, or where it was if that is not to be had."""
    if session.place.practice:
        say("The practice account is the only one there is in practice mode.")
        return session
    opener = AccountOpener(say, ask, journal)
    try:
        cloud, place = opener.open(opener.choose(session.place, kind))
    except Quit:
        return session
    except Problem as problem:
        say(words.problem(problem))
        return session
    said, accepted = session.answers(), session.accepted
    session.close()
    kept = journal.run(session.run.id) if session.run else None
    session = Session(session.flow, cloud, journal, place=place, run=kept)
    session.accepted |= accepted
    session.settle(moving=True)
    if not kept and said:
        session.suggest(said)
    return session
