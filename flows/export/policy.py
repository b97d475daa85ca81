"""The least IAM policy for a plan, from what its own calls need."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flows.engine.permissions import EVERYTHING, Condition, Need, concerns, looks
from flows.engine.resource_types import TAGGING, WHILE_MAKING
from flows.policies.patterns import Piece, fits_arn

MANAGED = 6144
"""Characters, blanks left out, that a managed policy may have (IAM User Guide, "IAM and AWS STS quotas", 2026-11)."""

AT_ANY_TIME = {action for service, action in TAGGING.items() if service not in WHILE_MAKING}
"""Tagging that AWS cannot be told to allow only while something is made."""
KIND_ALONE = re.compile(r"arn:[^:]*:(?!s3:)[^:]*:[^:]*:[^:]*:[\w-]+/\*")
WRITES = {
    "cloudfront:UpdateDistribution", "cloudtrail:PutEventSelectors", "codebuild:CreateProject",
    "codepipeline:CreatePipeline", "codepipeline:UpdatePipeline", "ec2:AuthorizeSecurityGroupEgress",
    "ec2:AuthorizeSecurityGroupIngress", "ec2:CreateRoute", "ec2:ModifyImageAttribute", "ec2:ModifySnapshotAttribute",
    "elasticloadbalancing:CreateListener", "elasticloadbalancing:CreateRule", "elasticloadbalancing:ModifyListener",
    "kms:CreateKey", "kms:PutKeyPolicy", "rds:ModifyDBClusterSnapshotAttribute", "rds:ModifyDBSnapshotAttribute",
    "s3:PutBucketNotification", "s3:PutBucketPolicy", "ssm:SendCommand",
}  # fmt: skip
"""Actions whose content decides what comes of them: rules, policies, commands, with whom something is shared."""
Statement = tuple[tuple[Condition, ...], frozenset[str], frozenset[str]]
"""Conditions, actions and resources."""


def policies(needs: Sequence[Need]) -> list[dict[str, Any]]:
    """One policy that allows just this, as `Review.needs` or `Review.looks` lists it; several where one is too long.

    Unknown actions (`?service.Operation`) are left out; the caller reports them.
    """
    whole = _policy(_statements(needs))
    if size(whole) <= MANAGED:
        return [whole]
    found: list[dict[str, Any]] = []
    for statement in _statements([_without_the_region(need) for need in needs]):
        longer = _policy([*found[-1]["Statement"], statement]) if found else None
        if longer and size(longer) <= MANAGED:
            found[-1] = longer
        else:
            found.append(_policy([statement]))
    return found


def beyond(needs: Iterable[Need]) -> list[str]:
    """What AWS cannot limit to the plan, a sentence each, the gravest first: what whoever holds the policy may do
    besides, and why."""
    needs = [need for need in needs if not need.action.startswith("?")]
    found = []

    def tell(sentence: str, meant: Callable[[Need], bool]) -> None:
        if those := sorted({need.action for need in needs if meant(need)}):
            found.append(sentence.format(", ".join(those)))

    if roles := sorted({need.resource for need in needs if need.action == "iam:PutRolePolicy"}):
        names = ", ".join(role.rpartition("/")[2] for role in roles)
        found.append(
            f"Whoever may say what a role may do can get all rights through whatever acts with it: {names}. Give this "
            "policy only to somebody who may have them, or let an administrator set a permissions boundary."
        )
    tell(
        "{}: AWS cannot tell tagging what is just being made from tagging what is there; whoever may do this could "
        "give another thing of that kind the same tags, and then change or delete it.",
        lambda need: need.action in AT_ANY_TIME and need.resource.endswith("/*"),
    )
    tell(
        "{}: for every such thing, because its id is not known yet and AWS does not look at its tags here.",
        lambda need: not (looks(need.action) or need.known_by) and bool(KIND_ALONE.fullmatch(need.resource)),
    )
    tell("{}: AWS does not look at what is written or run there, only where.", lambda need: need.action in WRITES)
    tell("AWS knows no single things for {}.", lambda need: need.resource == EVERYTHING and not need.conditions)
    return found


def _policy(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}


def _statements(needs: Sequence[Need]) -> list[dict[str, Any]]:
    known = _without_the_covered({need for need in needs if not need.action.startswith("?")})
    statements: list[dict[str, Any]] = []
    sids: Counter[str] = Counter()
    for conditions, actions, resources in _merged(_grouped(known)):
        kind = _kind(actions, conditions)
        sids[kind] += 1
        statement = {
            "Sid": f"{kind}{sids[kind]}", "Effect": "Allow", "Action": sorted(actions), "Resource": _short(resources),
        }  # fmt: skip
        statements.append(statement | ({"Condition": _block(conditions)} if conditions else {}))
    if roles := {need.resource for need in known if need.action == "iam:PutRolePolicy"}:
        # whoever may write such a role could let themselves into it
        never = {"Sid": "NeverTakeOn", "Effect": "Deny", "Action": ["sts:AssumeRole"], "Resource": _short(roles)}
        statements.append(never)
    return statements


def _without_the_region(need: Need) -> Need:
    """Without the condition on the region, where the thing itself names it."""
    regions = [values for _, key, values in need.conditions if key == "aws:RequestedRegion"]
    if need.resource.split(":")[3:4] not in map(list, regions):
        return need
    return replace(need, conditions=tuple(each for each in need.conditions if each[1] != "aws:RequestedRegion"))


def size(document: Mapping[str, Any]) -> int:
    """The characters of a policy as IAM counts them: blanks do not count."""
    return len(json.dumps(document, separators=(",", ":")))


def _without_the_covered(needs: set[Need]) -> list[Need]:
    """Without what another of them allows anyway."""
    same: dict[str, list[Need]] = {}
    for need in needs:
        same.setdefault(need.action, []).append(need)
    return [each for each in needs if not any(_covers(other, each) for other in same[each.action] if other != each)]


def _covers(one: Need, other: Need) -> bool:
    return set(one.conditions) <= set(other.conditions) and (
        one.resource in (EVERYTHING, other.resource)
        or (EVERYTHING in one.resource and fits_arn([Piece(one.resource)], other.resource, beyond=False))
    )


def _grouped(needs: Iterable[Need]) -> list[Statement]:
    """What has the same conditions and is about the same things is one statement."""
    things: dict[tuple[tuple[Condition, ...], str], set[str]] = {}
    for need in needs:
        things.setdefault((need.conditions, need.action), set()).add(need.resource)
    actions: dict[tuple[bool, tuple[Condition, ...], frozenset[str]], set[str]] = {}
    for (conditions, action), resources in things.items():
        actions.setdefault((looks(action), conditions, frozenset(resources)), set()).add(action)
    whole = [(conditions, frozenset(those), resources) for (_, conditions, resources), those in actions.items()]
    return sorted(whole, key=lambda each: (not _looks(each[1]), each[0], sorted(each[1]), sorted(each[2])))


def _merged(statements: Iterable[Statement]) -> list[Statement]:
    """The same in fewer: two become one where none of their actions knows any of the other's things."""
    found: list[Statement] = []
    for one in statements:
        at = next((at for at, other in enumerate(found) if _go_together(one, other)), len(found))
        former = found[at] if at < len(found) else (one[0], frozenset[str](), frozenset[str]())
        found[at : at + 1] = [(one[0], one[1] | former[1], one[2] | former[2])]
    return found


