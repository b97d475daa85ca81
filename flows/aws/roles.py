"""IAM roles that a service takes on: who may, under which conditions, and what it may do.

Each is two actions, the role and its one inline policy, so that undo takes both away in the right order. IAM's own
store knows a role at once; the services learn of it seconds later, so whatever consumes one repeats its call for
exactly the answers in `not_yet` of that action (IAM User Guide, "Changes that I make are not always immediately
visible", 2026-10). It keeps a role that has policies or stands in an instance profile (API Reference, "DeleteRole").
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from flows.engine import (
    RUN,
    Action,
    Call,
    Cloud,
    CloudError,
    Find,
    Join,
    Late,
    Others,
    Ref,
    Settings,
    Undo,
    found,
    join,
)

from . import namesakes
from .tags import tags

POLICY = "handrail"
"""The name of a role's one policy."""
NAME = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)


def allow(sid: str, actions: str | Sequence[str], resources: str | Sequence[str], **conditions: Any) -> dict[str, Any]:
    """One statement of a role's policy; `StringEquals={…}` and the like are its conditions."""
    statement: dict[str, Any] = {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources}
    return statement | ({"Condition": conditions} if conditions else {})


def of_account(account: str) -> dict[str, Any]:
    """The condition that what is acted on is this account's: a bucket's name may be somebody else's one day."""
    return {"StringEquals": {"aws:ResourceAccount": account}}


def only_for(account: str, arn: Late = "") -> dict[str, Any]:
    """The conditions against a confused deputy: the service acts for this account, and for that one thing in it."""
    conditions: dict[str, Any] = {"StringEquals": {"aws:SourceAccount": account}}
    return conditions | ({"ArnLike": {"aws:SourceArn": arn}} if arn else {})


def service_role(
    id: str, name: str, service: str, statements: Sequence[Mapping[str, Any]], *,
    conditions: Mapping[str, Any] | None = None, purpose: str, profile: str = "", serves: Sequence[str] = (),
    others: Sequence[Others] = (),
) -> tuple[Action, Action]:  # fmt: skip
    """A role for a service, and what it may do.

    Args:
        id: the action's; that of the policy is the same with "-policy" behind it.
        name: the role's.
        service: who takes it on, for example "codebuild.amazonaws.com".
        statements: what it may do, made with `allow`.
        conditions: when it may be taken on, made with `only_for`.
        purpose: what it is for, to follow "Create the role …, ".
        profile: the name of the instance profile that it will stand in.
        serves: the ids of the actions that make what takes it on.
        others: what else may lean on it.
    """
    trust: dict[str, Any] = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    trust |= {"Condition": dict(conditions)} if conditions else {}
    here = {"RoleName": name}
    mine = join("Tags[?Key=='handrail:run'].Value | [0] == '", RUN, "'")
    role = Action(
        id,
        f"Create the role {name}, {purpose}",
        Call("iam.CreateRole", {**here, "AssumeRolePolicyDocument": _document([trust]), "Tags": tags(name)}),
        undo=(Undo(Call("iam.DeleteRole", here), gone=("NoSuchEntity",)),),
        others=(namesake(id, name), *_others(name, profile), *others),
        settings=Settings(
            Call("iam.GetRole", here),
            "Role.{trust: AssumeRolePolicyDocument, boundary: [PermissionsBoundary.PermissionsBoundaryArn]}",
        ),
        find=Find(
            Call("iam.ListRoles"),
            f"Roles[?RoleName=='{name}'] | [0].{{Role: @}}",
            proof=Call("iam.ListRoleTags", {"RoleName": found("Role.RoleName")}),
            ours=mine,
        ),
        type="AWS::IAM::Role",
        resource=name,
        undone=f"The role {name}",
        refusals={"EntityAlreadyExists": f"A role named {name} exists already and was not made by this run."},
    )  # fmt: skip
    policy = {**here, "PolicyName": POLICY}
    return role, Action(
        f"{id}-policy",
        f"Say what the role {name} may do ({len(statements)} statement{'s' * (len(statements) != 1)}, nothing else)",
        Call("iam.PutRolePolicy", {**policy, "PolicyDocument": _document(statements)}),
        undo=(Undo(Call("iam.DeleteRolePolicy", policy), gone=("NoSuchEntity",)),),
        settings=Settings(Call("iam.GetRolePolicy", policy), "PolicyDocument"),
        part_of=(id, *serves),
        after=(id,),
        undone=f"What the role {name} may do",
    )


def namesake(id: str, name: str) -> Others:
    """Another role of that name than the one that the action made."""
    look = Call("iam.GetRole", {"RoleName": name})
    return namesakes.by_id("role", look, "Role", "RoleId", Ref(id, "Role.RoleId"), ("NoSuchEntity",))


def _others(role: str, profile: str) -> tuple[Others, ...]:
    """What others may have given it, and where they may have put it."""
    here, one = {"RoleName": role}, found("id")
    return (
        Others(
            Call("iam.ListAttachedRolePolicies", here), "AttachedPolicies[].[PolicyArn]",
            "Somebody attached policies to it",
            remove=Call("iam.DetachRolePolicy", {**here, "PolicyArn": one}),
        ),
        Others(
            Call("iam.ListRolePolicies", here), f"PolicyNames[?@!='{POLICY}']", "Somebody gave it policies",
            remove=Call("iam.DeleteRolePolicy", {**here, "PolicyName": one}),
        ),
        Others(
            Call("iam.ListInstanceProfilesForRole", here),
            f"InstanceProfiles[?InstanceProfileName!='{profile}'].InstanceProfileName",
            "It stands in instance profiles of others",
            remove=Call("iam.RemoveRoleFromInstanceProfile", {**here, "InstanceProfileName": one}),
        ),
    )  # fmt: skip


def arn(role: Action) -> Ref:
    """The ARN of a role that the plan makes."""
    return Ref(role.id, "Role.Arn")


def taken(cloud: Cloud, name: str) -> bool:
    """Whether a role of that name exists. Raises CloudError when that may not be read."""
    try:
        cloud.make(Call("iam.GetRole", {"RoleName": name}))
    except CloudError as problem:
        if problem.aws_code != "NoSuchEntity":
            raise
        return False
    return True


def _document(statements: Sequence[Mapping[str, Any]]) -> Late:
    """The text of a policy; what is known only once the plan runs stands in it as a reference."""
    known: list[Ref | Join] = []

    def later(value: Ref | Join) -> str:
        known.append(value)
        return f"@@{len(known) - 1}@@"

    text = json.dumps({"Version": "2012-10-17", "Statement": [dict(each) for each in statements]}, default=later)
    if not known:
        return text
    parts = re.split(r"@@(\d+)@@", text)
    return join(
        *(piece for at, part in enumerate(parts) for piece in (_pieces(known[int(part)]) if at % 2 else [part]))
    )


def _pieces(value: Ref | Join) -> Sequence[str | Ref]:
    return value.parts if isinstance(value, Join) else [value]
