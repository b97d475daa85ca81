"""What moto takes for the visitors of a target group, and AWS does not."""

from __future__ import annotations

from typing import Any

import pytest
from practice.office import refused

from flows.practice import PracticeAccount

ON = {"stickiness.enabled": "true", "stickiness.type": "lb_cookie"}
NAMED = {"stickiness.enabled": "true", "stickiness.type": "app_cookie", "stickiness.app_cookie.cookie_name": "sid"}


@pytest.fixture
def elb(account: PracticeAccount) -> Any:
    return account.session.client("elbv2")


@pytest.fixture
def shop(elb: Any) -> str:
    return str(elb.describe_target_groups(Names=["shop"])["TargetGroups"][0]["TargetGroupArn"])


def put(elb: Any, group: str, attributes: dict[str, str]) -> None:
    told = [{"Key": key, "Value": value} for key, value in attributes.items()]
    elb.modify_target_group_attributes(TargetGroupArn=group, Attributes=told)


def test_cookies_are_told_also_where_nothing_was_set(elb: Any, shop: str) -> None:
    found = elb.describe_target_group_attributes(TargetGroupArn=shop)["Attributes"]
    told = {each["Key"]: each["Value"] for each in found}
    assert told["stickiness.app_cookie.cookie_name"] == ""
    assert told["stickiness.app_cookie.duration_seconds"] == told["stickiness.lb_cookie.duration_seconds"] == "86400"


@pytest.mark.parametrize(
    ("code", "attributes"),
    [
        ("ValidationError", {"stickiness.foo": "1"}),
        ("ValidationError", {**ON, "stickiness.lb_cookie.duration_seconds": "0"}),
        ("ValidationError", {**NAMED, "stickiness.app_cookie.duration_seconds": "604801"}),
        ("InvalidConfigurationRequest", {**NAMED, "stickiness.app_cookie.cookie_name": "AWSALBX"}),
        ("InvalidConfigurationRequest", {**NAMED, "stickiness.app_cookie.cookie_name": "my cookie;x"}),
        ("InvalidConfigurationRequest", {**NAMED, "stickiness.app_cookie.cookie_name": ""}),
        ("InvalidConfigurationRequest", {**ON, "stickiness.type": "app_cookie"}),
        ("InvalidConfigurationRequest", {**ON, "load_balancing.algorithm.type": "weighted_random"}),
        ("InvalidConfigurationRequest", {**ON, "load_balancing.cross_zone.enabled": "false"}),
    ],
)
def test_what_aws_does_not_take_is_refused(elb: Any, shop: str, code: str, attributes: dict[str, str]) -> None:
    with refused(code):
        put(elb, shop, attributes)


def test_a_function_keeps_nobody(elb: Any) -> None:
    made = elb.create_target_group(Name="resize", TargetType="lambda")["TargetGroups"][0]["TargetGroupArn"]
    with refused("InvalidConfigurationRequest"):
        put(elb, made, {"stickiness.enabled": "true"})


def test_a_group_that_keeps_visitors_shares_them_only_where_they_are_kept_with_it(elb: Any, shop: str) -> None:
    (own,) = elb.describe_target_groups(TargetGroupArns=[shop])["TargetGroups"]
    made = elb.create_target_group(Name="green", Protocol="HTTP", Port=80, VpcId=own["VpcId"])["TargetGroups"][0]
    groups = [{"TargetGroupArn": arn, "Weight": 1} for arn in (shop, made["TargetGroupArn"])]
    (listener,) = elb.describe_listeners(LoadBalancerArn=own["LoadBalancerArns"][0])["Listeners"]
    where = {"ListenerArn": listener["ListenerArn"]}
    path = [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api"]}}]

    def forward(**config: Any) -> list[dict[str, Any]]:
        more = {"TargetGroupStickinessConfig": config} if config else {}
        return [{"Type": "forward", "ForwardConfig": {"TargetGroups": groups, **more}}]

    rule = elb.create_rule(**where, Priority=5, Conditions=path, Actions=forward())["Rules"][0]["RuleArn"]
    with refused("InvalidConfigurationRequest"):
        put(elb, shop, ON)
    elb.modify_rule(RuleArn=rule, Actions=forward(Enabled=True, DurationSeconds=60))
    put(elb, shop, ON)
    with refused("InvalidLoadBalancerAction"):
        elb.modify_rule(RuleArn=rule, Actions=forward())
    with refused("InvalidLoadBalancerAction"):
        elb.modify_listener(**where, DefaultActions=forward())
    with refused("ValidationError"):
        elb.modify_listener(**where, DefaultActions=forward(Enabled=True))
