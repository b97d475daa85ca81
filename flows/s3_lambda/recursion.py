"""Whether a function could start itself: may its role write what the bucket calls it for?

The code cannot be read, but what its role may do can. Only the statements that allow are looked at, so the answer is
"may", never "does"; a statement that forbids could still stand in the way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from flows.aws import role_permissions
from flows.engine import Cloud, CloudError
from flows.policies import Policy, document

WRITES = "s3:PutObject"


def may_write(cloud: Cloud, role_arn: str, bucket_arn: str, prefix: str, suffix: str) -> str:
    """The name of the policy that lets a role write a file with such a name there; "" if none. Raises CloudError."""
    return may(WRITES, role_permissions.policies(cloud, role_arn), bucket_arn, prefix, suffix)


def may(action: str, policies: Mapping[str, Policy], bucket_arn: str, prefix: str, suffix: str) -> str:
    """The name of a policy that allows something on a file with such a name there; "" if none. Raises CloudError."""
    for name, policy in policies.items():
        for statement in _listed(_read(name, policy).get("Statement")):
            if statement.get("Effect") == "Allow" and _allows(action, statement, f"{bucket_arn}/", prefix, suffix):
                return name
    return ""


def _read(name: str, policy: Policy) -> Mapping[str, Any]:
    try:
        read: Mapping[str, Any] = document(policy)
    except ValueError:
        raise CloudError(f"The policy {name} cannot be read.") from None
    return read


def _allows(action: str, statement: Mapping[str, Any], bucket: str, prefix: str, suffix: str) -> bool:
    if "Action" in statement:
        acts = any(fnmatchcase(action.lower(), str(each).lower()) for each in _listed(statement["Action"]))
    else:
        acts = not any(fnmatchcase(action.lower(), str(e).lower()) for e in _listed(statement.get("NotAction")))
    if "Resource" not in statement:
        return acts  # everything but some: rare, and then rather said than not
    return acts and any(_could_be(str(each), bucket, prefix, suffix) for each in _listed(statement["Resource"]))


def _could_be(pattern: str, bucket: str, prefix: str, suffix: str) -> bool:
    """Whether a resource such as `arn:aws:s3:::photos/*` holds some file that begins and ends so."""
    if re.search(r"\$\{", pattern):
        return False  # a variable of IAM; what it stands for is not known
    start, _, end = pattern.partition("*")
    if "*" not in pattern:
        return "/" in pattern and pattern.startswith(bucket + prefix) and pattern.endswith(suffix)
    start, end = start.partition("?")[0], end.rpartition("*")[2].rpartition("?")[2]
    first = bucket + prefix
    return (first.startswith(start) or start.startswith(first)) and (suffix.endswith(end) or end.endswith(suffix))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
