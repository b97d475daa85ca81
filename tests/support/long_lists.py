"""An account with ten thousand of something, which comes page by page: to count, and to hold back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

from flows.engine import Call, Choice, Flow, Identity, Missed, Option, Page, Picks, Plan
from flows.engine.listing import by_filter, listed

MANY, PAGE = 10_000, 500
SUFFIX = "-which-belongs-to-a-team-that-likes-names-to-say-everything-about-a-thing"


class Thousands:
    """Security groups `sg-…` named `group 0` and so on, in pages; AWS's own filters work.

    Args:
        count: how many there are.
        held: hold every page but the first back until `let_go`.
        before: called with the number of a page (from 0) before it is read; may raise.

    Attributes:
        pages_read: what was asked for: (the values of its filters, number of the page).
    """

    def __init__(
        self, count: int = MANY, *, held: bool = False, before: Callable[[int], None] = lambda number: None
    ) -> None:
        self.identity = Identity("111122223333", "arn:aws:iam::111122223333:user/kim", "eu-central-1", "large")
        self.groups = [{"GroupId": f"sg-{n:08x}", "GroupName": f"group {n}"} for n in range(count)]
        self.pages_read: list[tuple[tuple[str, ...], int]] = []
        self._before, self._gate = before, threading.Semaphore(0 if held else count)

    def let_go(self, pages: int = 1) -> None:
        """Give further pages out."""
        self._gate.release(pages)

    def make(self, call: Call) -> dict[str, Any]:
        return {}

    def look_at(self, url: str) -> Page:
        return Page(missed=Missed.UNREACHABLE)

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        if call.operation != "ec2.DescribeSecurityGroups":
            return
        asked = {each["Name"]: set(each["Values"]) for each in call.params.get("Filters", [])}
        by_id, by_name = asked.get("group-id"), asked.get("group-name")
        found = [
            group
            for group in self.groups
            if (by_id is None or group["GroupId"] in by_id) and (by_name is None or group["GroupName"] in by_name)
        ]
        values = tuple(sorted(value for values in asked.values() for value in values))
        for number, at in enumerate(range(0, max(len(found), 1), PAGE)):
            if number:
                self._gate.acquire()
            self._before(number)
            self.pages_read.append((values, number))
            more = {"NextToken": "more"} if at + PAGE < len(found) else {}
            yield {"SecurityGroups": found[at : at + PAGE], **more}


def groups(flow: Flow) -> Iterator[Option[str]]:
    """As a look-up of a real set-up is written: page by page, with the line that says how AWS narrows it."""
    for page in listed(flow.cloud, Call("ec2.DescribeSecurityGroups"), by_filter("group-id", "group-name")):
        for group in page["SecurityGroups"]:
            yield Option(group["GroupId"], group["GroupId"], group["GroupName"], f"{group['GroupId']}{SUFFIX}")


class OneGroup(Flow):
    """One of very many."""

    title = "One of many"
    group = Choice("Which group?", groups, label="Group", why="There are many.")

    def plan(self) -> Plan:
        return Plan(())


class SomeGroups(Flow):
    """Some of very many."""

    title = "Some of many"
    some = Picks("Which groups?", groups, label="Groups", why="There are many.")

    def plan(self) -> Plan:
        return Plan(())
