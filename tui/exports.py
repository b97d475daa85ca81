"""The plan as a file for somewhere else: one function for each `--format`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .safe import line

if TYPE_CHECKING:
    from flows.engine import Session


@dataclass(frozen=True)
class Document:
    """What is written, and whether it is a file that can be run."""

    text: str
    runs: bool = False


def cli(session: Session, *, reads: bool) -> Document:
    from flows.export.cli import script

    plan, flow = session.review().plan, session.flow
    return Document(script(plan, flow=flow.id, title=flow.title, region=session.identity.region), runs=True)


def policy(session: Session, *, reads: bool) -> Document:
    from flows.export.policy import policy

    review = session.review()
    actions = review.reads if reads else review.permissions
    for action in actions:
        if action.startswith("?"):
            click.echo(f"The permission for {action[1:]} is not known; add it yourself.", err=True)
    also = (call.region for call in review.plan.calls())
    return Document(json.dumps(policy(actions, session.identity.region, also), indent=2) + "\n")


def cloudformation(session: Session, *, reads: bool) -> Document:
    from flows.export.cloudformation import template

    flow, here = session.flow, session.identity.region
    made = template(session.review().plan, flow=flow.id, title=flow.title, region=here)
    if made.region != here:
        click.echo(f"Its stack belongs into {made.region}, not {here}.", err=True)
    if made.left_out:
        click.echo("These steps are NOT in the template; `--format cli` and `--format runbook` have them:", err=True)
        for number, action, why in made.left_out:
            click.echo(f"  {number}. {line(action.sentence)}\n     {line(why)}", err=True)
    return Document(made.text)


def runbook(session: Session, *, reads: bool) -> Document:
    from datetime import UTC, datetime

    from flows.export.runbook import runbook

    from . import words

    review, today = session.review(), datetime.now(UTC).date()
    return Document(
        runbook(
            review, flow=session.flow, identity=session.identity, on=today, costs=words.costs(review),
            practice=session.place.practice,
        )
    )  # fmt: skip


FORMS: Mapping[str, Callable[..., Document]] = {
    "cli": cli,
    "cloudformation": cloudformation,
    "policy": policy,
    "runbook": runbook,
}
"""What `--format` may be, and who writes it."""
SCRIPT = "script"
"""One more: what runs on a machine, which needs neither an account nor all answers."""


def write(session: Session, form: str, out: Path | None, *, reads: bool) -> None:
    """Write the plan of an answered session to `out`, or to stdout."""
    put(FORMS[form](session, reads=reads), out)


def put(document: Document, out: Path | None) -> None:
    """Write a document to `out`, or to stdout. Raises Refused."""
    from flows.engine import Refused

    if out is None:
        click.echo(document.text, nl=False)
        return
    try:
        out.write_text(document.text, encoding="utf-8")
        out.chmod(0o755 if document.runs else 0o644)
    except OSError as error:
        raise Refused(f"{out} cannot be written.", str(error), "Give another file with --out.") from None
    click.echo(f"Written to {out}.", err=True)
