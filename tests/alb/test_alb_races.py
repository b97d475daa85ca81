"""Whatever a colleague sets between the check, the review and the repair is theirs: it is refused, and left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from alb.cases import Front, picture
from alb.states import old_tls
from alb.test_alb_repairs import no_port, no_port_of_a_rule, shadowed
from support.clock import FakeClock
from support.repairs import check, repairing

import flows
from flows.engine import Blocked, Journal, Place, Session
from flows.engine.boto import Aws
from flows.engine.events import Happening
from flows.engine.repair import ALL, chosen, repair
from flows.practice import PracticeAccount

SHOP = {"load_balancer": "shop"}
AWAY = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}]


def closed_for_now(shop: Front, elb: Any) -> None:
    shop.default(80, AWAY)


def rule_closed(shop: Front, elb: Any) -> None:
    for rule in _rules(elb):
        elb.modify_rule(RuleArn=rule["RuleArn"], Actions=AWAY)


def renumbered(shop: Front, elb: Any) -> None:
    places = [{"RuleArn": rule["RuleArn"], "Priority": 900 - int(rule["Priority"])} for rule in _rules(elb)]
    elb.set_rule_priorities(RulePriorities=places)


def policy_of_theirs(shop: Front, elb: Any) -> None:
    for each in _listeners(elb):
        if each["Port"] == 443:
            elb.modify_listener(ListenerArn=each["ListenerArn"], SslPolicy="ELBSecurityPolicy-FS-1-2-Res-2020-10")


def _listeners(elb: Any) -> list[dict[str, Any]]:
    (shop,) = elb.describe_load_balancers(Names=["shop"])["LoadBalancers"]
    found: list[dict[str, Any]] = elb.describe_listeners(LoadBalancerArn=shop["LoadBalancerArn"])["Listeners"]
    return found


def _rules(elb: Any) -> list[dict[str, Any]]:
    each = [elb.describe_rules(ListenerArn=one["ListenerArn"])["Rules"] for one in _listeners(elb)]
    return [rule for rules in each for rule in rules if not rule["IsDefault"]]


RACES: dict[str, tuple[Callable[[Front], None], Callable[[Front, Any], None]]] = {
    "a redirect": (no_port, closed_for_now),
    "a redirect of a rule": (no_port_of_a_rule, rule_closed),
    "the order of rules": (shadowed, renumbered),
    "a TLS policy": (old_tls, policy_of_theirs),
}


@pytest.mark.parametrize("what", RACES)
@pytest.mark.some("a redirect")
def test_changed_after_the_review(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, what: str
) -> None:
    broken, changed = RACES[what]
    shop, elb = Front(account), account.session.client("elbv2")
    broken(shop)
    made = repairing("alb", cloud, journal, clock, SHOP)
    changed(shop, elb)
    theirs = picture(account)
    (failed,) = [event for event in made.apply() if event.kind is Happening.FAILED]
    assert failed.problem and failed.problem.exit_code == 3 and "somebody changed it since the check" in str(failed)
    assert picture(account) == theirs
    made.close()


@pytest.mark.parametrize("what", RACES)
@pytest.mark.some("the order of rules")
def test_changed_after_the_check(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, what: str
) -> None:
    broken, changed = RACES[what]
    shop, elb = Front(account), account.session.client("elbv2")
    broken(shop)
    wanted = chosen(check("alb", cloud, SHOP).findings, [ALL])
    changed(shop, elb)
    theirs = picture(account)
    made = Session(repair(flows.find("alb"), SHOP, wanted), cloud, journal, place=Place(practice=True), clock=clock)
    made.accepted |= {caution.id for caution in made.review().cautions}
    with pytest.raises(Blocked, match="Changed since the check"):
        list(made.apply())
    assert picture(account) == theirs
    made.close()
