"""Whether a rule of EventBridge lets an event through, and if not, which field is in the way.

AWS itself answers only yes or no (`events.TestEventPattern`), and only online; no kept Python library says which field.
Semantics: Amazon EventBridge User Guide, "Creating event patterns" and "Comparison operators", 2026-10. Fields of an
object must all match, of the values in a list one must; of a list in the event one member must.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from operator import eq, ge, gt, le, lt
from typing import Any

MISSING = object()
COMPARED = {"<": lt, "<=": le, "=": eq, ">=": ge, ">": gt}
"""How a rule writes a comparison of numbers."""


class BadPattern(ValueError):
    """It is no event pattern; the text says what is wrong with it."""


@dataclass(frozen=True)
class Miss:
    """One field that keeps an event from matching.

    Args:
        field: its path, for example "detail.object.key".
        wants: what the pattern lets through, as it stands there.
        has: what the event has, `MISSING` if it has nothing there.
    """

    field: str
    wants: Any
    has: Any

    def __str__(self) -> str:
        wants = " or ".join(json.dumps(each, ensure_ascii=False) for each in self.wants)
        has = "does not have it" if self.has is MISSING else f"has {json.dumps(self.has, ensure_ascii=False)}"
        return f"{self.field}: the event {has}, the rule wants {wants}"


def read(text: str) -> dict[str, Any]:
    """A rule's pattern. Raises BadPattern."""
    try:
        pattern = json.loads(text)
    except ValueError as error:
        raise BadPattern(f"it is no JSON ({error})") from error
    if not isinstance(pattern, dict) or not pattern:
        raise BadPattern("it must be an object with at least one field")
    _examine(pattern, "")
    return pattern


def matches(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    return not misses(pattern, event)


def misses(pattern: Mapping[str, Any], event: Any, path: str = "") -> list[Miss]:
    """The fields that keep the event from matching; none if it matches. Of an "$or" its nearest alternative's."""
    return [miss for field, wanted in pattern.items() for miss in _missed(field, wanted, event, path)]


def _missed(field: str, wanted: Any, event: Any, path: str) -> Iterator[Miss]:
    if field == "$or" and _alternatives(wanted):
        tried = [misses(one, event, path) for one in wanted]
        yield from min(tried, key=len)
        return
    here, has = f"{path}.{field}" if path else field, _get(event, field)
    if isinstance(wanted, Mapping):
        # of a list of objects each is looked at by itself
        members = has if isinstance(has, list) and has else [has]
        yield from min((misses(wanted, member, here) for member in members), key=len)
    elif not any(_lets(one, has) for one in wanted):
        yield Miss(here, wanted, has)


def _get(event: Any, field: str) -> Any:
    return event.get(field, MISSING) if isinstance(event, Mapping) else MISSING


def _lets(wanted: Any, has: Any) -> bool:
    """Whether one of a pattern's values lets through what the event has there."""
    if isinstance(wanted, Mapping) and "exists" in wanted:
        leaf = has is not MISSING and not isinstance(has, Mapping)
        return leaf == bool(wanted["exists"])
    if has is MISSING or isinstance(has, Mapping):
        return False
    members = has if isinstance(has, list) else [has]
    if isinstance(wanted, Mapping):
        ((operator, operand),) = wanted.items()
        return any(_compare(operator, operand, member) for member in members)
    return any(_same(wanted, member) for member in members)


def _same(wanted: Any, has: Any) -> bool:
    """JSON's true is not its 1."""
    return (type(wanted) is type(has) and wanted == has) or (_number(wanted) and _number(has) and wanted == has)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _compare(operator: str, operand: Any, has: Any) -> bool:
    match operator:
        case "anything-but" if isinstance(operand, Mapping):
            ((inner, value),) = operand.items()
            return isinstance(has, str) and not any(_compare(inner, one, has) for one in _listed(value))
        case "anything-but":
            return not any(_same(one, has) for one in _listed(operand))
        case "numeric":
            pairs = zip(operand[::2], operand[1::2], strict=True)
            return _number(has) and all(COMPARED[sign](has, number) for sign, number in pairs)
    if not isinstance(has, str):
        return False
    match operator, operand:
        case ("prefix" | "suffix", {"equals-ignore-case": text}):
            return _end(operator, text.casefold(), has.casefold())
        case ("prefix" | "suffix", _):
            return _end(operator, operand, has)
        case ("equals-ignore-case", _):
            return bool(operand.casefold() == has.casefold())
        case ("wildcard", _):
            return _wildcard(operand, has)
        case _:
            return _inside(operand, has)


def _end(operator: str, text: str, has: str) -> bool:
    return has.startswith(text) if operator == "prefix" else has.endswith(text)


def _wildcard(pattern: str, has: str) -> bool:
    """`*` is any text; a backslash takes the meaning from the next character."""
    parts = re.findall(r"\\(.)|(\*)|([^\\])", pattern, re.DOTALL)
    expression = "".join(".*" if star else re.escape(escaped or plain) for escaped, star, plain in parts)
    return re.fullmatch(expression, has, re.DOTALL) is not None


def _inside(network: str, has: str) -> bool:
    try:
        return ip_address(has) in ip_network(network, strict=False)
    except ValueError:
        return False


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


# -- is it a pattern at all? -----------------------------------------------------------------------------------


def _alternatives(wanted: Any) -> bool:
    """A field called "$or" is an operator only with two or more patterns behind it."""
    return isinstance(wanted, list) and len(wanted) > 1 and all(isinstance(one, Mapping) and one for one in wanted)


def _examine(pattern: Mapping[str, Any], path: str) -> None:
    for field, wanted in pattern.items():
        here = f"{path}.{field}" if path else field
        if field == "$or" and _alternatives(wanted):
            for one in wanted:
                _examine(one, path)
        elif isinstance(wanted, Mapping):
            if not wanted:
                raise BadPattern(f"{here} is empty")
            _examine(wanted, here)
        elif not isinstance(wanted, list) or not wanted:
            raise BadPattern(f"{here} must be a list of what is let through, for example {json.dumps([wanted])}")
        else:
            for one in wanted:
                _examine_value(one, here)


def _examine_value(one: Any, here: str) -> None:
    if isinstance(one, list):
        raise BadPattern(f"{here} has a list in a list")
    if not isinstance(one, Mapping):
        return
    if len(one) != 1:
        raise BadPattern(f"{here} has {json.dumps(one)}, which must have one operator")
    ((operator, operand),) = one.items()
    text = isinstance(operand, str)
    ignoring = isinstance(operand, Mapping) and list(operand) == ["equals-ignore-case"]
    inner = isinstance(operand, Mapping) and list(operand) in ([name] for name in INSIDE_ANYTHING_BUT)
    signs = isinstance(operand, list) and len(operand) in (2, 4) and all(sign in COMPARED for sign in operand[::2])
    good = {
        "prefix": text or ignoring,
        "suffix": text or ignoring,
        "equals-ignore-case": text,
        "wildcard": text,
        "cidr": text,
        "exists": isinstance(operand, bool),
        "anything-but": not isinstance(operand, Mapping) or inner,
        "numeric": signs and all(_number(number) for number in operand[1::2]),
    }
    if operator not in good:
        raise BadPattern(f"{here} has {operator}, which is no operator")
    if not good[operator]:
        raise BadPattern(f"{here} has {json.dumps(one)}, which {operator} does not take")


INSIDE_ANYTHING_BUT = ("prefix", "suffix", "equals-ignore-case", "wildcard")
