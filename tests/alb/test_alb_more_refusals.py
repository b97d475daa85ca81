"""What may be answered about visitors who stay with one server, and about further conditions of a rule."""
# ruff: noqa: E501 - tables are read line by line

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from alb.cases import GONE, KEPT, session

import flows
from flows.engine import Asking, Grade, Refused, Session
from flows.engine.boto import Aws
from flows.engine.cache import CachedCloud


@pytest.fixture(scope="module")
def once(still_cloud: Aws) -> CachedCloud:
    """Read once for all: nothing here changes anything."""
    return CachedCloud(still_cloud)


REFUSED = [
    ({**KEPT, "cookie": ""}, "The name of the cookie is needed. Enter for example JSESSIONID."),
    ({**KEPT, "cookie": "AWSALBAPP-0"}, "“AWSALBAPP-0” is reserved: names that begin with AWSALB belong to the load balancer."),
    ({**KEPT, "cookie": "sid=42"}, "“=” cannot be in a cookie's name. Enter only the name, without “=” and value."),
    ({**KEPT, "cookie": "my sid"}, "“ ” cannot be in a cookie's name."),
    ({**KEPT, "cookie": "gåte"}, "“å” cannot be in a cookie's name."),
    ({**KEPT, "cookie": "s" * 129}, "The name has 129 characters; enter at most 128."),
    ({**KEPT, "duration": "0"}, "Between 1 second and 7 days (604800 seconds); you entered 0."),
    ({**KEPT, "duration": "8d"}, "Between 1 second and 7 days (604800 seconds); you entered 8d."),
    ({**KEPT, "duration": "a day"}, "“a day” is not a time. Enter seconds, or a time such as 30m, 8h or 1d."),
    ({**KEPT, "target_groups": []}, "Choose at least one."),
    ({**KEPT, "target_groups": ["green"]}, "“green” is not among the choices for target_groups"),
    ({**KEPT, "keep_by": "cookie"}, "“cookie” is not among the choices for keep_by"),
    ({**GONE, "further": ["POST"]}, "“POST” is not a condition. Enter one like method=POST, query=version=v1"),
    ({**GONE, "further": ["cookie=a"]}, "“cookie=a” is not a condition."),
    ({**GONE, "further": ["method=post"]}, "“post” is not a method. It has capital letters, “-” and “_”, for example POST"),
    ({**GONE, "further": ["method=P*"]}, "“P*” is not a method."),
    ({**GONE, "further": ["header=X-Beta"]}, "“X-Beta” is not a header. Enter its name and value"),
    ({**GONE, "further": ["header=Host=a.example"]}, "The header Host has a condition of its own."),
    ({**GONE, "further": [f"header={'X' * 41}=1"]}, "The name of a header has at most 40 characters here."),
    ({**GONE, "further": ["query=version="]}, "“version=” has no value. Enter one, for example query=version=*."),
    ({**GONE, "further": [f"query={'v' * 129}"]}, "At most 128 characters."),
    ({**GONE, "further": ["source=office"]}, "“office” is not an IP range like 203.0.113.0/24."),
    ({**GONE, "further": ["source=203.0.113.7/24"]}, "203.0.113.7/24 is an address in the middle of a network"),
    ({**GONE, "further": ["method=A", "method=B", "method=C", "method=D"]}, "These are 4 values for one method condition."),
    ({**GONE, "paths": ["/a", "/b", "/c"], "further": ["query=a=1", "query=b=1", "query=c=1"]}, "These are 6 values."),
    ({**GONE, "paths": ["/*/a*"], "further": ["query=a=**", "header=X-A=**"]}, "These are 6 wildcards."),
    ({**GONE, "hosts": [], "paths": []}, "A rule needs at least one condition: enter one here, such as method=POST"),
]  # fmt: skip


@pytest.mark.parametrize(("answers", "sentence"), REFUSED, ids=[sentence[:40] for _, sentence in REFUSED])
def test_refused_with_its_sentence(once: CachedCloud, answers: Mapping[str, Any], sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        session(once, None, answers)
    assert sentence in f"{refused.value} {refused.value.remedy}"


def test_what_is_not_looked_at_is_said(once: CachedCloud) -> None:
    (seen,) = [each for each in session(once, None, KEPT).review().findings if each.id == "cookie-set"]
    assert seen.grade is Grade.NOT_CHECKED and "| grep -i set-cookie" in seen.remedy


def test_who_says_no_host_and_no_path_is_asked_for_another_condition(once: CachedCloud) -> None:
    asking = Session(flows.find("alb"), once)
    for reply in ("shop", "fixed_response", "matching", "", ""):
        asking.state()
        asking.answer(reply)
    state = asking.state()
    assert isinstance(state, Asking) and state.question.id == "further"
    assert "A rule needs at least one condition" in str(state.problem)
    asking.answer("method=PUT")
    state = asking.state()
    assert isinstance(state, Asking) and state.question.id == "status"


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
def test_whether_a_redirect_fits_its_own_rule_again(once: CachedCloud, further: str, query: str, circles: bool) -> None:
    """A query may be dropped by it, and who is redirected asks by GET; headers and addresses stay."""
    answers = {**REDIRECTED, "further": [further], "query": query}
    refused = [each.id for each in session(once, None, answers).review().refusals]
    assert refused == (["loop"] if circles else [])
