"""Refused at any call, a run names the permission and can be taken back whole; a crash makes nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from s3_lambda.cases import picture, session
from support.clock import FakeClock
from support.clouds import Between
from support.sessions import taken_back

import flows
from flows.engine import Call, Journal, Lost, Place, Session
from flows.engine.boto import Aws
from flows.engine.refusals import explain
from flows.practice import PracticeAccount

APPLYING = ("lambda.AddPermission", "s3.GetBucketNotificationConfiguration", "s3.PutBucketNotificationConfiguration")


@pytest.mark.parametrize("operation", APPLYING)
@pytest.mark.some("s3.GetBucketNotificationConfiguration", "s3.PutBucketNotificationConfiguration")
def test_denied_at_each_call(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, operation: str
) -> None:
    """A sentence with the permission, and undo leaves the account as it was."""
    before = picture(account.session)
    applying: list[bool] = []

    def strike(_: int, call: Call) -> None:
        if applying and call.operation == operation:
            raise explain(call, {"Error": {"Code": "AccessDenied", "Message": "no"}})

    made = session(Between(cloud, before=strike), journal, clock=clock)
    made.review()
    applying.append(True)
    problems = [event.problem for event in made.apply() if event.problem]
    action = operation.replace("s3.", "s3:").replace("lambda.", "lambda:").replace("Configuration", "")
    assert f"You are not allowed to {action}." in str(problems[0])
    assert made.run is not None
    assert made.run.record.status == "failed"
    made.close()
    again = Session(flows.find("s3_lambda"), cloud, journal, place=Place(practice=True), run=made.run, clock=clock)
    taken_back(again)
    assert picture(account.session) == before


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "PolicyLengthExceededException"])
def test_what_lambda_refuses_is_said_in_plain_words(cloud: Aws, journal: Journal, clock: FakeClock, code: str) -> None:
    def strike(_: int, call: Call) -> None:
        if call.operation == "lambda.AddPermission":
            raise explain(call, {"Error": {"Code": code, "Message": "as AWS says it"}})

    made = session(Between(cloud, before=strike), journal, clock=clock)
    (problem,) = [event.problem for event in made.apply() if event.problem]
    words = {"ResourceNotFoundException": "does not exist any more", "PolicyLengthExceededException": "is full (20 KB)"}
    assert words[code] in str(problem)
    assert "as AWS says it" in str(problem)


@pytest.mark.parametrize("operation", ["lambda.AddPermission", "s3.PutBucketNotificationConfiguration"])
def test_an_answer_that_got_lost_makes_nothing_twice(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, operation: str
) -> None:
    """Done, but nobody heard of it: asked again, and taken back all the same."""
    before = picture(account.session)
    lost: list[Call] = []

    def lose(_: int, call: Call) -> None:
        if call.operation == operation and not lost:
            lost.append(call)
            raise Lost("The answer got lost.")

    made = session(Between(cloud, after=lose), journal, clock=clock)
    assert not [event.problem for event in made.apply() if event.problem]
    once = picture(account.session)
    assert lost
    assert len(once["policy of resize-photos {}"]) == 1
    taken_back(made)
    assert picture(account.session) == before


@pytest.mark.parametrize("blind", [False, True], ids=["seen at once", "seen only once AWS says that it exists"])
def test_a_permission_is_given_once_whoever_answers(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, blind: bool
) -> None:
    """Emulators take a statement twice, and undo would leave one behind; so it is looked for first."""
    before = picture(account.session)
    tried: list[str] = []
    given: list[str] = []

    class Losing(Between):
        def make(self, call: Call) -> dict[str, Any]:
            tried.extend([call.name] if call.operation == "lambda.AddPermission" else [])
            answer = super().make(call)
            if call.operation == "lambda.AddPermission":
                given.append(call.name)
                raise Lost("The answer got lost.")
            return answer

        def pages(self, call: Call) -> Iterator[dict[str, Any]]:
            if call.operation == "lambda.GetPolicy" and blind and len(tried) == 1:
                raise explain(call, {"Error": {"Code": "ResourceNotFoundException", "Message": "no"}})
            yield from super().pages(call)

    made = session(Losing(cloud), journal, clock=clock)
    assert not [event.problem for event in made.apply() if event.problem]
    assert len(given) == 1
    assert len(tried) == 1 + blind
    taken_back(made)
    assert picture(account.session) == before
