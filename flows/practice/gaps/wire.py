"""Small things the gaps share: reading a request, choosing by filters, refusing as EC2 does."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flows.practice.refusal import NOT_PART

Described = dict[str, Any]
Response = Any
"""moto's request-and-response object. moto ships no types, so what it returns is checked by the tests."""


def refuse(code: str, message: str) -> Exception:
    from moto.ec2.exceptions import EC2ClientError

    return EC2ClientError(code, message)


def not_part(what: str) -> Exception:
    return refuse(NOT_PART, f"{what} is not part of the practice account.")


def answers(cls: type, methods: Mapping[str, Callable[[Any], Any]]) -> None:
    for name, method in methods.items():
        setattr(cls, name, method)


def answer_ec2(methods: Mapping[str, Callable[[Any], Any]]) -> None:
    from moto.ec2.responses import EC2Response

    answers(EC2Response, methods)


def tags_for(response: Response, resource: str) -> dict[str, str]:
    tags: dict[str, str] = response._parse_tag_specification().get(resource, {})
    return tags


def described_tags(thing: Any) -> list[dict[str, str]]:
    tags = thing.get_tags()
    return [{"Key": tag["key"], "Value": tag["value"]} for tag in tags if not tag["key"].startswith("practice:")]


def chosen(
    found: Iterable[Described], response: Response, fields: Mapping[str, Callable[[Described], Any]]
) -> list[Described]:
    """Those that pass the request's filters; a filter AWS does not have is refused."""
    kept = list(found)
    for name, wanted in response._filters_from_querystring().items():
        kept = [thing for thing in kept if _matches(_values(thing, name, fields), wanted)]
    return kept


def _values(thing: Described, name: str, fields: Mapping[str, Callable[[Described], Any]]) -> list[str]:
    tags = {tag["Key"]: tag["Value"] for tag in thing["Tags"]}
    if name.startswith("tag:"):
        return [tags[name[4:]]] if name[4:] in tags else []
    if name == "tag-key":
        return list(tags)
    if name not in fields:
        raise refuse("InvalidParameterValue", f"The filter '{name}' is invalid")
    value = fields[name](thing)
    values = value if isinstance(value, list) else [value]
    return [str(one).lower() if isinstance(one, bool) else str(one) for one in values if one is not None]


def _matches(values: list[str], wanted: Iterable[str]) -> bool:
    return any(fnmatch.fnmatchcase(value, str(pattern)) for value in values for pattern in wanted)
