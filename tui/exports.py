"""The plan as a file for somewhere else: one function for each kind of file, for every face."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from .safe import line

if TYPE_CHECKING:
    from flows.engine import Flow, Review, Session
    from flows.engine.permissions import Need


@dataclass(frozen=True)
class Document:
    """What is written.

    Args:
        text: all of it.
        notes: what a person must know of it, said beside it.
        mode: who may do what with the file.
    """

    text: str
    notes: tuple[str, ...] = ()
    mode: int = 0o666


RUNS, PRIVATE = 0o777, 0o600
"""Within the umask, as the mode of any other file."""


@dataclass(frozen=True)
class Form:
    """One kind of file.

    Args:
        title: what it is.
        about: what it is for.
        ending: how a file's name goes on after the set-up's.
        make: writes it, from a session in which everything is answered. Raises Refused.
    """

    title: str
    about: str
    ending: str
    make: Callable[[Session], Document]


def cli(session: Session) -> Document:
    from flows.export.cli import script

    review, flow, who = session.review(), session.flow, session.identity
    text = script(
        review.plan, flow=flow.id, title=flow.title, region=who.region, account=who.account,
        endpoint=_endpoint(session), agreements=review.agreements,
    )  # fmt: skip
    return Document(text, _agreed(review, "runs"), mode=RUNS)


def _agreed(review: Review, does: str) -> tuple[str, ...]:
    """What Handrail would want a yes to: whoever carries the file out instead is not asked again."""
    return tuple(f"Who {does} it agrees to this: {line(each)}" for each in review.agreements)


def _endpoint(session: Session) -> str:
    """Where it was planned, if that is not AWS and can be reached from a shell."""
    return "" if session.place.practice else session.place.endpoint_url


def policy(session: Session) -> Document:
    return _policy(session.review().needs)


def reads(session: Session) -> Document:
    return _policy(session.review().looks)


def _policy(needs: tuple[Need, ...]) -> Document:
    from flows.export.policy import MANAGED, beyond, policies

    made = policies(needs)
    unknown = (need.action[1:] for need in needs if need.action.startswith("?"))
    notes = [f"The permission for {each} is not known; add it yourself." for each in unknown]
    if len(made) > 1:
        several = f"This is a list of {len(made)} policies, because one may have {MANAGED} characters: attach them all."
        notes.append(several)
    text = json.dumps(made if len(made) > 1 else made[0], indent=2)
    return Document(f"{text}\n", (*notes, *beyond(needs)))


def there(session: Session) -> Document:
    """What must be allowed in the other account, apart from one's own. Raises Refused."""
    from flows.engine import Refused

    found = session.review().there
    if not found:
        raise Refused("Nothing of this plan is done in another account with a profile.")
    made = [_policy(needs) for needs in found.values()]
    notes = [f"For whoever the profile “{profile}” leads to:" for profile in found]
    return Document(made[0].text, (notes[0], *made[0].notes))


def cloudformation(session: Session) -> Document:
    from flows.export.cloudformation import template

    flow, here, review = session.flow, session.identity.region, session.review()
    made = template(
        review.plan, flow=flow.id, title=flow.title, region=here, account=session.identity.account,
        answers=review.answers, agreements=review.agreements,
    )  # fmt: skip
    notes = [*_agreed(review, "creates")]
    notes += [] if made.region == here else [f"Its stack belongs into {made.region}, not {here}."]
    if made.left_out:
        notes.append("These steps are NOT in the template; the formats cli and runbook have them:")
    for number, action, why in made.left_out:
        notes += [f"  {number}. {line(action.sentence)}", f"     {line(why)}"]
    return Document(made.text, tuple(notes))


def runbook(session: Session) -> Document:
    from datetime import UTC, datetime

    from flows.export.runbook import runbook

    from . import words

    review, today = session.review(), datetime.now(UTC).date()
    text = runbook(
        review, flow=session.flow, identity=session.identity, on=today, costs=words.costs(review),
        practice=session.place.practice, endpoint=_endpoint(session),
    )  # fmt: skip
    return Document(text, _agreed(review, "follows"))


def script(session: Session) -> Document:
    return on_a_machine(session.flow, session.answers())


def on_a_machine(flow: type[Flow], answers: Mapping[str, object]) -> Document:
    """What runs on a machine. Raises Refused where a set-up has no such thing."""
    return Document(flow.script(answers), mode=RUNS)


FORMS: Mapping[str, Form] = {
    "cli": Form("aws commands", "a script that does the same", ".sh", cli),
    "cloudformation": Form("CloudFormation", "a template, and which steps it lacks", "-template.yaml", cloudformation),
    "policy": Form("Permissions", "what you must be allowed to do, as an IAM policy", "-policy.json", policy),
    "runbook": Form("Runbook", "a document to do it by hand and sign off", "-runbook.md", runbook),
}
"""What `--format` may be."""
SCRIPT = "script"
"""One more, which needs neither an account nor all answers."""
READS = Form("Permissions to look", "without creating anything, as an IAM policy", "-reads.json", reads)


THERE = Form("Permissions there", "what must be allowed in the other account", "-there.json", there)


def offered(flow: type[Flow]) -> dict[str, Form]:
    """What there is for a set-up, by the word that a person says for it."""
    found = {**FORMS, "reads": READS}
    if any(question.id.endswith("_profile") for question in flow.questions):
        found["there"] = THERE
    if "script" in vars(flow):
        found[SCRIPT] = Form(
            "Script for the machine", "what runs there, to read and run anywhere", "-machine.sh", script
        )
    return found


def answers(session: Session) -> Document:
    """The answers, as a file that `--answers` takes."""
    from .answers_file import dump_answers

    return Document(dump_answers(session.answers()), mode=PRIVATE)


def save(document: Document, name: str) -> Path:
    """Write a document to a file that does not exist yet, and say which. Raises Refused."""
    from flows.engine import Refused, files

    try:
        path = Path(name).expanduser()
    except RuntimeError as error:  # the home of somebody unknown
        raise Refused(f"{name} cannot be written.", str(error), "Give another name.") from None
    files.write_new(path, document.text, document.mode)
    return path.absolute()


def free(name: str, ending: str) -> str:
    """The name of a file that does not exist yet in this folder: what is offered overwrites nothing."""
    names = (f"{name}{'' if number == 1 else f'-{number}'}{ending}" for number in count(1))
    return next(each for each in names if not os.path.lexists(each))
