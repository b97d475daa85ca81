"""CloudWatch Logs as AWS refuses: names, days and policies that moto takes as they come."""

from __future__ import annotations

import json
import re
from typing import Any

from moto.logs.exceptions import InvalidParameterException, LimitExceededException
from moto.logs.models import LogsBackend

NAME = re.compile(r"[.\-_/#A-Za-z0-9]{1,512}")
DAYS = {
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
}
MOST_POLICIES, POLICY_LENGTH = 10, 5120

_create: Any = LogsBackend.create_log_group
_keep: Any = LogsBackend.put_retention_policy
_put_policy: Any = LogsBackend.put_resource_policy


def _creates(self: LogsBackend, log_group_name: str, tags: dict[str, str], **given: Any) -> Any:
    if not NAME.fullmatch(log_group_name):
        raise InvalidParameterException(
            constraint=r"Member must satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+",
            parameter="logGroupName",
            value=log_group_name,
        )
    return _create(self, log_group_name, tags, **given)


def _keeps(self: LogsBackend, log_group_name: str, retention_in_days: int) -> None:
    if retention_in_days not in DAYS:
        raise InvalidParameterException(
            constraint=f"Member must satisfy enum value set: {sorted(DAYS)}",
            parameter="retentionInDays",
            value=retention_in_days,
        )
    _keep(self, log_group_name, retention_in_days)


def _puts_policy(self: LogsBackend, policy_name: str, policy_doc: str) -> Any:
    try:
        document = json.loads(policy_doc)
        statements = document["Statement"]
        whole = all({"Effect", "Principal", "Action", "Resource"} <= each.keys() for each in statements)
    except (ValueError, KeyError, TypeError, AttributeError):
        whole = False
    if not whole:
        raise InvalidParameterException("Resource policy document is malformed")
    if len(policy_doc) > POLICY_LENGTH:
        raise LimitExceededException
    if policy_name not in self.resource_policies and len(self.resource_policies) >= MOST_POLICIES:
        raise LimitExceededException
    return _put_policy(self, policy_name, policy_doc)


def install() -> None:
    LogsBackend.create_log_group = _creates  # type: ignore[method-assign]
    LogsBackend.put_retention_policy = _keeps  # type: ignore[assignment,method-assign]
    LogsBackend.put_resource_policy = _puts_policy  # type: ignore[method-assign]
