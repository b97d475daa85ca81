"""`runs RUN --look`: what a run made, looked at again; and put back, or taken as it is."""

from __future__ import annotations

from typing import Any

import click

from flows.engine import Blocked, Event, Session
from flows.engine.look import Looked
from flows.engine.repair import READ_ONLY

from .. import looking_again, words
from ..telling import say
from . import json_output, results
from .confirmation import confirmed, writable
from .json_output import print_json
from .sessions import closed_in_the_end


def look(session: Session) -> list[Looked]:
    """How each step of the run stands; what takes its time is told. Raises Problem."""
    seen: set[int] = set()

    def told(event: Event) -> None:
        if words.shared_news(event, seen):
            click.echo(words.event(event), err=True)

    return session.look(told)


def put_back(session: Session, looked: list[Looked], accept: tuple[str, ...], *, yes: bool, output: str) -> int:
    """Make it as it was left, as far as that can be; without `yes` only the plan of that. The exit code.

    Raises Problem, nothing being changed.
    """
    run = session.run
    assert run is not None, "a run was looked at"
    if session.place.read_only:
        raise Blocked(READ_ONLY, remedy="Leave out --read-only.")
    if output == "text":
        say("\n".join(looking_again.looked(run, looked)))
    if not looking_again.can_be_put_back(session, looked):
        if output == "json":
            print_json(json_output.about_run(run, looked))
        click.echo("There is nothing that could be put back from here.", err=True)
        return 0
    again = closed_in_the_end(session.put_back(looked))
    again.accepted |= set(accept)
    review = again.review()
    if not yes:
        flags = "".join(f" --accept {id}" for id in dict.fromkeys(each.id for each in review.cautions if each.confirm))
        agree = f"That is what would be done, and nothing was. To do it, add --yes{flags}."
        more: dict[str, Any] = {"plan": json_output.planned(again, review), "error": json_output.usage(agree)}
        if output == "json":
            print_json({**json_output.about_run(run, looked), **more})
        else:
            click.echo("\n".join(["", *words.review(again, review)]))
            click.echo(agree, err=True)
        return 2
    if output == "text":
        results.show_review(again, review)
    confirmed(review, accept, again.place)
    return results.carry_out(again, list(review.cautions), output)


def take_as_it_is(session: Session, looked: list[Looked]) -> list[Looked]:
    """Say that what was changed or is gone may stay so; how each step stands then. Raises Problem."""
    writable(session.place)
    click.echo(looking_again.accepted(session.take_as_it_is(looked), looked), err=True)
    return look(session)
