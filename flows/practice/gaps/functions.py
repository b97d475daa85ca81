"""Functions: a permission has a name of its own, and is taken from the alias it was given to.

moto takes a statement twice, and looks for the one that is taken back at the newest code only.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.models import LambdaBackend
from moto.awslambda.responses import LambdaResponse

from flows.practice.clock import CLOCK
from flows.practice.gaps.wire import Response, answers

_add_permission: Any = LambdaBackend.add_permission


class _Conflict(LambdaClientError):
    code = 409


def _permission_added(self: LambdaBackend, function_name: str, qualifier: str, raw: str) -> Any:
    function = self.get_function(function_name, qualifier)
    sid = json.loads(raw).get("StatementId")
    if any(each.get("Sid") == sid for each in function.policy.statements):
        raise _Conflict(
            "ResourceConflictException",
            f"The statement id ({sid}) provided already exists. Please provide a new statement id, or remove the "
            "existing statement.",
        )
    statement = _add_permission(self, function_name, qualifier, raw)
    since(function)[sid] = CLOCK.now()
    return statement


def _permission_removed(self: Response) -> Any:
    name, sid = unquote(self.path.split("/")[-3]), self.path.split("/")[-1].split("?")[0]
    qualifier = self.querystring.get("Qualifier", [None])[0]
    self.backend.get_function(name, qualifier).policy.del_statement(sid, self.querystring.get("RevisionId", [""])[0])
    return 204, {"status": 204}, "{}"


def since(function: Any) -> dict[str, float]:
    """When each statement was added."""
    added: dict[str, float] = function.policy.__dict__.setdefault("since", {})
    return added


def install() -> None:
    LambdaBackend.add_permission = _permission_added  # type: ignore[method-assign]
    answers(LambdaResponse, {"remove_permission": _permission_removed})
