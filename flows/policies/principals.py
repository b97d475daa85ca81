"""Whom a statement is about (IAM User Guide, "IAM JSON policy elements: Principal" and "NotPrincipal", 2026-11)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .conditions import listed
from .requests import Caller
from .truth import Truth, negated, some

ACCOUNT = re.compile(r"(?:arn:[\w-]+:iam::)?(\d{12})(?::root)?")
ROLE = re.compile(r"arn:[\w-]+:iam::(\d{12}):role/(?:.+/)?([^/]+)")
SESSION = re.compile(r"arn:[\w-]+:sts::(\d{12}):assumed-role/([^/]+)/.*")


@dataclass(frozen=True)
class Meant:
    """Whether a statement means somebody, by their own name or only by that of their account."""

    by_name: Truth
    by_account: Truth = False

    @property
    def at_all(self) -> Truth:
        return some((self.by_name, self.by_account))


def meant(statement: Mapping[str, Any], caller: Caller | None) -> Meant:
    """Whether a statement is about this caller; one that names nobody is about whoever has the policy."""
    if "Principal" in statement:
        return _named(statement["Principal"], caller)
    if "NotPrincipal" in statement:
        named = _named(statement["NotPrincipal"], caller)
        if caller is None or not caller.account or caller.is_root:
            return Meant(negated(named.at_all))
        # whoever is excepted must be so with their account, too; what half an exception does is not written down
        return Meant(negated(named.by_name) if named.by_name == named.by_account else None)
    return Meant(True)


def _named(principal: Any, caller: Caller | None) -> Meant:
    if principal == "*":
        return Meant(True)
    if not isinstance(principal, Mapping):
        return Meant(None)
    each = [_one(kind, str(value), caller) for kind, value in _flat(principal)]
    return Meant(some(one.by_name for one in each), some(one.by_account for one in each))


def _flat(principal: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for kind, values in principal.items():
        for value in listed(values):
            yield kind, value


def _one(kind: str, value: str, caller: Caller | None) -> Meant:
    if (kind, value) == ("AWS", "*"):
        return Meant(True)
    if caller is None:
        return Meant(None)
    match kind:
        case "AWS":
            return _of_aws(value, caller)
        case "Service":
            return Meant(bool(caller.service) and value in (caller.service, "*"))
        case "Federated":
            return Meant(bool(caller.federated) and value == caller.federated)
        case "CanonicalUser" if caller.canonical:
            same = value == caller.canonical
            return Meant(same and not _within(caller), same and _within(caller))
        case "CanonicalUser":  # an account by a number that only S3 knows
            return Meant(None if caller.arn else False)
        case _:
            return Meant(None)


def _within(caller: Caller) -> bool:
    """Whether it is somebody within an account, and not the account itself."""
    return bool(caller.account) and not caller.is_root


def _of_aws(value: str, caller: Caller) -> Meant:
    if account := ACCOUNT.fullmatch(value):
        here = account[1] == caller.account
        return Meant(here and not _within(caller), here and _within(caller))
    if value in (caller.arn, caller.role):
        return Meant(bool(value))
    role, session = ROLE.fullmatch(value), SESSION.fullmatch(caller.arn)
    if role and session and not caller.role and role.groups() == session.groups():
        return Meant(None)  # there may be another role of that name, with another path
    return Meant(False)
