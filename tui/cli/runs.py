"""What was begun: `runs` lists it, `resume` goes on with it, `undo` takes it back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import completions
from .interactive import by_lines, or_home, somebody
from .json_output import about_record, about_run, print_json, result, undone
from .options import accept_option, command, global_options, json_option, output_option, place_of, plain_option

if TYPE_CHECKING:
    from flows.engine import Caution, Place, Run


@command()
@click.argument("run_id", required=False, metavar="[RUN]", shell_complete=completions.runs)
@click.option("--save-answers", type=click.Path(path_type=Path), metavar="FILE", help="Write its answers to FILE.")
@click.option("--look", is_flag=True, help="Look whether what RUN made is still as it left it.")
@click.option("--put-back", is_flag=True, help="With --look: make it as it was left; without --yes only the plan.")
@click.option("--as-it-is", is_flag=True, help="With --look: what was changed or is gone may stay so.")
@click.option("--delete", is_flag=True, help="Delete RUN, a draft that you do not need any more.")
@click.option("-y", "--yes", is_flag=True, help="Put back without asking.")
@accept_option
@json_option
@global_options
def runs(
    run_id: str | None, save_answers: Path | None, look: bool, put_back: bool, as_it_is: bool, delete: bool, yes: bool,
    accept: tuple[str, ...], output: str, **given: Any,
) -> None:  # fmt: skip
    """Drafts and runs; with RUN, all about one of them. With --practice only those that are practice."""
    import flows
    from flows.engine import Journal

    from .. import answers_file, history
    from . import looking
    from .confirmation import known_yeses
    from .sessions import said_of, session_of

    journal = Journal()
    if look and not run_id:
        raise click.UsageError("--look wants the run to look at: handrail runs RUN --look")
    if (put_back or as_it_is) and not look:
        raise click.UsageError("--put-back and --as-it-is go with --look: handrail runs RUN --look --put-back")
    if delete and (look or not run_id):
        raise click.UsageError("--delete wants the draft to delete, and nothing else: handrail runs RUN --delete")
    if not run_id:
        practice = place_of(given).practice
        found = history.entries(journal, [each for each in journal.records() if each.place.practice or not practice])
        if output == "json":
            print_json([about_record(each) for each in found])
        else:
            click.echo("\n".join(history.lines(found)))
        return
    run = journal.run(run_id)
    known_yeses(accept, flows.find(run.record.flow))
    if delete:
        history.delete(journal, run)
        if output == "json":
            print_json({"run": run.id, "status": "deleted"})
        else:
            click.echo(f"{run.id} is deleted. It had created nothing.")
        return
    if save_answers:
        answers_file.save_answers(save_answers, run.record.answers)
        click.echo(f"Written to {save_answers}.", err=True)
    looked = None
    if look:
        session = session_of(run, said_of(run, given), journal)
        looked = looking.look(session)
        if put_back:
            raise SystemExit(looking.put_back(session, looked, accept, yes=yes, output=output))
        if as_it_is:
            looked = looking.take_as_it_is(session, looked)
    if output == "json":
        print_json(about_run(run, looked))
    else:
        click.echo("\n".join(history.details(run, looked)))


@command()
@click.argument("run_id", metavar="RUN", shell_complete=completions.runs_to_resume)
@click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="KEY=VALUE",
    help="One more answer to a draft; of a run, a secret once more: KEY=@FILE.",
)
@accept_option
@click.option("-y", "--yes", is_flag=True, help="Go on without asking.")
@plain_option
@output_option
@global_options
def resume(
    run_id: str, sets: tuple[str, ...], accept: tuple[str, ...], yes: bool, plain: bool, output: str, **given: Any
) -> None:
    """Go on with a draft or an interrupted run where it was left."""
    import flows
    from flows.engine import Journal, Refused
    from flows.engine.shell import handrail

    from .. import history
    from ..answers_file import load_answers
    from . import results
    from .confirmation import confirmed, known_yeses, look_ahead, writable
    from .sessions import half_way, said_of, session_of

    journal = Journal()
    run = journal.run(run_id)
    known_yeses(accept, flows.find(run.record.flow))
    said, more = said_of(run, given), load_answers(None, sets)
    if output == "text" and not yes and somebody(plain):
        raise SystemExit(_asking(run, said, more, accept, plain, place_of(given)))
    _to_be_gone_on_with(run)
    with half_way(run, lambda: result(run, [])):
        session = session_of(run, said, journal)
    session.accepted |= set(accept)
    _to_be_gone_on_with(run)
    if run.ended_meanwhile:
        click.echo(history.ended_meanwhile(run), err=True)
        results.tell_result(session, result(run, []), output)
        return
    if over := history.finished(run):
        click.echo(over, err=True)
        if not yes:
            results.tell_result(session, result(run, []), output)
            return
    record = run.record
    if record.status == "undoing":
        if to_decide := session.to_decide():
            keys = " ".join(f"--set {each.key}=…" for each in to_decide)
            raise Refused(
                f"The undo of {run.id} was interrupted.", remedy=f"Go on with: {handrail('undo', run.id)} {keys}"
            )
        raise SystemExit(results.take_back(session, {}, output))
    cautions: list[Caution] = []
    if record.status == "draft":
        cautions = session.fill({**record.answers, **more})
        look_ahead(session)
        review = session.review()
        if output == "text":
            results.show_review(session, review, also=cautions)
        cautions += review.cautions
        confirmed(review, accept, session.place)
    else:
        writable(session.place)
        session.say_more(more)
        session.insist_on_secrets()
    if not yes:
        raise click.UsageError("To create what is in this run, add --yes.")
    raise SystemExit(results.carry_out(session, cautions, output))


def _asking(
    run: Run, said: Place, more: Mapping[str, Any], accept: tuple[str, ...], plain: bool, home: Place
) -> int:  # fmt: skip
    """Go on with a run in front of somebody; the exit code."""
    if by_lines(plain):
        from ..lines import prompts

        return or_home(lambda: prompts.resume(said, run.id, accept, more), home)
    from ..screen.app import run as full_screen

    return full_screen(said, run=run.id, answers=more, accept=accept)


def _to_be_gone_on_with(run: Run) -> None:
    if run.record.status == "undone":
        raise click.UsageError(f"{run.id} was undone; there is nothing to go on with.")


@command()
@click.argument("run_id", metavar="RUN", shell_complete=completions.runs_to_undo)
@click.option("-y", "--yes", is_flag=True, help="Undo without asking.")
@click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="KEY=VALUE",
    help="What only a person can decide.",
    shell_complete=completions.decisions,
)
@plain_option
@output_option
@global_options
def undo(run_id: str, yes: bool, sets: tuple[str, ...], plain: bool, output: str, **given: Any) -> None:
    """Take a run back: the account becomes as it was before."""
    from flows.engine import Journal, Refused
    from flows.engine.receipts import receipt

    from .. import history, words
    from ..answers_file import load_answers
    from ..lines import conversation, prompts, reading
    from ..telling import say
    from . import results
    from .confirmation import writable
    from .sessions import closed_in_the_end, half_way, said_of, session_of
    from .undo_preview import preview

    journal = Journal()
    run = journal.run(run_id)
    if run.plan is None:
        raise Refused(f"{run.id} is a draft: nothing was created, so there is nothing to undo.")
    decisions = {key: str(value) for key, value in load_answers(None, sets).items()}
    asked = not yes and output == "text" and somebody(plain)
    said = said_of(run, given)
    plan = run.plan
    try:
        with half_way(run, lambda: undone(run, receipt(run, plan))):
            opened = prompts.session_of if asked else session_of
            session = closed_in_the_end(opened(run, said, journal))
    except reading.Quit as leaving:
        raise SystemExit(leaving.code) from None
    if run.ended_meanwhile and run.record.status == "undone":
        click.echo(history.ended_meanwhile(run), err=True)
        raise SystemExit(results.tell_receipt(session, output))
    if not yes and not asked:
        raise preview(session, decisions, output)
    if output == "text" and run.record.status == "undone" and not history.may_be_undone(run):
        say(history.undone_before(run, session.receipt()))
        return
    if not yes and not conversation.agree_to_undo(session, decisions):
        click.echo("Nothing was changed.", err=True)
        return
    if yes:
        writable(session.place)
        session.insist_on_decisions(decisions)
        click.echo(f"Taking back {run.id}: {words.where(session.identity, session.place)}", err=True)
    raise SystemExit(results.take_back(session, decisions, output))
