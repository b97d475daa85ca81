"""An account, as set-ups see it: who is signed in, and calls with their answers. `boto` is the real one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from ..place import Place
from .calls import Call
from .problems import SignInNeeded, Unreachable
from .web import Missed, Page


@dataclass(frozen=True)
class Identity:
    """Who is signed in, and where. Empty strings are unknown. `ends` is when signing in again will be needed.

    `endpoint_url` and `endpoints` are the addresses that are asked, where they are not AWS's own (see `Place`).
    """

    account: str
    arn: str
    region: str
    alias: str = ""
    ends: datetime | None = None
    endpoint_url: str = ""
    endpoints: tuple[tuple[str, str], ...] = ()

    @property
    def partition(self) -> str:
        return self.arn.split(":")[1] if self.arn.count(":") > 1 else "aws"

    def settled(self, place: Place) -> Place:
        """`place` as it is written down: with everything that makes it this one wherever it is read again.

        That nothing may be changed belongs to the command that says so, not to what it was said of.
        """
        return replace(
            place, region=self.region or place.region, partition=self.partition, read_only=False,
            endpoint_url=self.endpoint_url or place.endpoint_url, endpoints=self.endpoints,
        )  # fmt: skip


Ask = Callable[[SignInNeeded], bool]
"""Lets a person sign in; False if they would rather not."""


class Cloud(Protocol):
    """An account, as the set-ups see it. Tests write their own in ten lines."""

    @property
    def identity(self) -> Identity: ...

    def make(self, call: Call) -> dict[str, Any]:
        """Make one call and return its answer. Raises CloudError."""
        ...

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        """Make a reading call and every further page of it. Raises CloudError."""
        ...

    def look_at(self, url: str) -> Page:
        """Look at a page over the internet, as a visitor would. Never raises; a simulated account has no outside."""
        ...


def answers(cloud: Cloud, call: Call) -> Iterator[dict[str, Any]]:
    """Every page of the answer; or the one that a call wants which says how much it wants. Raises CloudError."""
    if "MaxItems" in call.params:
        yield cloud.make(call)
    else:
        yield from cloud.pages(call)


class Offline:
    """No account at all: for what can be said before one is opened."""

    identity = Identity("", "", "")

    def make(self, call: Call) -> dict[str, Any]:
        raise Unreachable(f"{call.operation} was not asked.")

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        yield self.make(call)

    def look_at(self, url: str) -> Page:
        return Page(missed=Missed.UNREACHABLE, why="not asked")
