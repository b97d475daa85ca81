"""`check`: whether what exists works, whoever made it: one thing, or everything in the region."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TextIO

import click

from . import completions
from .interactive import by_lines, or_home, somebody
from .json_output import checked, print_json
from .options import accept_option, command, global_options, json_option, place_of, plain_option

if TYPE_CHECKING:
    from flows.engine import Flow, Place, Refused


@command()
@click.argument("flow", required=False, shell_complete=completions.set_ups)
@click.option(
    "--set", "sets", multiple=True, metavar="KEY=VALUE", help="What to look at.", shell_complete=completions.answers
)
@click.option(
    "--event", type=click.File(encoding="utf-8"), help="An event that should have started something; - is stdin."
)
@click.option("--fix", multiple=True, metavar="ID", help="Mend what was found: its id, or all.")
@click.option("-y", "--yes", is_flag=True, help="Mend it without asking.")
@accept_option
@plain_option
@json_option
@global_options
def check(
    flow: str | None, sets: tuple[str, ...], event: TextIO | None, fix: tuple[str, ...], yes: bool,
    accept: tuple[str, ...], plain: bool, output: str, **given: Any,
) -> None:  # fmt: skip
    """Find out whether a set-up works that exists, whoever made it.

    On a terminal it asks which one. Without FLOW it looks at everything in the region; --set probe=yes lets it send
    commands to machines and fetch pages, too.

    It only reads. With --fix and --yes it mends what it found, as far as that can be done from here, and checks again;
    `handrail undo` takes that back.
    """
    import flows
    from flows.engine import Refused
    from flows.engine.cache import CachedCloud
    from flows.engine.checking import look

    from ..answers_file import load_answers, text_of
    from . import repairs
    from .confirmation import known_yeses
    from .sessions import account

    place, asked = place_of(given), output == "text" and not yes and somebody(plain)
    answers = load_answers(None, sets) | ({"event": text_of(event)} if event else {})
    if flow is None:
        if fix:
            raise Refused("Which one is to be mended?", remedy="Name it: handrail check FLOW --set KEY=VALUE --fix ID.")
        if asked and not answers:
            raise SystemExit(_ask(place, "", {}, plain=plain))
        from .board import board

        raise SystemExit(board(place, answers, output))
    found = flows.find(flow)
    known_yeses(accept, found)
    try:
        subject = found.check.named(answers, f"check {flow}")
    except Refused as strange:
        raise _strange(found, answers, strange, place) from None
    if found.check.missing(subject):
        if asked and not fix and not event:
            raise SystemExit(_ask(place, flow, subject, plain=plain))
        raise _which_one(found, subject, place)
    cloud = account(place)
    outcome = look(found, CachedCloud(cloud), subject, place)
    about = subject | ({"event": getattr(event, "name", "-")} if event else {})
    if fix:
        raise SystemExit(
            repairs.mend(
                found, cloud, about, outcome, lambda: look(found, CachedCloud(cloud), subject, place), place=place,
                fix=fix, accept=accept, yes=yes, output=output,
            )
        )  # fmt: skip
    if output == "json":
        print_json({"flow": flow, "subject": about, **checked(outcome), "run": ""})
    else:
        repairs.tell(found, outcome, place)
        repairs.offer(found, outcome, about, place)
    raise SystemExit(repairs.exit_code(outcome))


def _ask(place: Place, flow: str, given: Mapping[str, str], *, plain: bool) -> int:
    """Ask which one, and first which kind where no `flow` is named; the exit code."""
    if not by_lines(plain):
        from ..screen.app import run
        from ..screen.screens.home_rows import EVERYTHING

        return run(place, check=flow, at=EVERYTHING, answers=given)
    from ..lines import looking_after

    if not flow:
        return looking_after.kinds(place)
    return or_home(lambda: looking_after.check(place, flow, given), place)


def _strange(flow: type[Flow], answers: Mapping[str, Any], strange: Refused, place: Place) -> Exception:
    """That there are unknown keys, and with it what is missing, if something is."""
    known = {each.id for each in flow.check.questions}
    subject = flow.check.named({key: value for key, value in answers.items() if key in known}, "")
    if not flow.check.missing(subject):
        return strange
    missing = _which_one(flow, subject, place)
    missing.what = f"{strange}\n{missing.what}"
    return missing


def _which_one(flow: type[Flow], given: Mapping[str, str], place: Place) -> Refused:
    """That it is not said which one: every key that is missing, and what there is."""
    from flows.engine import NoAccess
    from flows.engine.checking import Candidates, candidates

    from .sessions import account
    from .which_one import Unnamed

    ways = flow.check.missing(given)
    try:
        found = candidates(flow.check, given, account(place))
    except NoAccess as problem:
        found = [Candidates(way[0].id, trouble=str(problem)) for way in ways[:1]]
    return Unnamed(flow.id, ways, found)
