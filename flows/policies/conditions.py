"""The `Condition` of a statement (IAM User Guide, "IAM JSON policy elements: Condition operators", 2026-11)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from ipaddress import ip_address, ip_network
from operator import eq, ge, gt, le, lt
from typing import Any

from .patterns import Piece, fits, fits_arn
from .requests import Request
from .truth import Truth, negated, some

Compare = Callable[[str, list[Piece]], Truth]
"""Whether a value of the request is the one that the policy wants."""
NUMBER = re.compile(r"[-+]?\d+(\.\d+)?", re.ASCII)


def open_questions(block: Mapping[str, Any], request: Request, version: str) -> list[str] | None:
    """What must be known before it can be told whether all conditions hold; None if one of them does not."""
    found = []
    for name, keys in block.items():
        for key, wanted in keys.items():
            truth = _holds(name, key, [_text(each) for each in listed(wanted)], request, version)
            if truth is False:
                return None
            if truth is None:
                found.append(f"{name} {key}")
    return found


def _holds(name: str, key: str, wanted: list[str], request: Request, version: str) -> Truth:
    values, operator = request.values(key), name.lower()
    quantity, _, operator = operator.rpartition(":")
    if quantity not in ("", "forallvalues", "foranyvalue"):
        return None
    if operator == "null":
        return None if values is None else some((each.lower() == "true") == (values == ()) for each in wanted)
    optional, operator = operator.endswith("ifexists"), operator.removesuffix("ifexists")
    not_so = operator in NEGATED
    compare = OPERATORS.get(NEGATED.get(operator, operator))
    if values is None or compare is None:
        return None
    if not values:
        # IfExists helps no ForAnyValue (AWS re:Post, "ForAnyValue:StringEqualsIfExists behaving unexpectedly", 2026-11)
        return quantity != "foranyvalue" and (optional or bool(quantity) or not_so)

    def agrees(value: str) -> Truth:
        truth = some(_compared(compare, value, each, request, version) for each in wanted)
        return negated(truth) if not_so else truth

    truths = {agrees(value) for value in values}
    match quantity:
        case "forallvalues":
            return False if False in truths else None if None in truths else True
        case "foranyvalue":
            return some(truths)
        case _:  # which of several values it would be is not written down anywhere
            return truths.pop() if len(truths) == 1 else None


def _compared(compare: Compare, value: str, wanted: str, request: Request, version: str) -> Truth:
    pieces = request.pieces(wanted, version)
    if pieces is None:  # "there is no equal or like value" (IAM User Guide, "Variables and tags", 2026-11)
        return False
    truth = compare(value, pieces)
    return None if truth and any(piece.text is None for piece in pieces) else truth


def _like(value: str, pieces: list[Piece]) -> Truth:
    return fits(pieces, value)


def _same(value: str, pieces: list[Piece]) -> Truth:
    return fits([Piece(piece.text, plain=True) for piece in pieces], value)


def _same_in_any_case(value: str, pieces: list[Piece]) -> Truth:
    lower = [Piece(piece.text.lower() if piece.text else piece.text, plain=True) for piece in pieces]
    return fits(lower, value.lower())


def _arn(value: str, pieces: list[Piece]) -> Truth:
    whole = _written(pieces).count(":") >= 5
    # each of the six parts is compared by itself; what a pattern without some of them means is not documented
    return fits_arn(pieces, value, beyond=False) and (whole or None)


def _address(value: str, pieces: list[Piece]) -> Truth:
    with suppress(ValueError):
        wanted = ip_network(_written(pieces), strict=False)
        # how one of version 6 without its length is taken, or one of version 4 in its clothes, is not documented
        vague = wanted.version == 6 and (wanted.prefixlen == 128 or wanted.network_address.ipv4_mapped)
        return ip_address(value) in wanted or (None if vague else False)
    return None


def _yes_or_no(value: str, pieces: list[Piece]) -> Truth:
    both = value.lower(), _written(pieces).lower()
    return both[0] == both[1] if set(both) <= {"true", "false"} else None


def _measured(read: Callable[[str], Any], relation: Callable[[Any, Any], bool]) -> Compare:
    def compare(value: str, pieces: list[Piece]) -> Truth:
        if any(piece.plain for piece in pieces):  # there are no variables in numbers and dates
            return None
        with suppress(ValueError, OverflowError, OSError):
            return relation(read(value), read(_written(pieces)))
        return None

    return compare


def _number(text: str) -> Decimal:
    """A whole number or a decimal; Python reads more than that, which nobody says of IAM."""
    if not NUMBER.fullmatch(text):
        raise ValueError(text)
    return Decimal(text)


def _moment(text: str) -> datetime:
    """A date, or seconds since 1970."""
    if NUMBER.fullmatch(text) and len(text) > 4:  # four digits may be a year as well
        return datetime.fromtimestamp(float(text), UTC)
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _written(pieces: list[Piece]) -> str:
    return "".join(piece.text or "" for piece in pieces)


def _measures() -> Iterator[tuple[str, Compare]]:
    for kind, read in (("numeric", _number), ("date", _moment)):
        for word, relation in (
            ("equals", eq), ("lessthan", lt), ("lessthanequals", le), ("greaterthan", gt), ("greaterthanequals", ge),
        ):  # fmt: skip
            yield f"{kind}{word}", _measured(read, relation)


OPERATORS: Mapping[str, Compare] = {
    "stringequals": _same, "stringequalsignorecase": _same_in_any_case, "stringlike": _like, "binaryequals": _same,
    "bool": _yes_or_no, "arnequals": _arn, "arnlike": _arn, "ipaddress": _address, **dict(_measures()),
}  # fmt: skip
NEGATED: Mapping[str, str] = {
    "stringnotequals": "stringequals", "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike", "numericnotequals": "numericequals", "datenotequals": "dateequals",
    "notipaddress": "ipaddress", "arnnotequals": "arnequals", "arnnotlike": "arnlike",
}  # fmt: skip
"""Those with “Not” in them, which are true of a key that the request does not have."""


def listed(value: Any) -> list[Any]:
    """What may stand alone, in a list, or not at all, as a list."""
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
