"""What must hold of the schedules that keep a database awake, so that they do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from flows.aws.aurora_clusters import Capacity
from flows.aws.aurora_schedules import Change
from flows.aws.serverless_clusters import capacity_of
from flows.engine import Cloud


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
