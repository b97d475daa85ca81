"""Whether a function could start itself: may its role write what the bucket calls it for?

The code cannot be read, but what its role may do can. Only the statements that allow are looked at, so the answer is
"may", never "does"; a statement that forbids could still stand in the way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from flows.engine import Call, Cloud, CloudError
from flows.policies import document

WRITES = "s3:PutObject"


def may_write(cloud: Cloud, role_arn: str, bucket_arn: str, prefix: str, suffix: str) -> str:
    """The name of the policy that lets a role write a file with such a name there; "" if none. Raises CloudError."""
    role = role_arn.rpartition("/")[2]
    for name, policy in _policies(cloud, role):
        for statement in _listed(policy.get("Statement")):
            if statement.get("Effect") == "Allow" and _writes(statement, f"{bucket_arn}/", prefix, suffix):
                return name
    return ""


def _policies(cloud: Cloud, role: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    here = {"RoleName": role}
    for page in cloud.pages(Call("iam.ListRolePolicies", here)):
        for name in page["PolicyNames"]:
            found = cloud.make(Call("iam.GetRolePolicy", {**here, "PolicyName": name}))
            yield name, _read(name, found["PolicyDocument"])
    for page in cloud.pages(Call("iam.ListAttachedRolePolicies", here)):
        for each in page["AttachedPolicies"]:
            arn = each["PolicyArn"]
            version = cloud.make(Call("iam.GetPolicy", {"PolicyArn": arn}))["Policy"]["DefaultVersionId"]
            found = cloud.make(Call("iam.GetPolicyVersion", {"PolicyArn": arn, "VersionId": version}))
            yield each["PolicyName"], _read(each["PolicyName"], found["PolicyVersion"]["Document"])


def _read(name: str, policy: Any) -> Mapping[str, Any]:
    try:
        read: Mapping[str, Any] = document(policy)
    except ValueError:
        raise CloudError(f"The policy {name} cannot be read.") from None
    return read


def _writes(statement: Mapping[str, Any], bucket: str, prefix: str, suffix: str) -> bool:
    if "Action" in statement:
        acts = any(fnmatchcase(WRITES.lower(), str(each).lower()) for each in _listed(statement["Action"]))
    else:
        acts = not any(fnmatchcase(WRITES.lower(), str(e).lower()) for e in _listed(statement.get("NotAction")))
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
