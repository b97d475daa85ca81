"""Hours in which a serverless database is kept awake: two schedules change its minimum, and no machine runs.

In the morning the minimum goes up to what cannot sleep, in the evening back to what it was. Each change says all limits
again: AWS takes a pause of 300 seconds where none is said (Aurora User Guide, "Automatic pause and resume", 2026-11).
A failed change is tried again only until the other one is due, so that a late morning never follows the evening.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from flows.engine import Action, Call, Cloud, Cost, Find, Identity, Still, Undo

from . import aurora_prices, queues, roles, scheduler
from .aurora_clusters import Capacity
from .aurora_versions import HALF, shown
from .weekly_hours import Weekly, hours_a_month, local, read

MODIFY, STOP, START = "rds:modifyDBCluster", "rds:stopDBCluster", "rds:startDBCluster"
NAME = "DbClusterIdentifier"
"""What the SDK for Java, whose names a schedule's input has, calls the cluster's name."""
LIMITS = "ServerlessV2ScalingConfiguration"
SHORTEST, PATIENT = 60, 4 * 3600
"""Seconds for which a change is tried again: what AWS takes at least, and at most as long as somebody may wait."""
AWAKE, ASLEEP = "awake", "asleep"


@dataclass(frozen=True)
class Hours:
    """When a database is kept awake.

    Args:
        days: of "MON" to "SUN".
        start: the local time from which on.
        end: the local time until which, on the same day.
        zone: the name of the time zone.
        awake: its limits in these hours.
        asleep: its limits outside of them.
    """

    days: tuple[str, ...]
    start: time
    end: time
    zone: str
    awake: Capacity
    asleep: Capacity

    @property
    def morning(self) -> Weekly:
        return Weekly(self.days, self.start, self.zone)

    @property
    def evening(self) -> Weekly:
        return Weekly(self.days, self.end, self.zone)

    @property
    def a_month(self) -> int:
        return hours_a_month(self.days, self.start, self.end)


def called(cluster: str) -> str:
    """What the schedule group, the queue and the role of a cluster are called; AWS takes 64 characters."""
    return f"{cluster[:58]}-hours"


def names(cluster: str) -> tuple[str, str]:
    """What its two schedules are called: the one of the morning first."""
    return f"{cluster[:57]}-{AWAKE}", f"{cluster[:57]}-{ASLEEP}"


def keep(
    cluster: str, hours: Hours, who: Identity, *, former: Capacity | None = None, after: tuple[str, ...] = (),
    costs: tuple[Cost, ...] = (),
) -> tuple[Action, ...]:  # fmt: skip
    """Everything that keeps a database awake in these hours.

    Args:
        cluster: its name.
        hours: when, and with which limits.
        who: the account.
        former: the limits to put back at undo; None where the same run makes the cluster.
        after: ids of the actions that make it.
        costs: what it costs.
    """
    name, (morning, evening) = called(cluster), names(cluster)
    arn = f"arn:{who.partition}:rds:{who.region}:{who.account}:cluster:{cluster}"
    queue, group = queues.dead_letters(name, who, "changes that failed"), scheduler.group(name, who, names(cluster))
    role, policy = roles.service_role(
        "hours-role", name, scheduler.SERVICE,
        [
            roles.allow("Limits", "rds:ModifyDBCluster", arn),
            roles.allow("Failed", "sqs:SendMessage", queues.arn(who, name)),
        ],
        conditions=roles.only_for(who.account, scheduler.group_arn(who, name)),
        purpose=f"with which these schedules change {cluster}", serves=(AWAKE, ASLEEP),
    )  # fmt: skip
    open_for = (hours.end.hour - hours.start.hour) * 3600 + (hours.end.minute - hours.start.minute) * 60
    shut_for = 24 * 3600 - open_for

    def change(id: str, named: str, when: Weekly, limits: Capacity, gap: int, what: str, **more: Any) -> Action:
        return scheduler.schedule(
            id, named, name, when, MODIFY, {NAME: cluster, LIMITS: limits.params()}, role=roles.arn(role),
            queue=queues.arn(who, name), patience=max(SHORTEST, min(PATIENT, gap // 2)), who=who,
            sentence=f"{what}: {when.text}", about=f"{what}, by its minimum",
            after=(policy.id, group.id, queue.id, *after, *((ASLEEP,) if id == AWAKE else ())), **more,
        )  # fmt: skip

    back = () if former is None else (put_back(cluster, hours, former),)
    undone = f"The schedule {evening}" + ("" if former is None else f"; the limits of {cluster} are as before")
    least = shown(hours.asleep.least)
    return (
        role,
        policy,
        queue,
        group,
        change(
            ASLEEP, evening, hours.evening, hours.asleep, shut_for,
            f"Let {cluster} {'sleep' if hours.asleep.least == 0 else f'go down to {least} ACU'} again",
            then=back, undone=undone,
        ),
        change(
            AWAKE, morning, hours.morning, hours.awake, open_for,
            f"Keep {cluster} awake with at least {shown(hours.awake.least)} ACU", costs=costs,
        ),
    )  # fmt: skip


def put_back(cluster: str, hours: Hours, former: Capacity) -> Undo:
    """Put the former limits back, unless they stand there, or somebody chose others since."""
    named = {"DBClusterIdentifier": cluster}
    look = Call("rds.DescribeDBClusters", named)
    ours = json.dumps([_told(hours.awake), _told(hours.asleep), _told(former)])
    seen = f"DBClusters[0].{LIMITS}.[MinCapacity, MaxCapacity, SecondsUntilAutoPause]"
    return Undo(
        Call("rds.ModifyDBCluster", {**named, LIMITS: former.params()}),
        unless=Find(look, f"[{seen}][?@==`{json.dumps(_told(former))}`] | [0]", absent=("DBClusterNotFoundFault",)),
        still=Still(
            look,
            f"DBClusters[0].Status=='stopped' && 'stopped' || contains(`{ours}`, {seen}) && 'ours' || 'changed'",
            "ours",
            f"Somebody changed the limits of {cluster} since, or stopped it; they are left as they are.",
            absent=("DBClusterNotFoundFault",),
        ),
        gone=("DBClusterNotFoundFault",),
        not_yet=("InvalidDBClusterStateFault",),
    )


def _told(limits: Capacity) -> list[float | int | None]:
    """Limits as AWS tells them: without a pause where it cannot sleep."""
    return [float(limits.least), float(limits.most), limits.pause if limits.least == 0 else None]


def prices(hours: Hours, storage: str, instances: int = 1) -> tuple[Cost, ...]:
    """What these hours cost a month, beside what it costs to never sleep and to sleep all month."""
    each = f", for each of {instances} instances" if instances > 1 else ""
    usd = aurora_prices.ACU[storage]
    share = Decimal(hours.a_month) / 730

    def cost(what: str, an_hour: Decimal, note: str = "") -> Cost:
        amount = an_hour.quantize(Decimal("0.0001")).normalize() + 0
        return Cost(f"{what}{each}", amount, aurora_prices.AS_OF, aurora_prices.SOURCE, note)

    least = hours.asleep.least
    return (
        cost(
            f"Kept awake {hours.a_month} hours a month at {shown(hours.awake.least)} ACU",
            (hours.awake.least * share + least * (1 - share)) * usd,
            "Outside of these hours its use is added. The schedules, their role and an empty queue cost nothing.",
        ),
        cost(f"Beside it, if it never slept ({shown(max(least, hours.awake.least))} ACU)", hours.awake.least * usd),
        cost(
            "Beside it, if nobody kept it awake"
            + (": compute while it sleeps" if least == 0 else f" ({shown(least)} ACU)"), least * usd,
        ),
    )  # fmt: skip


# -- what there is ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """A schedule that changes a cluster, whoever made it.

    Args:
        told: all that AWS tells of it.
        does: "limits", "stop" or "start".
        cluster: the name that its input gives to the cluster; empty where that is misspelled.
        limits: the limits that it sets; None where it sets none that can be read.
    """

    told: Mapping[str, Any]
    does: str
    cluster: str
    limits: Capacity | None = None

    @property
    def name(self) -> str:
        return str(self.told.get("Name") or "")

    @property
    def group(self) -> str:
        return str(self.told.get("GroupName") or "default")

    @property
    def target(self) -> Mapping[str, Any]:
        return self.told.get("Target") or {}

    @property
    def on(self) -> bool:
        return bool(self.told.get("State", "ENABLED") == "ENABLED")

    @property
    def zone(self) -> str:
        return str(self.told.get("ScheduleExpressionTimezone") or "UTC")

    @property
    def when(self) -> Weekly | None:
        return read(str(self.told.get("ScheduleExpression") or ""), self.zone)

    @property
    def sets_limits(self) -> bool:
        """Whether its input has limits at all, that can be read or not."""
        return LIMITS in _input(self.told)

    @property
    def times(self) -> str:
        """When it comes, as people say it, or as its expression says it."""
        return self.when.text if self.when else f"{self.told.get('ScheduleExpression')} ({self.zone})"

    @property
    def wakes(self) -> bool:
        return self.does == "start" or bool(self.limits and self.limits.least > 0)

    @property
    def sleeps(self) -> bool:
        return self.does == "stop" or bool(self.limits and self.limits.least == 0)


def every(cloud: Cloud) -> Iterator[Change]:
    """Every schedule of the region that changes a cluster's limits, or stops or starts one. Raises CloudError."""
    for told in scheduler.calling(cloud, MODIFY, STOP, START):
        change = as_change(told)
        if change.does != "limits" or change.sets_limits or not change.cluster:
            yield change


