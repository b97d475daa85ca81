"""The log of the tunnels: made before the connection, let in by a policy of its own, and gone with it."""

from __future__ import annotations

from typing import Any

import pytest
from practice.office import lets_in
from vpn.cases import BGP, LOGGED, STATIC, session

from flows.engine import Blocked, Cloud, Journal
from flows.engine.clock import Clock
from flows.practice import ACCOUNT_ID, PracticeAccount

LOG = "/aws/vendedlogs/vpn/office"
ARN = f"arn:aws:logs:eu-central-1:{ACCOUNT_ID}:log-group:{LOG}"
SHARED = "AWSLogDeliveryWrite20150319"


def calls(made: Any) -> dict[str, Any]:
    return {action.id: action.call for action in made.review().plan.actions}


def test_both_tunnels_write_into_it_and_bgp_where_it_is_spoken(cloud: Cloud) -> None:
    written = {"LogEnabled": True, "LogGroupArn": ARN, "LogOutputFormat": "json"}
    tunnels = calls(session(cloud, None, LOGGED))["connection"].params["Options"]["TunnelOptions"]
    bgp = {f"Bgp{key}": value for key, value in written.items()}
    assert [each["LogOptions"]["CloudWatchLogOptions"] for each in tunnels] == [{**written, **bgp}] * 2
    static = calls(session(cloud, None, {**STATIC, "logs": "yes"}))
    tunnels = static["connection"].params["Options"]["TunnelOptions"]
    assert [each["LogOptions"]["CloudWatchLogOptions"] for each in tunnels] == [written] * 2
    assert static["log-days"].params["retentionInDays"] == 30
    without = calls(session(cloud, None, BGP))
    assert not {"log", "log-days", "log-policy"} & without.keys()
    assert "LogOptions" not in str(without["connection"].params)


def test_aws_finds_its_way_in_and_changes_no_policy_that_all_share(
    account: PracticeAccount, cloud: Cloud, journal: Journal, clock: Clock
) -> None:
    made = session(cloud, journal, LOGGED, clock=clock)
    assert not [event.problem for event in made.apply() if event.problem]
    logs: Any = account.session.client("logs")
    (policy,) = logs.describe_resource_policies()["resourcePolicies"]
    assert made.run is not None
    assert policy["policyName"] == f"handrail-{made.run.id}"
    (found,) = account.session.client("ec2").describe_vpn_connections()["VpnConnections"][-1:]
    told = [each["LogOptions"]["CloudWatchLogOptions"] for each in found["Options"]["TunnelOptions"]]
    assert [(each["LogEnabled"], each["BgpLogGroupArn"]) for each in told] == [(True, ARN)] * 2
    made.close()


def test_what_lets_aws_in_already_is_enough(account: PracticeAccount, cloud: Cloud) -> None:
    logs: Any = account.session.client("logs")
    every = f"arn:aws:logs:eu-central-1:{ACCOUNT_ID}:log-group:/aws/vendedlogs/"
    logs.put_resource_policy(policyName=SHARED, policyDocument=lets_in(f"{every}other:log-stream:*"))
    assert "log-policy" in calls(session(cloud, None, LOGGED))
    logs.put_resource_policy(policyName=SHARED, policyDocument=lets_in(f"{every}*"))
    assert "log-policy" not in calls(session(cloud, None, LOGGED))


def test_where_aws_takes_no_more_policies_it_is_said_before_anything_is_made(
    account: PracticeAccount, cloud: Cloud
) -> None:
    logs: Any = account.session.client("logs")
    for number in range(10):
        other = f"arn:aws:logs:eu-central-1:{ACCOUNT_ID}:log-group:other-{number}:*"
        logs.put_resource_policy(policyName=f"other-{number}", policyDocument=lets_in(other))
    (refusal,) = [each for each in session(cloud, None, LOGGED).review().findings if each.id == "log-policies"]
    assert "has 10 resource policies for logs already" in refusal.sentence
    with pytest.raises(Blocked):
        list(session(cloud, None, LOGGED).apply())


def test_a_log_that_is_there_is_used_and_a_connection_that_is_there_is_left(
    account: PracticeAccount, cloud: Cloud, journal: Journal, clock: Clock
) -> None:
    account.session.client("logs").create_log_group(logGroupName=LOG)
    made = session(cloud, journal, LOGGED, clock=clock)
    assert "log-there" in {each.id for each in made.review().cautions}
    assert not [event.problem for event in made.apply() if event.problem]
    made.close()
    again = session(cloud, None, {**LOGGED, "name": "again"})
    assert not {"log", "log-policy", "connection"} & calls(again).keys()
    (told,) = [each for each in again.review().cautions if each.id == "logs-as-they-are"]
    assert "is used as it is, and so are its logs" in told.message
