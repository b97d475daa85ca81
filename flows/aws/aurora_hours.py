"""Hours in which a serverless database is kept awake: two schedules change its minimum, and no machine runs.

In the morning the minimum goes up to what cannot sleep, in the evening back to what it was. Each change says all limits
again: AWS takes a pause of 300 seconds where none is said (Aurora User Guide, "Automatic pause and resume", 2026-11).
A failed change is tried again only until the other one is due, so that a late morning never follows the evening.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Any

from flows.engine import Action, Call, Cloud, CloudError, Cost, Find, Finding, Grade, Identity, Still, Undo

from . import aurora_prices, queues, roles, scheduler
from .aurora_clusters import Capacity
from .aurora_schedules import LIMITS, MODIFY, NAME
from .aurora_versions import shown
from .weekly_hours import Weekly, hours_a_month

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
    left = scheduler.others_in(name, names(cluster), "Schedules of others may leave in it what failed")
    queue = queues.dead_letters(name, who, "changes that failed", (left,))
    group = scheduler.group(name, who, names(cluster))
    role, policy = roles.service_role(
        "hours-role", name, scheduler.SERVICE,
        [
            roles.allow("Limits", "rds:ModifyDBCluster", arn),
            roles.allow("Failed", "sqs:SendMessage", queues.arn(who, name)),
        ],
        conditions=roles.only_for(who.account, scheduler.group_arn(who, name)),
        purpose=f"with which these schedules change {cluster}", serves=(AWAKE, ASLEEP),
        others=(scheduler.others_in(name, names(cluster), "Schedules of others may do it with this role"),),
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


def prices(hours: Hours, storage: str, instances: int = 1, counts: str = "always") -> tuple[Cost, ...]:
    """What these hours cost a month, beside what it costs to never sleep and to sleep all month; `counts` is what of
    the sum they are."""
    each = f", for each of {instances} instances" if instances > 1 else ""
    usd, least = aurora_prices.ACU[storage], hours.asleep.least
    share = Decimal(hours.a_month) / 730

    def cost(what: str, acu: Decimal, note: str = "", counts: str = "neither") -> Cost:
        amount = (acu * usd).quantize(Decimal("0.0001")).normalize() + 0
        return Cost(f"{what}{each}", amount, aurora_prices.AS_OF, aurora_prices.SOURCE, note, counts, instances)

    return (
        cost(
            f"Kept awake {hours.a_month} hours a month at {shown(hours.awake.least)} ACU",
            hours.awake.least * share + least * (1 - share),
            "Outside of these hours its use is added. The schedules, their role and an empty queue cost nothing.",
            counts,
        ),
        cost(f"Beside it, if it never slept ({shown(hours.awake.least)} ACU)", hours.awake.least),
        cost("Beside it, if nobody kept it awake", least, "While it sleeps, its compute costs nothing."),
    )  # fmt: skip


def taken(cloud: Cloud, cluster: str) -> Iterator[Finding]:
    """Whether what is made for a cluster's hours may have its name."""
    name = called(cluster)
    looks: dict[str, Callable[[Cloud, str], bool]] = {
        f"the schedule group {name}": scheduler.exists, f"the queue {name}": queues.exists,
        f"the role {name}": roles.taken,
    }  # fmt: skip
    found = list[str]()
    for what, look in looks.items():
        try:
            found += [what] if look(cloud, name) else []
        except CloudError as problem:
            yield Finding("hours-names", Grade.NOT_CHECKED, f"Whether {what} exists was not checked.", problem.what)
            return
    if found:
        yield Finding(
            "hours-names", Grade.REFUSED, f"There is already {', '.join(found)}.", "read just now",
            "It is left from something else: delete it, or give it another name.",
        )  # fmt: skip
    else:
        yield Finding("hours-names", Grade.PROVED, f"Nothing is called {name} yet.", "read just now")
