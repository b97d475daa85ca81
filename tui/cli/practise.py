"""`handrail practice`: what is done with the simulated company as a whole."""

from __future__ import annotations

from typing import Any

import click

from .examples import ExplainedGroup
from .options import command, global_options


@click.group("practice", cls=ExplainedGroup)
def practice() -> None:
    """The simulated company in which you practise with --practice."""


@command("reset")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@global_options
def reset(yes: bool, **given: Any) -> None:
    """Begin anew: the company as it was on the first day.

    What was practised is forgotten, in every window; the list of runs stays.
    """
    from flows.accounts import begin_practice_anew

    if not yes and not click.confirm("Forget everything that was practised?", err=True):
        raise SystemExit(2)
    begin_practice_anew()
    click.echo("The company is as it was on the first day.", err=True)


practice.add_command(reset)
