"""What moto takes for a load balancer and AWS does not, and how AWS completes what it is given."""

from __future__ import annotations

from typing import Any

import pytest
from practice.office import refused

from flows.practice import PracticeAccount

LOOP = {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301", "Query": "a=b"}}
TO_HTTPS = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}
SORRY = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503", "MessageBody": "later"}}


@pytest.fixture
def elb(account: PracticeAccount) -> Any:
    return account.session.client("elbv2")


@pytest.fixture
def shop(elb: Any) -> str:
    return str(elb.describe_load_balancers(Names=["shop"])["LoadBalancers"][0]["LoadBalancerArn"])


@pytest.fixture
def listener(elb: Any, shop: str) -> str:
    return str(elb.describe_listeners(LoadBalancerArn=shop)["Listeners"][0]["ListenerArn"])


def path(*values: str) -> list[Any]:
    return [{"Field": "path-pattern", "PathPatternConfig": {"Values": list(values)}}]


def test_a_listener_for_https_needs_a_certificate(elb: Any, shop: str) -> None:
    with refused("ValidationError"):
        elb.create_listener(LoadBalancerArn=shop, Protocol="HTTPS", Port=443, DefaultActions=[SORRY])


def test_the_same_listener_is_made_once_and_another_on_its_port_never(elb: Any, shop: str) -> None:
    wanted = {"LoadBalancerArn": shop, "Protocol": "HTTP", "Port": 8080, "DefaultActions": [SORRY]}
    made = [elb.create_listener(**wanted)["Listeners"][0]["ListenerArn"] for _ in range(2)]
    assert made[0] == made[1]
    with refused("DuplicateListener"):
        elb.create_listener(**{**wanted, "DefaultActions": [TO_HTTPS]})


def test_a_redirect_is_completed_and_one_that_leads_nowhere_else_is_refused(elb: Any, listener: str) -> None:
    changed = elb.modify_listener(ListenerArn=listener, DefaultActions=[TO_HTTPS])["Listeners"][0]
    config = changed["DefaultActions"][0]["RedirectConfig"]
    assert (config["Host"], config["Path"], config["Query"]) == ("#{host}", "/#{path}", "#{query}")
    with refused("InvalidLoadBalancerAction"):
        elb.modify_listener(ListenerArn=listener, DefaultActions=[LOOP])


def test_rules_are_held_to_awss_limits_and_listed_in_the_order_in_which_they_are_tried(elb: Any, listener: str) -> None:
    for priority in (40, 7):
        elb.create_rule(ListenerArn=listener, Priority=priority, Conditions=path(f"/{priority}"), Actions=[SORRY])
    rules = elb.describe_rules(ListenerArn=listener)["Rules"]
    priorities = [rule["Priority"] for rule in rules]
    assert priorities == [*sorted(priorities[:-1], key=int), "default"]
    mine = next(rule for rule in rules if rule["Priority"] == "7")
    assert mine["Conditions"][0]["Values"] == ["/7"]
    long = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503", "MessageBody": "é" * 513}}
    for code, conditions, action, priority in (
        ("ValidationError", path("/a"), SORRY, 50001),
        ("ValidationError", [], SORRY, 50),
        ("TooManyConditions", path(*"abcdef"), SORRY, 50),
        ("InvalidLoadBalancerAction", path("/a"), long, 50),
    ):
        with refused(code):
            elb.create_rule(ListenerArn=listener, Priority=priority, Conditions=conditions, Actions=[action])


def test_two_rules_change_places(elb: Any, listener: str) -> None:
    made = [
        elb.create_rule(ListenerArn=listener, Priority=n, Conditions=path(f"/{n}"), Actions=[SORRY]) for n in (41, 42)
    ]
    one, other = (each["Rules"][0]["RuleArn"] for each in made)
    places = [{"RuleArn": one, "Priority": 42}, {"RuleArn": other, "Priority": 41}]
    assert {rule["RuleArn"]: rule["Priority"] for rule in elb.set_rule_priorities(RulePriorities=places)["Rules"]} == {
        one: "42", other: "41",
    }  # fmt: skip
    with refused("PriorityInUse"):
        elb.set_rule_priorities(RulePriorities=[{"RuleArn": one, "Priority": 41}])


def test_a_default_rule_and_one_that_is_gone_cannot_be_deleted(elb: Any, listener: str) -> None:
    default = elb.describe_rules(ListenerArn=listener)["Rules"][-1]["RuleArn"]
    with refused("OperationNotPermitted"):
        elb.delete_rule(RuleArn=default)
    made = elb.create_rule(ListenerArn=listener, Priority=9, Conditions=path("/9"), Actions=[SORRY])["Rules"][0]
    elb.delete_rule(RuleArn=made["RuleArn"])
    with refused("RuleNotFound"):
        elb.delete_rule(RuleArn=made["RuleArn"])


def test_an_empty_attribute_is_taken_away(elb: Any, listener: str) -> None:
    key = "routing.http.response.strict_transport_security.header_value"
    for value, there in (("max-age=300", True), ("", False)):
        attributes = [{"Key": key, "Value": value}]
        answer = elb.modify_listener_attributes(ListenerArn=listener, Attributes=attributes)["Attributes"]
        assert any(each["Key"] == key for each in answer) is there
