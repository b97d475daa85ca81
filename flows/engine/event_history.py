"""Who changed or deleted a thing, as CloudTrail's event history tells.

It keeps what was done to the account in each region for 90 days, tells of it some minutes later, is asked by one
attribute at a time, newest first, and at most twice a second (CloudTrail User Guide, "Working with CloudTrail event
history", and API Reference, "LookupEvents", 2026-11). What services without a region do, it keeps in one region.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from .actions import Action
from .cache import CachedCloud
from .calls import Call
from .later_runs import things
from .permissions import asked_in, permission
from .plan import Plan
from .problems import CloudError, Denied, NoAccess, NoSuchCall, Problem
from .sending import Carrier
from .undo_plan import Entry, Restore

LOOKUP = "cloudtrail.LookupEvents"
PACE = 0.5
"""Seconds between two questions."""
DAYS = 90
OUR_OWN = timedelta(seconds=5)
"""By how much CloudTrail's time of one of our own calls may be later than when its answer was written down."""
NOBODY = f"CloudTrail's event history of {DAYS} days does not tell; it may be some minutes behind."
NO_HISTORY = "There is no event history here."


class History:
    """Asked about one thing after the other; about nothing more once it may not be read."""

    def __init__(self, carrier: Carrier, cloud: CachedCloud, plan: Plan) -> None:
        self._carrier, self._cloud = carrier, cloud
        self._own = {action.call.name for action in plan.actions}
        times = [
            when
            for action in plan.actions
            for kind in ("intent", "done", "ready")
            if (when := carrier.run.when(action.id, kind))
        ]
        self._began, self._ended = min(times, default=None), max(times, default=None)
        self._asked = False
        self._closed = ""

    def who(self, action: Action, *, gone: bool) -> str:
        """Who changed what an action made, or took it away, what they did and when; else why that cannot be told."""
        about = sorted(things(action, self._carrier.run))
        for key, value in _questions(about, _ending(action, gone)):
            if self._closed:
                return self._closed
            try:
                events = self._events(action, key, value)
            except NoAccess:
                raise
            except CloudError as problem:
                self._closed = _why(problem)
                return self._closed
            if told := self._latest(events, about if key == "EventName" else ()):
                return told
        return NOBODY

    def _events(self, action: Action, key: str, value: str) -> list[dict[str, Any]]:
        call, who = action.call, self._cloud.identity
        where = asked_in(permission(call.operation) or "", who.partition, call.region or who.region)
        params: dict[str, Any] = {"LookupAttributes": [{"AttributeKey": key, "AttributeValue": value}]}
        params |= {"StartTime": self._began} if self._began else {}
        question = Call(LOOKUP, params, where if where != who.region else "", call.profile)
        if self._asked and not self._cloud.begun(question):
            self._carrier.pause(PACE)
        self._asked = True
        return self._cloud.make(question).get("Events") or []

    def _latest(self, events: Iterable[Mapping[str, Any]], about: Iterable[str]) -> str:
        """The latest change, of all that is named, that was not this run's own."""
        for event in sorted(events, key=lambda each: str(each.get("EventTime")), reverse=True):
            text = str(event.get("CloudTrailEvent") or "")
            if event.get("ReadOnly") != "true" and not self._is_own(event) and all(each in text for each in about):
                return _said(event, text)
        return ""

    def _is_own(self, event: Mapping[str, Any]) -> bool:
        at = event.get("EventTime")
        known = isinstance(at, datetime) and self._ended is not None
        return bool(known and event.get("EventName") in self._own and at <= self._ended + OUR_OWN)  # type: ignore[operator]


def _questions(about: Iterable[str], ending: str) -> Iterator[tuple[str, str]]:
    """By what to ask: by each thing, and where none of them is known by its name there, by what was done."""
    for each in about:
        yield "ResourceName", each
    if about:
        yield "EventName", ending


def _ending(action: Action, gone: bool) -> str:
    """The name of the call that changes such a thing, or that takes it away."""
    undo = action.undo
    if isinstance(undo, Restore | Entry):
        return ((undo.remove if gone else None) or undo.put or action.call).name
    return undo[0].call.name if gone and undo else action.call.name


def _said(event: Mapping[str, Any], text: str) -> str:
    told: Mapping[str, Any] = {}
    with suppress(ValueError):
        read = json.loads(text)
        told = read if isinstance(read, dict) else {}
    who = told.get("userIdentity") or {}
    name = who.get("arn") or event.get("Username") or who.get("invokedBy") or "somebody"
    at = event.get("EventTime")
    when = f", {at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if isinstance(at, datetime) else ""
    return f"{name}: {event.get('EventName', '')}{when}"


def _why(problem: Problem) -> str:
    if isinstance(problem, NoSuchCall):
        return NO_HISTORY
    if isinstance(problem, Denied):
        return "CloudTrail's event history may not be read: cloudtrail:LookupEvents is not allowed."
    return f"CloudTrail's event history could not be read: {problem}"
