"""`check`: whether what exists works, whoever made it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TextIO

import click

from . import completions
from .json_output import checked, print_json
from .options import accept_option, global_options, json_option, place_of


@click.command()
@click.argument("flow", shell_complete=completions.set_ups)
@click.option(
    "--set", "sets", multiple=True, metavar="KEY=VALUE", help="What to look at.", shell_complete=completions.answers
)
@click.option(
    "--event", type=click.File(encoding="utf-8"), help="An event that should have started something; - is stdin."
)
@click.option("--fix", multiple=True, metavar="ID", help="Mend what was found: its id, or all.")
@click.option("--yes", is_flag=True, help="Mend it without asking.")
@accept_option
@json_option
@global_options
def check(
    flow: str, sets: tuple[str, ...], event: TextIO | None, fix: tuple[str, ...], yes: bool, accept: tuple[str, ...],
    output: str, **given: Any,
) -> None:  # fmt: skip
    """Find out whether a set-up works that exists, whoever made it.

    It only reads. With --fix and --yes it mends what it found, as far as that can be done from here, and checks again;
    `handrail undo` takes that back.
    """
    import flows
    from flows.engine import Refused
    from flows.engine.cache import CachedCloud
    from flows.engine.repair import offered
    from flows.engine.shell import placed
    from flows.engine.verdict import Verdict, verdict

    from ..answers_file import load_answers, text_of
    from . import repairs
    from .sessions import account

    found, place = flows.find(flow), place_of(given)
    answers = load_answers(None, sets) | ({"event": text_of(event)} if event else {})
    subject = found.check.named(answers, f"check {flow}")
    if ways := found.check.missing(subject):
        named = " or ".join(", ".join(f"{each.id} ({each.ask})" for each in way) for way in ways)
        remedy = f"Add {' '.join(f'--set {each.id}=…' for each in ways[0])}."
        raise Refused(f"Which one? Missing: {named}.", remedy=remedy)
    cloud = account(place)

    def look() -> Verdict:
        told = found.diagnose(CachedCloud(cloud), subject)
        fitting = (replace(finding, remedy=placed(finding.remedy, place)) for finding in told)
        return verdict(offered(fitting, read_only=place.read_only))

    outcome = look()
    about = subject | ({"event": getattr(event, "name", "-")} if event else {})
    if fix:
        raise SystemExit(
            repairs.mend(
                found, cloud, about, outcome, look, place=place, fix=fix, accept=accept, yes=yes, output=output
            )
        )
    if output == "json":
        print_json({"flow": flow, "subject": about, **checked(outcome), "run": ""})
    else:
        repairs.tell(found, outcome, place)
    raise SystemExit(repairs.exit_code(outcome))
