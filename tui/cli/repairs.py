"""`check --fix`: what was found, mended by a plan that is shown first, and looked at once more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

from flows.engine import Blocked, Cloud, Flow, Grade, Journal, Place, Problem, Run, Session
from flows.engine.repair import ALL, READ_ONLY, chosen, repair
from flows.engine.shell import handrail, placed
from flows.engine.verdict import Verdict, verdict

from .. import outcome, verdicts, words
from ..telling import say
from ..terminal import is_terminal
from . import json_output, results
from .confirmation import confirmed
from .json_output import print_json
from .sessions import closed_in_the_end

Look = Callable[[], Verdict]


def tell(flow: type[Flow], found: Verdict, place: Place) -> None:
    """What a check found, with what each can be mended by, or why it cannot."""
    say("\n".join(verdicts.checked(flow, found, place)))


def offer(flow: type[Flow], found: Verdict, subject: Mapping[str, str], place: Place) -> None:
    """To somebody at a terminal: the command that mends what can be mended."""
    what = {key: value for key, value in subject.items() if "\n" not in value}
    wrong = [each for each in found.findings if each.repair and each.grade is not Grade.PROVED]
    if wrong and not place.read_only and is_terminal():
        command = handrail("check", flow.id, "--fix", ALL, **what)
        say("\nTo mend what can be mended; the plan is shown first:", err=True)
        click.echo(placed(command, place), err=True)  # in one line, to be copied


def exit_code(found: Verdict) -> int:
    """What a check ends with."""
    return outcome.of_check(found.status)


def mend(
    flow: type[Flow], cloud: Cloud, subject: Mapping[str, str], before: Verdict, look: Look, *, place: Place,
    fix: tuple[str, ...], accept: tuple[str, ...], yes: bool, output: str,
) -> int:  # fmt: skip
    """Make one plan of the repairs that are wanted, carry it out where that was agreed to, and check again.

    Args:
        flow: the set-up that was checked.
        cloud: the account.
        subject: what was checked.
        before: what was found.
        look: checks again.
        place: where.
        fix: the ids of the repairs, or `all`.
        accept: the ids of the cautions that were agreed to.
        yes: carry it out; otherwise it is only shown.
        output: text or json.

    Returns the exit code. Raises Problem, nothing being changed.
    """
    if place.read_only:
        raise Blocked(READ_ONLY, remedy="Leave out --read-only.")
    wanted = chosen(before.findings, fix)
    about = {"flow": flow.id, "subject": dict(subject)}
    if not wanted:
        _told(flow, about, before, place, output)
        click.echo("There is nothing that could be mended from here.", err=True)
        return exit_code(before)
    session = closed_in_the_end(Session(repair(flow, subject, wanted), cloud, Journal(), place=place))
    session.accepted |= set(accept)
    review = session.review()
    if not yes:
        flags = "".join(f" --accept {id}" for id in dict.fromkeys(each.id for each in review.cautions if each.confirm))
        agree = f"That is what would be done, and nothing was. To do it, add --yes{flags}."
        more = {"plan": json_output.planned(session, review), "error": json_output.usage(agree)}
        _told(flow, about, before, place, output, **more)
        if output == "text":
            click.echo("\n".join(["", *words.review(session, review)]))
            click.echo(agree, err=True)
        return 2
    if output == "text":
        tell(flow, before, place)
        results.show_review(session, review)
    confirmed(review, accept, place)

    def work() -> int:
        ended = results.applied(session, output)
        run = session.run
        assert run is not None
        problems = [*ended.problems]
        try:
            after = before if problems else look()
        except Problem as problem:  # what was done must be told all the same
            after, problems = verdict(()), [problem]
        more: dict[str, Any] = {"error": json_output.as_error(problems[0])} if problems else {}
        if output == "json":
            more |= {"run": run.id, "before": json_output.checked(before), "undo": handrail("undo", run.id)}
            _told(flow, about, after, place, output, **more)
        else:
            if problems and not ended.problems:
                click.echo(words.problem(problems[0]), err=True)
            elif not problems:
                say(f"\nBefore: {verdicts.verdict(before)}\nAfter: {verdicts.verdict(after)}\n")
                tell(flow, after, place)
            _way_on(run, ended)
        return ended.code(run) or exit_code(after)

    return results.heard(session, work)


def _told(flow: type[Flow], about: Mapping[str, Any], found: Verdict, place: Place, output: str, **more: Any) -> None:
    if output == "json":
        print_json({**about, **json_output.checked(found), "run": "", **more})
    else:
        tell(flow, found, place)


def _way_on(run: Run, ended: results.Applied) -> None:
    for each in ended.untold:
        click.echo(words.problem(each), err=True)
    if ended.problems:
        click.echo(f"Go on with: {words.resume(run.id)}", err=True)
    click.echo(f"Take it back with: {words.undo(run.id)}", err=True)
