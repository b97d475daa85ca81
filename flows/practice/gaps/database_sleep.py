"""Serverless databases that really fall asleep: by the clock, unless somebody is connected; with all that tells of it.

Capacity and connections are worked out for any minute from when the database was last used; nothing is stored.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.rds.models import rds_backends
from moto.rds.responses import RDSResponse
from moto.rdsdata.responses import RDSDataServiceResponse

from flows.practice.clock import CLOCK
from flows.practice.gaps.wire import Response, answers

CONNECTED = {"loyalty": 2.0}
"""Clusters of the company whose application never lets go: name → its open connections."""
NIGHTLY = {"reports"}
"""Clusters of the company that are used for a moment a few hours before whenever one looks."""
HOUR = 3600.0
WAKES_IN = 4.0
PAUSED = "Successfully paused the DB instance."
RESUMING, RESUMED = "Initiated resume for the DB instance.", "Successfully resumed the DB instance."


class DataError(ServiceException):
    pass


def touched(cluster: Any) -> None:
    """It is used now, or changed, which wakes it too."""
    now = CLOCK.now()
    if _asleep(cluster, now):
        cluster.woke = now
    cluster.used = now


def _used(cluster: Any, now: float) -> float:
    """When it was last used."""
    used: float = getattr(cluster, "used", 0.0)
    if cluster.resource_id in CONNECTED:
        return now
    nightly = now // HOUR * HOUR - 3 * HOUR
    return max(used, nightly) if cluster.resource_id in NIGHTLY else used


def _limits(cluster: Any) -> tuple[float, float]:
    kept = cluster.serverless_v2_scaling_configuration or {}
    least = float(kept.get("MinCapacity", 0.5))
    return least, float(kept.get("SecondsUntilAutoPause", 300))


def _asleep(cluster: Any, at: float) -> bool:
    least, pause = _limits(cluster)
    return least == 0 and at - _used(cluster, at) > pause


def _capacity(cluster: Any, at: float) -> float:
    woke = getattr(cluster, "woke", None)
    if (woke is not None and at < woke) or (woke is None and _asleep(cluster, at)):
        return 0.0
    return 0.0 if _asleep(cluster, at) else max(_limits(cluster)[0], 0.5)


# -- what tells of it ------------------------------------------------------------------------------------------


def _metric_data(self: Response) -> ActionResult:
    params = self._get_params()
    queries = params.get("MetricDataQueries", [])
    mine = [query for query in queries if _metric(query).get("Namespace") == "AWS/RDS"]
    if not mine:
        answer: ActionResult = _get_metric_data(self)
        return answer
    backend = rds_backends[self.current_account][self.region]
    start, end = (_seconds(params[key]) for key in ("StartTime", "EndTime"))
    results = [
        {
            "Id": query["Id"],
            "Label": _metric(query)["MetricName"],
            "StatusCode": "Complete",
            **_series(query, backend, start, end),
        }
        for query in mine
    ]
    return ActionResult({"MetricDataResults": results, "Messages": []})


def _metric(query: dict[str, Any]) -> dict[str, Any]:
    metric: dict[str, Any] = query.get("MetricStat", {}).get("Metric", {})
    return metric


def _series(query: dict[str, Any], backend: Any, start: float, end: float) -> dict[str, Any]:
    metric, period = _metric(query), float(query["MetricStat"]["Period"])
    cluster = _measured(metric, backend)
    if cluster is None:
        return {"Timestamps": [], "Values": []}
    value = _capacity if metric["MetricName"] == "ServerlessDatabaseCapacity" else _connections
    born = cluster.created.replace(tzinfo=UTC).timestamp()
    minutes = [at for at in _minutes(start, end, period) if at >= born]
    return {
        "Timestamps": [datetime.fromtimestamp(at, UTC) for at in minutes],
        "Values": [value(cluster, at) for at in minutes],
    }


def _minutes(start: float, end: float, period: float) -> Iterator[float]:
    at = end // period * period
    while at >= start:
        yield at
        at -= period


def _measured(metric: dict[str, Any], backend: Any) -> Any:
    for dimension in metric.get("Dimensions", []):
        if dimension["Name"] == "DBClusterIdentifier":
            return backend.clusters.get(dimension["Value"])
        if dimension["Name"] == "DBInstanceIdentifier":
            return getattr(backend.databases.get(dimension["Value"]), "cluster", None)
    return None


def _connections(cluster: Any, at: float) -> float:
    return CONNECTED.get(cluster.resource_id, 0.0)


def _seconds(value: Any) -> float:
    if isinstance(value, datetime):
        return value.replace(tzinfo=value.tzinfo or UTC).timestamp()
    return float(value)


def _events(self: Response) -> ActionResult:
    answer: Any = _describe_events(self)
    instance = self.backend.databases.get(self.params.get("SourceIdentifier"))
    cluster, now = getattr(instance, "cluster", None), CLOCK.now()
    if cluster is None:
        return ActionResult(answer.result)
    told = []
    if (woke := getattr(cluster, "woke", None)) is not None:
        told.append((woke, RESUMING))
        told += [(woke, RESUMED)] if CLOCK.passed(woke, WAKES_IN) else []
    if _asleep(cluster, now):
        told.append((_used(cluster, now) + _limits(cluster)[1], PAUSED))
    since = now - 60 * float(self.params.get("Duration") or 60)
    more = [
        {
            "SourceIdentifier": instance.resource_id, "SourceType": "db-instance", "SourceArn": instance.arn,
            "Message": message, "EventCategories": ["notification", "serverless"],
            "Date": datetime.fromtimestamp(at, UTC),
        }
        for at, message in told
        if at >= since
    ]  # fmt: skip
    return ActionResult({"Events": [*answer.result["Events"], *more]})


def _execute(self: Response) -> str:
    """SQL is not executed: whatever is asked, a database that is awake answers 1."""
    arn = self._get_param("resourceArn")
    backend = rds_backends[self.current_account][self.region]
    cluster: Any = next((each for each in backend.clusters.values() if each.arn == arn), None)
    if cluster is None:
        raise DataError("BadRequestException", f"{arn} is not found.")
    if not cluster.http_endpoint_enabled:
        raise DataError("HttpEndpointNotEnabledException", "HttpEndpoint is not enabled for this cluster.")
    if not cluster.members:
        raise DataError("DatabaseUnavailableException", "The writer instance is not available.")
    now = CLOCK.now()
    if _asleep(cluster, now):
        touched(cluster)
        raise DataError("DatabaseResumingException", "The Aurora DB instance is resuming after being auto-paused.")
    if (woke := getattr(cluster, "woke", None)) is not None and not CLOCK.passed(woke, WAKES_IN):
        raise DataError("DatabaseResumingException", "The Aurora DB instance is resuming after being auto-paused.")
    cluster.used = now
    return json.dumps({"records": [[{"longValue": 1}]], "numberOfRecordsUpdated": 0})


_get_metric_data: Any = CloudWatchResponse.get_metric_data
_describe_events: Any = RDSResponse.describe_events


def install() -> None:
    answers(CloudWatchResponse, {"get_metric_data": _metric_data})
    answers(RDSResponse, {"describe_events": _events})
    answers(RDSDataServiceResponse, {"execute_statement": _execute})
