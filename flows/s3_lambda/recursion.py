"""Whether a role may do something with any file whose name begins and ends in a certain way.

A function whose role may write what the bucket calls it for could start itself. Its code cannot be read, but what its
role may do can: the policies are asked about a name of each kind that they speak of. The answer is "may", never "does".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from flows.aws.role_permissions import Role
from flows.engine import CloudError
from flows.policies import Answer, Policy, Verdict, document, listed

ANY = "handrail-test"
"""What stands for the part of a name that may be anything."""
NOT = (Answer.NOT_ALLOWED, Answer.FORBIDDEN)


def may(action: str, role: Role, bucket_arn: str, prefix: str, suffix: str, also: Policy) -> str:
    """Which policy lets a role do that to some file with such a name, as evidence says it; "" if none does.

    Args:
        action: for example "s3:PutObject".
        role: whose policies are asked.
        bucket_arn: of the bucket in which the file is.
        prefix: how its name begins.
        suffix: how its name ends.
        also: the bucket's own policy.

    Raises CloudError where a policy cannot be read.
    """
    for name in dict.fromkeys(names((*role.policies.values(), also), bucket_arn, prefix, suffix)):
        file = f"{bucket_arn}/{name}"
        verdict = role.may(action, file, also)
        if verdict.answer not in NOT:
            each = {name: Role(role.arn).may(action, file, policy) for name, policy in role.policies.items()}
            lets = next((f"policy {name}" for name, said in each.items() if said.answer not in NOT), "")
            return (lets or "the bucket's policy") + _depending(verdict)
    return ""


def names(policies: Iterable[Policy], bucket_arn: str, prefix: str, suffix: str) -> Iterator[str]:
    """Names that begin and end so: any, then one of each kind of which the policies speak."""
    yield f"{prefix}{ANY}{suffix}"
    for policy in policies:
        try:
            whole = document(policy)
        except ValueError:
            raise CloudError("One of its policies cannot be read.") from None
        statements = listed(whole.get("Statement")) if isinstance(whole, dict) else []
        resources = (str(each) for one in statements if isinstance(one, dict) for each in listed(one.get("Resource")))
        for each in resources:
            if each.startswith(f"{bucket_arn}/"):
                yield from _like(each.removeprefix(f"{bucket_arn}/"), prefix, suffix)


def _like(pattern: str, prefix: str, suffix: str) -> Iterator[str]:
    """A name that fits a resource and begins and ends so, if there is one."""
    first, *middle = re.split(r"\*", pattern.replace("?", "x"))
    if not middle:
        if first.startswith(prefix) and first.endswith(suffix):
            yield first
        return
    last = middle.pop()
    start, end = max(first, prefix, key=len), max(last, suffix, key=len)
    if start.startswith(first) and start.startswith(prefix) and end.endswith(last) and end.endswith(suffix):
        yield ANY.join([start, *middle, end])


def _depending(verdict: Verdict) -> str:
    return f", depending on {', '.join(verdict.unknown)}" if verdict.answer is Answer.UNTOLD else ""
