"""A plan carried out or taken back from the command line, and how that is told: by words, JSON and exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TextIO

import click

from flows.engine import Caution, Event, JournalTrouble, Place, Problem, Review, Run, Session, Stopped
from flows.engine.by_hand import to_do
from flows.engine.shell import handrail

from .. import costs, outcome, safe, taking_back, words
from ..called import as_called
from ..signals import STOPPING, stoppable
from ..telling import say
from . import confirmation, json_output
from .broken_output import ended, unheard
from .json_output import print_json

STOPPED = "Stopped as you asked; what was sent is written down."


def carry_out(session: Session, cautions: list[Caution], output: str) -> int:
    """Carry a confirmed plan out, and tell how it ended; the exit code."""
    return heard(session, lambda: _carry_out(session, cautions, output))


def take_back(session: Session, decisions: dict[str, str], output: str) -> int:
    """Take a run back with these decisions, and tell how it ended; the exit code."""
    return heard(session, lambda: _take_back(session, decisions, output))


def heard(session: Session, work: Callable[[], int]) -> int:
    """Whoever cannot be told any more is told how to go on, once what was under way is written down."""
    try:
        return work()
    except OSError as error:
        if not ended(error):
            raise
        run = session.run
        assert run is not None, "only a confirmed run is carried out or taken back"
        further = []
        if run.record.status in ("applying", "failed"):
            further.append(f"Go on with: {words.resume(run.id)}")
        if run.record.status != "undone":
            further.append(f"Take it back with: {words.undo(run.id)}")
        return unheard(error, "\n".join(further))


def _carry_out(session: Session, cautions: list[Caution], output: str) -> int:
    ended = applied(session, output)
    run = session.run
    assert run is not None and run.plan is not None
    document = json_output.result(run, cautions)
    if ended.problems:
        document["error"] = json_output.as_error(ended.problems[0])
    tell_result(session, document, output)
    for each in ended.untold if output == "text" else ():
        click.echo(words.problem(each), err=True)
    return ended.code(run)


@dataclass
class Applied:
    """How carrying a plan out ended.

    Args:
        problems: what went wrong.
        untold: of these, what no event told of.
        interrupted: whether somebody stopped it.
    """

    problems: list[Problem]
    untold: list[Problem]
    interrupted: bool = False

    def code(self, run: Run) -> int:
        assert run.plan is not None, "it was carried out"
        return 130 if self.interrupted else outcome.exit_code(run, run.plan, self.problems)


def applied(session: Session, output: str) -> Applied:
    """Carry a confirmed plan out and hand over, telling each event. Raises JournalTrouble where nothing was made."""
    problems: list[Problem] = []
    unseen: list[Problem] = []
    seen: dict[str, str] = {}
    with stoppable(session.stop, STOPPING) as interrupted:
        try:
            for event in session.apply():
                problems += [event.problem] if event.problem else []
                tell(event, output, seen, session.place)
        except JournalTrouble as problem:
            if not _made_something(session):
                raise
            unseen.append(problem)
    run = session.run
    assert run is not None and run.plan is not None
    if not (problems or unseen or interrupted):
        try:
            session.hand_over()
        except Problem as problem:
            problem.what = f"Everything is created; what it came to could not be looked at. {problem.what}"
            problem.remedy = f"{problem.remedy} To look again: {handrail('resume', run.id)}".strip()
            unseen.append(problem)
    problems += unseen
    if interrupted and not problems:
        problems.append(Stopped(STOPPED, remedy=f"Go on with: {handrail('resume', run.id)}"))
    return Applied(problems, unseen, bool(interrupted))


def _take_back(session: Session, decisions: dict[str, str], output: str) -> int:
    confirmation.writable(session.place)
    seen: dict[str, str] = {}
    before = taking_back.gone_before(session.run) if session.run else ()
    told: list[str] = []
    trouble: Problem | None = None
    with stoppable(session.stop, STOPPING) as interrupted:
        try:
            for event in session.undo(decisions):
                tell(event, output, seen, session.place)
                told += [event.sentence] if event.kind in taking_back.TAKEN else []
        except JournalTrouble as problem:
            if not _made_something(session):
                raise
            trouble = problem
    if interrupted and trouble is None and session.run:
        trouble = Stopped(STOPPED, remedy=f"Go on with: {handrail('undo', session.run.id)}")
    both = sys.stdout.isatty() and sys.stderr.isatty()  # what happened stands there already
    code = tell_receipt(session, output, trouble, told=(*before, *(told if both else ())))
    return 130 if interrupted else code


def _made_something(session: Session) -> bool:
    return bool(session.run and session.run.plan and outcome.anything_created(session.run, session.run.plan))


def tell_receipt(session: Session, output: str, trouble: Problem | None = None, *, told: Collection[str] = ()) -> int:
    """How an undo ended; `trouble` is what broke it off, `told` what somebody read of it as it happened."""
    receipt = session.receipt()
    if output == "text":
        say("\n".join(taking_back.receipt(receipt, told)))
        if trouble:
            click.echo(words.problem(trouble), err=True)
    else:
        error = {"error": json_output.as_error(trouble)} if trouble else {}
        assert session.run is not None, "only a confirmed run is taken back"
        print_json(json_output.undone(session.run, receipt) | error, compact=output == "ndjson")
    return 0 if receipt.complete and not trouble else 1


def tell(event: Event, output: str, seen: dict[str, str], place: Place) -> None:
    """One event: a line of JSON, or a sentence where it is news, with what a person has to do then; `seen` is what was
    said of each step last."""
    if output == "ndjson":
        print_json(json_output.as_line(event), compact=True)
    elif words.news(event, seen):
        with suppress(OSError):  # whoever cannot see the progress still gets the result
            click.echo(
                "\n".join([words.event(event), *words.to_do([event.by_hand] if event.by_hand else [], place)]), err=True
            )


def tell_result(session: Session, document: dict[str, Any], output: str) -> None:
    """How a run ended."""
    if output != "text":
        print_json(document, compact=output == "ndjson")
        return
    for name, value in document["outputs"].items():
        click.echo(f"{name}: {safe.line(value)}")
    if document["files"]:
        assert session.run is not None
        click.echo(f"files: {session.run.folder} (only you can read them; they may hold secret keys)")
    for step in document["next_steps"]:
        click.echo(as_called(safe.line(step)), err=True)
    if document["waiting"]:
        click.echo(as_called(safe.line(document["waiting"])), err=True)
    if document["status"] == "failed":
        assert session.run is not None
        if meanwhile := costs.meanwhile(session.run):
            click.echo(meanwhile, err=True)
        if session.run.plan and (now := words.to_do(to_do(session.run, session.run.plan), session.place)):
            click.echo("\n".join(now), err=True)
        click.echo(f"Go on with: {words.resume(document['run'])}", err=True)
    click.echo(f"Take it back with: {as_called(document['undo'])}", err=True)


def show_review(
    session: Session, review: Review, to: TextIO | None = None, *, also: Iterable[Caution] = ()
) -> None:  # fmt: skip
    """The review, with what is `also` worth knowing, to standard error or to where it is the result."""
    for line in words.review(session, review, also):
        click.echo(line, file=to or sys.stderr)
