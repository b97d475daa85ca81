"""Why a serverless database does not fall asleep: every reason that can be seen from outside.

Aurora User Guide, "Automatic pause and resume", 2026-11. Jobs inside the database (pg_cron, MySQL events) are no
reason: they do not keep it awake, and are skipped while it sleeps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from flows.aws.aurora_clusters import every_instance
from flows.aws.aurora_versions import CLASS, MYSQL, POSTGRESQL, SUPPORT, shown, that_sleep
from flows.engine import Call, Cloud, CloudError, Finding, Grade, shell

from . import quiet, repairs
from .by_the_clock import schedule
from .sleep import CANCELED, PAUSED, Database, State


def why_awake(cloud: Cloud, seen: Database, now: datetime) -> Iterator[Finding]:
    """Everything that keeps it awake, the likeliest first; or when it will sleep if nothing does."""
    keeping, unseen = False, list[str]()
    for reason in REASONS:
        name = reason.__name__.strip("_")
        try:
            found = list(reason(cloud, seen))
        except CloudError as problem:
            found = [
                Finding(
                    f"reason-{name}",
                    Grade.NOT_CHECKED,
                    f"Not looked at: {CALLED.get(name, name)}.",
                    problem.what,
                    aside=True,
                )
            ]
        keeping = keeping or any(each.id.startswith("keeps-awake") for each in found)
        unseen += [CALLED.get(name, name) for each in found if each.grade is Grade.NOT_CHECKED]
        yield from found
    if seen.state is State.AWAKE and seen.capacity.least == 0 and not keeping:
        yield from quiet.when(seen, now, unseen)


CALLED = {
    "schedule": "schedules that change it",
    "classes": "the classes of its instances",
    "version": "what its version can",
    "global": "global databases",
    "parameters": "its parameter group",
    "integrations": "zero-ETL integrations",
}
"""What people call what was not looked at, where that is no plain word already."""
Reason = Callable[[Cloud, Database], Iterator[Finding]]


def _keeps(seen: Database, id: str, sentence: str, evidence: str, remedy: str = "") -> Finding:
    """A reason. It is no fault where it was chosen that the database never sleeps."""
    grade = Grade.CAUTION if seen.capacity.least == 0 else Grade.PROVED
    return Finding(f"keeps-awake-{id}", grade, sentence, evidence, remedy)


def _minimum(cloud: Cloud, seen: Database) -> Iterator[Finding]:
    if (least := seen.capacity.least) > 0 and not _by_the_clock(cloud, seen):
        yield _keeps(
            seen, "minimum", f"The minimum is {shown(least)} ACU. Only 0 lets it sleep.",
            f"DescribeDBClusters: MinCapacity is {shown(least)}", "Set its minimum to 0 if it is to sleep.",
        ).mended_by(repairs.let_sleep(seen))  # fmt: skip


def _by_the_clock(cloud: Cloud, seen: Database) -> bool:
    """Whether a schedule has raised it, which then is the reason."""
    try:
        return any(each.id == "keeps-awake-schedule" for each in schedule(cloud, seen))
    except CloudError:
        return False  # that it could not be looked at is told already


def _version(cloud: Cloud, seen: Database) -> Iterator[Finding]:
    engine, version = str(seen.described.get("Engine", "")), str(seen.described.get("EngineVersion", ""))
    asked = {"Engine": engine, "EngineVersion": version}
    found = cloud.make(Call("rds.DescribeDBEngineVersions", asked)).get("DBEngineVersions") or []
    if any(each.get("Status") == "deprecated" for each in found):
        yield Finding(
            "version-deprecated", Grade.CAUTION, f"AWS will stop supporting version {version}.",
            "DescribeDBEngineVersions: deprecated", "Upgrade it in time.",
        )  # fmt: skip
    told = [least for each in found if (least := (each.get(SUPPORT) or {}).get("MinCapacity")) is not None]
    if not told:
        sentence = f"Whether version {version} supports sleeping is not told."
        yield Finding("reason-version", Grade.NOT_CHECKED, sentence, "DescribeDBEngineVersions", aside=True)
    elif float(told[0]) > 0:
        able = that_sleep(cloud, engine) if engine in (POSTGRESQL, MYSQL) else []
        yield _keeps(
            seen, "version", f"Version {version} does not support sleeping.",
            f"DescribeDBEngineVersions: its least is {told[0]:g} ACU",
            f"Upgrade it to one that can: {', '.join(able)}." if able else "Upgrade it.",
        )  # fmt: skip


def _connections(cloud: Cloud, seen: Database) -> Iterator[Finding]:
    if seen.state is not State.ASLEEP:
        yield from quiet.never(seen)


def _readers(cloud: Cloud, seen: Database) -> Iterator[Finding]:
    for each in seen.instances:
        if not each.writer and each.state is State.AWAKE and seen.state is State.AWAKE and seen.capacity.least == 0:
            yield Finding(
                f"keeps-awake-reader:{each.id}", Grade.PROVED, f"{each.id} is awake; the writer may wait for it.",
                f"ServerlessDatabaseCapacity: {each.acu:g} ACU" if each.acu is not None else "the events of the day",
            )  # fmt: skip


def _classes(cloud: Cloud, seen: Database) -> Iterator[Finding]:
    """Instances of a fixed size may stand beside serverless ones in one cluster."""
    mine = {each.id for each in seen.instances}
    for each in every_instance(cloud):
        id, kind = str(each.get("DBInstanceIdentifier")), str(each.get("DBInstanceClass") or CLASS)
        if id in mine and kind != CLASS:
            change = shell.aws("rds", "modify-db-instance", db_instance_identifier=id, db_instance_class=CLASS)
            yield _keeps(
                seen, f"class:{id}", f"{id} has a fixed size ({kind}), so it never sleeps and is always paid for.",
                f"DescribeDBInstances: {kind}", f"Make it serverless, which restarts it: {change} --apply-immediately",
            )  # fmt: skip


def _proxies(cloud: Cloud, seen: Database) -> Iterator[Finding]:
    for proxy in _all(cloud, Call("rds.DescribeDBProxies"), "DBProxies"):
        name = str(proxy.get("DBProxyName", ""))
        targets = _all(cloud, Call("rds.DescribeDBProxyTargets", {"DBProxyName": name}), "Targets")
        if any(seen.name in (target.get("TrackedClusterId"), target.get("RdsResourceId")) for target in targets):
            yield _keeps(
                seen, f"proxy:{name}", f"The proxy {name} keeps connections open. With a proxy it never sleeps.",
                f"DescribeDBProxyTargets of {name}",
                "Take the database out of the proxy and connect to it directly, or give it a minimum of 0.5.",
            )  # fmt: skip


def _global(cloud: Cloud, seen: Database) -> Iterator[Finding]:
    arn = seen.described.get("DBClusterArn")
    for each in _all(cloud, Call("rds.DescribeGlobalClusters"), "GlobalClusters"):
        members = each.get("GlobalClusterMembers") or []
        known = {name for one in members for name in (one.get("DBClusterArn"), *(one.get("Readers") or []))}
        if arn and arn in known:
            name = each.get("GlobalClusterIdentifier", "")
            remove = shell.aws(
                "rds", "remove-from-global-cluster", global_cluster_identifier=name, db_cluster_identifier=arn
            )
            yield _keeps(
                seen, "global", f"It belongs to the global database {name}; those never sleep.",
                "DescribeGlobalClusters", f"If it need not be one any more, take it out: {remove}",
            )  # fmt: skip


def _parameters(cloud: Cloud, seen: Database) -> Iterator[Finding]:
    """What the parameter group switches on, and whether its instances run with it: they take a change of these up
    when they are restarted, a change back too (Aurora User Guide, "Working with DB cluster parameter groups")."""
    group, pending = str(seen.described.get("DBClusterParameterGroup") or ""), _not_restarted(seen)
    on = dict[str, str]()
    if group and not group.startswith("default."):  # AWS's own groups have none of this switched on
        values = _values(cloud, group)
        on = dict(_switched_on(seen, values))
    restart = " ".join(f"{shell.aws('rds', 'reboot-db-instance', db_instance_identifier=id)}" for id in pending[:1])
    others = f", and the same for {', '.join(pending[1:])}" if len(pending) > 1 else ""
    for id, (what, off) in SWITCHES.items():
        if id in on:
            later = " It was changed since the last restart, and may not be in force yet." if pending else ""
            yield _keeps(
                seen, id, f"{what} in the parameter group {group}.{later}",
                f"DescribeDBClusterParameters of {group}: {on[id]}", f"{off} in {group}, and restart its instances.",
            )  # fmt: skip
    if pending and not on:
        yield _keeps(
            seen, "restart",
            f"The parameter group {group} was changed and not taken up: until they are restarted, "
            f"{', '.join(pending)} run{'s' if len(pending) == 1 else ''} with what it said before. Replication or "
            "Babelfish that were switched off there may still be on.",
            f"DescribeDBClusters: DBClusterParameterGroupStatus of {', '.join(pending)} is pending-reboot",
            f"Restart it, which cuts connections for a moment: {restart}{others}",
        )  # fmt: skip


SWITCHES: Mapping[str, tuple[str, str]] = {
    "replication": ("Replication is switched on", "If nobody replicates from it, switch it off"),
    "babelfish": (
        "Babelfish is switched on, whose T-SQL connections keep it awake",
        "Close the T-SQL connections, or switch Babelfish off",
    ),
}
"""What in a parameter group keeps a database awake: how that is said, and the way out."""


def _switched_on(seen: Database, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if seen.described.get("Engine") == POSTGRESQL:
        if (value := values.get("rds.logical_replication", "")) in ("1", "on", "true"):
            yield "replication", f"rds.logical_replication is {value}"
        if (value := values.get("rds.babelfish_status", "")) == "on":
            yield "babelfish", f"rds.babelfish_status is {value}"
    elif (value := values.get("binlog_format", "")) not in ("", "off"):
        yield "replication", f"binlog_format is {value.upper()}"


def _not_restarted(seen: Database) -> list[str]:
    """The instances that run with what their parameter group said before."""
    return [
        str(each.get("DBInstanceIdentifier", ""))
        for each in seen.described.get("DBClusterMembers") or []
        if each.get("DBClusterParameterGroupStatus") == "pending-reboot"
    ]


def _values(cloud: Cloud, group: str) -> dict[str, str]:
    asked = Call("rds.DescribeDBClusterParameters", {"DBClusterParameterGroupName": group})
    return {
        str(each.get("ParameterName")): str(each.get("ParameterValue") or "").lower()
        for each in _all(cloud, asked, "Parameters")
    }


def _integrations(cloud: Cloud, seen: Database) -> Iterator[Finding]:
    for each in _all(cloud, Call("rds.DescribeIntegrations"), "Integrations"):
        if each.get("SourceArn") and each["SourceArn"] == seen.described.get("DBClusterArn"):
            name = each.get("IntegrationName", "")
            delete = shell.aws("rds", "delete-integration", integration_identifier=each.get("IntegrationArn") or name)
            yield _keeps(
                seen, f"zero-etl:{name}", f"The zero-ETL integration {name} reads all changes.",
                "DescribeIntegrations", f"If nobody needs its copies any more: {delete}",
            )  # fmt: skip


def _disturbed(cloud: Cloud, seen: Database) -> Iterator[Finding]:
    last = next(((at, what) for at, what in seen.events if what in (CANCELED, PAUSED)), None)
    if last and last[1] == CANCELED and seen.state is not State.ASLEEP:
        yield Finding(
            "disturbed", Grade.PROVED, f"It tried at {last[0]:%Y-%m-%d %H:%M} UTC and was disturbed by a connection.",
            "DescribeEvents: RDS-EVENT-0371",
        )  # fmt: skip


REASONS: tuple[Reason, ...] = (
    schedule,
    _minimum,
    _version,
    _connections,
    _readers,
    _classes,
    _proxies,
    _global,
    _parameters,
    _integrations,
    _disturbed,
)


def _all(cloud: Cloud, call: Call, what: str) -> list[dict[str, Any]]:
    return [each for page in cloud.pages(call) for each in page.get(what) or []]
