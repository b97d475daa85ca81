"""Alarms and topics meet what they would meet on AWS."""

from __future__ import annotations

from typing import Any

import pytest
from practice.office import refused

from flows.practice import PracticeAccount

ALARM = {
    "AlarmName": "down", "Namespace": "AWS/VPN", "MetricName": "TunnelState", "Statistic": "Minimum", "Period": 300,
    "EvaluationPeriods": 3, "Threshold": 1, "ComparisonOperator": "LessThanThreshold",
}  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"Period": 45}, {"Statistic": "Least"}, {"TreatMissingData": "breach"}, {"ComparisonOperator": "Less"},
        {"DatapointsToAlarm": 4}, {"EvaluationPeriods": 3000}, {"AlarmActions": ["on-call"]},
        {"AlarmActions": ["arn:aws:sns:us-west-2:123456789012:on-call"]},
        {"AlarmActions": ["arn:aws:sns:eu-central-1:123456789012:on-call.fifo"]},
    ],
)  # fmt: skip
@pytest.mark.some(4)
def test_an_alarm_that_does_not_fit_is_refused(account: PracticeAccount, wrong: Any) -> None:
    watch: Any = account.session.client("cloudwatch")
    with refused("ValidationError"):
        watch.put_metric_alarm(**{**ALARM, **wrong})
    with refused("InvalidParameterValue"):
        watch.put_metric_alarm(**{**ALARM, "ExtendedStatistic": "p90"})


def test_a_new_alarm_knows_nothing_and_one_that_is_overwritten_stays_as_it_is(account: PracticeAccount) -> None:
    watch: Any = account.session.client("cloudwatch")
    watch.put_metric_alarm(**ALARM)
    (made,) = watch.describe_alarms()["MetricAlarms"]
    assert made["StateValue"] == "INSUFFICIENT_DATA"
    watch.set_alarm_state(AlarmName="down", StateValue="ALARM", StateReason="tried")
    watch.put_metric_alarm(**{**ALARM, "Threshold": 0.5})
    (again,) = watch.describe_alarms()["MetricAlarms"]
    assert (again["StateValue"], again["Threshold"]) == ("ALARM", 0.5)


def test_an_alarm_has_the_tags_that_it_was_made_with(account: PracticeAccount) -> None:
    watch: Any = account.session.client("cloudwatch")
    ours, theirs = [{"Key": "owner", "Value": "us"}], [{"Key": "owner", "Value": "them"}]
    watch.put_metric_alarm(**ALARM, Tags=ours)
    (made,) = watch.describe_alarms()["MetricAlarms"]
    watch.put_metric_alarm(**ALARM, Tags=theirs)
    assert watch.list_tags_for_resource(ResourceARN=made["AlarmArn"])["Tags"] == ours
    watch.delete_alarms(AlarmNames=["down"])
    watch.put_metric_alarm(**ALARM)
    assert watch.list_tags_for_resource(ResourceARN=made["AlarmArn"])["Tags"] == []


def test_who_is_told_by_mail_has_to_confirm_it(account: PracticeAccount) -> None:
    sns: Any = account.session.client("sns")
    topic = sns.create_topic(Name="here")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="ada@fjord-coffee.example")
    sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint="+4930123456")
    told = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    assert (told["SubscriptionsPending"], told["SubscriptionsConfirmed"]) == ("1", "1")
