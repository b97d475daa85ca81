"""Who did what in the account lately: what was practised, as CloudTrail's event history would tell it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote_plus

from moto.cloudtrail.responses import CloudTrailResponse

from flows.practice.company.basics import CALLER
from flows.practice.diary import Diary
from flows.practice.gaps.wire import Response, answers

AT_MOST = 50
"""Events in one answer; AWS gives no more either, and practice gives only one."""


def _lookup(self: Response) -> str:
    (asked,) = self._get_param("LookupAttributes") or [{}]
    since = float(self._get_param("StartTime") or 0)
    events = [each for each in _events(asked.get("AttributeKey"), asked.get("AttributeValue")) if each["at"] >= since]
    return json.dumps({"Events": [_event(each) for each in events[-AT_MOST:][::-1]]})


def _events(key: str | None, value: str | None) -> Iterator[Mapping[str, Any]]:
    """What was practised, as far as its name is written down; a thing is one that the request names."""
    for page in Diary.open.pages if Diary.open else ():
        name = page["what"].partition(" ")[2]
        named = {"EventName": value == name, "ResourceName": bool(value) and str(value) in _text(page)}
        if not name.isupper() and named.get(str(key), True):
            yield page


def _text(page: Mapping[str, Any]) -> str:
    return unquote_plus(f"{page['url']} {page.get('body', '')}")


def _event(page: Mapping[str, Any]) -> dict[str, Any]:
    service, _, name = page["what"].partition(" ")
    whole = {"eventName": name, "userIdentity": {"type": "IAMUser", "arn": CALLER}, "requestParameters": _text(page)}
    return {
        "EventName": name, "EventSource": f"{service}.amazonaws.com", "EventTime": page["at"], "ReadOnly": "false",
        "Username": CALLER.rpartition("/")[2], "CloudTrailEvent": json.dumps(whole),
    }  # fmt: skip


def install() -> None:
    answers(CloudTrailResponse, {"lookup_events": _lookup})
