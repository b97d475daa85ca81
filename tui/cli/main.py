"""The command line. It decides which face to show, and how each ending is told: by words, JSON and exit code."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from flows.tasks import OUTPUTS, TASKS
from flows.version import __version__

from .. import exports
from ..entry import print_set_ups
from ..output import ended, silence, unheard
from ..terminal import is_terminal, wants_lines
from .results import (
    carry_out,
    print_json,
    review_json,
    show_review,
    stoppable,
    take_back,
    tell,
    tell_receipt,
    tell_result,
)
from .tasks import TaskCommand

if TYPE_CHECKING:
    from flows.engine import Caution, Cloud, Journal, Place, Session
    from flows.engine import Run as EngineRun

F = TypeVar("F", bound=Callable[..., Any])
GLOBALS = ("profile", "region", "endpoint_url", "practice", "read_only", "no_color")


def global_options(command: F) -> F:
    """The options that hold everywhere, before or after the command's name."""
    for option in (
        click.option("--no-color", is_flag=True, help="No colours (NO_COLOR works too)."),
        click.option("--read-only", is_flag=True, help="Look, and never change anything."),
        click.option("--practice", is_flag=True, help="Use the simulated company; no AWS account is needed."),
        click.option("--endpoint-url", metavar="URL", help="Speak to an emulator instead of AWS."),
        click.option("--region", metavar="REGION", help="AWS region."),
        click.option("--profile", metavar="NAME", help="AWS profile."),
    ):
        command = option(command)
    return command


def settings(**given: Any) -> dict[str, Any]:
    """What was said about where to work, before and after the command's name."""
    stored: dict[str, Any] = click.get_current_context().find_root().obj or {}
    chosen = {name: given.get(name) or stored.get(name) for name in GLOBALS}
    if chosen["no_color"]:
        os.environ["NO_COLOR"] = "1"
    return chosen


def place_of(given: dict[str, Any]) -> Place:
    from flows.place import Place

    chosen = settings(**given)
    return Place(
        chosen["profile"] or "", chosen["region"] or "", chosen["endpoint_url"] or "", bool(chosen["practice"]),
        bool(chosen["read_only"]),
    )  # fmt: skip


answers_options = (
    click.option("--answers", type=click.Path(path_type=Path), metavar="FILE", help="Answers: YAML or JSON."),
    click.option("--set", "sets", multiple=True, metavar="KEY=VALUE", help="One answer; wins over the file."),
)
output_option = click.option(
    "--output", type=click.Choice(["text", "json", "ndjson"]), default="text", help="What goes to stdout."
)
json_option = click.option("--output", type=click.Choice(["text", "json"]), default="text", help="What goes to stdout.")


def with_answers(command: F) -> F:
    for option in answers_options:
        command = option(command)
    return command


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["--help", "-h"]})
@click.version_option(__version__, prog_name="handrail", message="%(prog)s %(version)s")
@click.option("--plain", is_flag=True, help="Line prompts instead of the full screen.")
@global_options
def cli(plain: bool, **given: Any) -> None:
    """Handrail guides you through AWS set-ups: asked, reviewed, applied, and taken back if you like.

    Without a command it opens the full screen. Nothing is created before you confirm the review.
    """
    context = click.get_current_context()
    context.obj = given
    if context.invoked_subcommand:
        return
    if not _somebody(plain):
        click.echo(context.get_help())
        raise click.UsageError("This is not a terminal, so there is nothing to show. Name a command.")
    if _plain(plain):
        from ..lines import prompts

        raise SystemExit(prompts.home(place_of(given)))
    from ..screen.app import run

    raise SystemExit(run(place_of(given)))


@cli.command("list")
@json_option
@global_options
def list_(output: str, **given: Any) -> None:
    """The set-ups."""
    from flows import SET_UPS

    if output == "text":
        print_set_ups()
    else:
        print_json([{"name": name, "title": title, "summary": summary} for name, (title, summary) in SET_UPS.items()])


