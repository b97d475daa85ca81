"""Why another account can or cannot copy and restore a snapshot, whoever shared it."""

from __future__ import annotations

from collections.abc import Iterator

from flows.aws import rds_snapshots
from flows.aws.rds_snapshots import CLUSTER, INSTANCE
from flows.engine import Cloud, Finding, Grade
from flows.engine.findings import likely

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
    if name != found.arn and found.kind == INSTANCE and (other := rds_snapshots.one(cloud, name, CLUSTER)):
        yield likely(
            "namesake", f"A cluster has a snapshot called {found.name} as well; this is the one of a database.",
            "DescribeDBClusterSnapshots", f"For that of the cluster give its address: {other.arn}",
        )  # fmt: skip
    here = Situation(cloud, found, (account,))
    rules_now = RULES if found.status == "available" and found.made == rds_snapshots.MANUAL else RULES[:3]
    for rule in rules_now:
        yield from rule(here)
