"""Aurora clusters that are serverless by today's meaning, and how far each grows and shrinks."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from flows.engine import Cloud, Refused
from flows.engine.asked import unknown

from .aurora_clusters import Capacity, clusters, is_aurora
from .aurora_versions import V1

OLD, UNTIL = "handrail:capacity-before", "handrail:awake-until"
"""Tags of a cluster that somebody keeps awake for a time: what its limits were before, and until when."""
KINDS = {"neptune": "a Neptune cluster", "docdb": "a DocumentDB cluster"}


def serverless(cloud: Cloud) -> list[dict[str, Any]]:
    """The clusters of the region that are serverless by today's meaning."""
    return [each for each in clusters(cloud) if _serverless(each)]


def _serverless(cluster: Mapping[str, Any]) -> bool:
    return is_aurora(cluster) and bool(cluster.get("ServerlessV2ScalingConfiguration"))


def one(cloud: Cloud, name: str) -> dict[str, Any]:
    """The serverless cluster of that name. Raises Refused."""
    every = clusters(cloud)
    found = next((each for each in every if each.get("DBClusterIdentifier") == name.strip().lower()), None)
    if found is None:
        known = [each["DBClusterIdentifier"] for each in every if _serverless(each)]
        if not known:
            raise Refused(f"There is no Aurora serverless database in {cloud.identity.region}.")
        raise Refused(*unknown(name, known, f"the serverless databases of {cloud.identity.region}"))
    if not is_aurora(found):
        engine = found.get("Engine", "of another engine")
        raise Refused(
            f"{name} is no Aurora database but {KINDS.get(engine, engine)}.", remedy="Only Aurora is looked at here."
        )
    if found.get("EngineMode") == "serverless":
        raise Refused(
            f"{name} is one of the old kind. {V1}", remedy="AWS converts what is left of it; see the RDS console."
        )
    if not found.get("ServerlessV2ScalingConfiguration"):
        raise Refused(f"{name} is not serverless: it has instances of a fixed size, which never fall asleep.")
    return found


def capacity_of(cluster: Mapping[str, Any]) -> Capacity:
    """A cluster's limits."""
    set_ = cluster.get("ServerlessV2ScalingConfiguration") or {}
    least, most = (Decimal(str(set_.get(key, 0))).normalize() + 0 for key in ("MinCapacity", "MaxCapacity"))
    return Capacity(least, most, int(set_.get("SecondsUntilAutoPause") or (300 if least == 0 else 0)))


def remembered(cluster: Mapping[str, Any]) -> Capacity | None:
    """What a cluster's limits were before they were raised, going by its tags. Raises Refused if that is unreadable."""
    text = next((tag["Value"] for tag in cluster.get("TagList") or [] if tag["Key"] == OLD), "")
    if not text:
        return None
    try:
        least, most, pause = text.split("/")
        return Capacity(Decimal(least), Decimal(most), int(pause))
    except (ValueError, InvalidOperation):
        raise Refused(f"The tag {OLD} says “{text}”, which is no capacity.", remedy="Set the limits by hand.") from None
