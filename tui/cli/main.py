"""The `handrail` command line: its commands, what holds for all of them, and how it ends."""

from __future__ import annotations

import os
import sys
from itertools import pairwise
from typing import Any

import click

from flows.version import __version__

from . import completions, create, describe, diagnose, help, practise, runs, tasks
from .broken_output import silence
from .errors import exit_code_of
from .examples import ExplainedGroup
from .interactive import by_lines, somebody
from .options import global_options, place_of, plain_option


@click.group(cls=ExplainedGroup, invoke_without_command=True, context_settings={"help_option_names": ["--help", "-h"]})
@click.version_option(__version__, prog_name="handrail", message="%(prog)s %(version)s")
@plain_option
@global_options
def cli(plain: bool, **given: Any) -> None:
    """Handrail guides you through AWS set-ups: asked, reviewed, applied, and taken back if you like.

    Without a command it opens the full screen. Nothing is created before you confirm the review.
    """
    context = click.get_current_context()
    context.obj = given
    if context.invoked_subcommand:
        return
    if not somebody(plain):
        click.echo(context.get_help())
        raise click.UsageError("This is not a terminal, so there is nothing to show. Name a command.")
    if by_lines(plain):
        from ..lines import home

        raise SystemExit(home.home(place_of(given)))
    from ..screen.app import run

    raise SystemExit(run(place_of(given)))


for command in (
    create.run, create.plan, create.export,
    runs.runs, runs.resume, runs.undo,
    diagnose.check,
    tasks.task,
    practise.practice,
    describe.list_, describe.questions, describe.graph, describe.completion, help.help_,
):  # fmt: skip
    cli.add_command(command)


def main(arguments: list[str] | None = None) -> None:
    """The `handrail` command: every ending is a sentence and an exit code, never a traceback."""
    arguments = sys.argv[1:] if arguments is None else arguments
    output = _documents(arguments)
    if "_HANDRAIL_COMPLETE" in os.environ:
        completions.for_bash()
        cli.main(prog_name="handrail")
    try:
        code = _done(arguments)
    except (Exception, KeyboardInterrupt) as error:
        code = exit_code_of(error, output)
    try:
        sys.stdout.flush()
    except OSError as error:
        code = code or exit_code_of(error, output)
        silence()
    sys.exit(code)


def _done(arguments: list[str]) -> int:
    """Do it; the exit code. Not by click's own `main`: there a reader who has seen enough and goes is a failure."""
    try:
        with cli.make_context("handrail", list(arguments)) as context:
            cli.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _documents(arguments: list[str]) -> str:
    """The form of errors, "" for words; known before the arguments are understood, because that may be the error."""
    said = [word.removeprefix("--output=") for word in arguments if word.startswith("--output=")]
    said += [word for flag, word in pairwise(arguments) if flag in ("--output", "-o")]
    said += [word.removeprefix("-o") for word in arguments if word.startswith("-o")]
    if "ndjson" in said:
        return "ndjson"
    return "json" if {"json", "sarif"} & set(said) else ""


def help_text() -> str:
    """What `handrail --help` prints, at 80 columns."""
    with click.Context(cli, info_name="handrail", terminal_width=80, **cli.context_settings) as context:
        return cli.get_help(context) + "\n"
