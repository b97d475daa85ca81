"""How two values differ, in words short enough for a line: what was put somewhere, and what is there now."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import jmespath

from .references import Join, Late
from .settings import digest, holds

LONG = 200
"""Characters of a value that are shown."""
CLOSED = re.compile("environment|header|password|secret|token", re.IGNORECASE)
"""Members of AWS's answers that people write secrets into."""
AS_MADE = "as this run made it"
"""What is said of a former value of which only a fingerprint is kept."""
PLAIN: tuple[Any, ...] = (None, True, False, "", [], {})


def shown(value: Any) -> str:
    """A value as text on one line; a list of one as what is in it. What may hold a secret is not shown."""
    while isinstance(value, list) and len(value) == 1:
        (value,) = value
    if value is None or value in ([], {}, ""):
        return "nothing"
    plain = _open(value)
    text = plain if isinstance(plain, str) else json.dumps(plain, default=str)
    return text if len(text) <= LONG else f"{text[: LONG - 1]}…"


def _open(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: "(not shown)" if CLOSED.search(name) and each else _open(each) for name, each in value.items()}
    return [_open(each) for each in value] if isinstance(value, list | tuple) else value


def apart(put: Any, now: Any) -> tuple[str, str]:
    """What was put, and what is there: of two mappings only the members that differ."""
    if isinstance(put, Mapping) and isinstance(now, Mapping):
        different = [name for name in {**put, **now} if name not in put or not holds(put[name], now.get(name))]
        if different:
            sides = ({name: side[name] for name in different if name in side} for side in (put, now))
            was, is_ = (shown(side) for side in sides)
            return was, is_
    return shown(put), shown(now)


def kept_as(mark: str, said: Any) -> str:
    """The value that has this fingerprint, where a call said it or it is next to nothing; else that it was as made."""
    for value in (*PLAIN, *_values(said)):
        forms = [value, [value]]
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            forms.append(sorted(value))
        if any(digest(form) == mark for form in forms):
            return shown(value)
    return AS_MADE


def _values(said: Any) -> Iterator[Any]:
    """Everything in it, and in the JSON in it."""
    yield said
    if isinstance(said, Mapping):
        for each in said.values():
            yield from _values(each)
    elif isinstance(said, list):
        for each in said:
            yield from _values(each)
    elif isinstance(said, str) and said.startswith(("{", "[")):
        try:
            read = json.loads(said)
        except ValueError:
            return
        yield from _values(read)


def words_of(path: Late) -> Mapping[str, str]:
    """What the parts of a JMESPath that gives several are called: by their name, or by AWS's where that is a number."""
    text = "".join(part if isinstance(part, str) else "x" for part in path.parts) if isinstance(path, Join) else path
    if not isinstance(text, str):
        return {}
    named: dict[str, str] = {}
    _read(jmespath.compile(text).parsed, named)
    return named


def _read(node: Mapping[str, Any], named: dict[str, str]) -> None:
    if node["type"] == "key_val_pair":
        *_, last = _fields(node["children"][0]) or [node["value"]]
        named[node["value"]] = last if re.fullmatch(r"p\d+", node["value"]) else node["value"]
        return
    for child in node["children"]:
        if isinstance(child, dict):
            _read(child, named)


def _fields(node: Mapping[str, Any]) -> list[str]:
    own = [str(node["value"])] if node["type"] == "field" else []
    return own + [each for child in node["children"] if isinstance(child, dict) for each in _fields(child)]