def as_change(told: Mapping[str, Any]) -> Change:
    """What AWS tells of a schedule, as what it changes."""
    does = {MODIFY.lower(): "limits", STOP.lower(): "stop", START.lower(): "start"}
    operation = str((told.get("Target") or {}).get("Arn") or "").partition(scheduler.TARGET)[2].lower()
    given = _input(told)
    return Change(told, does.get(operation, ""), str(given.get(NAME) or "").lower(), _capacity(given.get(LIMITS)))


def of(changes: Iterable[Change], cluster: str) -> tuple[Change, ...]:
    """Those that change one cluster, by their input or, where that is misspelled, by what else it says."""
    return tuple(each for each in changes if each.cluster == cluster or (not each.cluster and _names(each, cluster)))


def _names(change: Change, cluster: str) -> bool:
    return cluster in {str(value).lower() for value in _input(change.told).values()}


def _input(told: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        given: object = json.loads(str((told.get("Target") or {}).get("Input") or "{}"))
    except ValueError:
        return {}
    return given if isinstance(given, Mapping) else {}


def _capacity(limits: Any) -> Capacity | None:
    try:
        least, most = Decimal(str(limits["MinCapacity"])), Decimal(str(limits["MaxCapacity"]))
        return Capacity(least.normalize() + 0, most.normalize() + 0, int(limits.get("SecondsUntilAutoPause") or 0))
    except (ArithmeticError, KeyError, TypeError, ValueError):
        return None


def due(changes: Iterable[Change], now: datetime) -> Change | None:
    """The one that came last, and by which the cluster should be as it sets it; None where that cannot be told, because
    one of them comes at times that cannot be read."""
    on = [each for each in changes if each.on]
    if not on or any(each.when is None for each in on):
        return None
    return max(on, key=lambda each: each.when.before(now) if each.when else now)


def coming(changes: Iterable[Change], now: datetime) -> tuple[Change, datetime] | None:
    """The one that comes next, and when."""
    dated = [(each, each.when.after(now)) for each in changes if each.on and each.when]
    return min(dated, key=lambda each: each[1]) if dated else None


def next_text(changes: Iterable[Change], now: datetime) -> str:
    """What comes next, in words: empty where that cannot be told."""
    found = coming(changes, now)
    if found is None:
        return ""
    change, at = found
    what = {"stop": "it is stopped", "start": "it is started"}.get(change.does) or (
        "it may sleep"
        if change.sleeps
        else f"its minimum is {shown(change.limits.least) if change.limits else HALF} ACU"
    )
    return f"From {local(at, change.zone)} on {what}, by the schedule {change.name}."
