"""A check being asked for in one account, and made: what a face drives from “which one?” to the verdict.

    checking = Checking(flow, cloud, place)
    while (asking := checking.asking()): ...        # as in a session: `answer`, `back`, `refresh`, `suggest`
    verdict = checking.look()                       # `look(again=True)` reads the account afresh

Nothing of it is kept: a check has no draft. Like a session it is synchronous and has no UI in it.
"""

from __future__ import annotations

from dataclasses import replace

from ..place import Place
from .check import Check
from .cloud import Cloud, Identity
from .flow import Flow
from .questionnaire import Questionnaire
from .shell import placed
from .verdict import Verdict, verdict


class Checking(Questionnaire[Check]):
    """One check.

    Args:
        made: the set-up that is looked at.
        cloud: the account; what was read for its lists is not read again to look at what was picked.
        place: what the command line said about where to work; remedies that are commands say it, too.
    """

    def __init__(self, made: type[Flow], cloud: Cloud, place: Place | None = None) -> None:
        super().__init__(made.check, cloud)
        self.made, self.place = made, place or Place()

    @property
    def identity(self) -> Identity:
        return self.cloud.identity

    def subject(self) -> dict[str, str]:
        """What was answered, as `Flow.diagnose` and `--set` take it."""
        return self.given()

    def look(self, *, again: bool = False) -> Verdict:
        """Look at it. May ask AWS; raises Problem."""
        if again:
            self.refresh()
        found = self.made.diagnose(self.cloud, self.subject())
        return verdict(replace(each, remedy=placed(each.remedy, self.place)) for each in found)
