"""What a plan costs, in words: the sum first, no amounts for what is billed by use, none that is nought and is not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from flows.aws import aurora_prices, cloudfront
from flows.engine import Cost
from flows.vpn.steps import PRICE, SECRET_PRICE
from tui.costs import NOTHING, a_month, bound, cost, most, parts, total


def at(hourly: str, **rest: object) -> Cost:
    return Cost("It", Decimal(hourly), "2026-11", "somewhere", **rest)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("prices", "told"),
    [
        ([], NOTHING),
        ([PRICE], "About 36.50 USD a month."),
        ([PRICE, SECRET_PRICE], "About 36.86 USD a month."),
        ([at("0.1371")], "About 101 USD a month."),
        ([at("0.0005")], "About 0.36 USD a month."),
        ([at("0.000001")], "Less than 0.01 USD a month."),
        ([cloudfront.PRICE], "Nothing while nobody uses it: billed by use."),
        ([cloudfront.PRICE, at("0.02")], "About 14.60 USD a month, and more by use."),
        ([at("0", counts="unknown"), at("0.02")], "About 14.60 USD a month; what it costs is not known here."),
        ([at("0", counts="unknown")], "What it costs is not known here."),
        (
            aurora_prices.card(Decimal(0), Decimal(4), "aurora", 1, public=False),
            "About 0.40 to 351 USD a month, by how much it is used.",
        ),
        (
            aurora_prices.card(Decimal("0.5"), Decimal(4), "aurora", 2, public=True),
            "About 95.30 to 709 USD a month, by how much it is used.",
        ),
    ],
)
def test_the_sum(prices: list[Cost], told: str) -> None:
    assert total(prices) == told


def test_what_is_billed_by_use_has_no_most() -> None:
    assert bound([PRICE]) == most([PRICE]) == Decimal("36.50")
    for unbound in (cloudfront.PRICE, at("0", counts="unknown")):
        assert bound([unbound, at("0.02")]) is None
    assert a_month(Decimal(0), None) == "billed by use"
    assert a_month(Decimal("14.6"), None) == "about 14.60 USD a month and more by use"


def test_the_parts() -> None:
    assert cost(PRICE).endswith("about 36.50 USD a month, 0.05 USD an hour (as of 2026-11, without tax).")
    assert cost(SECRET_PRICE).endswith("about 0.36 USD a month (as of 2026-11, without tax).")
    assert cost(cloudfront.PRICE) == "The distribution: billed by use (as of 2026-11, without tax)."
    assert cost(at("0", counts="least")).startswith("It: nothing ")
    assert "0.00 " not in "".join(parts([at("0.000001"), at("0"), at("0", counts="unknown")]))
