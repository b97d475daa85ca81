"""What starts a delivery by itself, as others set it up: triggers of the pipeline, and rules where asking ended."""

from __future__ import annotations

from typing import Any

import pytest
from spa_pipeline import delivery, source, starting
from spa_pipeline.delivery import NAME, Delivery
from support.clouds import Between

import flows
from flows.engine import Call, Finding, Grade
from flows.engine.boto import Aws
from flows.practice import PracticeAccount
from flows.spa_pipeline import starting_rules
from flows.spa_pipeline.situation import CONNECTION, Situation, Source, Worker


def triggered(action: str = "Fetch", **told: Any) -> dict[str, Any]:
    git = {"sourceActionName": action, **told}
    return {"providerType": "CodeStarSourceConnection", "gitConfiguration": git}


def branches(*names: str, **more: Any) -> dict[str, Any]:
    return {"push": [{"branches": {"includes": [*names]}, **more}]}


@pytest.mark.parametrize(
    ("trigger", "grade"),
    [
        (triggered(), Grade.PROVED),
        (triggered(**branches("main")), Grade.PROVED),
        (triggered(push=[{"branches": {"excludes": ["drafts"]}}]), Grade.PROVED),
        (triggered(**branches("develop")), Grade.CAUTION),
        (triggered(push=[{"branches": {"excludes": ["main"]}}]), Grade.CAUTION),
        (triggered(push=[{"tags": {"includes": ["v*"]}}]), Grade.CAUTION),
        (triggered(pullRequest=[{"events": ["OPEN"]}]), Grade.CAUTION),
        (triggered(**branches("ma*")), Grade.NOT_CHECKED),
        (triggered(**branches("main", filePaths={"includes": ["app/**"]})), Grade.NOT_CHECKED),
        (triggered("Other"), Grade.NOT_CHECKED),
    ],
)  # fmt: skip
def test_a_trigger_starts_at_what_it_names_alone(cloud: Aws, trigger: dict[str, Any], grade: Grade) -> None:
    source = Source(CONNECTION, {"BranchName": "main"}, Worker("", "", "", None), "Fetch")
    (found,) = starting_rules.starts(Situation(cloud, NAME, sources=(source,), triggers=(trigger,)))
    assert found.grade is grade, found.sentence


class Ended(Between):
    """AWS ended asking for a pipeline of which it says nothing else."""

    def make(self, call: Call) -> dict[str, Any]:
        answer = super().make(call)
        if call.name != "GetPipeline":
            return answer
        for action in answer["pipeline"]["stages"][0]["actions"]:
            action["configuration"] = {**action["configuration"], "PollForSourceChanges": "true"}
        return {**answer, "metadata": {"pollingDisabledAt": "2026-10-01T00:00:00Z"}}


def starts(cloud: Any) -> Finding:
    found = flows.find("spa_pipeline").diagnose(cloud, {"pipeline": NAME})
    (one,) = [each for each in found if each.id == "starts"]
    return one


def test_where_asking_ended_a_rule_may_start_it(account: PracticeAccount, cloud: Aws) -> None:
    starting.told_of_each_upload(Delivery(account))
    assert starts(Ended(cloud)).grade is Grade.PROVED


def test_a_push_in_another_account_is_heard_of(account: PracticeAccount, cloud: Aws) -> None:
    source.a_branch_of_another_account(Delivery(account))
    assert starts(cloud).grade is Grade.PROVED


@pytest.mark.parametrize(
    ("made", "remedy"), [(delivery.as_it_is, "handrail run s3_pipeline"), (source.by_a_branch, "Make a rule for it")]
)
@pytest.mark.some(1)
def test_where_asking_ended_and_no_rule_fits_nothing_starts_it(
    account: PracticeAccount, cloud: Aws, made: Any, remedy: str
) -> None:
    made(Delivery(account))
    found = starts(Ended(cloud))
    assert found.grade is Grade.REFUSED
    assert "AWS ended" in found.sentence
    assert remedy in found.remedy
