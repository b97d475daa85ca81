"""A plan carried out or taken back from the command line, and how that is told: by words, JSON and exit code."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import click

from ..output import ended, unheard

if TYPE_CHECKING:
    from flows.engine import Caution, Event, Problem, Receipt, Review, Session

STOPPING = "Stopping after the calls that are under way…"
STOPPED = "Stopped as you asked; what was sent is written down."
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""What asks a program to end: the person, the machine, the line that is gone."""


def carry_out(session: Session, cautions: list[Caution], output: str) -> int:
    """Carry a confirmed plan out, and tell how it ended; the exit code."""
    return _heard(session, lambda: _carry_out(session, cautions, output))


def take_back(session: Session, decisions: dict[str, str], output: str) -> int:
    """Take a run back with these decisions, and tell how it ended; the exit code."""
    return _heard(session, lambda: _take_back(session, decisions, output))


def _heard(session: Session, work: Callable[[], int]) -> int:
    """Whoever cannot be told any more is told how to go on, once what was under way is written down."""
    try:
        return work()
    except OSError as error:
        if not ended(error):
            raise
        run = session.run
        from .. import words

        assert run is not None, "only a confirmed run is carried out or taken back"
        further = []
        if run.record.status in ("applying", "failed"):
            further.append(f"Go on with: {words.resume(run.id)}")
        if run.record.status != "undone":
            further.append(f"Take it back with: {words.undo(run.id)}")
        return unheard(error, "\n".join(further))


def _carry_out(session: Session, cautions: list[Caution], output: str) -> int:
    from flows.engine import JournalTrouble, Problem, Stopped

    from .. import words
    from . import batch

    problems: list[Problem] = []
    unseen: list[Problem] = []  # no event told of these
    seen: dict[str, str] = {}
    with stoppable(session.stop, STOPPING) as interrupted:
        try:
            for event in session.apply():
                problems += [event.problem] if event.problem else []
                tell(event, output, seen)
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
            problem.remedy = f"{problem.remedy} To look again: {words.resume(run.id)}".strip()
            unseen.append(problem)
    problems += unseen
    document = batch.result(session, cautions)
    if interrupted and not problems:
        problems.append(Stopped(STOPPED, remedy=f"Go on with: {words.resume(run.id)}"))
    if problems:
        document["error"] = batch.as_error(problems[0])
    tell_result(session, document, output)
    for each in unseen if output == "text" else ():
        click.echo(words.problem(each), err=True)
    if interrupted:
        return 130
    return batch.exit_code(run, run.plan, problems)


def _take_back(session: Session, decisions: dict[str, str], output: str) -> int:
    from flows.engine import JournalTrouble, Stopped

    from .. import words
    from . import batch

    batch.writable(session.place)
    seen: dict[str, str] = {}
    trouble: Problem | None = None
    with stoppable(session.stop, STOPPING) as interrupted:
        try:
            for event in session.undo(decisions):
                tell(event, output, seen)
        except JournalTrouble as problem:
            if not _made_something(session):
                raise
            trouble = problem
    if interrupted and trouble is None and session.run:
        trouble = Stopped(STOPPED, remedy=f"Go on with: {words.undo(session.run.id)}")
    code = tell_receipt(session, output, trouble)
    return 130 if interrupted else code


def _made_something(session: Session) -> bool:
    from . import batch

    return bool(session.run and session.run.plan and batch.anything_created(session.run, session.run.plan))


def tell_receipt(session: Session, output: str, trouble: Problem | None = None) -> int:
    """How an undo ended; `trouble` is what broke it off."""
    from .. import words
    from . import batch

    receipt: Receipt = session.receipt()
    if output == "text":
        click.echo("\n".join(words.receipt(receipt)))
        if trouble:
            click.echo(words.problem(trouble), err=True)
    else:
        error = {"error": batch.as_error(trouble)} if trouble else {}
        print_json(batch.undone(session, receipt) | error, compact=output == "ndjson")
    return 0 if receipt.complete and not trouble else 1


@contextmanager
def stoppable(stop: Callable[[], None], says: str) -> Iterator[list[int]]:
    """Ctrl-C, a lost line and a polite kill stop before the next call; a second one changes nothing, so no call in
    flight is killed: what was sent is written down, and whoever resumes need not find out whether it arrived."""
    caught: list[int] = []

    def stopped(number: int, frame: object) -> None:
        caught.append(number)
        stop()
        with suppress(OSError):  # the terminal may be what went away
            click.echo(says, err=True)

    before = {number: signal.signal(number, stopped) for number in ENDS}
    try:
        yield caught
    finally:
        for number, former in before.items():
            signal.signal(number, former)


def tell(event: Event, output: str, seen: dict[str, str]) -> None:
    from .. import words
    from . import batch

    if output == "ndjson":
        print_json(batch.as_line(event), compact=True)
    elif words.news(event, seen):
        with suppress(OSError):  # whoever cannot see the progress still gets the result
            click.echo(words.event(event), err=True)


def tell_result(session: Session, document: dict[str, Any], output: str) -> None:
    from .. import safe, words

    if output != "text":
        print_json(document, compact=output == "ndjson")
        return
    for name, value in document["outputs"].items():
        click.echo(f"{name}: {safe.line(value)}")
    if document["files"]:
        assert session.run is not None
        click.echo(f"files: {session.run.folder} (only you can read them; they may hold secret keys)")
    for step in document["next_steps"]:
        click.echo(safe.line(step), err=True)
    if document["waiting"]:
        click.echo(safe.line(document["waiting"]), err=True)
    if document["status"] == "failed":
        click.echo(f"Go on with: {words.resume(document['run'])}", err=True)
    click.echo(f"Take it back with: {document['undo']}", err=True)


def show_review(session: Session, review: Review, to: Any = None) -> None:
    from .. import words

    for line in words.review(session, review):
        click.echo(line, file=to or sys.stderr)


def review_json(session: Session, review: Review, cautions: Iterable[Caution]) -> dict[str, Any]:
    plan = review.plan
    return {
        "flow": session.flow.id,
        "answers": {line.question.id: line.raw for line in review.answers},
        "actions": [
            {"id": a.id, "sentence": a.sentence, "operation": a.call.operation, "needs": sorted(a.needs)}
            for a in plan.actions
        ],
        "uses": [{"id": u.id, "sentence": u.sentence, "type": u.type, "resource": u.resource} for u in plan.uses],
        "checks": [
            {"id": f.id, "grade": f.grade.value, "sentence": f.sentence, "remedy": f.remedy} for f in review.findings
        ],
        "warnings": [
            {"id": c.id, "key": c.key, "message": c.message, "confirm": c.confirm}
            for c in (*cautions, *review.cautions)
        ],
        "costs": [
            {"what": c.what, "usd_per_hour": str(c.usd_per_hour), "as_of": c.as_of, "source": c.source}
            for c in plan.costs
        ],
        "permissions": list(review.permissions),
    }


def print_json(value: Any, *, compact: bool = False) -> None:
    click.echo(json.dumps(value, indent=None if compact else 2, default=str))
