"""What a plan costs, in words that all three faces share: the sum first, then its parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from flows.engine import Cost, Run, standing, usd

LEAST = Decimal("0.01")
"""USD: less of it is not told as an amount, and an hour at less is not worth telling."""
NOTHING = "Nothing in this plan costs anything by itself."


def total(prices: Iterable[Cost]) -> str:
    """All of it in a sentence: "About 17.17 USD a month." """
    prices = list(prices)
    low, high = least(prices), most(prices)
    used = any(each.by_use for each in prices)
    unknown = [each.what for each in prices if each.counts == "unknown"]
    if not prices:
        return NOTHING
    if high == low == 0 and not unknown:
        return "Nothing while nobody uses it: billed by use."
    told = _span(low, high)
    rest = ", and more by use" if used else ", by how much it is used" if low != high else ""
    rest += f"; what {_first(unknown)} costs is not known here" if unknown else ""
    if 0 < high < LEAST:
        return f"Less than 0.01 USD a month{rest}."
    return f"About {told} USD a month{rest}." if high else f"{_capital(rest.lstrip(';, '))}."


def meanwhile(run: Run) -> str:
    """What a run that stopped half-way costs as it stands, as a sentence; empty where nothing of it does."""
    made = standing(run, run.plan) if run.plan else []
    prices = [cost for action in made if run.status(action.id) in ("done", "ready") for cost in action.costs]
    return f"What stands costs meanwhile: {_uncapital(total(prices))}" if prices else ""


def least(prices: Iterable[Cost]) -> Decimal:
    """USD a month that it costs in any case."""
    return _sum(prices, "least")


def most(prices: Iterable[Cost]) -> Decimal:
    """USD a month that it costs while it is used as much as it can be; never less than what it costs in any case."""
    prices = list(prices)
    return max(least(prices), _sum(prices, "most"))


def bound(prices: Iterable[Cost]) -> Decimal | None:
    """USD a month that it never costs more than; None where some of it is billed by use, or its price not known."""
    prices = list(prices)
    return None if any(each.by_use or each.counts == "unknown" for each in prices) else most(prices)


def a_month(low: Decimal, high: Decimal | None) -> str:
    """What it costs between these, in a few words; None is what has no bound."""
    if high is None:
        return f"about {usd(low)} USD a month and more by use" if low >= LEAST else "billed by use"
    return f"about {_span(low, high)} USD a month" if high >= LEAST else "less than 0.01 USD a month"


def cost(price: Cost) -> str:
    """One part of it."""
    return f"{price.what}: {_amount(price)} (as of {price.as_of}, without tax)."


def parts(prices: Sequence[Cost]) -> list[str]:
    """Every part with what there is to say of it, and where the prices come from."""
    lines = [text for price in prices for text in (cost(price), price.note) if text]
    return lines + [f"Source: {source}." for source in dict.fromkeys(price.source for price in prices)]


def _amount(price: Cost) -> str:
    if price.counts == "unknown":
        return "not known here"
    if not price.usd_per_hour:
        return "billed by use" if price.by_use else "nothing"
    month = price.usd_per_month
    told = f"about {month:.2f} USD a month" if month >= LEAST else "less than 0.01 USD a month"
    return f"{told}, {price.usd_per_hour.normalize():f} USD an hour" if price.usd_per_hour >= LEAST else told


def _sum(prices: Iterable[Cost], also: str) -> Decimal:
    counted = [each for each in prices if each.counts in ("always", also)]
    return sum((each.usd_per_month * each.times for each in counted), Decimal(0))


def _span(low: Decimal, high: Decimal) -> str:
    return usd(low) if usd(low) == usd(high) else f"{usd(low)} to {usd(high)}"


def _first(words: Sequence[str]) -> str:
    return _uncapital(words[0])


def _uncapital(text: str) -> str:
    return f"{text[:1].lower()}{text[1:]}"


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
