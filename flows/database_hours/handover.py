"""What a person has in hand once a database has its hours: when it changes next, and proof that it can."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from flows.aws import aurora_hours, aurora_schedules, sleeping_clients
from flows.engine import Call, Cloud, CloudError, Finding, Grade, Handover, monthly, shell


def reads(cluster: str) -> tuple[Call, ...]:
    """What `hand_over` calls: each schedule of the cluster's."""
    group = aurora_hours.called(cluster)
    return tuple(
        Call("scheduler.GetSchedule", {"GroupName": group, "Name": name}) for name in aurora_hours.names(cluster)
    )


def hand_over(cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
    name = outputs["cluster"]
    clients: dict[str, str] = {}
    steps = [
        f"Look after it: {shell.handrail('check', 'database_hours', cluster=name)}",
        f"Is it asleep? {shell.handrail('task', 'database-awake', cluster=name)}",
        "To have it awake before its first morning, or longer one evening: "
        + shell.handrail("task", "database-awake", cluster=name, do="hold", minutes="120"),
    ]
    patience = "Outside of its hours, clients should wait 30 seconds for a connection, and try about 3 times."
    if facts["data_api"] and facts["secret"]:
        clients = sleeping_clients.written(name, cloud.identity.region, facts["arn"], facts["secret"])
        steps.append(sleeping_clients.STEP)
    month = facts.get(monthly.MONTHLY)  # runs of earlier releases did not note it
    paid = [f"Its hours cost about {month} USD a month (US East) until they are undone, and use outside of them more."]
    notes = (*(paid if month else ()), *(() if clients else (patience,)))
    return Handover(dict(outputs), clients, tuple(steps), tuple(_proof(cloud, name)), notes=notes)


def _proof(cloud: Cloud, name: str) -> Iterator[Finding]:
    try:
        found = [aurora_schedules.as_change(cloud.make(call)) for call in reads(name)]
    except CloudError as problem:
        yield Finding("schedules", Grade.NOT_CHECKED, "Its schedules could not be looked at.", problem.what)
        return
    off = [each.name for each in found if not each.on]
    if off:
        sentence = f"{' and '.join(off)} is switched off."
        yield Finding("schedules", Grade.REFUSED, sentence, "GetSchedule", "Switch it on.")
        return
    sentence = f"Both schedules are there. {aurora_schedules.next_text(found, datetime.now(UTC))}"
    yield Finding("schedules", Grade.PROVED, sentence, "GetSchedule")
