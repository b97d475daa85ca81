"""What was just seen is not asked for once more, unless it may have become otherwise."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from support.clock import FakeClock

from flows.engine import Call, Identity, Missed, Page
from flows.engine.just_seen import MOMENT, JustSeen

LOOK, OTHER, PUT = Call("ec2.DescribeVpcs"), Call("ec2.DescribeVpcs", {"VpcIds": ["vpc-1"]}), Call("ec2.CreateVpc")


class Counted:
    """Answers with how often it was asked before; `during` happens while it is asked."""

    identity = Identity("123456789012", "arn", "eu-central-1")

    def __init__(self) -> None:
        self.asked: list[Call] = []
        self.during: dict[str, Callable[[], object]] = {}

    def make(self, call: Call) -> dict[str, Any]:
        self.asked.append(call)
        self.during.pop(call.operation, lambda: None)()
        return {"number": len(self.asked)}

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        yield self.make(call)

    def look_at(self, url: str) -> Page:
        return Page(missed=Missed.UNREACHABLE, why=url)


@pytest.fixture
def account() -> Counted:
    return Counted()


def test_the_answer_of_a_moment_ago_counts(account: Counted) -> None:
    seen = JustSeen(account, FakeClock())
    assert seen.make(LOOK) == seen.again(LOOK) == {"number": 1}
    assert seen.again(OTHER) == {"number": 2}
    assert seen.make(LOOK) == seen.again(LOOK) == {"number": 3}, "who asks is always answered afresh"
    seen.settle()
    assert seen.again(LOOK) == {"number": 3}, "nothing was under way"


def test_an_older_one_does_not_nor_one_before_a_change(account: Counted) -> None:
    clock = FakeClock()
    seen = JustSeen(account, clock)
    seen.make(LOOK)
    clock.sleep(MOMENT, threading.Event())
    assert seen.again(LOOK) == {"number": 2}
    seen.make(PUT)
    assert seen.again(LOOK) == {"number": 4}


def test_what_is_changed_while_it_is_asked_may_not_be_in_the_answer(account: Counted) -> None:
    seen = JustSeen(account, FakeClock())
    account.during[LOOK.operation] = lambda: seen.make(PUT)
    seen.make(LOOK)
    assert seen.again(LOOK) == {"number": 3}


def test_in_the_end_nothing_counts_that_was_asked_while_a_change_was_under_way(account: Counted) -> None:
    seen = JustSeen(account, FakeClock())
    account.during[PUT.operation] = lambda: seen.make(LOOK)
    seen.make(PUT)
    assert seen.again(LOOK) == {"number": 2}, "for what is noted meanwhile it does"
    seen.settle()
    assert seen.again(LOOK) == {"number": 3}


def test_a_change_that_fails_is_over(account: Counted) -> None:
    def fail() -> None:
        raise RuntimeError

    seen = JustSeen(account, FakeClock())
    account.during[PUT.operation] = fail
    with pytest.raises(RuntimeError):
        seen.make(PUT)
    seen.make(LOOK)
    seen.settle()
    assert seen.again(LOOK) == {"number": 2}


def test_all_else_is_the_accounts(account: Counted) -> None:
    seen = JustSeen(account, FakeClock())
    assert seen.identity == account.identity and seen.look_at("there").why == "there"
    assert [*seen.pages(LOOK)] == [{"number": 1}]
