"""What is asked of a policy: who wants to do what to which thing, and what else is known of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from .patterns import Piece

VARIABLE = re.compile(r"\$\{([^},]+?)\s*(?:,\s*'([^']*)'\s*)?\}")
"""`${aws:username}` or `${aws:username, 'anybody'}`."""
Context = Mapping[str, str | Sequence[str] | None]


@dataclass(frozen=True)
class Caller:
    """Who asks; nobody that AWS knows if nothing is given.

    Args:
        arn: of a user, of an account's root, of a role's session (`arn:aws:sts::…:assumed-role/ops/kim`), or of an
            Origin Access Identity (`arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1`).
        role: the ARN of the role behind a session, which has a path where the session's has none; empty is unknown.
        service: a service of AWS instead, for example "lambda.amazonaws.com".
        federated: who vouched for somebody from elsewhere, for example the ARN of an OIDC provider.
        canonical: the canonical user id of the account, or of an Origin Access Identity, which only S3 and CloudFront
            know (64 hexadecimal digits); empty is unknown.
    """

    arn: str = ""
    role: str = ""
    service: str = ""
    federated: str = ""
    canonical: str = ""

    @property
    def account(self) -> str:
        """Its number; an Origin Access Identity has none."""
        account = _part(self.arn, 4)
        return account if account.isdecimal() else ""

    @property
    def is_root(self) -> bool:
        return self.arn.endswith(":root")

    @property
    def is_session(self) -> bool:
        return ":assumed-role/" in self.arn

    @cached_property
    def context(self) -> Context:
        """The keys that follow from who it is (IAM User Guide, "Global condition context keys", 2026-11)."""
        if self.arn and not self.account:
            return {}
        user = self.arn.rpartition("/")[2] if ":user/" in self.arn else None
        told: dict[str, str | Sequence[str] | None] = {
            "aws:username": user,
            "aws:principalisawsservice": "true" if self.service else "false",
            "aws:principalservicename": self.service or None,
            "aws:principalaccount": self.account or None,
        }
        if not self.account and not self.federated:  # a service or nobody, and neither is a member of an organization
            told |= {"aws:principalorgid": None, "aws:principalorgpaths": None}
        if not self.service:
            told["kms:calleraccount"] = self.account or None
        if self.role or not self.is_session:
            told["aws:principalarn"] = self.role or self.arn or None
        return told


@dataclass(frozen=True)
class Request:
    """One thing that somebody wants to do.

    Args:
        action: for example "s3:GetObject".
        resource: the ARN of the thing; "*" where the action knows none.
        caller: who; None is not known.
        context: condition keys and their values; None is a key that the request does not have. What follows from
            `caller` and `resource` need not be given.
        whole: whether it has no other keys than these; otherwise what is not given is not known.
    """

    action: str
    resource: str = "*"
    caller: Caller | None = None
    context: Context = field(default_factory=dict)
    whole: bool = False

    def values(self, key: str) -> tuple[str, ...] | None:
        """The values of a condition key, in whatever case it is written; () if there are none, None if unknown."""
        sought = key.lower()
        if sought in self._context:
            given = self._context[sought]
            return () if given is None else (given,) if isinstance(given, str) else tuple(given)
        return () if self.whole else None

    def pieces(self, text: str, version: str) -> list[Piece] | None:
        """A text of a policy with its variables filled in; None if one of them has no value.

        Only version 2012-10-17 knows variables (IAM User Guide, "Variables and tags", 2026-11).
        """
        if version != "2012-10-17":
            return [Piece(text)]
        found, end = [], 0
        for variable in VARIABLE.finditer(text):
            value = self._variable(variable[1], variable[2])
            if value == ():
                return None
            found += [Piece(text[end : variable.start()]), Piece(value[0] if value else None, plain=True)]
            end = variable.end()
        return [*found, Piece(text[end:])]

    def _variable(self, key: str, default: str | None) -> tuple[str, ...] | None:
        if key in ("*", "?", "$"):  # how a policy writes the sign itself
            return (key,)
        values = self.values(key)
        if values == () and default is not None:
            return (default,)
        return values if values is None or len(values) < 2 else None

    @cached_property
    def _context(self) -> Context:
        owner = _part(self.resource, 4)
        derived: Context = {"aws:resourceaccount": owner} if owner else {}
        caller = self.caller.context if self.caller else {}
        return {**derived, **caller, **{key.lower(): value for key, value in self.context.items()}}


def _part(arn: str, number: int) -> str:
    parts = arn.split(":", 5)
    return parts[number] if len(parts) > number else ""
