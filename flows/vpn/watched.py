"""The alarms that watch the tunnels of a connection, whoever made them. Everything here only reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flows.aws import alarms, topics
from flows.engine import Call, Cloud, CloudError, Finding, Grade


def looked_at(cloud: Cloud, found: Mapping[str, Any]) -> Iterator[Finding]:
    """Whether somebody is told when the tunnels of a connection, or one of them, are down. Nothing where nothing
    watches."""
    watched = [{"Name": "VpnId", "Value": str(found["VpnConnectionId"])}]
    watched += [
        {"Name": "TunnelIpAddress", "Value": str(each.get("OutsideIpAddress"))}
        for each in found.get("VgwTelemetry") or []
    ]
    try:  # all of the region are read at once, so that many connections cost no more than one
        pages = list(cloud.pages(Call("cloudwatch.DescribeAlarms", {"AlarmTypes": ["MetricAlarm"]})))
    except CloudError as problem:
        what = "Whether an alarm watches the tunnels could not be read."
        yield Finding("alarm", Grade.NOT_CHECKED, what, str(problem), aside=True)
        return
    for each in (one for page in pages for one in page.get("MetricAlarms") or []):
        if each.get("MetricName") == "TunnelState" and any(it in watched for it in each.get("Dimensions") or []):
            yield _one(cloud, each)


def _one(cloud: Cloud, told: Mapping[str, Any]) -> Finding:
    name = str(told.get("AlarmName") or "without a name")
    id = f"alarm:{name}"
    state = f"state {told.get('StateValue') or 'not told'}"
    heard = [str(each) for each in told.get("AlarmActions") or []]
    if not heard or told.get("ActionsEnabled") is False:
        why = "its actions are switched off" if heard else "it names nobody"
        return Finding(
            id, Grade.CAUTION, f"The alarm {name} watches the tunnels, and tells nobody: {why}.", state,
            "Let it tell an SNS topic that somebody has subscribed to.",
        )  # fmt: skip
    deaf: list[str] = []
    for arn in heard:
        topic = topics.Topic(arn)
        if ":sns:" not in arn:
            continue
        try:
            if why := topics.unheard(cloud, topic, alarms.SERVICE, str(told.get("AlarmArn"))):
                deaf.append(f"{topic.name}: {why}")
        except CloudError as problem:
            what = f"Whether anybody listens to {topic.name}, which the alarm {name} tells, could not be read."
            return Finding(id, Grade.NOT_CHECKED, what, str(problem), aside=True)
    if len(deaf) == len(heard):
        return Finding(
            id, Grade.CAUTION, f"The alarm {name} watches the tunnels, and nobody hears it: {'; '.join(deaf)}.", state,
            "Subscribe somebody to it, and have the mail confirmed.",
        )  # fmt: skip
    to = ", ".join(arn.rpartition(":")[2] for arn in heard)
    return Finding(id, Grade.PROVED, f"The alarm {name} watches the tunnels and tells {to}.", state)