@cli.command()
@click.argument("flow")
@json_option
@global_options
def questions(flow: str, output: str, **given: Any) -> None:
    """The keys of FLOW's answers file."""
    import flows

    found = [
        {
            "key": q.id, "ask": q.ask, "kind": q.kind, "essential": not q.fine_tuning, "default": q.default_text,
            "allowed": q.allowed(), "when": str(q.when), "example": q.example, "why": q.why,
        }
        for q in flows.find(flow).questions
    ]  # fmt: skip
    if output == "json":
        print_json(found)
        return
    for entry in found:
        default = f", default: {entry['default']}" if entry["default"] else ""
        when = f" (only when {entry['when']})" if entry["when"] else ""
        kind = "" if entry["essential"] else " [fine-tuning]"
        click.echo(f"{entry['key']}{kind}{when}\n    {entry['ask']}\n    {entry['allowed']}{default}")


@cli.command()
@click.argument("flow")
@global_options
def graph(flow: str, **given: Any) -> None:
    """FLOW's state machine as a Mermaid diagram."""
    import flows

    click.echo(flows.find(flow).mermaid())


@cli.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@global_options
def completion(shell: str, **given: Any) -> None:
    """The completion script of a shell.

    Switch it on with, for example: eval "$(handrail completion bash)"
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None, "click knows these three shells"
    click.echo(found(cli, {}, "handrail", "_HANDRAIL_COMPLETE").source())


@cli.command()
@click.argument("flow")
@with_answers
@click.option("--accept", multiple=True, metavar="ID", help="Say yes to a warning that needs one.")
@click.option("--yes", is_flag=True, help="Create without asking.")
@click.option("--plain", is_flag=True, help="Line prompts instead of the full screen.")
@click.option("--save-answers", type=click.Path(path_type=Path), metavar="FILE", help="Write the answers to FILE.")
@output_option
@global_options
def run(
    flow: str, answers: Path | None, sets: tuple[str, ...], accept: tuple[str, ...], yes: bool, plain: bool,
    save_answers: Path | None, output: str, **given: Any,
) -> None:  # fmt: skip
    """Make a set-up: asked, reviewed, created."""
    import flows
    from flows.engine import Session

    from . import batch

    known = batch.load_answers(answers, sets)
    place, found = place_of(given), flows.find(flow)
    if output == "text" and not yes and _somebody(plain):
        if _plain(plain):
            from ..lines import prompts

            raise SystemExit(prompts.run(place, flow, known, accept, save_answers))
        from ..screen.app import run as full_screen

        raise SystemExit(full_screen(place, flow=flow, answers=known, accept=accept))
    _required(found, known)
    session = _closed_in_the_end(Session(found, _cloud(place), _journal(), place=place))
    session.accepted |= set(accept)
    cautions = session.fill(known)
    batch.look_ahead(session)
    if save_answers:
        batch.save_answers(save_answers, session.answers())
    review = session.review()
    cautions += review.cautions
    if output == "text":
        show_review(session, review)
    batch.confirmed(review, accept, place)
    if not yes:
        draft = session.run.id if session.run else ""
        raise click.UsageError(f"Everything is answered; to create it, add --yes. It is kept as the draft {draft}.")
    raise SystemExit(carry_out(session, cautions, output))


@cli.command()
@click.argument("flow")
@with_answers
@click.option("--accept", multiple=True, metavar="ID", help="Say yes to a warning that needs one.")
@json_option
@global_options
def plan(
    flow: str, answers: Path | None, sets: tuple[str, ...], accept: tuple[str, ...], output: str, **given: Any
) -> None:
    """The review of a set-up: what would be done, checked and paid. Nothing is created."""
    session, cautions = _answered(flow, answers, sets, place_of(given), accept)
    review = session.review()
    if output == "json":
        print_json(review_json(session, review, cautions))
    else:
        show_review(session, review, sys.stdout)
    if review.refusals:
        raise SystemExit(3)


@cli.command()
@click.argument("flow")
@with_answers
@click.option(
    "--format", "form", type=click.Choice([*exports.FORMS, exports.SCRIPT]), required=True, help="What to write."
)
@click.option("--reads", is_flag=True, help="With policy: for looking only, without creating.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write to FILE instead of stdout.")
@global_options
def export(
    flow: str, answers: Path | None, sets: tuple[str, ...], form: str, reads: bool, out: Path | None, **given: Any
) -> None:
    """The plan as an aws script, a template, a runbook or a policy.

    cli: a bash script. cloudformation: a template, and which steps cannot be in one. runbook: a document to do it by
    hand and sign off. policy: the IAM policy that it needs. script: what runs on the machine, where a set-up has that;
    it needs no account, and takes what answers there are.
    """
    if form == exports.SCRIPT:
        from flows import find

        from . import batch

        exports.put(exports.on_a_machine(find(flow), batch.load_answers(answers, sets)), out)
        return
    session, _ = _answered(flow, answers, sets, place_of(given), ())
    exports.write(session, form, out, reads=reads)


@cli.command()
@click.argument("run_id", required=False, metavar="[RUN]")
@click.option("--save-answers", type=click.Path(path_type=Path), metavar="FILE", help="Write its answers to FILE.")
@json_option
@global_options
def runs(run_id: str | None, save_answers: Path | None, output: str, **given: Any) -> None:
    """Drafts and runs; with RUN, all about one of them."""
    from .. import history
    from . import batch

    journal = _journal()
    if not run_id:
        records = journal.records()
        if output == "json":
            print_json([history.as_json(record) for record in records])
        else:
            click.echo("\n".join(history.lines(records)))
        return
    run = journal.run(run_id)
    if save_answers:
        batch.save_answers(save_answers, run.record.answers)
        click.echo(f"Written to {save_answers}.", err=True)
    if output == "json":
        print_json(history.details_as_json(run))
    else:
        click.echo("\n".join(history.details(run)))


@cli.command()
@click.argument("run_id", metavar="RUN")
@click.option("--accept", multiple=True, metavar="ID", help="Say yes to a warning that needs one.")
@click.option("--yes", is_flag=True, help="Go on without asking.")
@click.option("--plain", is_flag=True, help="Line prompts instead of the full screen.")
@output_option
@global_options
def resume(run_id: str, accept: tuple[str, ...], yes: bool, plain: bool, output: str, **given: Any) -> None:
    """Go on with a draft or an interrupted run where it was left."""
    from flows.engine import Refused

    from .. import history, words
    from . import batch

    journal = _journal()
    run = journal.run(run_id)
    said = _said_of(run, given)
    if output == "text" and not yes and _somebody(plain):
        if _plain(plain):
            from ..lines import prompts

            raise SystemExit(prompts.resume(said, run.id, accept))
        from ..screen.app import run as full_screen

        raise SystemExit(full_screen(said, run=run.id, accept=accept))
    _to_be_gone_on_with(run)
    session = _session_of(run, said, journal)
    session.accepted |= set(accept)
    _to_be_gone_on_with(run)
    if run.ended_meanwhile:
        click.echo(history.ended_meanwhile(run), err=True)
        tell_result(session, batch.result(session, []), output)
        return
    record = run.record
    if record.status == "undoing":
        if to_decide := session.to_decide():
            keys = " ".join(f"--set {each.key}=…" for each in to_decide)
            raise Refused(f"The undo of {run.id} was interrupted.", remedy=f"Go on with: {words.undo(run.id)} {keys}")
        raise SystemExit(take_back(session, {}, output))
    cautions: list[Caution] = []
    if record.status == "draft":
        cautions = session.fill(record.answers)
        batch.look_ahead(session)
        review = session.review()
        cautions += review.cautions
        if output == "text":
            show_review(session, review)
        batch.confirmed(review, accept, session.place)
    else:
        batch.writable(session.place)
    if not yes:
        raise click.UsageError("To create what is in this run, add --yes.")
    raise SystemExit(carry_out(session, cautions, output))


def _to_be_gone_on_with(run: EngineRun) -> None:
    if run.record.status == "undone":
        raise click.UsageError(f"{run.id} was undone; there is nothing to go on with.")


@cli.command()
@click.argument("run_id", metavar="RUN")
@click.option("--yes", is_flag=True, help="Undo without asking.")
@click.option("--set", "sets", multiple=True, metavar="KEY=VALUE", help="What only a person can decide.")
@output_option
@global_options
def undo(run_id: str, yes: bool, sets: tuple[str, ...], output: str, **given: Any) -> None:
    """Take a run back: the account becomes as it was before."""
    from flows.engine import Refused

    from .. import history, words
    from ..lines import conversation, prompts, reading
    from . import batch

    journal = _journal()
    run = journal.run(run_id)
    if run.plan is None:
        raise Refused(f"{run.id} is a draft: nothing was created, so there is nothing to undo.")
    decisions = {key: str(value) for key, value in batch.load_answers(None, sets).items()}
    if not yes and (output != "text" or not is_terminal()):
        raise click.UsageError("To undo without being asked, add --yes.")
    said = _said_of(run, given)
    try:
        session = _session_of(run, said, journal) if yes else _closed_in_the_end(prompts.session_of(run, said, journal))
    except reading.Quit as leaving:
        raise SystemExit(leaving.code) from None
    if run.ended_meanwhile and run.record.status == "undone":
        click.echo(history.ended_meanwhile(run), err=True)
        raise SystemExit(tell_receipt(session, output))
    if not yes and not conversation.agree_to_undo(session, decisions):
        click.echo("Nothing was changed.", err=True)
        return
    if yes:
        click.echo(f"Taking back {run.id}: {words.where(session.identity, session.place)}", err=True)
    raise SystemExit(take_back(session, decisions, output))


@cli.command()
@click.argument("flow")
@click.option("--set", "sets", multiple=True, metavar="KEY=VALUE", help="What to look at.")
@click.option(
    "--event", type=click.File(encoding="utf-8"), help="An event that should have started something; - is stdin."
)
@json_option
@global_options
def check(flow: str, sets: tuple[str, ...], event: TextIO | None, output: str, **given: Any) -> None:
    """Find out whether a set-up works that exists, whoever made it. Read-only."""
    import flows
    from flows.engine import Refused
    from flows.engine.cache import Remembering
    from flows.engine.flow import unknown
    from flows.engine.shell import placed

    from .. import safe, words
    from . import batch

    found, place = flows.find(flow), place_of(given)
    subject = {key: str(value).strip() for key, value in batch.load_answers(None, sets).items()}
    subject |= {"event": batch.text_of(event)} if event else {}
    for key in subject:
        if key not in found.subject:
            raise Refused(*unknown(key, found.subject, f"check {flow}"))
    given_keys = {key for key, value in subject.items() if value}
    enough = found.enough or (tuple(found.subject),)
    if not any(given_keys.issuperset(keys) for keys in enough):
        missing = dict.fromkeys(key for keys in enough for key in keys if key not in given_keys)
        ways = (" or " if found.enough else ", ").join(f"{key} ({found.subject[key]})" for key in missing)
        raise Refused(f"Which one? Missing: {ways}.", remedy=f"Add --set {next(iter(missing))}=….")
    told = found.diagnose(Remembering(_cloud(place)), subject)
    findings = [replace(finding, remedy=placed(finding.remedy, place)) for finding in told]
    status = words.standing(findings)
    if output == "json":
        rows = [
            {"id": f.id, "grade": f.grade.value, "sentence": f.sentence, "evidence": f.evidence, "remedy": f.remedy}
            for f in findings
        ]
        named = subject | ({"event": getattr(event, "name", "-")} if event else {})
        print_json({"flow": flow, "subject": named, "status": status, "findings": rows})
    else:
        for finding in findings:
            click.echo(words.finding(finding))
            if finding.evidence:
                click.echo(f"          seen in: {safe.line(finding.evidence)}")
        if status == "unknown":
            click.echo("Whether it works cannot be told: not all of it could be looked at.", err=True)
    raise SystemExit({"broken": 3, "unknown": 5}.get(status, 0))


@cli.group()
@global_options
def task(**given: Any) -> None:
    """One-off tasks for operators."""
    click.get_current_context().find_root().obj = settings(**given)


def _task_command(name: str, summary: str) -> click.Command:
    forms = ["text", "json", *OUTPUTS.get(name, ())]

    @global_options
    @click.option("--output", type=click.Choice(forms), default="text", help="What goes to stdout.")
    @click.option("--set", "sets", multiple=True, metavar="KEY=VALUE", help="What to look at, and what to do.")
    @click.argument("subject", required=False)
    def command(subject: str | None, sets: tuple[str, ...], output: str, **given: Any) -> None:
        raise SystemExit(_perform(name, subject, sets, output, place_of(given)))

    return click.command(name, cls=TaskCommand, help=summary)(command)


def _perform(name: str, subject: str | None, sets: tuple[str, ...], output: str, place: Place) -> int:
    import threading

    from flows.engine.clock import RealClock
    from flows.engine.cloud import Offline
    from flows.engine.shell import placed
    from flows.engine.task import Surroundings
    from flows.tasks import find

    from .. import safe
    from . import tasks

    found = find(name)
    said = tasks.asked(name, found, subject, sets)
    stop, seen = threading.Event(), dict[str, str]()
    cloud: Cloud = _cloud(place) if found.account else Offline()
    around = Surroundings(cloud, lambda event: tell(event, "text", seen), stop, RealClock())
    with stoppable(stop.set, "Stopping; what was changed is put back first…") as interrupted:
        outcome = found.perform(said, around)
    outcome = replace(outcome, next_steps=tuple(placed(step, place) for step in outcome.next_steps))
    if output == "json":
        print_json(tasks.document(name, found, outcome))
    elif output in found.outputs:
        print_json(outcome.documents[output])
    else:
        for line in tasks.lines(outcome):
            click.echo(line)
        for step in outcome.next_steps:
            click.echo(safe.line(step), err=True)
    return 130 if interrupted else outcome.code


for _name, _summary in TASKS.items():
    task.add_command(_task_command(_name, _summary))


# -- opening ---------------------------------------------------------------------------------------------------


def _answered(
    flow: str, answers: Path | None, sets: tuple[str, ...], place: Place, accept: Iterable[str]
) -> tuple[Session, list[Caution]]:
    import flows
    from flows.engine import Session

    from . import batch

    found, known = flows.find(flow), batch.load_answers(answers, sets)
    _required(found, known)
    session = Session(found, _cloud(place), place=place)
    session.accepted |= set(accept)
    cautions = session.fill(known)
    batch.look_ahead(session)
    return session, cautions


def _required(flow: Any, answers: dict[str, Any]) -> None:
    """Unknown and missing keys, before any account is opened."""
    from flows.engine import Session
    from flows.engine.cloud import Offline

    Session(flow, Offline()).require(answers)


def _said_of(run: EngineRun, given: dict[str, Any]) -> Place:
    """What the command line says of where to go on with a run. Raises Problem if it says otherwise than the run."""
    from flows.engine.run_place import insist

    said = place_of(given)
    insist(run.record, said)
    return said


def _session_of(run: EngineRun, said: Place, journal: Journal) -> Session:
    """The session in which a run is gone on with, where it was begun."""
    import flows
    from flows.engine import Session
    from flows.engine.run_place import again

    place = again(run.record, said)
    session = _closed_in_the_end(Session(flows.find(run.record.flow), _cloud(place), journal, place=place, run=run))
    session.settle()
    for otherwise in session.otherwise:
        click.echo(otherwise, err=True)
    return session


def _closed_in_the_end(session: Session) -> Session:
    """However the command ends, its run may be driven by others then."""
    click.get_current_context().call_on_close(session.close)
    return session


def _cloud(place: Place) -> Cloud:
    from flows.accounts import sign_in

    return sign_in(place)


def _journal() -> Journal:
    from flows.engine import Journal

    return Journal()


def _plain(asked: bool) -> bool:
    """Line prompts: asked for, before or after the command's name, or because of where this runs."""
    return _lines_asked_for(asked) or wants_lines()


