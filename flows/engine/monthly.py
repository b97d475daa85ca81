"""What a run costs by the month: noted with its plan, and said at its end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from .actions import Action

MONTHLY = "monthly"
"""The fact of a plan that says it."""


def noted(things: Iterable[object]) -> dict[str, str]:
    """The fact for a plan of these things: USD a month that what it makes costs whether it is used or not."""
    costs = (cost for each in things if isinstance(each, Action) for cost in each.costs)
    return {MONTHLY: f"{sum((cost.usd_per_month * cost.times for cost in costs), Decimal(0)):.2f}"}


def until_undone(facts: Mapping[str, Any], otherwise: Decimal = Decimal(0)) -> Iterator[str]:
    """What there is to say of it at the end, if anything; `otherwise` is what a run of an earlier version costs, which
    noted nothing."""
    if month := Decimal(facts.get(MONTHLY, otherwise)):
        yield f"It costs about {month:.2f} USD a month (US East) until it is undone, whether it is used or not."
