"""Functions: a permission has a name of its own, and S3 learns of it a moment later. moto takes a name twice."""

from __future__ import annotations

import json
from typing import Any

from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.models import LambdaBackend

from flows.practice.clock import CLOCK

_add_permission: Any = LambdaBackend.add_permission


class _Conflict(LambdaClientError):
    code = 409


def _permission_added(self: LambdaBackend, function_name: str, qualifier: str, raw: str) -> Any:
    function = self.get_function(function_name, qualifier)
    sid = json.loads(raw).get("StatementId")
    resource = ":".join([*function.function_arn.split(":")[:7], *([qualifier] if qualifier else [])])
    if any((each.get("Sid"), each.get("Resource")) == (sid, resource) for each in function.policy.statements):
        raise _Conflict(
            "ResourceConflictException",
            f"The statement id ({sid}) provided already exists. Please provide a new statement id, or remove the "
            "existing statement.",
        )
    statement = _add_permission(self, function_name, qualifier, raw)
    since(function)[sid] = CLOCK.now()
    return statement


def since(function: Any) -> dict[str, float]:
    """When each statement was added."""
    added: dict[str, float] = function.policy.__dict__.setdefault("since", {})
    return added


def install() -> None:
    LambdaBackend.add_permission = _permission_added  # type: ignore[method-assign]
