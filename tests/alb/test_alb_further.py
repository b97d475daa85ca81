"""Rules for certain methods, headers, queries and addresses: typed, refused, made, recognised and taken back."""

from __future__ import annotations

import pytest
from alb.cases import CERTAIN, GONE, Front, picture, session
from support.clock import FakeClock
from support.sessions import carried_out, taken_back, there_and_back

from flows.aws import listener_conditions
from flows.engine import Journal
from flows.engine.boto import Aws
from flows.practice import PracticeAccount


def test_what_is_made_is_recognised_and_taken_back(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    before, made = picture(account), session(cloud, journal, CERTAIN, clock=clock)
    (action,) = made.review().plan.actions
    assert action.call.params["Conditions"] == [
        {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/old/*"]}},
        {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["POST"]}},
        {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "version", "Value": "v1"}]}},
        {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Beta", "Values": ["yes*"]}},
        {"Field": "source-ip", "SourceIpConfig": {"Values": ["203.0.113.0/24"]}},
    ]
    assert "for /old/* and the method POST and the query version=v1 and the header X-Beta: yes*" in action.sentence
    carried_out(made)
    assert made.run is not None
    steps = made.run.record.handover["next_steps"]
    assert (
        "curl -sI -X POST -H 'X-Beta: yesa' 'http://shop-1.eu-central-1.elb.amazonaws.com/old/a?version=v1'"
        in "\n".join(steps)
    )
    assert any("Only requests from 203.0.113.0/24 get that" in step for step in steps)
    assert session(cloud, None, CERTAIN).review().plan.actions == (), "the rule that is there is used"
    less = {**CERTAIN, "further": CERTAIN["further"][:3]}
    assert len(session(cloud, None, less).review().plan.actions) == 1, "another rule is not taken for it"
    taken_back(made)
    assert picture(account) == before


@pytest.mark.wild
@pytest.mark.parametrize("one", CERTAIN["further"])
def test_each_kind_alone(account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, one: str) -> None:
    there_and_back(
        session(cloud, journal, {**GONE, "paths": [], "further": [one]}, clock=clock), lambda: picture(account)
    )


def test_a_rule_with_further_conditions_catches_no_other(account: PracticeAccount, cloud: Aws) -> None:
    Front(account).rule(20, paths=["/old/a"])
    found = [each.id for each in session(cloud, None, {**CERTAIN, "priority": "10"}).review().cautions]
    assert "shadows" not in found
    assert {"nearest-address"} <= {*found}


def test_values_of_one_thing_are_one_condition() -> None:
    found = [listener_conditions.condition(each) for each in ("query=a=1", "query=A=2", "query=b=1", "query=c*")]
    assert [[each.value for each in group] for group in listener_conditions.groups(found)] == [
        ["1", "2"],
        ["1"],
        ["c*"],
    ]
    one, other = listener_conditions.as_taken(found), listener_conditions.as_taken(reversed(found))
    assert one != other and listener_conditions.alike(one, other)
    either = [
        {
            "Field": "query-string",
            "QueryStringConfig": {"Values": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "1"}]},
        }
    ]
    both = listener_conditions.as_taken([listener_conditions.condition(each) for each in ("query=a=1", "query=b=1")])
    assert not listener_conditions.alike(either, both), "one of two is not both"
