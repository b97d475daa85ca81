"""The policy of a repair allows every request that it sends, to look, to mend and to take back, and is narrow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from alb.cases import Front
from alb.test_alb_repairs import REALLY as ALB
from policies.test_least_policy import found_again, refused
from s3_lambda.cases import BUCKET, NAME
from s3_lambda.test_s3_lambda_states import STATES as LAMBDA
from s3_lambda.test_s3_lambda_states import Bucket
from s3_pipeline.cases import PIPELINE
from s3_pipeline.test_s3_pipeline_repairs import REALLY as STARTS
from s3_pipeline.test_s3_pipeline_states import Delivery
from support.authorized import Watched, kinds
from support.clock import FakeClock
from support.repairs import repairing
from website.test_website_repairs import REALLY as WEBSITE
from website.test_website_states import Site

from flows.engine import Journal, Place
from flows.engine.boto import Aws
from flows.export.policy import policies
from flows.practice import PracticeAccount


def of_bucket(state: str) -> Callable[[PracticeAccount], Any]:
    return lambda account: LAMBDA[state].made(Bucket(account))


def of_pipeline(state: str) -> Callable[[PracticeAccount], Any]:
    return lambda account: STARTS[state][1](Delivery(account))


def of_front(state: str) -> Callable[[PracticeAccount], Any]:
    return lambda account: ALB[state][2](Front(account))


def of_site(state: str) -> Callable[[PracticeAccount], dict[str, str]]:
    def made(account: PracticeAccount) -> dict[str, str]:
        site = Site(account)
        WEBSITE[state][1](site)
        return {"distribution": site.id}

    return made


FUNCTION, STARTED, FRONT = {"bucket": BUCKET, "function": NAME}, {"pipeline": PIPELINE}, {"load_balancer": "shop"}
SCENES: dict[str, tuple[str, Callable[[PracticeAccount], Any], dict[str, str]]] = {
    "a permission": ("s3_lambda", of_bucket("without_permission"), FUNCTION),
    "a rule": ("s3_lambda", of_bucket("rule_switched_off"), FUNCTION),
    "a queue": ("s3_lambda", of_bucket("queue_not_fetched"), FUNCTION),
    "a concurrency": ("s3_lambda", of_bucket("never_runs"), FUNCTION),
    "a pattern": ("s3_pipeline", of_pipeline("another_file"), STARTED),
    "a role": ("s3_pipeline", of_pipeline("may_not_start"), STARTED),
    "asking": ("s3_pipeline", of_pipeline("asks_too"), STARTED),
    "an order": ("alb", of_front("a shadowed rule"), FRONT),
    "a rule's answer": ("alb", of_front("no port, in a rule"), FRONT),
    "https": ("alb", of_front("into nothing"), FRONT),
    "signing": ("website", of_site("not signed"), {}),
    "a key": ("website", of_site("a key for the account"), {}),
}


@pytest.mark.some("signing")
@pytest.mark.parametrize("scene", SCENES)
def test_every_request_is_allowed(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, scene: str
) -> None:
    flow, breaks, named = SCENES[scene]
    subject = breaks(account) or named
    watched = Watched(Aws(Place(practice=True), account.session, account.session_of))
    made = repairing(flow, watched, journal, clock, subject, looking=cloud)
    review, sent = made.review(), watched.asked
    assert [event.problem for event in made.apply() if event.problem] == []
    found_again(made, watched)
    made.hand_over()
    list(made.undo())
    assert made.receipt().complete
    assert sent and refused(policies(review.needs), sent) == []
    stars = {need.action for need in (*review.needs, *review.looks) if need.resource == "*"}
    assert {action for action in stars if any(kinds(action))} == set()