def _lines_asked_for(asked: bool) -> bool:
    return asked or bool(click.get_current_context().find_root().params["plain"])


def _somebody(plain: bool) -> bool:
    """Whether there is somebody to ask. Lines that were asked for may go to a file as well: `--plain | tee log`."""
    return is_terminal() or (_lines_asked_for(plain) and sys.stdin.isatty())


# -- the way in and out ----------------------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> None:
    """The `handrail` command: every ending is a sentence and an exit code, never a traceback."""
    arguments = sys.argv[1:] if arguments is None else arguments
    wants_json = _wants_json(arguments)
    try:
        code = cli.main(args=arguments, prog_name="handrail", standalone_mode=False)
    except (Exception, KeyboardInterrupt) as error:
        code = exit_code_of(error, wants_json)
    sys.exit(code if isinstance(code, int) else 0)


def exit_code_of(error: BaseException, wants_json: bool = False) -> int:
    """Say what is wrong, in words or as a document, and give the exit code for it."""
    match error:
        case KeyboardInterrupt() | click.exceptions.Abort():
            click.echo("Stopped.", err=True)
            return 130
        case click.UsageError():
            hint = f"See: {error.ctx.command_path} --help" if error.ctx else ""
            said = {"code": "usage", "message": error.format_message(), "remedy": hint, "action": ""}
            return _ending(said, 2, wants_json)
        case click.ClickException():
            said = {"code": "usage", "message": error.format_message(), "remedy": "", "action": ""}
            return _ending(said, 2, wants_json)
        case Exception():
            return _problem(error, wants_json)
    raise error


