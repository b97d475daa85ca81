"""Why another account can or cannot copy and restore a snapshot, whoever shared it."""

from __future__ import annotations

from collections.abc import Iterator

from flows.aws import kms_keys, rds_snapshots
from flows.engine import Cloud, Finding, Grade


def diagnose(cloud: Cloud, name: str, account: str) -> Iterator[Finding]:
    """Can that account copy and restore the snapshot?"""
    found = rds_snapshots.one(cloud, name)
    if found is None:
        yield Finding(
            "snapshot", Grade.REFUSED, f"There is no snapshot called {name} in {cloud.identity.region}.",
            "DescribeDBSnapshots, DescribeDBClusterSnapshots", "Give another --region, or make a new one.",
        )  # fmt: skip
        return
    if found.status != "available":
        yield Finding(
            "snapshot", Grade.WAITING, f"The snapshot {found.name} is {found.status}.", "its description",
            "Wait until it is available.",
        )  # fmt: skip
        return
    yield Finding("snapshot", Grade.PROVED, f"The snapshot {found.name} is available.", "its description")
    if found.made != rds_snapshots.MANUAL:
        yield Finding(
            "manual", Grade.REFUSED, f"The snapshot {found.name} is {found.made}; only manual ones can be shared.",
            "its description", "Share a copy: handrail run share_snapshot with this snapshot.",
        )  # fmt: skip
        return
    allowed = rds_snapshots.shared_with(cloud, found.kind, found.name)
    if rds_snapshots.EVERYBODY in allowed:
        yield Finding(
            "public", Grade.REFUSED, f"The snapshot {found.name} is public: everybody can restore all of its data.",
            "its attribute restore", "Take “all” out of it in the RDS console, or with the aws command line.",
        )  # fmt: skip
    if account in allowed:
        yield Finding("shared", Grade.PROVED, f"The account {account} may use it.", "its attribute restore")
    else:
        yield Finding(
            "shared", Grade.REFUSED, f"The account {account} may not use it.", "its attribute restore",
            "Run handrail run share_snapshot with this snapshot.",
        )  # fmt: skip
    if found.encrypted:
        yield kms_keys.finding(cloud, found.key or "alias/aws/rds", [account])
