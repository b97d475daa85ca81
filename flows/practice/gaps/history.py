"""Who did what in the account lately: what was practised, as CloudTrail's event history would tell it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote_plus, urlsplit

from botocore.model import ServiceModel
from moto.cloudtrail.responses import CloudTrailResponse

from flows.practice.company.basics import CALLER
from flows.practice.diary import Diary
from flows.practice.gaps.wire import Response, answers
from flows.practice.seal import shared_loader

SERVICES = {"awslambda": "lambda"}
"""moto's name of a service to botocore's."""
AT_MOST = 50
"""Events in one answer; AWS gives no more either, and practice gives only one."""


def _lookup(self: Response) -> str:
    (asked,) = self._get_param("LookupAttributes") or [{}]
    since = float(self._get_param("StartTime") or 0)
    events = [each for each in _events(asked.get("AttributeKey"), asked.get("AttributeValue")) if each["at"] >= since]
    return json.dumps({"Events": [_event(each) for each in events[-AT_MOST:][::-1]]})


def _events(key: str | None, value: str | None) -> Iterator[Mapping[str, Any]]:
    """What was practised; a thing is one that the request names."""
    for page in Diary.open.pages if Diary.open else ():
        if key == "ResourceName" and not (value and value in _text(page)):
            continue
        if key != "EventName" or value == _name(page):
            yield page


def _name(page: Mapping[str, Any]) -> str:
    """What the call is called; where the request does not carry that, by its method and address."""
    service, _, name = page["what"].partition(" ")
    if not name.isupper():
        return str(name)
    url = urlsplit(page["url"])
    query = frozenset(parse_qs(url.query, keep_blank_values=True))
    bucket, _, rest = (url.hostname or "").partition(".s3.")  # S3 has the bucket's name in that of the host
    path = f"/{bucket}{url.path}".rstrip("/") if rest else url.path
    found = (each for each, way in _ways(service) if way.fits(page["method"], path, query))
    return next(found, f"{name} {url.path}")


class _Way(NamedTuple):
    """How a call is sent by services that name it by method and address."""

    method: str
    path: re.Pattern[str]
    query: frozenset[str]

    def fits(self, method: str, path: str, query: frozenset[str]) -> bool:
        return method == self.method and self.query <= query and self.path.fullmatch(path) is not None


@cache
def _ways(service: str) -> tuple[tuple[str, _Way], ...]:
    """Every call of a service with how it is sent, the most particular first."""
    model = ServiceModel(shared_loader().load_service_model(SERVICES.get(service, service), "service-2"))
    ways: list[tuple[str, _Way]] = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        path, _, query = http["requestUri"].partition("?")
        pattern = re.sub(r"\\{[^}]*\\+\\}", ".+", re.sub(r"\\{[^}+]*\\}", "[^/]+", re.escape(path)))
        wanted = frozenset(parse_qs(query, keep_blank_values=True))
        ways.append((name, _Way(http["method"], re.compile(pattern), wanted)))
    return tuple(sorted(ways, key=lambda way: -len(way[1].query)))


def _text(page: Mapping[str, Any]) -> str:
    return unquote_plus(f"{page['url']} {page.get('body', '')}")


def _event(page: Mapping[str, Any]) -> dict[str, Any]:
    service, name = page["what"].partition(" ")[0], _name(page)
    whole = {"eventName": name, "userIdentity": {"type": "IAMUser", "arn": CALLER}, "requestParameters": _text(page)}
    return {
        "EventName": name, "EventSource": f"{service}.amazonaws.com", "EventTime": page["at"], "ReadOnly": "false",
        "Username": CALLER.rpartition("/")[2], "CloudTrailEvent": json.dumps(whole),
    }  # fmt: skip


def install() -> None:
    answers(CloudTrailResponse, {"lookup_events": _lookup})
