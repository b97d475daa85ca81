"""The company is put there as it once came to stand, instead of being set up anew for every account.

What setting up makes of an account follows from what is in it, all of which is compared: where a test had a hand in it
before, or practised, or turned the clock, it is set up by its requests, as it is outside of the tests.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any, NamedTuple

from moto.moto_api._internal import mock_random

from flows.practice import company, simulator, snapshot
from flows.practice.clock import CLOCK
from flows.practice.door import Door

KEPT = 200
"""So many accounts, of some hundred thousand bytes each, are kept in mind."""


class Founded(NamedTuple):
    """An account with parts of the company in it, and where chance stood when they were."""

    things: bytes
    chance: Any


def swift_company() -> None:
    found, known = Door._found, dict[tuple[Any, ...], Founded]()

    def founded(door: Door, *services: str) -> None:
        parts = [part for part in dict.fromkeys(_with_needs(services)) if part not in door._founded]
        begins = parts and door._has_company and not door._diary.pages and "now" not in vars(CLOCK)
        if not begins or not (before := _put_down()):
            found(door, *services)
            return
        key = (*parts, door._region, CLOCK.hurry, hashlib.sha256(before).digest())
        if key not in known:
            found(door, *services)
            if not (after := _put_down()):
                return
            known[key] = Founded(after, mock_random.getstate())
            if len(known) > KEPT:
                del known[next(iter(known))]
        known[key] = begun = known.pop(key)  # those that nobody came to again go first
        simulator.hold(pickle.loads(begun.things))  # what was put down once is put down alike ever after
        mock_random.setstate(begun.chance)
        door._founded.update(parts)

    Door._found = founded  # type: ignore[method-assign]


def _with_needs(services: Iterable[str]) -> Iterator[str]:
    for service in services:
        if part := company.PARTS.get(service):
            yield from _with_needs(part.needs)
            yield service


def _put_down() -> bytes:
    """All that is in the account; nothing where there is something in it that cannot be put down."""
    data = BytesIO()
    try:
        snapshot._Pickler(data, 5).dump(simulator.contents())
    except (pickle.PicklingError, TypeError, AttributeError, ValueError):
        return b""
    return data.getvalue()
