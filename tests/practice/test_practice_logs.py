"""Logs meet what they would meet on AWS: names, days and policies are looked at, and who may deliver into a group."""

from __future__ import annotations

from typing import Any

import pytest
from practice.office import connection, customer_gateway, lets_in, refused, vpn_gateway

from flows.practice import ACCOUNT_ID, PracticeAccount

LOG = "/aws/vendedlogs/vpn/office"
ARN = f"arn:aws:logs:eu-central-1:{ACCOUNT_ID}:log-group:{LOG}"
SHARED = "AWSLogDeliveryWrite20150319"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"LogEnabled": True}, "MissingParameter"),
        ({"LogEnabled": True, "LogGroupArn": ARN}, "InvalidParameterValue"),
        ({"BgpLogEnabled": True, "BgpLogGroupArn": f"{ARN}:*"}, "InvalidParameterValue"),
        ({"LogOutputFormat": "xml"}, "InvalidParameterValue"),
    ],
)
def test_practice_takes_no_log_that_aws_would_not_take(account: PracticeAccount, options: Any, code: str) -> None:
    ec2: Any = account.session.client("ec2")
    pair = customer_gateway(ec2)["CustomerGatewayId"], vpn_gateway(ec2)
    with refused(code):
        connection(ec2, *pair, tunnels=[{"LogOptions": {"CloudWatchLogOptions": options}}])


def test_practice_lets_aws_in_by_the_policy_that_all_share_where_nothing_else_does(account: PracticeAccount) -> None:
    ec2, logs = account.session.client("ec2"), account.session.client("logs")
    logs.create_log_group(logGroupName=LOG)
    pair = customer_gateway(ec2)["CustomerGatewayId"], vpn_gateway(ec2)
    told = {"LogEnabled": True, "LogGroupArn": ARN}
    connection(ec2, *pair, tunnels=[{"LogOptions": {"CloudWatchLogOptions": told}}])
    assert [each["policyName"] for each in logs.describe_resource_policies()["resourcePolicies"]] == [SHARED]


def test_practice_refuses_names_days_and_policies_of_logs(account: PracticeAccount) -> None:
    logs: Any = account.session.client("logs")
    with refused("InvalidParameterException"):
        logs.create_log_group(logGroupName="a b")
    logs.create_log_group(logGroupName="a")
    with refused("InvalidParameterException"):
        logs.put_retention_policy(logGroupName="a", retentionInDays=31)
    for wrong in ("no", "{}", '{"Statement": [{"Effect": "Allow"}]}'):
        with refused("InvalidParameterException"):
            logs.put_resource_policy(policyName="a", policyDocument=wrong)
    with refused("LimitExceededException"):
        logs.put_resource_policy(policyName="a", policyDocument=lets_in("a" * 5200))
