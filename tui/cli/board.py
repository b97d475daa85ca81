"""`check` alone: everything in the region, each thing told as it is known, then all of it, worst first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

import flows
from flows.engine import Place, Refused
from flows.engine.asked import unknown
from flows.engine.board import Board

from .. import outcome, verdicts
from ..signals import stoppable
from ..telling import say
from .json_output import checked, print_json
from .sessions import account

PROBE = "probe"
"""The one key of the board: whether it may do more than read."""


def board(place: Place, answers: Mapping[str, Any], output: str) -> int:
    """Look at everything; the exit code. Raises Problem."""
    for key, value in answers.items():
        if key != PROBE:
            raise Refused(*unknown(key, [PROBE], "the check of everything"))
        if value not in ("yes", "no"):
            raise Refused(f"{PROBE}: “{value}” is neither yes nor no.", remedy="Answer yes or no.")
    seen = Board(flows.every(), account(place), place, reaching=answers.get(PROBE) == "yes")
    with stoppable(seen.stop, "Stopping; what is known is kept…") as interrupted:
        for row in seen.look():
            click.echo(f"{len(seen.rows)} of {seen.found}  {verdicts.row(row)}", err=True)
    if output == "json":
        print_json(document(seen))
    else:
        say("\n".join(verdicts.board(seen)))
        if seen.left_out and not place.read_only:
            click.echo(f"What was left out is looked at, too, with --set {PROBE}=yes.", err=True)
    return 130 if interrupted else outcome.of_check(seen.status)


def document(seen: Board) -> dict[str, Any]:
    """The one document that describes how everything stands."""
    return {
        "region": seen.identity.region,
        "account": seen.identity.account,
        "checks": [
            {"flow": row.flow, "subject": dict(row.subject), "name": row.name, **checked(row.verdict), "run": ""}
            for row in seen.sorted()
        ],
        "status": seen.status.value,
        "left_out": [{"flow": flow, "why": f"Its check {reaches}."} for flow, reaches in seen.left_out.items()],
    }
