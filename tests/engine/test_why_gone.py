"""What is not there is told with what is known of that: never made, taken by another run's undo, or by somebody."""

from __future__ import annotations

from typing import Any

import pytest
from alb.cases import HTTPS
from alb.cases import session as alb_session
from practice.office import named
from support.clock import FakeClock
from support.clouds import Between
from support.sessions import carried_out, problems_of, taken_back
from vpn.cases import FIXED, STATIC, session

from flows.engine import Call, Journal, Lost, Session
from flows.engine.boto import Aws
from flows.practice import PracticeAccount
from tui import looking_again


def left(made: Session, start: str) -> list[str]:
    return [each.why for each in made.receipt().left if each.what.startswith(start)]


def test_what_aws_never_answered_for_and_is_not_there_was_taken_by_nobody(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    def never(number: int, call: Call) -> None:
        if call.name == "EnableVgwRoutePropagation":
            raise Lost("The answer got lost.")

    made = session(Between(cloud, before=never), journal, STATIC, clock=clock)
    assert problems_of(made) and made.run
    told = looking_again.looked(made.run, made.look())
    assert "cannot be told" in told[0] and "not carried out" in told[1] and f"resume {made.run.id}" in told[1]
    taken_back(made)
    why = "not found: AWS never answered the call that was to make it, and it is not there."
    assert set(left(made, "The propagation into shop-private-")) == {why}


def test_what_the_undo_of_a_put_back_took_is_not_told_as_somebodys(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    made = alb_session(cloud, journal, HTTPS, clock=clock)
    carried_out(made)
    ec2: Any = account.session.client("ec2")
    opened = [each for each in ec2.describe_security_group_rules()["SecurityGroupRules"] if each["FromPort"] == 443]
    (rule,) = [each for each in opened if each.get("CidrIpv4") == "0.0.0.0/0" and not each["IsEgress"]]
    ec2.revoke_security_group_ingress(GroupId=rule["GroupId"], SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]])
    again = made.put_back(made.look())
    again.accepted |= {"access", "new-ids"}
    carried_out(again)
    assert again.run
    taken_back(made)
    why = f"The run {again.run.id} uses it: undo that first. It stays open to everybody."
    assert left(made, "The rule for port 443") == [why]
    taken_back(again)
    taken_back(made)
    assert left(made, "The rule for port 443") == [f"not found: the undo of the run {again.run.id} took it away."]


@pytest.mark.parametrize("twin", [True, False], ids=["a twin's undo", "somebody"])
def test_a_route_that_another_run_made_anew_and_took_back(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, twin: bool
) -> None:
    first = session(cloud, journal, FIXED, clock=clock)
    carried_out(first)
    ec2: Any = account.session.client("ec2")
    table = named(ec2, "table", "shop-private-a")
    ec2.delete_route(RouteTableId=table, DestinationCidrBlock=FIXED["networks"][0])
    why = "not found: somebody took it away already."
    if twin:
        second = session(cloud, journal, FIXED, clock=clock)
        carried_out(second)
        taken_back(second)
        assert second.run
        why = f"not found: the undo of the run {second.run.id} took it away."
    taken_back(first)
    assert left(first, f"The route to {FIXED['networks'][0]} in shop-private-a") == [why]
