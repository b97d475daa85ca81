"""The options that commands share."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from . import completions
from .examples import Explained

if TYPE_CHECKING:
    from flows.engine import Place

F = TypeVar("F", bound=Callable[..., Any])
GLOBALS = ("profile", "region", "endpoint_url", "practice", "read_only", "no_color", "log")


def global_options(command: F) -> F:
    """The options that hold everywhere, before or after the command's name."""
    for option in (
        click.option(
            "--log", type=click.Path(path_type=Path), metavar="FILE", help="Write each call to FILE, for support."
        ),
        click.option("--no-color", is_flag=True, help="No colours (NO_COLOR works too)."),
        click.option("--read-only", is_flag=True, help="Look, and never change anything."),
        click.option("--practice", is_flag=True, help="Use the simulated company; no AWS account is needed."),
        click.option("--endpoint-url", metavar="URL", help="Speak to an emulator instead of AWS."),
        click.option("--region", metavar="REGION", help="AWS region.", shell_complete=completions.regions),
        click.option("--profile", metavar="NAME", help="AWS profile.", shell_complete=completions.profiles),
    ):
        command = option(command)
    return command


def settings(**given: Any) -> dict[str, Any]:
    """What was said about where to work, before and after the command's name; the log begins here."""
    stored: dict[str, Any] = click.get_current_context().find_root().obj or {}
    chosen = {name: given.get(name) or stored.get(name) for name in GLOBALS}
    if chosen["no_color"]:
        os.environ["NO_COLOR"] = "1"
    if chosen["log"]:
        from ..support_log import begin

        begin(chosen["log"])
    return chosen


def place_of(given: dict[str, Any]) -> Place:
    """Where to make or look at something new: as the command line says, else as is preferred. Raises Refused."""
    from .. import preferences

    return preferences.here(place_said(given))


def place_said(given: dict[str, Any]) -> Place:
    """Where to work, as far as the command line says. Raises Problem for what practice knows nothing of."""
    from flows.place import Place

    chosen = settings(**given)
    said = Place(
        chosen["profile"] or "", chosen["region"] or "", chosen["endpoint_url"] or "", bool(chosen["practice"]),
        bool(chosen["read_only"]),
    )  # fmt: skip
    if said.practice:
        from flows.engine.run_place import practice_alone

        practice_alone(said)
    return said


command = partial(click.command, cls=Explained)
output_option = click.option(
    "-o", "--output", type=click.Choice(["text", "json", "ndjson"]), default="text", help="What goes to stdout."
)
json_option = click.option(
    "-o", "--output", type=click.Choice(["text", "json"]), default="text", help="What goes to stdout."
)
accept_option = click.option(
    "--accept",
    multiple=True,
    metavar="ID",
    help="Say yes to a warning that needs one.",
    shell_complete=completions.yeses,
)
plain_option = click.option("--plain", is_flag=True, help="Line prompts instead of the full screen.")


def with_answers(command: F) -> F:
    """`--answers` and `--set`: what is answered already."""
    for option in (
        click.option(
            "--answers", type=click.Path(path_type=Path), metavar="FILE", help="Answers: YAML or JSON; - reads them."
        ),
        click.option(
            "--set",
            "sets",
            multiple=True,
            metavar="KEY=VALUE",
            help="One answer; wins over the file.",
            shell_complete=completions.answers,
        ),
    ):
        command = option(command)
    return command
