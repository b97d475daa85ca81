"""A check being asked for in one account, and made: what a face drives from “which one?” to the verdict.

    checking = Checking(flow, cloud, place)
    while (asking := checking.asking()): ...        # as in a session: `answer`, `back`, `refresh`, `suggest`
    verdict = checking.look()                       # `look(again=True)` reads the account afresh

Nothing of it is kept: a check has no draft. Like a session it is synchronous and has no UI in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice

from ..place import Place
from .asked import NOT_LISTED
from .check import Check
from .choices import Choice
from .cloud import Cloud, Identity
from .flow import Flow
from .options import Option
from .pasted_lists import several
from .problems import Problem, Refused
from .questionnaire import Questionnaire
from .questions import Many
from .repair import offered
from .session import Session
from .shell import handrail, placed
from .verdict import Verdict, verdict

SHOWN = 20
"""Candidates that are told where nobody can be asked."""


class Checking(Questionnaire[Check]):
    """One check.

    Args:
        made: the set-up that is looked at.
        cloud: the account; what was read for its lists is not read again to look at what was picked.
        place: what the command line said about where to work.
        run: the id of the run whose things are looked at, where that led here; from there it is back to that run.
    """

    def __init__(self, made: type[Flow], cloud: Cloud, place: Place | None = None, *, run: str = "") -> None:
        super().__init__(made.check, cloud, place)
        self.made, self.run = made, run
        self.account = cloud
        """As it is: what is mended or waited for is looked at afresh."""

    @property
    def identity(self) -> Identity:
        return self.cloud.identity

    def subject(self) -> dict[str, str]:
        """What was answered, as `Flow.diagnose` and `--set` take it."""
        return self.given()

    def further(self) -> dict[str, str]:
        """The answers by which it would do more than read in AWS, such as fetch a page, and which were not given."""
        given = self.subject()
        return {key: value for key, value in self.made.check.reaching.items() if given.get(key) != value}

    def look(self, *, again: bool = False) -> Verdict:
        """Look at it. May ask AWS; raises Problem."""
        if again:
            self.refresh()
        return look(self.made, self.cloud, self.subject(), self.place)


def look(made: type[Flow], cloud: Cloud, subject: Mapping[str, str], place: Place) -> Verdict:
    """What a check finds, and why it matters: remedies that are commands say `place`, and nothing is mended where it is
    read-only.

    Asks AWS. Raises Problem.
    """
    found = [
        replace(each, remedy=placed(each.remedy, place), why=each.of_rule(made.matters))
        for each in made.diagnose(cloud, subject)
    ]
    return verdict(offered(found, read_only=place.read_only))


def about(session: Session) -> dict[str, str]:
    """What a check is asked about what a run made. Raises Refused where that is in another region."""
    assert session.run is not None, "only a run has made something"
    outputs = session.run.record.handover.get("outputs", {})
    lists = {each.id: isinstance(each, Many) for each in session.flow.questions if each.several}
    said = session.answers()
    answers = {key: several(raw, spaces=lists[key]) if key in lists else raw for key, raw in said.items()}
    found = session.flow.check.of_run(outputs, answers)
    if (region := outputs.get("region", "")) not in ("", session.cloud.identity.region):
        named = [word for key, value in found.items() for word in ("--set", f"{key}={value}")]
        command = handrail("check", session.flow.id, "--region", region, *named)
        raise Refused(f"What it made is in {region}.", remedy=f"Check it there: {command}")
    return found


@dataclass(frozen=True)
class Candidates:
    """What a missing key may be.

    Args:
        key: the key.
        options: some of those there are.
        more: how many there are besides, at least.
        trouble: why none is told; empty if some are.
    """

    key: str
    options: tuple[Option[str], ...] = ()
    more: int = 0
    trouble: str = ""


def candidates(check: type[Check], given: Mapping[str, str], cloud: Cloud) -> list[Candidates]:
    """For each way to name a thing, what the first key that is missing of it may be. Asks AWS."""
    firsts = dict.fromkeys(way[0] for way in check.missing(given))
    found = []
    for question in firsts:
        try:
            if isinstance(question, Choice) and question is check.questions[0]:
                options = (each for each in question.options(check(cloud)) if each.key != NOT_LISTED)
                some = tuple(islice(options, SHOWN))
                trouble = "" if some else question.way_out
                found.append(Candidates(question.id, some, sum(1 for _ in options), trouble))
            elif known := list(dict.fromkeys(check.typed(question.id, given, cloud))):
                shown = tuple(Option(each, each, each) for each in known[:SHOWN])
                found.append(Candidates(question.id, shown, len(known[SHOWN:])))
        except Problem as problem:
            found.append(Candidates(question.id, trouble=str(problem)))
    return found
