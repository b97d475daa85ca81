"""Visitors stay with one server: by which cookie, for how long, what AWS does not do, and as before once undone."""
# ruff: noqa: E501 - tables are read line by line

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from alb.cases import BY_APPLICATION, BY_BALANCER, KEPT, KEPT_BY_BALANCER, Front, picture, session
from alb.standing import WithHealth, ill
from support.clock import FakeClock
from support.sessions import carried_out, taken_back, there_and_back

import flows
from flows.aws.stickiness import lasting
from flows.engine import Asking, Happening, Journal, Refused, Session
from flows.engine.boto import Aws
from flows.practice import PracticeAccount


@pytest.fixture
def shop(account: PracticeAccount) -> Front:
    return Front(account)


def in_a_weighted_forward(shop: Front) -> None:
    shop.default(80, shop.divided(shop.group()))


def across_no_zones(shop: Front) -> None:
    shop.set({"load_balancing.cross_zone.enabled": "false"})


def at_random(shop: Front) -> None:
    shop.set({"load_balancing.algorithm.type": "weighted_random"})


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (in_a_weighted_forward, "shop shares visitors with green by weight. AWS cannot keep them by the application's cookie then."),
        (across_no_zones, "shop has cross-zone load balancing switched off; AWS keeps no visitors then."),
        (at_random, "shop picks servers at random with weights; AWS keeps no visitors then."),
    ],
)  # fmt: skip
def test_where_aws_keeps_nobody_is_refused(
    shop: Front, cloud: Aws, made: Callable[[Front], None], sentence: str
) -> None:
    made(shop)
    with pytest.raises(Refused) as refused:
        session(cloud, None, KEPT)
    assert sentence in str(refused.value) and refused.value.remedy


def test_a_function_keeps_nobody_and_an_idle_group_shares_none(shop: Front, cloud: Aws) -> None:
    (own,) = shop.elbv2.describe_target_groups(TargetGroupArns=[shop.targets])["TargetGroups"]
    function = shop.elbv2.create_target_group(Name="resize", TargetType="lambda")["TargetGroups"][0]["TargetGroupArn"]
    shop.rule(5, paths=["/thumb"], actions=[{"Type": "forward", "TargetGroupArn": function}])
    shop.default(80, shop.divided(shop.group(), weight=0))
    assert own["TargetType"] == "instance"
    with pytest.raises(Refused, match="resize is a function"):
        session(cloud, None, {**KEPT, "target_groups": ["shop", "resize"]})
    asking = Session(flows.find("alb"), cloud)
    for reply in ("shop", "stick", "application"):
        asking.state()
        asking.answer(reply)
    state = asking.state()
    assert isinstance(state, Asking) and state.question.id == "target_groups"
    assert state.said == "shop", "what can be kept is proposed"
    assert state.offer is not None and [option.key for option in state.offer.options] == ["resize", "shop"]
    assert state.offer.options[1].hint == "HTTP 8080, behind HTTP 80, 1 of 1 healthy, visitors not kept"


