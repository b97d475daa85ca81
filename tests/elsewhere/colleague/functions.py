"""Functions: who may call them, their logs, the alarms about them."""

from __future__ import annotations

import json
from collections.abc import Collection

from elsewhere.colleague.deed import client, to
from elsewhere.hand import Made

from flows.practice import PracticeAccount


@to("logs.CreateLogGroup")
def kept_longer(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "logs").put_retention_policy(logGroupName=it.params["logGroupName"], retentionInDays=365)


@to("logs.PutResourcePolicy")
def statement_beside_ours(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    document = json.loads(it.params["policyDocument"])
    theirs = {**document["Statement"][0], "Sid": "Theirs", "Principal": {"Service": "es.amazonaws.com"}}
    document["Statement"].append(theirs)
    client(account, "logs").put_resource_policy(policyName=it.params["policyName"], policyDocument=json.dumps(document))


@to("cloudwatch.PutMetricAlarm")
def alarm_that_waits_longer(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "cloudwatch").put_metric_alarm(**{**it.params, "EvaluationPeriods": 9, "DatapointsToAlarm": 9})


@to("cloudwatch.PutMetricAlarm")
def alarm_of_theirs_by_its_name(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    cloudwatch = client(account, "cloudwatch")
    cloudwatch.delete_alarms(AlarmNames=[it.params["AlarmName"]])
    cloudwatch.put_metric_alarm(**{key: value for key, value in it.params.items() if key != "Tags"})


@to("lambda.AddPermission")
def permission_of_theirs(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "lambda").add_permission(
        FunctionName=it.params["FunctionName"], StatementId="theirs", Action="lambda:InvokeFunction",
        Principal="sns.amazonaws.com",
    )  # fmt: skip


@to("lambda.AddPermission", takes=True)
def function_deleted(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "lambda").delete_function(FunctionName=it.params["FunctionName"])
