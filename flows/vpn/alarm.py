"""An alarm that rings when the tunnels are down: when, and who is told.

TunnelState of a connection is 0 where all tunnels are down and 1 where all are up, and may lie between the two; its
Minimum tells of any, its Maximum of all (Site-to-Site VPN User Guide, "Create CloudWatch alarms" and "VPN metrics and
dimensions", 2026-11). Where AWS measures nothing, nobody knows that a tunnel is up: that counts as down.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from flows.aws import alarms, log_groups, topics
from flows.engine import Action, Caution, Cloud, CloudError, Late, Option, join

NONE, ANY, ALL = "none", "any", "all"
WHEN: Mapping[str, str] = {
    NONE: "Never",
    ANY: "When a tunnel has been down for 15 minutes: the office hangs by the other one, or by none",
    ALL: "When both tunnels are down for 5 minutes: the office is cut off",
}
PERIOD = 300
"""Seconds; AWS measures the tunnels every five minutes."""
LINES: Mapping[str, Mapping[str, Any]] = {
    # one tunnel goes for some minutes whenever AWS does maintenance
    ANY: {"Statistic": "Minimum", "ComparisonOperator": "LessThanThreshold", "Threshold": 1, "EvaluationPeriods": 3},
    ALL: {
        "Statistic": "Maximum", "ComparisonOperator": "LessThanOrEqualToThreshold", "Threshold": 0,
        "EvaluationPeriods": 1,
    },
}  # fmt: skip
SENTENCES: Mapping[str, str] = {
    ANY: "Let an alarm ring when a tunnel has been down for 15 minutes",
    ALL: "Let an alarm ring when both tunnels are down for 5 minutes",
}


class Answers(Protocol):
    """The set-up as the functions here see it."""

    cloud: Cloud


def who(cloud: Cloud) -> Iterator[Option[topics.Topic | str]]:
    """Who can be told."""
    return topics.options(cloud, "it is seen in CloudWatch alone")


def heard(topic: topics.Topic | str, flow: Answers) -> Iterator[Caution]:
    """Whether anybody hears it."""
    if not isinstance(topic, topics.Topic):
        yield _nobody("", "it is seen by whoever looks into CloudWatch")
        return
    me = flow.cloud.identity
    rings = f"arn:{me.partition}:cloudwatch:{me.region}:{me.account}:alarm:*"
    try:
        why = topics.unheard(flow.cloud, topic, alarms.SERVICE, rings)
    except CloudError as problem:
        yield Caution("topic-unread", f"Whether anybody listens to {topic.name} could not be read: {problem.what}")
        return
    if why:
        yield _nobody(f" by {topic.name}", why)


def action(name: str, connection: Late, when: str, topic: topics.Topic | str) -> Action:
    """The alarm of a connection, which is called `name`."""
    watched = {
        "Namespace": "AWS/VPN", "MetricName": "TunnelState", "Dimensions": [{"Name": "VpnId", "Value": connection}],
        "Period": PERIOD, **LINES[when], "DatapointsToAlarm": LINES[when]["EvaluationPeriods"],
        "TreatMissingData": "breaching",
    }  # fmt: skip
    tell = (topic.arn,) if isinstance(topic, topics.Topic) else ()
    what, down = ("A tunnel", "is down") if when == ANY else ("Both tunnels", "are down")
    about = join(f"{what} of the VPN {name} (", connection, f") {down}. Why: handrail check vpn")
    return alarms.alarm(
        join(f"{log_groups.named(name)}-", connection), name, f"{SENTENCES[when]}{_told(topic)}", watched, tell, about
    )


def _told(topic: topics.Topic | str) -> str:
    return f", and tell {topic.name}" if isinstance(topic, topics.Topic) else ""


def _nobody(by: str, why: str) -> Caution:
    return Caution("nobody-told", f"Nobody is told{by} when the alarm rings: {why}.", confirm=True)
