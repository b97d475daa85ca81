"""The stack of a template is the same account as the run: nothing is missing, and each thing waits for its turn."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from aurora import cases as aurora
from kills.scenes import CASES
from support.clock import FakeClock
from support.killed import Case
from support.sessions import answered, carried_out, taken_back
from support.stack import STACK, create
from support.variants import VARIANTS
from vpn import cases as vpn

from flows.engine import Journal
from flows.engine.boto import Aws
from flows.export.cloudformation import template
from flows.practice import PracticeAccount

CREATED: Mapping[str, Case] = {
    **{name: CASES[name] for name in ("vpn", "vpn, fixed routes", "spa_pipeline")},
    "vpn, a gateway that exists": replace(CASES["vpn"], answers=vpn.STAGING),
    "aurora, from servers": replace(CASES["aurora"], answers=aurora.VARIANTS["servers"]),
    "alb, a rule of its own": replace(CASES["alb, a rule"], answers=VARIANTS["alb, gone"][1]),
}
"""What CloudFormation can make all of, so that nothing is missing in the account."""


@pytest.mark.parametrize("name", CREATED)
@pytest.mark.wild
def test_its_stack_is_the_same_account(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, name: str
) -> None:
    case = CREATED[name]
    before = additions(case, account, {})
    made = answered(case, cloud, journal, clock)
    review = made.review()
    written = template(
        review.plan, flow=case.flow, title=made.flow.title, region="eu-central-1", account=made.identity.account,
        answers=review.answers,
    )  # fmt: skip
    assert written.left_out == ()
    carried_out(made)
    applied = additions(case, account, before)
    taken_back(made, **dict(said.split("=") for said in case.decided))
    assert additions(case, account, before) == {}
    create(written.text, account.session)
    assert additions(case, account, before) == applied
    assert applied


def additions(case: Case, account: PracticeAccount, before: Mapping[str, Any]) -> dict[str, Any]:
    """What there is now and was not before, without the ids and the run, which no two of them share."""
    run = re.compile(rf"\b{case.flow.replace('_', '-')}-[0-9a-hjkmnp-tv-z]{{8}}\b|\b{STACK}\b|\bsgr-\w+")
    seen: dict[str, Any] = {}
    for kind, things in case.picture(account).items():
        for thing in things.items():
            told = run.sub("RUN", case.differs.sub("…", f"{kind} {thing}"))
            seen[told] = seen.get(told, 0) + 1
    return {told: number for told, number in seen.items() if before.get(told) != number}
