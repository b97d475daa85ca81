"""What must hold of the schedules that keep a database awake, so that they do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from flows.aws.aurora_clusters import Capacity
from flows.aws.aurora_schedules import Change
from flows.aws.aurora_versions import HALF, ONE, SUPPORT, shown
from flows.aws.serverless_clusters import capacity_of
from flows.engine import Call, Cloud


@dataclass(frozen=True)
class Situation:
    """A database, and what changes it by the clock.

    Args:
        cloud: the account.
        told: all that AWS tells of the cluster.
        changes: its schedules.
        now: the time of looking.
    """

    cloud: Cloud
    told: Mapping[str, Any]
    changes: tuple[Change, ...]
    now: datetime

    @property
    def name(self) -> str:
        return str(self.told["DBClusterIdentifier"])

    @property
    def arn(self) -> str:
        who = self.cloud.identity
        return str(
            self.told.get("DBClusterArn") or f"arn:{who.partition}:rds:{who.region}:{who.account}:cluster:{self.name}"
        )

    @property
    def status(self) -> str:
        return str(self.told.get("Status") or "")

    @cached_property
    def limits(self) -> Capacity:
        return capacity_of(self.told)


def refused(here: Situation, change: Change) -> str:
    """Why AWS refuses a change each time that it comes, as the end of a sentence; "" where nothing is known to be in
    the way. Raises CloudError.

    Amazon RDS API Reference, "ServerlessV2ScalingConfiguration", and Aurora User Guide, "Limitations for stopping and
    starting Aurora DB clusters", both 2026-11.
    """
    if change.does == "stop":
        whole = _global(here)
        return f"{here.name} belongs to the global database {whole}, whose clusters cannot be stopped" if whole else ""
    return _out_of_range(change.limits) or _beyond_version(here, change.limits) if change.limits else ""


def _out_of_range(wanted: Capacity) -> str:
    if wanted.least > wanted.most:
        return f"its minimum, {shown(wanted.least)} ACU, is above its maximum, {shown(wanted.most)}"
    if wanted.most < ONE:
        return f"its maximum is {shown(wanted.most)} ACU, and must be at least 1"
    if wanted.least % HALF or wanted.most % HALF:
        return "its limits are not in steps of 0.5 ACU"
    if wanted.pause and not 300 <= wanted.pause <= 86400:
        return f"it lets it sleep after {wanted.pause} seconds, and 300 to 86400 can be given"
    return ""


def _beyond_version(here: Situation, wanted: Capacity) -> str:
    """Whether the engine's version allows such limits; one that does not tell how far it grows may."""
    engine, version = str(here.told.get("Engine", "")), str(here.told.get("EngineVersion", ""))
    asked = Call("rds.DescribeDBEngineVersions", {"Engine": engine, "EngineVersion": version})
    told = [each[SUPPORT] for each in here.cloud.make(asked).get("DBEngineVersions") or [] if each.get(SUPPORT)]
    for each in told:
        least, most = (Decimal(str(each.get(key, usual))) for key, usual in (("MinCapacity", 0), ("MaxCapacity", 256)))
        if wanted.least < least:
            return f"version {version} has a minimum of {least:f} ACU at least, and this sets {shown(wanted.least)}"
        if wanted.most > most:
            return f"version {version} grows to {most:f} ACU at most, and this sets {shown(wanted.most)}"
    return ""


def _global(here: Situation) -> str:
    """The global database to which it belongs; "" for none."""
    for page in here.cloud.pages(Call("rds.DescribeGlobalClusters")):
        for each in page.get("GlobalClusters") or []:
            for one in each.get("GlobalClusterMembers") or []:
                if here.arn in (one.get("DBClusterArn"), *(one.get("Readers") or [])):
                    return str(each.get("GlobalClusterIdentifier") or "")
    return ""
