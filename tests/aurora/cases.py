"""Answers for the database set-up in the demo company, a picture of what it touches, and a way through it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import boto3
from practice.picture import Picture
from practice.picture import snapshot as network_of
from support import sessions
from support.killed import Case

import flows
from flows.engine import Cloud, Event, Journal, Place, Session
from flows.engine.clock import Clock

SLEEPY: Mapping[str, Any] = {
    "name": "shop-db",
    "engine": "aurora-postgresql",
    "min_capacity": "0",
    "max_capacity": "4",
    "auto_pause_minutes": "10",
    "vpc": "shop",
    "access": "vpc",
}
"""It may sleep, and everything in its network may connect."""
AWAKE: Mapping[str, Any] = {key: value for key, value in SLEEPY.items() if key != "auto_pause_minutes"} | {
    "min_capacity": "0.5"
}

VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "sleepy": SLEEPY,
    "awake": AWAKE,
    "mysql": {**SLEEPY, "engine": "mysql", "name": "Shop-MySQL"},
    "servers": {**SLEEPY, "access": "servers", "servers": ["app", "web"]},
    "addresses": {**SLEEPY, "access": "addresses", "addresses": ["192.168.10.0/24", "10.20.0.5/32"]},
    "nobody": {**AWAKE, "access": "nobody"},
    "copies": {**SLEEPY, "readers": "2", "protect": "yes"},
    "office hours": {**SLEEPY, "awake": "weekdays", "time_zone": "Europe/Berlin"},
    "own hours": {
        **SLEEPY,
        "awake": "own",
        "days": "SAT, SUN",
        "time_zone": "America/New_York",
        "from": "09:30",
        "to": "23:59",
    },
    "an older version": {**AWAKE, "version": "16.2", "data_api": "no", "storage": "aurora-iopt1"},
}
"""Both engines, every way of access, asleep or not, with copies and protection, and an older version."""
MOST = "servers"
"""Of these the one that has as much of the set-up as can be."""


def session(
    cloud: Cloud, journal: Journal | None, answers: Mapping[str, Any] = SLEEPY, *, clock: Clock | None = None
) -> Session:
    """A session in which everything is answered and accepted."""
    made = Session(flows.find("aurora"), cloud, journal, place=Place(practice=True), clock=clock)
    made.accepted |= {"public-address", "expensive-at-full-load"}
    made.fill(answers)
    return made


def taken_back(made: Session, final_snapshot: str = "no") -> list[Event]:
    """Undo, with a word on the last snapshot; it must leave nothing."""
    return sessions.taken_back(made, final_snapshot=final_snapshot)


def picture(account: boto3.Session) -> Picture:
    """The network, the databases, their snapshots and passwords; not what changes by itself."""
    rds: Any = account.client("rds")
    kept = ("Engine", "EngineVersion", "ServerlessV2ScalingConfiguration", "DeletionProtection", "TagList", "Status")
    secrets = account.client("secretsmanager").list_secrets()["SecretList"]
    return {
        **network_of(account),
        "clusters": {
            each["DBClusterIdentifier"]: _only(each, kept) for each in rds.describe_db_clusters()["DBClusters"]
        },
        "instances": {
            each["DBInstanceIdentifier"]: _only(
                each, ("DBInstanceClass", "DBInstanceStatus", "TagList", "PromotionTier")
            )
            for each in rds.describe_db_instances()["DBInstances"]
        },
        "groups": {
            each["DBSubnetGroupName"]: sorted(subnet["SubnetIdentifier"] for subnet in each["Subnets"])
            for each in rds.describe_db_subnet_groups()["DBSubnetGroups"]
        },
        "snapshots": {
            each["DBClusterSnapshotIdentifier"]: each["DBClusterIdentifier"]
            for each in rds.describe_db_cluster_snapshots()["DBClusterSnapshots"]
        },
        "secrets": {each["ARN"]: each.get("OwningService", "") for each in secrets},
    }


def _only(thing: Mapping[str, Any], kept: tuple[str, ...]) -> dict[str, Any]:
    return {key: thing.get(key) for key in kept}


def subject(made: Mapping[str, str]) -> dict[str, str]:
    """What `check` is asked about once a run has made it."""
    return {"cluster": made["cluster"]}


def _killed(answers: Mapping[str, Any]) -> Case:
    return Case(
        "aurora",
        answers,
        lambda account: picture(account.session),
        re.compile(r"\bsgr?-[0-9a-f]{17}\b|\b[0-9a-f]{8}-[0-9a-f-]{27}-\w{6}\b"),
        decided=("final_snapshot=no",),
    )


CASES: Mapping[str, Case] = {"aurora": _killed(SLEEPY)}
"""What is killed at every moment of it."""
