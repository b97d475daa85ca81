"""Rules for certain methods, headers, queries and addresses: typed, refused, made, recognised and taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from alb.cases import CERTAIN, GONE, Front, picture, session
from support.clock import FakeClock
from support.sessions import carried_out, taken_back, there_and_back

import flows
from flows.aws import listener_conditions
from flows.engine import Asking, Journal, Refused, Session
from flows.engine.boto import Aws
from flows.engine.cache import CachedCloud
from flows.practice import PracticeAccount

REFUSED = [
    ({"further": ["POST"]}, "“POST” is not a condition. Enter one like method=POST, query=version=v1"),
    ({"further": ["cookie=a"]}, "“cookie=a” is not a condition."),
    ({"further": ["method=post"]}, "“post” is not a method. It has capital letters, “-” and “_”, for example POST"),
    ({"further": ["method=P*"]}, "“P*” is not a method."),
    ({"further": ["header=X-Beta"]}, "“X-Beta” is not a header. Enter its name and value"),
    ({"further": ["header=Host=a.example"]}, "The header Host has a condition of its own."),
    ({"further": [f"header={'X' * 41}=1"]}, "The name of a header has at most 40 characters here."),
    ({"further": ["query=version="]}, "“version=” has no value. Enter one, for example query=version=*."),
    ({"further": [f"query={'v' * 129}"]}, "At most 128 characters."),
    ({"further": ["source=office"]}, "“office” is not an IP range like 203.0.113.0/24."),
    ({"further": ["source=203.0.113.7/24"]}, "203.0.113.7/24 is an address in the middle of a network"),
    ({"further": ["method=A", "method=B", "method=C", "method=D"]}, "These are 4 values for one method condition."),
    ({"paths": ["/a", "/b", "/c"], "further": ["query=a=1", "query=b=1", "query=c=1"]}, "These are 6 values."),
    ({"paths": ["/*/a*"], "further": ["query=a=**", "header=X-A=**"]}, "These are 6 wildcards."),
    ({"hosts": [], "paths": []}, "A rule needs at least one condition: enter one here, such as method=POST"),
]  # fmt: skip


@pytest.mark.parametrize(("answers", "sentence"), REFUSED, ids=[sentence[:30] for _, sentence in REFUSED])
def test_refused_with_its_sentence(still_cloud: Aws, answers: Mapping[str, Any], sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        session(CachedCloud(still_cloud), None, {**GONE, **answers})
    assert sentence in str(refused.value)


def test_who_says_no_host_and_no_path_is_asked_for_another_condition(still_cloud: Aws) -> None:
    asking = Session(flows.find("alb"), still_cloud)
    for reply in ("shop", "fixed_response", "matching", "", ""):
        asking.state()
        asking.answer(reply)
    state = asking.state()
    assert isinstance(state, Asking) and state.question.id == "further"
    assert "A rule needs at least one condition" in str(state.problem)
    asking.answer("method=PUT")
    state = asking.state()
    assert isinstance(state, Asking) and state.question.id == "status"


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


REDIRECTED: Mapping[str, Any] = {
    "load_balancer": "shop", "action": "redirect", "scope": "matching", "status": "302", "protocol": "HTTP",
    "port": "80", "path": "/new",
}  # fmt: skip


@pytest.mark.parametrize(
    ("further", "query", "circles"),
    [
        ("query=page=old", "", False), ("query=page=old", "#{query}", True), ("query=o*", "kept=old", True),
        ("method=POST", "", False), ("method=GET", "", True), ("header=X-Beta=yes", "", True),
    ],
)  # fmt: skip
def test_whether_a_redirect_fits_its_own_rule_again(still_cloud: Aws, further: str, query: str, circles: bool) -> None:
    """A query may be dropped by it, and who is redirected asks by GET; headers and addresses stay."""
    answers = {**REDIRECTED, "further": [further], "query": query}
    refused = [each.id for each in session(CachedCloud(still_cloud), None, answers).review().refusals]
    assert refused == (["loop"] if circles else [])
