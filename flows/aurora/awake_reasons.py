"""Why a serverless database does not fall asleep: every reason that can be seen from outside.

Aurora User Guide, "Automatic pause and resume", 2026-10. Jobs inside the database (pg_cron, MySQL events) are no
reason: they do not keep it awake, and are skipped while it sleeps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from flows.aws.aurora_versions import POSTGRESQL, SUPPORT, shown
from flows.engine import Call, Cloud, CloudError, Finding, Grade

from .sleep import CANCELED, Database, State

REASONS = "in the account, just now"


def why_awake(cloud: Cloud, seen: Database, now: datetime) -> Iterator[Finding]:
    """Everything that keeps it awake, the likeliest first; or that nothing does."""
    found = False
    for reason in (
        _minimum,
        _version,
        _connections,
        _readers,
        _proxies,
        _global,
        _parameters,
        _integrations,
        _disturbed,
    ):
        try:
            for finding in reason(cloud, seen):
                found = found or finding.grade is not Grade.NOT_CHECKED
                yield finding
        except CloudError as problem:
            name = reason.__name__.strip("_")
            yield Finding(f"reason-{name}", Grade.NOT_CHECKED, f"Not looked at: {name}.", problem.what, aside=True)
    if not found and seen.state is State.AWAKE:
        yield _soon(seen)


Reason = Callable[[Cloud, Database], Iterator[Finding]]


def _keeps(id: str, sentence: str, remedy: str = "", evidence: str = REASONS) -> Finding:
    return Finding(f"keeps-awake-{id}", Grade.PROVED, f"{sentence} {remedy}".strip(), evidence)


def _minimum(cloud: Cloud, seen: Database) -> Iterator[Finding]:
    if seen.capacity.least > 0:
        yield _keeps("minimum", f"The minimum is {shown(seen.capacity.least)} ACU. Only 0 lets it sleep.")


def _version(cloud: Cloud, seen: Database) -> Iterator[Finding]:
    asked = {"Engine": seen.described["Engine"], "EngineVersion": seen.described["EngineVersion"]}
    for each in cloud.make(Call("rds.DescribeDBEngineVersions", asked))["DBEngineVersions"]:
        least = (each.get(SUPPORT) or {}).get("MinCapacity")
        if least is None:
            sentence = f"Whether version {each['EngineVersion']} supports sleeping is not told."
            yield Finding("reason-version", Grade.NOT_CHECKED, sentence, "DescribeDBEngineVersions", aside=True)
        elif float(least) > 0:
            yield _keeps("version", f"Version {each['EngineVersion']} does not support sleeping.", "Upgrade it.")


def _connections(cloud: Cloud, seen: Database) -> Iterator[Finding]:
    if len(seen.connections) > 30 and min(seen.connections) > 0:
        yield _keeps(
            "connections",
            f"At least {min(seen.connections):g} connection(s) were open all the time.",
            "Look for connection pools, monitoring, an open SQL window.",
            f"DatabaseConnections of the last hour, at most {max(seen.connections):g}",
        )


def _readers(cloud: Cloud, seen: Database) -> Iterator[Finding]:
    for each in seen.instances:
        if not each.writer and each.state is State.AWAKE and seen.state is State.AWAKE:
            yield _keeps("reader", f"{each.id} is awake; the writer may wait for it.")


def _proxies(cloud: Cloud, seen: Database) -> Iterator[Finding]:
    for page in cloud.pages(Call("rds.DescribeDBProxies")):
        for proxy in page["DBProxies"]:
            targets = cloud.make(Call("rds.DescribeDBProxyTargets", {"DBProxyName": proxy["DBProxyName"]}))["Targets"]
            if any(seen.name in (target.get("TrackedClusterId"), target.get("RdsResourceId")) for target in targets):
                name = proxy["DBProxyName"]
                yield _keeps("proxy", f"The proxy {name} keeps connections open. With a proxy it never sleeps.")


def _global(cloud: Cloud, seen: Database) -> Iterator[Finding]:
    arn = seen.described["DBClusterArn"]
    for page in cloud.pages(Call("rds.DescribeGlobalClusters")):
        for each in page["GlobalClusters"]:
            if any(member.get("DBClusterArn") == arn for member in each.get("GlobalClusterMembers") or []):
                yield _keeps("global", "It belongs to a global database; those never sleep.")


def _parameters(cloud: Cloud, seen: Database) -> Iterator[Finding]:
    group = seen.described.get("DBClusterParameterGroup", "")
    if not group or group.startswith("default."):
        return  # AWS's own groups have none of this switched on
    asked = {"DBClusterParameterGroupName": group}
    pages = cloud.pages(Call("rds.DescribeDBClusterParameters", asked))
    values: dict[str, Any] = {
        each["ParameterName"]: str(each.get("ParameterValue", "")).lower()
        for page in pages
        for each in page["Parameters"]
    }
    postgres = seen.described["Engine"] == POSTGRESQL
    replicating = values.get("rds.logical_replication") in ("1", "on", "true") if postgres else (
        values.get("binlog_format", "off") not in ("", "off")
    )  # fmt: skip
    if replicating:
        yield _keeps("replication", f"Replication is switched on in the parameter group {group}.")
    if values.get("rds.babelfish_status") == "on":
        yield _keeps("babelfish", f"Babelfish is switched on in {group}; its T-SQL connections keep it awake.")


def _integrations(cloud: Cloud, seen: Database) -> Iterator[Finding]:
    for page in cloud.pages(Call("rds.DescribeIntegrations")):
        for each in page["Integrations"]:
            if each.get("SourceArn") == seen.described["DBClusterArn"]:
                yield _keeps(
                    "zero-etl", f"The zero-ETL integration {each.get('IntegrationName', '')} reads all changes."
                )


def _disturbed(cloud: Cloud, seen: Database) -> Iterator[Finding]:
    if tried := next((at for at, what in seen.events if what == CANCELED), None):
        yield _keeps("disturbed", f"It tried at {tried:%Y-%m-%d %H:%M} UTC and was disturbed by a connection.")


def _soon(seen: Database) -> Finding:
    quiet = next((number for number, count in enumerate(seen.connections) if count > 0), len(seen.connections))
    left = max(round(seen.capacity.pause / 60) - quiet, 1)
    return Finding(
        "sleeps-soon", Grade.PREDICTED,
        f"Nothing keeps it awake: it will sleep in about {left} minute{'s' if left > 1 else ''}.",
        f"{quiet} minutes without a connection; it sleeps after {round(seen.capacity.pause / 60)}",
    )  # fmt: skip
