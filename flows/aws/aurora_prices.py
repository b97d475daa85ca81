"""What an Aurora Serverless database costs: awake, at its largest, and asleep.

US East (N. Virginia), USD, without tax. Compute, storage and access fees: AWS's agent-toolkit, 2026-08; the others
are marked. Other regions are dearer by up to about a third.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from flows.engine import Cost, usd

from .aurora_versions import HALF, shown

AS_OF = "2026-08"
SOURCE = (
    "AWS agent-toolkit, US East (N. Virginia); other regions differ, see https://aws.amazon.com/rds/aurora/pricing/"
)
FLAT = "aurora-iopt1"
ACU = {"aurora": Decimal("0.12"), FLAT: Decimal("0.156")}
STORAGE = {"aurora": Decimal("0.10"), FLAT: Decimal("0.225")}
PROVISIONED = ("db.t4g.medium", Decimal("0.073"))
"""The smallest class of Aurora; its price could not be verified (2026-08)."""
SECRET = Decimal("0.40") / 730
ADDRESS = Decimal("0.005")
SNAPSHOT = "storage of the snapshot, about 0.021 USD per GB and month (2026-08)"


def hourly(amount: Decimal, storage: str = "aurora") -> Decimal:
    """USD for an hour at that capacity."""
    return (amount * ACU[storage]).quantize(Decimal("0.001")).normalize() + 0


def monthly(amount: Decimal, storage: str = "aurora") -> str:
    """The same for a month that it is never asleep, as text."""
    return f"{amount * ACU[storage] * 730:.0f}"


def span(costs: Iterable[Cost]) -> str:
    """USD a month from the least to the most of these, as a review sums them up: "0.40 to 351"."""
    costs = list(costs)
    sums = [
        sum((each.usd_per_month * each.times for each in costs if each.counts in ("always", also)), Decimal(0))
        for also in ("least", "most")
    ]
    low, high = usd(sums[0]), usd(max(sums))
    return low if low == high else f"{low} to {high}"


def card(least: Decimal, most: Decimal, storage: str, instances: int, *, public: bool) -> tuple[Cost, ...]:
    """The costs of a database with that many instances, to be read side by side."""
    each = f", for each of {instances} instances" if instances > 1 else ""
    awake = max(least, HALF)
    class_, price = PROVISIONED
    asleep = f"also while it is asleep: about {STORAGE[storage]} USD per GB and month, backups beyond its size,"
    found = [
        Cost(
            f"Awake, at its smallest ({shown(awake)} ACU{each})", hourly(awake, storage), AS_OF, SOURCE,
            counts="least" if least else "neither", times=instances,
        ),
        Cost(
            f"At its largest ({shown(most)} ACU{each})", hourly(most, storage), AS_OF, SOURCE,
            f"To compare: the smallest provisioned instance ({class_}) costs about {price} USD an hour (not verified), "
            "also while nobody uses it.", "most", instances,
        ),
    ]  # fmt: skip
    if least == 0:
        found.append(Cost("Asleep, compute", Decimal(0), AS_OF, SOURCE, counts="least"))
    found.append(
        Cost(
            "Its password in Secrets Manager", SECRET.quantize(Decimal("0.00001")), AS_OF,
            "AWS Secrets Manager pricing, not verified",
            f"Storage is billed by use, {asleep} and the password.",
        )
    )  # fmt: skip
    if public:
        found.append(
            Cost(f"Public IPv4 address{each}", ADDRESS, AS_OF, "https://aws.amazon.com/vpc/pricing/", times=instances)
        )
    return tuple(found)
