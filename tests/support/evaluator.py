"""A second evaluator of policies, which shares nothing with `flows.policies`.

It is written from the IAM User Guide (“Policy evaluation logic”, “Condition operators”, “Single-valued vs. multivalued
context keys”, “Variables and tags”, 2026-11), with regular expressions, and knows requests of which all is known: every
condition key that a request has is given, and no other. What it knows: Principal and NotPrincipal (AWS, Service,
Federated, CanonicalUser, Origin Access Identities), Action, NotAction, Resource and NotResource with wildcards, all
condition operators with their sets and IfExists, and variables with defaults. What it does not: a NotPrincipal that
excepts somebody without their account, a NotResource with a variable that has no value, several values without a set
operator, ARNs of fewer than six parts in conditions, and policies that IAM would refuse.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from ipaddress import ip_address, ip_network
from typing import Any

Context = Mapping[str, str | Sequence[str]]
YES, NO, ACCOUNT = "yes", "no", "account"
"""Allowed; not allowed or denied; left to the caller's account."""


def decide(policy: Mapping[str, Any], who: Mapping[str, str], action: str, resource: str, context: Context) -> str:
    """What a resource's policy says.

    Args:
        policy: the document.
        who: `arn`, `role`, `account`, `service`, `federated`, `canonical` of who asks, each where they have one.
        action: for example "s3:GetObject".
        resource: its ARN.
        context: every condition key of the request.
    """
    lower = {key.lower(): value for key, value in context.items()}
    matching = [
        (statement["Effect"], level)
        for statement in policy["Statement"]
        if (level := _principal(statement, who))
        and _in(statement, "Action", lambda pattern: bool(re.fullmatch(_regex(pattern, {}), action, re.IGNORECASE)))
        and _in(statement, "Resource", lambda pattern: _arn(pattern, resource, lower))
        and all(
            _condition(operator, lower.get(key.lower()), _list(wanted), lower)
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    ]
    if any(effect == "Deny" for effect, _ in matching):
        return NO
    levels = {level for _, level in matching}
    return YES if YES in levels else ACCOUNT if ACCOUNT in levels else NO


def _list(value: Any) -> list[str]:
    return [str(each).lower() if isinstance(each, bool) else str(each) for each in value] if isinstance(
        value, list
    ) else _list([value])  # fmt: skip


def _in(statement: Mapping[str, Any], element: str, fits: Callable[[str], bool]) -> bool:
    if element in statement:
        return any(fits(pattern) for pattern in _list(statement[element]))
    return not any(fits(pattern) for pattern in _list(statement[f"Not{element}"]))


def _principal(statement: Mapping[str, Any], who: Mapping[str, str]) -> str:
    """Whether a statement is about somebody: by name, by their account, or not at all (empty)."""
    named = statement.get("Principal", statement.get("NotPrincipal"))
    pairs = (
        [("AWS", "*")] if named == "*" else [(kind, each) for kind, values in named.items() for each in _list(values)]
    )
    levels = {_one(kind, value, who) for kind, value in pairs}
    level = YES if YES in levels else ACCOUNT if ACCOUNT in levels else ""
    return level if "Principal" in statement else "" if level else YES


def _one(kind: str, value: str, who: Mapping[str, str]) -> str:
    if (kind, value) == ("AWS", "*"):
        return YES
    if kind == "CanonicalUser":
        return "" if value != who.get("canonical") else ACCOUNT if who.get("account") else YES
    if kind != "AWS":
        return YES if value == who.get(kind.lower()) else ""
    account = value if value.isdecimal() else value.split(":")[4] if value.endswith(":root") else ""
    if account:
        return ACCOUNT if account == who.get("account") else ""
    return YES if value in (who.get("arn"), who.get("role")) else ""


def _regex(pattern: str, context: Context, *, wild: bool = True) -> str:
    """A pattern as a regular expression, its variables filled in; one that fits nothing if one has no value."""
    found = []
    for part in re.split(r"(\$\{[^}]*\})", pattern):
        if part in ("${*}", "${?}", "${$}"):
            found.append(re.escape(part[2]))
        elif part.startswith("${"):
            key, _, default = part[2:-1].partition(", ")
            value = context.get(key.lower(), default.strip("'") if default else None)
            if not isinstance(value, str):
                return r"(?!)"
            found.append(re.escape(value))
        else:
            plain = re.escape(part)
            found.append(plain.replace(r"\*", ".*").replace(r"\?", ".") if wild else plain)
    return "(?s:" + "".join(found) + ")"


def _arn(pattern: str, arn: str, context: Context) -> bool:
    """Part by part; what comes after the fifth colon is one."""
    if pattern == "*":
        return True
    parts, wanted = arn.split(":", 5), re.split(r":(?![^{]*\})", pattern, maxsplit=5)  # a variable is one word
    return len(parts) == len(wanted) and all(
        re.fullmatch(_regex(want, context), part) is not None for want, part in zip(wanted, parts, strict=True)
    )


def _condition(operator: str, values: str | Sequence[str] | None, wanted: list[str], context: Context) -> bool:
    sets, _, name = operator.rpartition(":")
    if name == "Null":
        return any((each == "true") == (values is None) for each in wanted)
    if_exists, name = name.endswith("IfExists"), name.removesuffix("IfExists")
    negated = "Not" in name
    if values is None:
        return {"ForAllValues": True, "ForAnyValue": False}.get(sets, if_exists or negated)

    def holds(value: str) -> bool:
        return any(_compare(name.replace("Not", ""), value, each, context) for each in wanted) != negated

    several = [values] if isinstance(values, str) else list(values)
    return any(map(holds, several)) if sets == "ForAnyValue" else all(map(holds, several))


def _compare(name: str, value: str, wanted: str, context: Context) -> bool:
    match name:
        case "StringEquals" | "BinaryEquals":
            return re.fullmatch(_regex(wanted, context, wild=False), value) is not None
        case "StringEqualsIgnoreCase":
            return re.fullmatch(_regex(wanted, context, wild=False), value, re.IGNORECASE) is not None
        case "StringLike":
            return re.fullmatch(_regex(wanted, context), value) is not None
        case "ArnLike" | "ArnEquals":
            return _arn(wanted, value, context)
        case "Bool":
            return value.lower() == wanted.lower()
        case "IpAddress":
            return ip_address(value) in ip_network(wanted)
    kind = "Numeric" if name.startswith("Numeric") else "Date"
    one, other = (Decimal(each) if kind == "Numeric" else _date(each) for each in (value, wanted))
    return {
        "Equals": one == other, "LessThan": one < other, "LessThanEquals": one <= other, "GreaterThan": one > other,
        "GreaterThanEquals": one >= other,
    }[name.removeprefix(kind)]  # fmt: skip


def _date(text: str) -> Decimal:
    if text.isdecimal():
        return Decimal(text)
    moment = datetime.fromisoformat(text)
    return Decimal((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
