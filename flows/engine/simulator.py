"""IAM's policy simulator, asked for just what a plan does: each action, on its things, with what the request carries.

It can never create anything, whatever answers, and it knows a user's or role's own policies, its permissions boundary
and the organization's policies. It knows neither sessions nor the policies of things, and a condition only from what
it is told (AWS IAM API Reference, "SimulatePrincipalPolicy", and IAM User Guide, "Testing IAM policies with the IAM
policy simulator", 2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .calls import Call
from .cloud import Cloud, Identity
from .permissions import EVERYTHING, Need
from .problems import CloudError

PAGE = 100
"""Results that IAM gives at a time; one request asks for no more, so that what is asked with it stays small."""
LISTS = "ForAllValues:"
TYPES = {"Bool": "boolean", "NumericEquals": "numeric"}
"""Operators whose key is not text."""
PRESENT = "handrail"
"""Stands for a value of which only is asked that there is one, as for a run that has no name yet."""
WRITTEN = re.compile(r"\$\{([*?$])\}")
"""How a policy writes a sign that it would read as a pattern."""
EITHER = re.compile(r":\*$|(?<=:role/)\*/(?=.)")
"""In what two ARNs of one thing differ where it is not known which of them AWS asks for: log groups, roles."""

Pair = tuple[str, str]
"""An action and the ARN that it is asked for."""
Part = tuple[frozenset[str], frozenset[str]]
"""Actions that are asked for the same things, and these."""
Context = tuple[tuple[str, str, tuple[str, ...]], ...]
"""What a request carries: condition keys, their types and values."""


class Answer(StrEnum):
    """What the simulator says; where it says no, by which kind of policy."""

    ALLOWED = "allowed"
    UNTOLD = "untold"
    LACKS = "lacks"
    FORBIDDEN = "identity-based policy"
    BOUNDARY = "permissions boundary"
    ORGANIZATION = "service control policy"


@dataclass(frozen=True)
class Verdict:
    """What is said of one action on one thing, and where that cannot be told, `why`."""

    action: str
    resource: str
    answer: Answer
    why: str = ""


def simulate(cloud: Cloud, needs: Iterable[Need]) -> list[Verdict]:
    """What the simulator says to each of these needs. Those whose action is not known are left out.

    Raises:
        CloudError: it was not asked, or does not answer.
    """
    whom = _whom(cloud)
    found: list[Verdict] = []
    for context, parts in _grouped(cloud.identity, needs).items():
        found += _either(told for batch in _batches(parts) for told in _asked(cloud, whom, context, batch))
    return found


def _whom(cloud: Cloud) -> str:
    """The user or role that is asked about. A session's ARN has lost the path of its role; IAM knows the whole."""
    arn = cloud.identity.arn
    *_, service, _, _, name = arn.split(":", 5) if arn.count(":") >= 5 else ("", "", "", arn)
    match service, re.split("/", name)[:2]:
        case "iam", ["root"]:
            raise CloudError("You are signed in as the account's root user, whom IAM's simulator does not know.")
        case "iam", ["user", _]:
            return arn
        case "sts", ["assumed-role", role]:
            answer = cloud.make(Call("iam.GetRole", {"RoleName": role}))
            if whole := (answer.get("Role") or {}).get("Arn"):
                return str(whole)
        case "sts", ["federated-user", who]:
            raise CloudError(f"You are signed in as the federated user {who}, whom IAM's simulator does not know.")
    raise CloudError(f"IAM's simulator knows users and roles, and you are signed in as {arn or 'nobody it names'}.")


# -- what is asked -----------------------------------------------------------------------------------------------


def _grouped(who: Identity, needs: Iterable[Need]) -> Mapping[Context, Sequence[Part]]:
    """By what requests carry: which actions are asked for the same things."""
    things: dict[tuple[Context, str], set[str]] = {}
    for need in needs:
        if not need.action.startswith("?"):
            things.setdefault((_context(who, need), need.action), set()).add(_single(need.resource))
    actions: dict[Context, dict[frozenset[str], set[str]]] = {}
    for (context, action), resources in sorted(things.items()):
        actions.setdefault(context, {}).setdefault(frozenset(resources), set()).add(action)
    return {
        context: [(frozenset(those), resources) for resources, those in parts.items()]
        for context, parts in actions.items()
    }


def _context(who: Identity, need: Need) -> Context:
    carried = {key: _entry(operator, values) for operator, key, values in sorted(need.conditions)}
    if region := need.region or who.region:
        carried.setdefault("aws:RequestedRegion", ("string", (region,)))
    if not who.endpoint_url:  # at AWS's own addresses nothing is asked without it
        carried.setdefault("aws:SecureTransport", ("boolean", ("true",)))
    return tuple((key, kind, values) for key, (kind, values) in sorted(carried.items()))


