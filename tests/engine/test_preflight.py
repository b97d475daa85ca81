"""Whether somebody may do all of a plan, as far as IAM's simulator tells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from flows.engine import Call, CloudError, Grade, Identity, Page
from flows.engine.permissions import Need
from flows.engine.preflight import BATCH, allowed

USER = "arn:aws:iam::111122223333:user/kim"


class Simulator:
    """Answers as IAM does; refuses the actions that are named."""

    def __init__(self, arn: str = USER, refused: tuple[str, ...] = (), problem: CloudError | None = None) -> None:
        self.identity = Identity("111122223333", arn, "eu-central-1")
        self.asked: list[dict[str, Any]] = []
        self._refused, self._problem = refused, problem

    def make(self, call: Call) -> dict[str, Any]:
        raise AssertionError(f"{call.operation} is not needed")

    def look_at(self, url: str) -> Page:
        raise AssertionError(f"{url} is not needed")

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        self.asked.append(dict(call.params))
        if self._problem:
            raise self._problem
        actions: list[str] = call.params["ActionNames"]
        decisions = {name: "implicitDeny" if name in self._refused else "allowed" for name in actions}
        yield {"EvaluationResults": [{"EvalActionName": k, "EvalDecision": v} for k, v in decisions.items()]}


def test_what_will_be_refused_is_named() -> None:
    found = allowed(
        Simulator(refused=("ec2:CreateVpnGateway",)), [Need("ec2:CreateVpnGateway"), Need("ec2:DescribeVpcs")]
    )
    assert (found.grade, found.sentence) == (Grade.PREDICTED, "You will probably be refused: ec2:CreateVpnGateway.")


def test_all_are_asked_about_a_batch_at_a_time_and_those_that_are_not_known_never() -> None:
    cloud = Simulator()
    found = allowed(cloud, [Need("?codestar.Odd"), *(Need(f"ec2:Action{number}") for number in range(BATCH + 1))])
    assert found.sentence == "You may do all of this."
    assert [len(each["ActionNames"]) for each in cloud.asked] == [BATCH, 1]
    assert "?codestar.Odd" not in cloud.asked[0]["ActionNames"]


@pytest.mark.parametrize(
    ("arn", "principal"),
    [
        (USER, USER),
        ("arn:aws:sts::111122223333:assumed-role/ops/kim", "arn:aws:iam::111122223333:role/ops"),
        ("arn:aws-cn:sts::111122223333:assumed-role/ops/kim", "arn:aws-cn:iam::111122223333:role/ops"),
    ],
)
def test_a_session_is_asked_about_as_its_role(arn: str, principal: str) -> None:
    cloud = Simulator(arn)
    allowed(cloud, [Need("ec2:DescribeVpcs")])
    assert cloud.asked[0]["PolicySourceArn"] == principal


def test_the_root_user_may_do_all_and_the_simulator_does_not_know_it() -> None:
    cloud = Simulator("arn:aws:iam::111122223333:root", refused=("ec2:DescribeVpcs",))
    found = allowed(cloud, [Need("ec2:DescribeVpcs")])
    assert "root user, who may do all of this" in found.sentence
    assert not cloud.asked


def test_an_account_that_does_not_say_is_not_claimed_to_allow_it() -> None:
    refused = CloudError("You are not allowed to iam:SimulatePrincipalPolicy.")
    found = allowed(Simulator(problem=refused), [Need("ec2:DescribeVpcs")])
    assert (found.grade, found.evidence) == (Grade.NOT_CHECKED, refused.what)
