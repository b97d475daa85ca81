"""The thing that a finding is about, as AWS describes it: what was read for it, without asking once more."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .safe import line

if TYPE_CHECKING:
    from flows.engine import Call, Finding
    from flows.engine.cache import CachedCloud

SECRET = re.compile(
    r"password|secret|presharedkey|token|customergatewayconfiguration|userdata|^variables$|headervalue|privatekey"
    r"|authorization|aws:referer|aws:useragent",
    re.IGNORECASE,
)
"""Members of answers that may hold what nobody else should read over somebody's shoulder."""
MOST = 200
"""Lines of one answer that are shown."""


def described(found: Finding, cloud: CachedCloud) -> Iterator[tuple[Call, list[str]]]:
    """Each call that a finding names as its evidence, and its answer as lines: what it says of the finding's thing, if
    it is about one."""
    thing = found.id.partition(":")[2]
    for call, answers in read_for(found, cloud):
        lines = [text for answer in answers for part in about(answer, thing) for text in laid_out(part)]
        if len(lines) > MOST:
            lines = [*lines[:MOST], f"… and {len(lines) - MOST} lines more."]
        if lines:
            yield call, lines


def read_for(found: Finding, cloud: CachedCloud) -> Iterator[tuple[Call, list[dict[str, Any]]]]:
    """Each call that the evidence names, with the answers that are known already."""
    named = set(re.findall(r"\w+", found.evidence))
    for call in list(cloud.reads.values()):
        if call.operation.partition(".")[2] in named and (answers := cloud.known(call)):
            yield call, answers


def about(answer: dict[str, Any], thing: str) -> list[Any]:
    """What an answer says of one thing; all of it where no part is about that alone."""
    bare = {key: value for key, value in answer.items() if key != "ResponseMetadata"}
    lists = [value for value in bare.values() if isinstance(value, list)]
    parts = [part for value in lists for part in value if thing and thing in json.dumps(part, default=str)]
    return parts or [bare]


def laid_out(value: Any, indent: int = 0) -> Iterator[str]:
    """A value as lines of YAML; what may be secret is left out."""
    pad = "  " * indent
    if isinstance(value, str) and value[:1] == "{":
        with suppress(ValueError):
            value = json.loads(value)
    if isinstance(value, dict):
        for key, each in value.items():
            if SECRET.search(str(key)) and each:
                yield f"{pad}{line(str(key))}: (not shown)"
            elif (isinstance(each, dict | list) and each) or (isinstance(each, str) and each[:1] == "{"):
                yield f"{pad}{line(str(key))}:"
                yield from laid_out(each, indent + 1)
            else:
                yield f"{pad}{line(str(key))}: {_plain(each)}"
    elif isinstance(value, list):
        for each in value:
            if isinstance(each, dict | list):
                first, *rest = [*laid_out(each, indent + 1)] or [f"{pad}  -"]
                yield f"{pad}- {first.lstrip()}"
                yield from rest
            else:
                yield f"{pad}- {_plain(each)}"
    else:
        yield f"{pad}{_plain(value)}"


def _plain(value: Any) -> str:
    return line("[]" if value == [] else "{}" if value == {} else str(value))
