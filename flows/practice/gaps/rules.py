"""Rules of EventBridge that start pipelines.

moto tells the rules of every file that lands in a bucket whose switch is on, and gives up where the target is a
pipeline. Here that pipeline runs, if its role would let it: so what is practised can be seen to work.
"""

from __future__ import annotations

from typing import Any

from moto.codepipeline.models import codepipeline_backends
from moto.core.exceptions import JsonRESTError
from moto.events.models import EventsBackend, Rule

_send: Any = Rule.send_to_targets
_put: Any = EventsBackend.put_targets


def _send_to_targets(self: Rule, original_event: Any, transform_input: bool = True) -> None:
    pipelines = [target for target in self.targets if ":codepipeline:" in target["Arn"]]
    if pipelines and self.state == "ENABLED" and self.event_pattern.matches_event(original_event):
        for target in pipelines:
            _, _, _, region, account, name = target["Arn"].split(":", 5)
            backend = codepipeline_backends[account][region]
            if name in backend.pipelines and target.get("RoleArn"):
                run: Any = backend.start_pipeline_execution
                run(name)
    if len(pipelines) < len(self.targets):
        _send(self, original_event, transform_input)


def _put_targets(self: EventsBackend, name: str, event_bus_arn: str | None, targets: list[dict[str, Any]]) -> Any:
    for target in targets:
        if ":codepipeline:" in target["Arn"] and not target.get("RoleArn"):
            raise JsonRESTError("ValidationException", f"RoleArn is required for target {target['Arn']}.")
    return _put(self, name, event_bus_arn, targets)


def install() -> None:
    Rule.send_to_targets = _send_to_targets  # type: ignore[method-assign]
    EventsBackend.put_targets = _put_targets  # type: ignore[method-assign]