def _go_together(one: Statement, other: Statement) -> bool:
    alike = one[0] == other[0] and _looks(one[1]) == _looks(other[1])
    return alike and not _meet(one, other) and not _meet(other, one)


def _looks(actions: Iterable[str]) -> bool:
    return all(map(looks, actions))


def _meet(one: Statement, other: Statement) -> bool:
    """Whether an action of the one could be for a thing that only the other is for."""
    return any(concerns(action, thing) for action in one[1] - other[1] for thing in other[2] - one[2])


def _kind(actions: Iterable[str], conditions: Iterable[Condition]) -> str:
    keys = {key.partition("/")[0] for _, key, _ in conditions}
    if _looks(actions):
        return "Look"
    if "aws:RequestTag" in keys:
        return "Make"
    if "iam:PassedToService" in keys:
        return "Pass"
    return "ChangeOwn" if "aws:ResourceTag" in keys else "Change"


def _block(conditions: Iterable[Condition]) -> dict[str, dict[str, str | list[str]]]:
    block: dict[str, dict[str, str | list[str]]] = {}
    for operator, key, values in conditions:
        block.setdefault(operator, {})[key] = _short(values)
    return block


def _short(values: Iterable[str]) -> str | list[str]:
    listed = sorted(values)
    return listed[0] if len(listed) == 1 else listed
