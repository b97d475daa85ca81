"""Why another account can or cannot copy and restore a snapshot, whoever shared it."""

from __future__ import annotations

from collections.abc import Iterator

from flows.aws import rds_snapshots
from flows.engine import Cloud, Finding, Grade

from . import rules
from .rules import Situation

RULES = (
    rules.available, rules.kind, rules.manual, rules.shared, rules.public, rules.options, rules.key, rules.key_state,
    rules.key_use, rules.kept_by,
)  # fmt: skip


def diagnose(cloud: Cloud, name: str, account: str) -> Iterator[Finding]:
    """Can that account copy and restore the snapshot?"""
    found = rds_snapshots.one(cloud, name)
    if found is None:
        yield Finding(
            "snapshot", Grade.REFUSED, f"There is no snapshot called {name} in {cloud.identity.region}.",
            "DescribeDBSnapshots, DescribeDBClusterSnapshots", "Give another --region, or make a new one.",
        )  # fmt: skip
        return
    here = Situation(cloud, found, (account,))
    rules_now = RULES if found.status == "available" and found.made == rds_snapshots.MANUAL else RULES[:3]
    for rule in rules_now:
        yield from rule(here)
