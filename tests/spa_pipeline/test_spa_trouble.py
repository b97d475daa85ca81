"""Denied at any call, a run can be taken back whole; and an emulator that runs nothing is enough."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from spa_pipeline.cases import picture, session
from support.clock import FakeClock
from support.clouds import Between
from support.sessions import carried_out, taken_back

import flows
from flows.engine import Call, CloudError, Happening, Journal, Place, Session
from flows.engine.boto import Aws
from flows.engine.refusals import changes, explain
from flows.engine.verdict import Status, verdict
from flows.practice import PracticeAccount


def changing(cloud: Aws) -> list[str]:
    return [each.call.operation for each in session(cloud, None).review().plan.actions if changes(each.call)]


@pytest.mark.wild
def test_denied_at_each_call(account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """Each operation in turn: a sentence with the permission, and undo leaves the account as it was."""
    before = picture(account.session)
    again_only = {"codepipeline.StartPipelineExecution"}  # where a first run came too early
    for operation in dict.fromkeys(each for each in changing(cloud) if each not in again_only):

        def strike(_: int, call: Call, operation: str = operation) -> None:
            if call.operation == operation:
                raise explain(call, {"Error": {"Code": "AccessDenied", "Message": "no"}})

        made = session(Between(cloud, before=strike), journal, clock=clock)
        problems = [event.problem for event in made.apply() if event.problem]
        assert "You are not allowed to " in str(problems[0]), operation
        assert made.run is not None
        assert made.run.record.status == "failed"
        made.close()
        again = Session(
            flows.find("spa_pipeline"), cloud, journal, place=Place(practice=True), run=made.run, clock=clock
        )
        taken_back(again)
        again.close()
        assert picture(account.session) == before, operation


@pytest.mark.wild
def test_an_emulator_that_runs_no_pipeline(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Watching it ends in time, nothing is claimed, and undone it is as before."""

    class Idle(Between):
        def make(self, call: Call) -> dict[str, Any]:
            if call.operation == "codepipeline.GetPipelineState":
                raise CloudError("not there", aws_code="501")
            answer = super().make(call)
            if call.operation == "codepipeline.ListPipelineExecutions":
                return {"pipelineExecutionSummaries": []}
            return answer

    before = picture(account.session)
    made = session(Idle(cloud), journal, clock=clock)
    carried_out(made)
    assert verdict(made.hand_over().findings).status is Status.UNKNOWN
    taken_back(made)
    assert picture(account.session) == before


@pytest.mark.parametrize(
    ("message", "times"),
    [
        ("Error calling startBuild: User is not authorized to perform: codebuild:StartBuild", 1),
        ("Build terminated with state: FAILED", 0),
        ("", 0),
    ],
)
@pytest.mark.some(1)
def test_a_run_that_came_too_early_for_its_roles_is_started_once_more(
    cloud: Aws, journal: Journal, clock: FakeClock, message: str, times: int
) -> None:
    started: list[Call] = []

    class Early(Between):
        def make(self, call: Call) -> dict[str, Any]:
            answer = super().make(call)
            if call.operation == "codepipeline.StartPipelineExecution":
                started.append(call)
            if call.operation == "codepipeline.GetPipelineState":
                why = {"errorDetails": {"message": message}} if message and not started else {}
                acted = {"actionName": "Source", "latestExecution": {"status": "Failed", **why}}
                return {"stageStates": [{"stageName": "Source", "actionStates": [acted]}]}
            return answer

        def pages(self, call: Call) -> Iterator[dict[str, Any]]:
            whole = call.operation == "codepipeline.GetPipelineState"
            yield from [self.make(call)] if whole else super().pages(call)

    made = session(Early(cloud), journal, clock=clock)
    events = carried_out(made)
    assert len(started) == times
    assert [event.kind for event in events if event.action == "run-again"][-1] is (
        Happening.DONE if times else Happening.EXISTED
    )