def _entry(operator: str, values: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    if operator == "Null":
        return "string", (PRESENT,)
    kind = TYPES.get(operator, "string")
    several = operator.startswith(LISTS) or len(values) > 1
    return f"{kind}List" if several else kind, tuple(WRITTEN.sub(r"\1", value) for value in values)


def _single(resource: str) -> str:
    """AWS's own parameters and documents belong to no account, which policies write as any."""
    return re.sub(r"^(arn:[^:]*:ssm:[^:]*):\*:", r"\1::", resource)


def _batches(parts: Iterable[Part]) -> Iterator[list[Part]]:
    """Parts that are asked together, and all actions of them for all their things: up to a page of results."""
    batch: list[Part] = []
    for part in (piece for whole in parts for piece in _pieces(whole)):
        if batch and (EVERYTHING in part[1] or EVERYTHING in batch[0][1] or _results([*batch, part]) > PAGE):
            yield batch
            batch = []
        batch.append(part)
    if batch:
        yield batch


def _pieces(part: Part) -> Iterator[Part]:
    """No more of the things at a time, and no more of the actions, than there may be results."""
    actions, resources = sorted(part[0]), sorted(part[1])
    for at in range(0, len(resources), PAGE):
        some = frozenset(resources[at : at + PAGE])
        step = max(1, PAGE // len(some))
        yield from ((frozenset(actions[of : of + step]), some) for of in range(0, len(actions), step))


def _results(batch: Iterable[Part]) -> int:
    actions, resources = _all(batch)
    return len(actions) * len(resources)


def _all(batch: Iterable[Part]) -> tuple[frozenset[str], frozenset[str]]:
    batch = list(batch)
    return frozenset().union(*(each[0] for each in batch)), frozenset().union(*(each[1] for each in batch))


# -- what is answered --------------------------------------------------------------------------------------------


def _asked(cloud: Cloud, whom: str, context: Context, batch: Sequence[Part]) -> list[Verdict]:
    """Ask for all of a batch; where it is refused as a whole, for each part of it, and what is refused is not told."""
    pairs = [(action, resource) for actions, things in batch for action in actions for resource in things]
    actions, resources = _all(batch)
    call = Call(
        "iam.SimulatePrincipalPolicy",
        {
            "PolicySourceArn": whom, "ActionNames": sorted(actions), "ResourceArns": sorted(resources),
            "ContextEntries": [
                {"ContextKeyName": key, "ContextKeyType": kind, "ContextKeyValues": list(values)}
                for key, kind, values in context
            ],
        },
    )  # fmt: skip
    try:
        said = {at: verdict for page in cloud.pages(call) for at, verdict in _told(page, resources)}
    except CloudError as problem:
        if problem.aws_code not in ("InvalidInput", "PolicyEvaluation"):
            raise
        if len(batch) > 1:
            return [verdict for part in batch for verdict in _asked(cloud, whom, context, [part])]
        return [Verdict(*pair, Answer.UNTOLD, problem.why or problem.what) for pair in pairs]
    silent = Answer.UNTOLD, "the simulator says nothing of it"
    return [Verdict(*pair, *said.get((pair[0].lower(), pair[1]), silent)) for pair in pairs]


def _told(page: Mapping[str, Any], resources: Iterable[str]) -> Iterator[tuple[Pair, tuple[Answer, str]]]:
    """What one page says, by the action in small letters and the thing.

    Of several things each has a result of its own within that of the action, or the action has a result for each.
    """
    for whole in page.get("EvaluationResults") or []:
        action = str(whole.get("EvalActionName", "")).lower()
        for one in whole.get("ResourceSpecificResults") or [whole]:
            thing = one.get("EvalResourceName")
            for resource in [thing] if thing in resources else resources if one is whole else []:
                yield (action, resource), _answer(one, whole)


def _answer(one: Mapping[str, Any], whole: Mapping[str, Any]) -> tuple[Answer, str]:
    decision = one.get("EvalResourceDecision") or one.get("EvalDecision")
    if missing := one.get("MissingContextValues", whole.get("MissingContextValues")):
        return Answer.UNTOLD, f"it depends on {', '.join(sorted(missing))}"
    if decision == "allowed":
        return Answer.ALLOWED, ""
    if decision not in ("implicitDeny", "explicitDeny"):
        return Answer.UNTOLD, f"the simulator answers {decision!r}" if decision else "the simulator says nothing of it"
    if _no(one, whole, "OrganizationsDecisionDetail", "AllowedByOrganizations"):
        return Answer.ORGANIZATION, ""
    if _no(one, whole, "PermissionsBoundaryDecisionDetail", "AllowedByPermissionsBoundary"):
        return Answer.BOUNDARY, ""
    return Answer.FORBIDDEN if decision == "explicitDeny" else Answer.LACKS, ""


def _no(one: Mapping[str, Any], whole: Mapping[str, Any], detail: str, member: str) -> bool:
    """Whether this kind of policy does not allow it; where the thing's own result is silent, by that of the action."""
    return ((one.get(detail) or whole.get(detail)) or {}).get(member) is False


def _either(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Of two ARNs for one thing, of which AWS asks for one, what is said of the better."""
    order = list(Answer)
    best: dict[tuple[str, str], Verdict] = {}
    for verdict in verdicts:
        at = verdict.action, EITHER.sub("", verdict.resource)
        if at not in best or order.index(verdict.answer) < order.index(best[at].answer):
            best[at] = verdict
    return list(best.values())