def _wants_json(arguments: list[str]) -> bool:
    """Whether errors are documents; known before the arguments are understood, because that may be the error."""
    said = [word.removeprefix("--output=") for word in arguments if word.startswith("--output=")]
    said += [word for flag, word in pairwise(arguments) if flag == "--output"]
    return bool({"json", "ndjson", "sarif"} & set(said))


def help_text() -> str:
    """What `handrail --help` prints, at 80 columns."""
    with click.Context(cli, info_name="handrail", terminal_width=80, **cli.context_settings) as context:
        return cli.get_help(context) + "\n"


def _problem(error: Exception, wants_json: bool) -> int:
    from flows.engine import CloudError, Problem

    from .. import words
    from . import batch

    if isinstance(error.__cause__, CloudError):
        error = error.__cause__  # the answer may be right: it could not be looked up
    if isinstance(error, BrokenPipeError):  # the reader has gone; so may we
        silence()
        return 0
    if ended(error):
        return unheard(error)
    if not isinstance(error, Problem):
        if os.environ.get("HANDRAIL_DEBUG"):
            raise error
        error = Problem(
            f"Handrail itself made a mistake ({type(error).__name__}).",
            "What was done until then is in the journal.",
            "`handrail runs` shows it. HANDRAIL_DEBUG=1 shows the details for a report.",
        )
        error.exit_code = 1
    if wants_json:
        return _ending(batch.as_error(error), error.exit_code, wants_json)
    with suppress(OSError):
        click.echo(words.problem(error), err=True)
    return error.exit_code


def _ending(error: dict[str, Any], code: int, wants_json: bool) -> int:
    from ..safe import shown

    with suppress(OSError):
        if wants_json:
            print(json.dumps({"error": error}, indent=2), flush=True)
            return code
    with suppress(OSError):
        click.echo("\n".join(shown(part) for part in (error["message"], error["remedy"]) if part), err=True)
    return code