def test_what_is_sent_and_read_again(shop: Front, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    made = session(cloud, journal, {**KEPT, "cookie": "connect.sid", "duration": "8h"}, clock=clock)
    (action,) = made.review().plan.actions
    assert action.call.params == {
        "TargetGroupArn": shop.targets,
        "Attributes": [
            {"Key": "stickiness.app_cookie.cookie_name", "Value": "connect.sid"},
            {"Key": "stickiness.app_cookie.duration_seconds", "Value": "28800"},
            {"Key": "stickiness.enabled", "Value": "true"},
            {"Key": "stickiness.type", "Value": "app_cookie"},
        ],
    }
    carried_out(made)
    assert shop.attributes["stickiness.app_cookie.cookie_name"] == "connect.sid"
    assert made.run is not None
    told = made.run.record.handover
    assert told["outputs"]["target_groups"] == "shop"
    assert any("expecting connect.sid and beside it AWSALBAPP-0" in step for step in told["next_steps"])
    again = session(cloud, None, {**KEPT, "cookie": "connect.sid", "duration": "28800"}, clock=clock)
    assert again.review().plan.actions == (), "what is so already is used"


FORMER: Mapping[str, Mapping[str, str]] = {
    "not kept": {},
    "by the balancer": BY_BALANCER,
    "by another cookie": {**BY_APPLICATION, "stickiness.app_cookie.cookie_name": "OLD", "stickiness.app_cookie.duration_seconds": "60"},
    "by it, switched off": {**BY_APPLICATION, "stickiness.enabled": "false"},
}  # fmt: skip


@pytest.mark.parametrize("answers", [KEPT, KEPT_BY_BALANCER], ids=["application", "balancer"])
@pytest.mark.parametrize("former", FORMER)
@pytest.mark.some("by another cookie-balancer", "not kept-application")
def test_undone_is_as_before(
    account: PracticeAccount, shop: Front, cloud: Aws, journal: Journal, clock: FakeClock, former: str, answers: Mapping[str, Any],
) -> None:  # fmt: skip
    if FORMER[former]:
        shop.set(FORMER[former])
    there_and_back(session(cloud, journal, answers, clock=clock), lambda: picture(account))


def test_another_name_that_was_noted_is_noted_again(
    shop: Front, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    shop.set({**BY_APPLICATION, "stickiness.app_cookie.cookie_name": "OLD"})
    shop.set({"stickiness.enabled": "false", "stickiness.type": "lb_cookie"})
    made = session(cloud, journal, KEPT, clock=clock)
    carried_out(made)
    taken_back(made)
    told = shop.elbv2.describe_target_group_attributes(TargetGroupArn=shop.targets)["Attributes"]
    assert {"Key": "stickiness.app_cookie.cookie_name", "Value": "OLD"} in told


def test_the_name_that_stays_noted_is_told(shop: Front, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    made = session(cloud, journal, KEPT, clock=clock)
    carried_out(made)
    taken_back(made)
    assert "The name JSESSIONID, noted in shop" in [each.what for each in made.receipt().left]


def test_what_somebody_changed_since_is_left(shop: Front, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    made = session(cloud, journal, KEPT, clock=clock)
    carried_out(made)
    shop.set({"stickiness.app_cookie.duration_seconds": "60"})
    events = list(made.undo())
    assert [event.kind for event in events if event.action == "keep-shop"][-1] is Happening.LEFT
    assert shop.attributes["stickiness.enabled"] == "true"


def test_divided_visitors_are_kept_with_their_group_first(
    account: PracticeAccount, shop: Front, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Both at once would be refused in any other order, there and back."""
    green = shop.group()
    shop.default(80, shop.divided(green))
    shop.rule(7, paths=["/api/*"], actions=shop.divided(green))
    shop.rule(8, paths=["/idle/*"], actions=shop.divided(green, weight=0))
    made = session(cloud, journal, {**KEPT_BY_BALANCER, "target_groups": ["shop", "green"]}, clock=clock)
    plan = made.review().plan
    assert [action.call.operation for action in plan.actions] == [
        "elbv2.ModifyRule", "elbv2.ModifyListener", "elbv2.ModifyTargetGroupAttributes", "elbv2.ModifyTargetGroupAttributes",
    ]  # fmt: skip
    there_and_back(made, lambda: picture(account))


def test_divided_visitors_cannot_be_kept_without_their_group(shop: Front, cloud: Aws) -> None:
    shop.default(80, shop.divided(shop.group()))
    with pytest.raises(Refused, match="HTTP 80 divides visitors by weight"):
        session(cloud, None, {**KEPT_BY_BALANCER, "keep_group": "no"})


def test_visitors_who_move_need_a_conscious_yes(shop: Front, cloud: Aws) -> None:
    two: Any = WithHealth(cloud, (ill(state="healthy"), ill(state="healthy")))
    assert [each.id for each in session(two, None, KEPT).review().cautions if each.confirm] == []
    shop.set(BY_BALANCER)
    (moved,) = [each for each in session(two, None, KEPT).review().cautions if each.confirm]
    assert moved.id == "visitors-move"
    assert moved.message.startswith("shop keeps visitors by the load balancer's cookie now.")


def test_who_keeps_the_group_is_told_with_its_place(shop: Front, cloud: Aws) -> None:
    shop.elbv2.add_tags(ResourceArns=[shop.targets], Tags=[{"Key": "elbv2.k8s.aws/cluster", "Value": "shop"}])
    (kept,) = [each for each in session(cloud, None, KEPT).review().cautions if each.id == "managed"]
    assert "alb.ingress.kubernetes.io/target-group-attributes" in kept.message


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 second"), (90, "90 seconds"), (3600, "1 hour"), (5400, "90 minutes"), (604800, "7 days")],
)
def test_times_in_words(seconds: int, words: str) -> None:
    assert lasting(seconds) == words
