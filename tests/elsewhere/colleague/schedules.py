"""Schedules, and the queue of what they could not deliver."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from elsewhere.colleague.deed import client, to
from elsewhere.hand import Made

from flows.practice import SECOND_ACCOUNT_ID, PracticeAccount


def _written_anew(account: PracticeAccount, it: Made, **changed: Any) -> None:
    scheduler = client(account, "scheduler")
    found = scheduler.get_schedule(GroupName=it.params["GroupName"], Name=it.params["Name"])
    kept = (
        "Name", "GroupName", "ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "State",
        "Target", "Description",
    )  # fmt: skip
    scheduler.update_schedule(**{key: found[key] for key in kept} | changed)


@to("scheduler.CreateSchedule")
def times_edited(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _written_anew(account, it, ScheduleExpression="cron(15 6 ? * MON *)")


@to("scheduler.CreateSchedule")
def switched_off(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _written_anew(account, it, State="DISABLED")


@to("scheduler.CreateSchedule", turns=True)
def schedule_said_to_be_theirs(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _written_anew(account, it, Description="theirs")


@to("scheduler.CreateScheduleGroup")
def schedule_of_theirs_in_our_group(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    scheduler, name = client(account, "scheduler"), it.params["Name"]
    ours = next(each for each in all_ if each.operation == "scheduler.CreateSchedule")
    found = scheduler.get_schedule(GroupName=name, Name=ours.params["Name"])
    scheduler.create_schedule(
        Name="theirs", GroupName=name, ScheduleExpression="cron(0 3 * * ? *)", FlexibleTimeWindow={"Mode": "OFF"},
        Target=found["Target"],
    )  # fmt: skip


@to("sqs.CreateQueue")
def somebody_let_into_our_queue(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    sqs, name = client(account, "sqs"), it.params["QueueName"]
    who = {"AWS": f"arn:aws:iam::{SECOND_ACCOUNT_ID}:root"}
    statement = {"Sid": "Theirs", "Effect": "Allow", "Principal": who, "Action": "sqs:ReceiveMessage",
                 "Resource": f"arn:aws:sqs:eu-central-1:123456789012:{name}"}  # fmt: skip
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"], Attributes={"Policy": policy})


@to("sqs.CreateQueue")
def messages_kept_for_less_long(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    sqs = client(account, "sqs")
    at = sqs.get_queue_url(QueueName=it.params["QueueName"])["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=at, Attributes={"MessageRetentionPeriod": "3600"})


@to("sqs.CreateQueue", turns=True)
def queue_tagged_as_theirs(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    sqs = client(account, "sqs")
    at = sqs.get_queue_url(QueueName=it.params["QueueName"])["QueueUrl"]
    sqs.untag_queue(QueueUrl=at, TagKeys=["handrail:run"])
