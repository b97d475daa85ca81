"""`undo` where nobody can be asked and nobody said yes: what it would do, as on a terminal, and nothing is done."""

from __future__ import annotations

from typing import Any, ClassVar

from flows.engine import Refused, Session
from flows.engine.undo import kept

from .. import taking_back, words
from ..safe import line
from ..telling import say

AGREE = "To undo without being asked, add --yes{}."


class NotAgreed(Refused):
    """An undo that nobody agreed to. `about` is for scripts what a person was told.

    Args:
        run: its id.
        flags: what else is to be said, such as `--set others=keep`.
        about: what would be taken back, what others have there, and what is to be decided.
    """

    code: ClassVar[str] = "usage"

    def __init__(self, run: str, flags: str, about: dict[str, Any]) -> None:
        super().__init__(AGREE.format(flags))
        self.about = {"run": run, **about}


def preview(session: Session, decided: dict[str, str], output: str) -> NotAgreed:
    """Tell what taking this run back would do; the refusal to do it. Only reads. Raises CloudError."""
    run = session.run
    assert run is not None and run.plan is not None, "only a confirmed run can be undone"
    claims = session.claims()
    theirs = taking_back.to_be_taken_back(run, kept(run, run.plan, claims, decided))
    decisions = [each for each in session.to_decide(claims) if each.key not in decided]
    know = taking_back.not_brought_back(run, decided, claims, session.stops())
    know.pop(taking_back.NO_MORE, None)  # what stays is not among what would be taken back
    of_others = taking_back.claims(run, claims)
    if output == "text":
        rows = [f"  {word:<10}  {what}" for word, what in theirs]
        told = [f"Undo {run.id}. This would be taken back:", *rows] if theirs else []
        told += [f"Undo {run.id}."] if claims and not theirs else []
        told += ["Others have something there:", *(f"  ! {what}: {why}" for what, why in of_others)] * bool(of_others)
        for heading, what_of in know.items():
            told += [heading, *(f"  {word:<10}  {what}" for word, what in what_of)]
        for each in decisions:
            values = [f"  --set {each.key}={value}: {line(meant)}" for value, meant in each.choices.items()]
            told += [line(each.ask), *values]
        say(words.where(session.identity, session.place), err=True)
        say("\n".join(told or [f"Nothing of {run.id} is left to take back."]), err=True)
    about = {
        "would_take_back": [{"how": word.removeprefix("- ").removeprefix("~ "), "what": what} for word, what in theirs],
        "others": [{"what": what, "why": why} for what, why in of_others],
        "know": [what for rows in know.values() for _, what in rows],
        "to_decide": [{"key": each.key, "ask": each.ask, "options": each.choices} for each in decisions],
    }
    flags = "".join(f" --set {each.key}={'|'.join(each.choices)}" for each in decisions)
    return NotAgreed(run.id, flags, about)
