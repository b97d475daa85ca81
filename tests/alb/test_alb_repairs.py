"""What is broken about a load balancer is mended, works then, and is as before once that is undone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from alb import test_alb_check as damages
from alb.cases import Front, picture, to
from alb.standing import WithHealth, https, secure
from alb.states import STATES, closed, into_nothing, old_tls
from support.clock import FakeClock
from support.repairs import check, mended_and_back, mended_or_why_not, repairing

from flows.engine import Journal
from flows.engine.boto import Aws
from flows.practice import PracticeAccount


def no_port(shop: Front) -> None:
    https(shop)
    shop.default(80, to("HTTPS"))


def no_port_of_a_rule(shop: Front) -> None:
    secure(shop)
    shop.rule(5, paths=["/old"], actions=to("HTTPS"))


def no_protocol(shop: Front) -> None:
    https(shop)
    shop.default(80, to("#{protocol}", Port="443"))


def shadowed(shop: Front) -> None:
    secure(shop)
    damages.shadowed(shop)


REALLY: dict[str, tuple[str, str, Callable[[Front], None]]] = {
    "no port": ("redirect-fields", "works", no_port),
    "no port, in a rule": ("redirect-fields", "works", no_port_of_a_rule),
    "no protocol": ("redirect-fields", "works", no_protocol),
    "a shadowed rule": ("shadowed", "works", shadowed),
    "a closed port": ("open", "works", closed),
    "into nothing": ("https", "works", into_nothing),
    "old TLS": ("tls", "works", old_tls),
}
"""The states that a repair mends."""


@pytest.mark.some("a shadowed rule")
@pytest.mark.parametrize("state", REALLY)
def test_mended_and_taken_back(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, state: str
) -> None:
    cause, after, made = REALLY[state]
    made(Front(account))
    mended_and_back(
        "alb", cloud, journal, clock, {"load_balancer": "shop"}, lambda: picture(account), cause=cause, after=after,
    )  # fmt: skip


@pytest.mark.parametrize("state", [name for name, each in STATES.items() if each.status not in ("works", "unknown")])
@pytest.mark.some(every=5)
def test_every_state_has_a_repair_or_a_reason(account: PracticeAccount, cloud: Aws, state: str) -> None:
    STATES[state].made(Front(account))
    seen = WithHealth(cloud, STATES[state].targets) if STATES[state].targets else cloud
    assert mended_or_why_not("alb", check("alb", seen, {"load_balancer": "shop"})) == []


def test_a_place_is_given_away_once_at_a_time(account: PracticeAccount, cloud: Aws) -> None:
    shop = Front(account)
    secure(shop)
    for number, paths in ((1, ["/*"]), (2, ["/api/*"]), (3, ["/img/*"])):
        shop.rule(
            number, paths=paths, actions=to("HTTPS", Port="443", Host="#{host}", Path="/#{path}", Query="#{query}")
        )
    found = {each.id: each.repair for each in check("alb", cloud, {"load_balancer": "shop"}).findings}
    assert [found["shadowed:80:2"], found["shadowed:80:3"]] == ["shadowed:80:2", ""]


@pytest.mark.parametrize("what", ["listener", "rule"])
def test_who_keeps_the_very_listener_or_rule_is_told_and_needs_a_yes(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, what: str
) -> None:
    """The load balancer may be one team's, and its listeners and rules another's."""
    shop, elb = Front(account), account.session.client("elbv2")
    no_port_of_a_rule(shop)
    (whole,) = elb.describe_load_balancers(Names=["shop"])["LoadBalancers"]
    listeners = elb.describe_listeners(LoadBalancerArn=whole["LoadBalancerArn"])["Listeners"]
    arn = next(each["ListenerArn"] for each in listeners if each["Port"] == 80)
    if what == "rule":
        arn = next(each["RuleArn"] for each in elb.describe_rules(ListenerArn=arn)["Rules"] if not each["IsDefault"])
    elb.add_tags(ResourceArns=[arn], Tags=[{"Key": "ManagedBy", "Value": "terraform"}])
    made = repairing("alb", cloud, journal, clock, {"load_balancer": "shop"})
    (kept,) = [each for each in made.review().cautions if each.id == "managed"]
    assert kept.confirm and kept.message.startswith(f"The {what}") and "managed by Terraform" in kept.message
    made.close()
