"""What the first questions look up in practice, as it is answered before anything was practised: what `make texts`
writes beside practice."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flows
from flows.engine import Call, Cloud, Page, Place, Session
from flows.engine.boto import Aws
from flows.engine.checking import Checking
from flows.engine.questionnaire import Questionnaire
from flows.practice import PracticeAccount, open_account
from flows.practice.memory import FIRST_DAY, Asked, moto, noted
from flows.tasks import TASKS, find

PRACTICE = Place(practice=True)
MOVING = ("ec2.DescribeVpcPeeringConnections",)
"""A request that the company has got ends a week after it is looked at."""


class Noting:
    """An account, and all that was asked there."""

    def __init__(self, cloud: Cloud) -> None:
        self.identity, self._cloud = cloud.identity, cloud
        self.asked: dict[str, Asked] = {}

    def _noted(self, asked: Asked) -> Iterator[dict[str, Any]]:
        self.asked[asked.key] = asked
        return asked.of(self._cloud)

    def make(self, call: Call) -> dict[str, Any]:
        return next(self._noted(Asked(call)))

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        return self._noted(Asked(call, paged=True))

    def look_at(self, url: str) -> Page:
        return self._cloud.look_at(url)


def cloud_of(account: PracticeAccount) -> Cloud:
    """The account itself, without a memory."""
    return Aws(PRACTICE, account.session, account.session_of)


def asked_at_first(cloud: Cloud) -> list[Asked]:
    """What the first questions of all set-ups, checks and tasks look up."""
    noting = Noting(cloud)
    for flow in flows.every():
        Session(flow, noting).state()
        Checking(flow, noting, PRACTICE).asking()
    for name in TASKS:
        if (task := find(name)).account:
            Questionnaire(task.asks, noting, PRACTICE).asking()
    return [each for each in noting.asked.values() if each.call.operation not in MOVING]


def first_day() -> str:
    """The whole file."""
    with tempfile.TemporaryDirectory() as folder, open_account(Path(folder)) as account:
        cloud = cloud_of(account)
        answers = noted(asked_at_first(cloud), cloud)
    return json.dumps({"of": [moto()], "answers": answers}, indent=1) + "\n"


if __name__ == "__main__":
    FIRST_DAY.write_text(first_day())
