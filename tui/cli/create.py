"""A set-up, from its answers to the account: `run` makes it, `plan` shows it, `export` writes it for somewhere else."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from .. import exports
from ..telling import say
from . import completions
from .interactive import by_lines, or_home, somebody
from .json_output import print_json, reviewed
from .options import (
    accept_option,
    command,
    global_options,
    json_option,
    output_option,
    place_of,
    plain_option,
    with_answers,
)


@command()
@click.argument("flow", shell_complete=completions.set_ups)
@with_answers
@accept_option
@click.option("-y", "--yes", is_flag=True, help="Create without asking.")
@plain_option
@click.option("--save-answers", type=click.Path(path_type=Path), metavar="FILE", help="Write the answers to FILE.")
@output_option
@global_options
def run(
    flow: str, answers: Path | None, sets: tuple[str, ...], accept: tuple[str, ...], yes: bool, plain: bool,
    save_answers: Path | None, output: str, **given: Any,
) -> None:  # fmt: skip
    """Make a set-up: asked, reviewed, created."""
    import flows
    from flows.engine import Problem

    from .. import answers_file
    from . import results
    from .confirmation import confirmed, known_yeses
    from .sessions import answered

    known = answers_file.load_answers(answers, sets)
    place, found = place_of(given), flows.find(flow)
    known_yeses(accept, found)
    if output == "text" and not yes and somebody(plain):
        if by_lines(plain):
            from ..lines import prompts

            raise SystemExit(or_home(lambda: prompts.run(place, flow, known, accept, save_answers), place))
        from ..screen.app import run as full_screen

        raise SystemExit(full_screen(place, flow=flow, answers=known, accept=accept))
    session, cautions = answered(found, known, place, accept, kept=True)
    if save_answers:
        answers_file.save_answers(save_answers, session.answers())
    draft = session.run.id if session.run else ""
    try:
        review = session.review()
        if output == "text":
            results.show_review(session, review, also=cautions)
        cautions += review.cautions
        confirmed(review, accept, place)
    except Problem as problem:
        problem.remedy = f"{problem.remedy} {_kept(draft)}".strip()
        raise
    if not yes:
        raise click.UsageError(f"Everything is answered; to create it, add --yes. It is kept as the draft {draft}.")
    raise SystemExit(results.carry_out(session, cautions, output))


def _kept(draft: str) -> str:
    from flows.engine import shell

    going, forgetting = shell.handrail("resume", draft), shell.handrail("runs", draft, "--delete")
    return f"The answers are kept as the draft {draft}; to go on: `{going} --yes`; to forget it: `{forgetting}`."


@command()
@click.argument("flow", shell_complete=completions.set_ups)
@with_answers
@accept_option
@json_option
@global_options
def plan(
    flow: str, answers: Path | None, sets: tuple[str, ...], accept: tuple[str, ...], output: str, **given: Any
) -> None:
    """The review of a set-up: what would be done, checked and paid. Nothing is created."""
    import flows

    from ..answers_file import load_answers
    from .confirmation import known_yeses, yeses
    from .results import show_review
    from .sessions import answered

    found = flows.find(flow)
    known_yeses(accept, found)
    session, cautions = answered(found, load_answers(answers, sets), place_of(given), accept)
    review = session.review()
    if output == "json":
        print_json(reviewed(session, review, cautions))
    else:
        show_review(session, review, sys.stdout, also=cautions)
        if needed := yeses(review, accept):
            say(needed)
    if review.refusals:
        raise SystemExit(3)


@command()
@click.argument("flow", shell_complete=completions.set_ups)
@with_answers
@click.option(
    "--format", "form", type=click.Choice([*exports.FORMS, exports.SCRIPT]), required=True, help="What to write."
)
@click.option("--reads", is_flag=True, help="With policy: for looking only, without creating.")
@click.option("--there", is_flag=True, help="With policy: for the other account, whose profile is in the answers.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write to FILE instead of stdout.")
@global_options
def export(
    flow: str, answers: Path | None, sets: tuple[str, ...], form: str, reads: bool, there: bool, out: Path | None,
    **given: Any,
) -> None:  # fmt: skip
    """The plan as an aws script, a template, a runbook or a policy.

    cli: a bash script. cloudformation: a template, and which steps cannot be in one. runbook: a document to do it by
    hand and sign off. policy: the IAM policy that it needs. script: what runs on the machine, where a set-up has that;
    it needs no account, and takes what answers there are.
    """
    import flows

    from ..answers_file import load_answers
    from .sessions import answered

    found, known = flows.find(flow), load_answers(answers, sets)
    if form == exports.SCRIPT:
        _put(exports.on_a_machine(found, known), out)
        return
    session, _ = answered(found, known, place_of(given), ())
    policy = exports.THERE if there else exports.READS if reads else exports.FORMS["policy"]
    document = (policy if form == "policy" else exports.FORMS[form]).make(session)
    for note in document.notes:
        click.echo(note, err=True)
    _put(document, out)


def _put(document: exports.Document, out: Path | None) -> None:
    """Write a document to `out`, or to stdout. Raises Refused."""
    from flows.engine import files

    if out is None:
        # to a file it is what it would be with --out, whatever the locale
        click.echo(document.text if sys.stdout.isatty() else document.text.encode(), nl=False)
        return
    files.write(out, document.text, document.mode, remedy="Give another file with --out.")
    click.echo(f"Written to {out}.", err=True)
