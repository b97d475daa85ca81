"""What a policy says to a request, as IAM reads it: whatever forbids comes first, then what allows.

It reads policies of users, roles, resources, organizations and trust alike; they differ only in which elements they
have. What depends on something that is not known is not guessed: the answer names it. Sources: IAM User Guide, "Policy
evaluation logic" and "IAM JSON policy element reference", 2026-11.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import unquote

from .conditions import listed, open_questions
from .patterns import Piece, fits, fits_arn
from .principals import meant
from .requests import Request
from .truth import Truth, negated, some

Policy = Mapping[str, Any] | str
"""A policy's document, or its JSON text."""


class Answer(StrEnum):
    """What policies say to a request."""

    ALLOWED = "allowed"
    TO_ACCOUNT = "allowed to the account"
    """The account may; who is in it needs a permission of the account as well."""
    FORBIDDEN = "forbidden"
    """A statement denies it, and nothing that allows can change that."""
    NOT_ALLOWED = "not allowed"
    """No statement allows it."""
    UNTOLD = "cannot be told"


@dataclass(frozen=True)
class Verdict:
    """An answer, the statements that it comes from, and for “cannot be told” what would have to be known."""

    answer: Answer
    statements: tuple[Mapping[str, Any], ...] = ()
    unknown: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether it is certainly allowed."""
        return self.answer is Answer.ALLOWED


@dataclass(frozen=True)
class _Reading:
    """How a statement was read: whether it applies, whether to the caller's account only, and what is not known."""

    statement: Mapping[str, Any]
    applies: Truth
    to_account: bool = False
    unknown: tuple[str, ...] = ()


def read(policies: Policy | Iterable[Policy], request: Request) -> Verdict:
    """What these policies together say: those of an identity, of a resource, or within one account of both.

    Where several must allow something each, as a boundary and a policy must, or both sides between two accounts, each
    is read by itself, and `narrowed` gives what comes of it.
    """
    given = [policies] if isinstance(policies, str | Mapping) else policies
    forbidding: list[_Reading] = []
    allowing: list[_Reading] = []
    for policy in given:
        try:
            statements = _statements(policy)
        except ValueError as error:  # whatever it is, it may say anything
            broken = _Reading({}, None, unknown=(str(error),))
            forbidding.append(broken)
            allowing.append(broken)
        else:
            for statement, version in statements:
                kind = forbidding if statement["Effect"] == "Deny" else allowing
                kind.append(_read(statement, request, version))
    return _decided(forbidding, allowing)


def narrowed(verdict: Verdict, *others: Verdict) -> Verdict:
    """What comes of policies each of which must allow it: the strictest answer."""
    order = (Answer.FORBIDDEN, Answer.NOT_ALLOWED, Answer.UNTOLD, Answer.TO_ACCOUNT, Answer.ALLOWED)
    return min((verdict, *others), key=lambda each: order.index(each.answer))


def _decided(forbidding: list[_Reading], allowing: list[_Reading]) -> Verdict:
    if forbids := [each for each in forbidding if each.applies]:
        return _verdict(Answer.FORBIDDEN, forbids)
    allows = [each for each in allowing if each.applies and not each.to_account]
    delegates = [each for each in allowing if each.applies and each.to_account]
    may_allow = [each for each in allowing if each.applies is None]
    if not (allows or delegates or may_allow):
        return Verdict(Answer.NOT_ALLOWED)
    open_ = [each for each in forbidding if each.applies is None] + ([] if allows else may_allow)
    if open_:
        return _verdict(Answer.UNTOLD, open_)
    return _verdict(Answer.ALLOWED, allows) if allows else _verdict(Answer.TO_ACCOUNT, delegates)


def _verdict(answer: Answer, readings: list[_Reading]) -> Verdict:
    unknown = dict.fromkeys(each for reading in readings for each in reading.unknown)
    return Verdict(answer, tuple(reading.statement for reading in readings), tuple(unknown))


def document(policy: Policy) -> Any:
    """A policy as the object that it is, also where AWS tells it as text, or as IAM's API does, as text in a URL
    (IAM API Reference, "GetRolePolicy", 2026-10). Raises ValueError if that cannot be read."""
    if not isinstance(policy, str):
        return policy
    return json.loads(unquote(policy) if policy.startswith("%") else policy)


def _statements(policy: Policy) -> list[tuple[Mapping[str, Any], str]]:
    """The statements of a policy, each with its version. Raises ValueError if it is none."""
    whole = document(policy)
    if not isinstance(whole, Mapping):
        raise ValueError("a policy that is no object")  # noqa: TRY004 - the text is wrong, not a type
    statements = listed(whole.get("Statement"))
    for each in statements:
        if not isinstance(each, Mapping) or each.get("Effect") not in ("Allow", "Deny"):
            raise ValueError("a statement that neither allows nor denies")
        conditions = each.get("Condition") or {}
        if not isinstance(conditions, Mapping) or not all(isinstance(keys, Mapping) for keys in conditions.values()):
            raise ValueError("a condition that is none")
    return [(each, str(whole.get("Version", "2008-10-17"))) for each in statements]


def _read(statement: Mapping[str, Any], request: Request, version: str) -> _Reading:
    who = meant(statement, request.caller)
    questions = open_questions(statement.get("Condition") or {}, request, version)
    turned = "NotResource" in statement
    parts: dict[str, Truth] = {
        "whom it is about": who.at_all,
        "its actions": _element(statement, "Action", lambda each: _acts(each, request)),
        "its resources": _element(statement, "Resource", lambda each: _concerns(each, request, version, turned)),
    }
    if questions is None or False in parts.values():
        return _Reading(statement, False)
    unknown = (*(name for name, truth in parts.items() if truth is None), *questions)
    return _Reading(statement, None if unknown else True, who.by_name is not True, unknown)


def _element(statement: Mapping[str, Any], name: str, fits_one: Callable[[str], Truth]) -> Truth:
    """Whether what is asked for is in `name`, or is not in `Not…`; a statement without either does not mind."""
    if name in statement:
        return some(fits_one(str(each)) for each in listed(statement[name]))
    if f"Not{name}" in statement:
        return negated(some(fits_one(str(each)) for each in listed(statement[f"Not{name}"])))
    return True


def _acts(pattern: str, request: Request) -> Truth:
    return fits([Piece(pattern.lower())], request.action.lower())


def _concerns(pattern: str, request: Request, version: str, turned: bool) -> Truth:
    pieces = request.pieces(pattern, version)
    if pieces is None:
        return None if turned else False  # without its value it names nothing; what it then excepts is not documented
    if not fits_arn(pieces, request.resource, beyond=True):
        return False
    return None if any(piece.text is None for piece in pieces) else True
