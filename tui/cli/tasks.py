"""`task`: one-off tasks, how each is asked for and how it is answered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from flows.tasks import OUTPUTS, TASKS

from . import completions
from .examples import ExplainedGroup, examples
from .interactive import by_lines, somebody
from .json_output import about_finding, print_json
from .options import global_options, place_of, plain_option, settings

if TYPE_CHECKING:
    from flows.engine import Cloud, Place
    from flows.engine.task import Outcome, Task


class TaskCommand(click.Command):
    """One task; its keys and exit codes are read from it only when help is asked for."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from flows.tasks import find

        from .describe import told

        found = find(self.name or "")
        examples(ctx.command_path.partition(" ")[2], formatter)
        with formatter.section("Keys for --set"):
            formatter.write_dl([(each.id, told(each)) for each in found.asks.questions])
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code), meaning) for code, meaning in found.codes.items()])


@click.group(cls=ExplainedGroup, invoke_without_command=True)
@plain_option
@global_options
def task(plain: bool, **given: Any) -> None:
    """One-off tasks for operators. On a terminal, without a name, it asks which one."""
    context = click.get_current_context()
    context.find_root().obj = settings(**given)
    if context.invoked_subcommand:
        return
    if not somebody(plain):
        click.echo(context.get_help())
        raise click.UsageError("Which task? Name one.")
    raise SystemExit(_ask(place_of(given), plain=plain))


def _ask(place: Place, *, plain: bool) -> int:
    """Ask which task, and what it takes; the exit code."""
    if not by_lines(plain):
        from ..screen.app import run

        return run(place, at=f"task:{next(iter(TASKS))}")
    from ..lines import looking_after

    return looking_after.tasks(place)


def _task_command(name: str, summary: str) -> click.Command:
    forms = ["text", "json", *OUTPUTS.get(name, ())]

    @global_options
    @click.option("-o", "--output", type=click.Choice(forms), default="text", help="What goes to stdout.")
    @click.option(
        "--set",
        "sets",
        multiple=True,
        metavar="KEY=VALUE",
        help="What to look at, and what to do.",
        shell_complete=completions.answers,
    )
    @click.argument("subject", required=False)
    def command(subject: str | None, sets: tuple[str, ...], output: str, **given: Any) -> None:
        raise SystemExit(_perform(name, subject, sets, output, place_of(given)))

    return click.command(name, cls=TaskCommand, help=summary)(command)


def _perform(name: str, subject: str | None, sets: tuple[str, ...], output: str, place: Place) -> int:
    import threading

    from flows.engine.clock import RealClock
    from flows.engine.cloud import Offline
    from flows.engine.shell import next_steps
    from flows.engine.task import Surroundings
    from flows.tasks import find

    from .. import safe, words
    from ..signals import stoppable
    from .results import tell
    from .sessions import account

    found = find(name)
    said = _asked(name, found, subject, sets)
    stop, seen = threading.Event(), dict[str, str]()
    cloud: Cloud = account(place) if found.account else Offline()
    around = Surroundings(cloud, lambda event: tell(event, "text", seen, place), stop, RealClock())
    with stoppable(stop.set, "Stopping; what was changed is put back first…") as interrupted:
        outcome = found.perform(said, around)
    outcome = replace(outcome, next_steps=next_steps(outcome.next_steps, place))
    if output == "json":
        print_json(_document(name, found, outcome))
    elif output in found.outputs:
        print_json(outcome.documents[output])
    else:
        for line in words.ending(outcome):
            click.echo(line)
        for step in outcome.next_steps:
            click.echo(safe.line(step), err=True)
    return 130 if interrupted else outcome.code


def _asked(name: str, found: Task, subject: str | None, sets: tuple[str, ...]) -> dict[str, str]:
    """What was said to a task, its keys checked. Raises Refused."""
    from flows.engine import Refused, shell

    from ..answers_file import load_answers

    given = load_answers(None, sets)
    if subject is not None:
        if not found.argument or found.argument in given:
            raise Refused(f"“{subject}” is one word too many.", remedy=f"See: {shell.handrail('task', name, '--help')}")
        given[found.argument] = subject
    return found.asks.named(given, f"task {name}")


def _document(name: str, found: Task, outcome: Outcome) -> dict[str, Any]:
    """The one document that describes how a task ended."""
    return {
        "task": name,
        "code": outcome.code,
        "meaning": found.codes[outcome.code],
        "sentence": outcome.sentence,
        **outcome.facts,
        "findings": [about_finding(finding) for finding in outcome.findings],
        "next_steps": list(outcome.next_steps),
    }


for _name, _summary in TASKS.items():
    task.add_command(_task_command(_name, _summary))
