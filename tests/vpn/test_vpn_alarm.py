"""The alarm of a connection: when it rings, who is told, and what happens where nobody is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.sessions import agreed
from vpn.cases import RINGING, STATIC, session

import flows
from flows.aws.alarms import SERVICE
from flows.aws.topics import Topic, unheard
from flows.engine import Cloud, Journal, Place, Session
from flows.engine.clock import Clock
from flows.practice import ACCOUNT_ID, PracticeAccount

TOPIC = f"arn:aws:sns:eu-central-1:{ACCOUNT_ID}:{{}}"
RINGS = f"arn:aws:cloudwatch:eu-central-1:{ACCOUNT_ID}:alarm:*"


@pytest.mark.parametrize(
    ("when", "line"),
    [
        ("any", ("Minimum", "LessThanThreshold", 1, 3)),
        ("all", ("Maximum", "LessThanOrEqualToThreshold", 0, 1)),
    ],
)
def test_it_watches_any_tunnel_or_all(
    account: PracticeAccount, cloud: Cloud, journal: Journal, clock: Clock, when: str, line: Any
) -> None:
    """A state between 0 and 1 is that of a connection of which a tunnel is up: it rings for any, and not for all."""
    made = session(cloud, journal, {**RINGING, "alarm": when}, clock=clock)
    assert not [event.problem for event in made.apply() if event.problem]
    (alarm,) = account.session.client("cloudwatch").describe_alarms()["MetricAlarms"]
    *_, found = account.session.client("ec2").describe_vpn_connections()["VpnConnections"]
    connection = found["VpnConnectionId"]
    made.close()
    told = ("Statistic", "ComparisonOperator", "Threshold", "EvaluationPeriods")
    assert tuple(alarm[each] for each in told) == line
    assert (alarm["Namespace"], alarm["MetricName"], alarm["Period"]) == ("AWS/VPN", "TunnelState", 300)
    assert alarm["Dimensions"] == [{"Name": "VpnId", "Value": connection}]
    assert alarm["TreatMissingData"] == "breaching"
    assert alarm["AlarmActions"] == alarm["OKActions"] == [TOPIC.format("on-call")]
    assert alarm["AlarmName"] == f"office-{connection}"
    assert alarm["StateValue"] == "INSUFFICIENT_DATA"


def test_without_an_alarm_there_is_no_question_of_whom_to_tell(cloud: Cloud) -> None:
    made = session(cloud, None, STATIC).review()
    assert "alarm" not in {action.id for action in made.plan.actions}
    assert "alarm_topic" not in {line.question.id for line in made.answers}


def test_where_nobody_listens_that_needs_a_yes(account: PracticeAccount, cloud: Cloud) -> None:
    told = {}
    for topic in ("nobody", "news", "on-call"):
        made = Session(flows.find("vpn"), cloud, None, place=Place(practice=True))
        cautions = agreed(made, {**RINGING, "alarm_topic": topic}).review().cautions
        told[topic] = [each.message for each in cautions if each.id == "nobody-told" and each.confirm]
    assert told == {
        "nobody": ["Nobody is told when the alarm rings: it is seen by whoever looks into CloudWatch."],
        "news": [
            "Nobody is told by news when the alarm rings: none of its subscriptions (1) is confirmed, by the link in "
            "the mail."
        ],
        "on-call": [],
    }


def test_a_topic_that_cloudwatch_cannot_send_to_is_heard_by_nobody(account: PracticeAccount, cloud: Cloud) -> None:
    sns, ids = account.session.client("sns"), dict[str, str]()
    for name, given in (("locked", {"KmsMasterKeyId": "alias/aws/sns"}), ("closed", {}), ("empty", {})):
        arn = sns.create_topic(Name=name, Attributes=given)["TopicArn"]
        if name != "empty":
            sns.subscribe(TopicArn=arn, Protocol="sms", Endpoint="+4930123456")
    kms: Any = account.session.client("kms")
    sends = {"Service": SERVICE}
    keys = {
        "own": {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT_ID}:root"}, "Action": "kms:*"},
        "shared": {"Effect": "Allow", "Principal": sends, "Action": ["kms:GenerateDataKey*", "kms:Decrypt"]},
        "off": {"Effect": "Allow", "Principal": sends, "Action": "kms:*"},
    }  # fmt: skip
    for name, statement in keys.items():
        said = json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Resource": "*"}]})
        ids[name] = kms.create_key(Policy=said)["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName=f"alias/{name}", TargetKeyId=ids[name])
        topic = sns.create_topic(Name=name, Attributes={"KmsMasterKeyId": f"alias/{name}"})["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint="+4930123456")
    kms.disable_key(KeyId=ids["off"])
    only = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sns:Publish", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [only]})
    sns.set_topic_attributes(TopicArn=TOPIC.format("closed"), AttributeName="Policy", AttributeValue=policy)
    why = {
        name: unheard(cloud, Topic(TOPIC.format(name)), SERVICE, RINGS)
        for name in ("locked", "closed", "empty", "gone", "on-call", *keys)
    }
    assert why == {
        "locked": "it is encrypted with Amazon's key (alias/aws/sns), with which AWS's services cannot send",
        "closed": "its policy does not let cloudwatch.amazonaws.com send to it",
        "empty": "nobody has subscribed to it",
        "gone": "there is no such topic",
        "on-call": "",
        "own": f"the policy of its key {ids['own']} does not let cloudwatch.amazonaws.com use that",
        "shared": "",
        "off": f"its key {ids['off']} cannot be used (Disabled)",
    }


def test_an_alarm_that_somebody_else_made_for_a_connection_that_is_used_stays(
    account: PracticeAccount, cloud: Cloud, journal: Journal, clock: Clock
) -> None:
    first = session(cloud, journal, {**RINGING, "alarm": "none"}, clock=clock)
    assert not [event.problem for event in first.apply() if event.problem]
    *_, found = account.session.client("ec2").describe_vpn_connections()["VpnConnections"]
    name = f"office-{found['VpnConnectionId']}"
    first.close()
    watch: Any = account.session.client("cloudwatch")
    theirs = {
        "Namespace": "AWS/VPN", "MetricName": "TunnelState", "Statistic": "Maximum", "Period": 60, "Threshold": 0.5,
        "EvaluationPeriods": 1, "ComparisonOperator": "LessThanThreshold",
    }  # fmt: skip
    watch.put_metric_alarm(AlarmName=name, **theirs)
    again = session(cloud, journal, RINGING, clock=clock)
    assert not [event.problem for event in again.apply() if event.problem]
    assert again.run is not None
    list(again.undo())
    again.close()
    (kept,) = watch.describe_alarms()["MetricAlarms"]
    assert (kept["AlarmName"], kept["Threshold"], kept["Period"]) == (name, 0.5, 60)
