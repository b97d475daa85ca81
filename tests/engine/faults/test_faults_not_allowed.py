"""What is not allowed, or not known, at every call in turn."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from engine.faults.wire import Wire, answer
from practice.picture import snapshot
from support.clock import FakeClock
from support.clouds import Between
from support.sessions import problems_of, taken_back
from vpn.cases import BGP, STATIC, session

from flows.engine import Call, Denied, Journal, NoSuchCall, Problem
from flows.engine.boto import Aws
from flows.engine.refusals import explain
from flows.practice import PracticeAccount


@pytest.mark.parametrize("answers", [STATIC, BGP], ids=["static", "bgp"])
@pytest.mark.wild
def test_denied_at_every_call_of_applying(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, answers: Any
) -> None:
    """Whichever call is refused: the sentence names the permission and the step; undo leaves it as before."""
    before = snapshot(account.session)
    undisturbed = Between(cloud)
    made = session(undisturbed, journal, answers, clock=clock)
    made.review()
    offset = len(undisturbed.calls)
    assert not problems_of(made)
    applying = Counter(call.operation for call in undisturbed.calls[offset:])
    taken_back(made)
    assert {"ec2.CreateVpnConnection", "ec2.AttachVpnGateway", "ec2.DescribeVpnConnections"} <= set(applying)
    went_on: list[str] = []
    # by operation and not by number: what runs side by side comes in any order
    for operation, which in [(name, k) for name, count in applying.items() for k in range(1, count + 1)]:
        faulty, seen = Between(cloud), itertools.count(1)
        made = session(faulty, journal, answers, clock=clock)
        made.review()

        def deny(_: int, call: Call, seen: Iterator[int] = seen, target: tuple[str, int] = (operation, which)) -> None:
            if call.operation == target[0] and next(seen) == target[1]:
                raise explain(call, {"Error": {"Code": "UnauthorizedOperation", "Message": "You are not authorized."}})

        faulty.before = deny
        problems = problems_of(made)
        faulty.before = None
        if problems:
            (problem,) = problems
            assert isinstance(problem, Denied)
            assert problem.permission == operation.replace(".", ":")
            assert problem.permission in problem.what and problem.permission in problem.remedy
            assert problem.action
        else:
            went_on.append(operation)
        taken_back(made)
        assert snapshot(account.session) == before
    # only how the connection was made could not be noted, by which a later change is noticed, if it was asked for
    assert {*went_on} <= {"ec2.DescribeVpnConnections"}


def test_denied_at_every_question(cloud: Aws, clock: FakeClock) -> None:
    """While answering, whichever reading call is not allowed, there is a sentence and never a crash."""
    asked = Between(cloud)
    session(asked, None).review()
    operations = sorted({call.operation for call in asked.calls})
    assert len(operations) > 8
    outcomes = Counter[str]()
    for operation in operations:

        def deny(_: int, call: Call, target: str = operation) -> None:
            if call.operation == target:
                raise explain(call, {"Error": {"Code": "UnauthorizedOperation", "Message": "No."}})

        try:
            review = session(Between(cloud, before=deny), None).review()
        except Problem as problem:
            outcomes["refused"] += 1
            assert "Ask your administrator" in str(problem)
        else:
            outcomes["went on"] += 1
            assert review.plan.actions
    assert outcomes["refused"] and outcomes["went on"]


def test_an_organizations_refusal_says_who_can_change_it() -> None:
    """Asking the account's administrator would be in vain."""
    message = "... with an explicit deny in a service control policy"
    problem = explain(Call("ec2.CreateVpnGateway"), {"Error": {"Code": "UnauthorizedOperation", "Message": message}})
    assert "service control policy" in problem.remedy and "administrator for" not in problem.remedy


@pytest.mark.parametrize(
    ("code", "status"), [("InvalidAction", 400), ("UnknownOperationException", 400), ("InternalFailure", 501)]
)
def test_a_call_that_is_not_known_changed_nothing(code: str, status: int) -> None:
    """An emulator that lacks a call says so in one of these ways; a change is then not in doubt."""
    answer = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    assert isinstance(explain(Call("ec2.CreateImage"), answer), NoSuchCall)


@pytest.mark.parametrize("operation", ["ec2.DescribeVpcs", "kms.ListAliases", "lambda.ListFunctions"])
def test_a_page_for_people_is_no_answer(cloud: Aws, wire: Wire, operation: str) -> None:
    """A web server that knows no such path answers like this."""
    wire.fault = lambda asked, real: answer(404, "<!doctype html><title>Not found<p>Not found")
    with pytest.raises(NoSuchCall, match=operation):
        cloud.make(Call(operation))


@pytest.mark.parametrize(
    ("operation", "words", "lists"),
    [
        ("ec2.DescribeVpcs", "<DescribeVpcsResponse/>", {"Vpcs": []}),
        ("rds.DescribeDBClusters", "<R><DescribeDBClustersResult/></R>", {"DBClusters": []}),
        ("kms.ListAliases", "{}", {"Aliases": []}),
        ("iam.GetAccountPasswordPolicy", "<R><GetAccountPasswordPolicyResult/></R>", {}),
    ],
)
def test_a_list_that_is_left_out_is_an_empty_one(
    cloud: Aws, wire: Wire, operation: str, words: str, lists: dict[str, Any]
) -> None:
    """Emulators leave out what is empty; what is read to be written back is not touched."""
    wire.fault = lambda asked, real: answer(200, words)
    call = Call(operation)
    for found in (cloud.make(call), *cloud.pages(call)):
        assert {name: value for name, value in found.items() if name != "ResponseMetadata"} == lists
