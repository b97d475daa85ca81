"""How a pipeline stands that somebody left otherwise, and what AWS answers of it in practice's place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from spa_pipeline.delivery import NAME, Delivery
from support.clouds import Between

import flows
from flows.engine import Call
from flows.engine.cache import CachedCloud
from flows.engine.refusals import explain
from flows.engine.verdict import Verdict, verdict


def check(cloud: Any) -> Verdict:
    return verdict(flows.find("spa_pipeline").diagnose(CachedCloud(cloud), {"pipeline": NAME}))


@dataclass(frozen=True)
class State:
    """How it is made, and how it stands then: the status, the rule that it is because of, a part of the way out."""

    made: Callable[[Delivery], None]
    status: str
    cause: str = ""
    remedy: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    """What certain calls answer in moto's place: a policy would count for the tests' calls, connections it lacks."""
    denied: tuple[str, ...] = ()


class Answers(Between):
    def __init__(self, cloud: Any, answers: Mapping[str, Any], denied: tuple[str, ...]) -> None:
        super().__init__(cloud)
        self.answers, self.denied = answers, denied

    def make(self, call: Call) -> dict[str, Any]:
        if call.name in self.denied:
            raise explain(call, {"Error": {"Code": "AccessDenied", "Message": "no"}})
        given = self.answers.get(call.name)
        if isinstance(given, str):
            raise explain(call, {"Error": {"Code": given, "Message": "no"}})
        return super().make(call) if given is None else dict(given)


def stages(fetch: str, build: str, message: str = "", code: str = "", **more: Any) -> dict[str, Any]:
    """What GetPipelineState answers; the message is that of the first stage that failed."""
    told, first = [], True
    for name, status in (("Fetch", fetch), ("Build", build)):
        latest = {
            "status": status,
            **({"errorDetails": {"message": message, "code": code}} if message and first else {}),
        }
        first = first and status != "Failed"
        told.append(
            {
                "stageName": name, "actionStates": [{"actionName": name, "latestExecution": latest}],
                **({"latestExecution": {"status": status}} if status else {}), **more.get(name, {}),
            }
        )  # fmt: skip
    return {"GetPipelineState": {"stageStates": told}}


def runs(*statuses: str) -> dict[str, Any]:
    return {"ListPipelineExecutions": {"pipelineExecutionSummaries": [{"status": each} for each in statuses]}}


def connected(status: str) -> dict[str, Any]:
    return {"GetConnection": {"Connection": {"ConnectionStatus": status}}}


def policy(text: str) -> dict[str, Any]:
    return {"GetBucketPolicy": {"Policy": text}}
