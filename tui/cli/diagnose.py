"""`check`: whether what exists works, whoever made it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TextIO

import click

from .json_output import checked, print_json
from .options import global_options, json_option, place_of


@click.command()
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
    from flows.engine.cache import CachedCloud
    from flows.engine.shell import placed
    from flows.engine.verdict import Status, verdict

    from .. import safe, words
    from ..answers_file import load_answers, text_of
    from .sessions import account

    found, place = flows.find(flow), place_of(given)
    answers = load_answers(None, sets) | ({"event": text_of(event)} if event else {})
    subject = found.check.named(answers)
    if ways := found.check.missing(subject):
        named = " or ".join(", ".join(f"{each.id} ({each.ask})" for each in way) for way in ways)
        remedy = f"Add {' '.join(f'--set {each.id}=…' for each in ways[0])}."
        raise Refused(f"Which one? Missing: {named}.", remedy=remedy)
    told = found.diagnose(CachedCloud(account(place)), subject)
    outcome = verdict(replace(finding, remedy=placed(finding.remedy, place)) for finding in told)
    if output == "json":
        about = subject | ({"event": getattr(event, "name", "-")} if event else {})
        print_json({"flow": flow, "subject": about, **checked(outcome), "run": ""})
    else:
        click.echo(words.verdict(outcome))
        for finding in outcome.findings:
            click.echo(words.finding(finding))
            if finding.evidence:
                click.echo(f"          seen in: {safe.line(finding.evidence)}")
    raise SystemExit({Status.BROKEN: 3, Status.UNKNOWN: 5}.get(outcome.status, 0))
