"""What an answer about the hours of a database must be, and what is worth saying about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Any, Protocol

from flows.aws import aurora_prices, keepers, weekly_hours
from flows.aws.aurora_clusters import Capacity
from flows.aws.aurora_versions import HALF, SUPPORT, shown
from flows.aws.serverless_clusters import capacity_of, serverless
from flows.engine import Call, Caution, Cloud, Option, Refused, shell

USUAL = 10
"""Quiet minutes after which it sleeps, where it never did so far."""


@dataclass(frozen=True)
class Database:
    """A serverless cluster that exists.

    Args:
        name: its name.
        limits: how far it grows and shrinks now.
        told: all that AWS tells of it.
    """

    name: str
    limits: Capacity
    told: Mapping[str, Any]

    @property
    def quiet(self) -> int:
        """Minutes after which it sleeps, or would."""
        return round(self.limits.pause / 60) if self.limits.pause else USUAL

    @property
    def storage(self) -> str:
        return aurora_prices.FLAT if self.told.get("StorageType") == aurora_prices.FLAT else "aurora"

    @property
    def instances(self) -> int:
        return max(len(self.told.get("DBClusterMembers") or []), 1)

    @property
    def arn(self) -> str:
        return str(self.told.get("DBClusterArn") or "")

    @property
    def data_api(self) -> bool:
        return bool(self.told.get("HttpEndpointEnabled"))

    @property
    def secret(self) -> str:
        return str((self.told.get("MasterUserSecret") or {}).get("SecretArn") or "")


class Answers(Protocol):
    """The set-up as the functions here see it: its answers by their keys."""

    cloud: Cloud
    cluster: Database
    days: tuple[str, ...]
    time_zone: str
    from_: time


def clusters(cloud: Cloud) -> Iterator[Option[Database]]:
    """The serverless clusters of the region."""
    for told in serverless(cloud):
        name, limits = str(told["DBClusterIdentifier"]), capacity_of(told)
        hint = f"{told.get('Engine', '')}, {limits.least:f} to {limits.most:f} ACU, {told.get('Status', '')}"
        yield Option(name, Database(name, limits, told), name, hint)


def fit(one: Database, flow: Answers) -> Iterator[Caution]:
    """Whether it can sleep at all. Raises Refused."""
    engine, version = str(one.told.get("Engine", "")), str(one.told.get("EngineVersion", ""))
    asked = Call("rds.DescribeDBEngineVersions", {"Engine": engine, "EngineVersion": version})
    for each in flow.cloud.make(asked).get("DBEngineVersions") or []:
        least = (each.get(SUPPORT) or {}).get("MinCapacity")
        if least is not None and float(least) > 0:
            raise Refused(
                f"{one.name} has version {version}, which cannot fall asleep: it is awake all the time as it is.",
                remedy="Upgrade it first, or choose another database.",
            )
    if one.told.get("Status") == "stopped":
        start = shell.aws("rds", "start-db-cluster", db_cluster_identifier=one.name)
        yield Caution(
            "database-stopped",
            f"{one.name} is switched off by hand. The schedules cannot change it while it is; each change fails and is "
            f"put into the queue. Start it: {start}",
        )
    if one.limits.least > 0:
        yield Caution(
            "sleeps-outside",
            f"{one.name} never sleeps so far: its minimum is {shown(one.limits.least)} ACU. Outside of the "
            "hours it will sleep, and whoever connects then waits 15 to 30 seconds.",
        )
    yield from keepers.beforehand(f"The database {one.name}", one.told.get("TagList"))


def comes(at: time, flow: Answers) -> None:
    weekly_hours.comes(flow.days, at, flow.time_zone)


def comes_later(at: time, flow: Answers) -> None:
    weekly_hours.comes(flow.days, at, flow.time_zone, after=flow.from_)


def awake_enough(least: Decimal, flow: Answers) -> None:
    most = flow.cluster.limits.most
    if not HALF <= least <= most:
        raise Refused(
            f"{shown(least)} will not do: 0 lets it sleep, and its maximum is {shown(most)}.",
            remedy=f"Give 0.5 to {shown(most)} in steps of 0.5, for example 0.5.",
        )


def minutes(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 5 <= int(text) <= 1440):
        raise Refused(f"“{text}” will not do. Give 5 to 1440 minutes (24 hours), in whole minutes, for example 10.")
    return int(text)
