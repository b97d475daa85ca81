"""Who changed or deleted a thing, as CloudTrail's event history tells.

It keeps what was done to the account in each region for 90 days, tells of it some minutes later, is asked by one
attribute at a time, newest first, and at most twice a second (CloudTrail User Guide, "Working with CloudTrail event
history", and API Reference, "LookupEvents", 2026-11). What services without a region do, it keeps in one region.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from .actions import Action
from .cache import Answer, CachedCloud
from .calls import Call
from .expressions import part
from .journal import Run
from .later_runs import things
from .made import made_by
from .permissions import asked_in, permission
from .plan import Plan
from .problems import CloudError, Denied, NoAccess, NoSuchCall, Problem
from .references import Ref, fill
from .sending import Carrier
from .undo_plan import Entry, Restore

LOOKUP = "cloudtrail.LookupEvents"
PACE = 0.5
"""Seconds between two questions."""
PAGES = 10
"""So many answers, of 50 events each, are read to one question: a busy thing has more than anybody waits for."""
DAYS = 90
OUR_OWN = timedelta(seconds=5)
"""By how much CloudTrail's time of one of our own calls may be later than when its answer was written down."""
NOBODY = f"CloudTrail's event history of {DAYS} days does not tell; it may be some minutes behind."
NOT_SO_FAR = "CloudTrail's event history does not tell as far as it was read{}; there is more of it."
NO_HISTORY = "There is no event history here."
VERSION = re.compile(r"\d{4}_?\d{2}_?\d{2}(v\d)?$")
"""What some services write behind the name of a call: `DeleteDistribution2020_05_31`, `RemovePermission20150331v2`."""
ENDS = re.compile("Delete|Terminate|Release|Deregister|Remove|Detach|Disassociate|Revoke|Disable|Schedule")
RECORDS = "ChangeBatch.Changes[].ResourceRecordSet.Name"
"""All records of a zone are changed by the same call."""


@dataclass(frozen=True)
class Sought:
    """Which events may be the one that changed or ended a thing: several things of one name are changed by many.

    Args:
        ways: the calls that certainly do.
        gone: whether it is gone.
        whole: whether the events are about the thing itself, and not about what it is a part or a setting of.
        named: what must stand in the event.
    """

    ways: frozenset[str]
    gone: bool
    whole: bool
    named: tuple[str, ...]

    def is_met_by(self, event: Mapping[str, Any]) -> bool:
        name = VERSION.sub("", str(event.get("EventName")))
        likely = ENDS.match(name) if self.gone else "Tag" not in name
        text = str(event.get("CloudTrailEvent") or "")
        return (name in self.ways or bool(self.whole and likely)) and all(each in text for each in self.named)


class History:
    """Asked about one thing after the other; about nothing more once it may not be read."""

    def __init__(self, carrier: Carrier, cloud: CachedCloud, plan: Plan) -> None:
        self._carrier, self._cloud, self._plan = carrier, cloud, plan
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
        sought, unread = self._sought(action, about, gone), list[str]()
        for key, value in _questions(about, _ending(action, gone)):
            if self._closed:
                return self._closed
            named = (*sought.named, *(about if key == "EventName" else ()))
            back_to = ""
            try:
                for page in self._pages(action, key, value):
                    events = page.get("Events") or []
                    back_to = f", back to {_at(events[-1])}" if events else back_to
                    if told := self._latest(events, replace(sought, named=named)):
                        return told
            except NoAccess:
                raise
            except CloudError as problem:
                self._closed = _why(problem)
                return self._closed
            if page.get("NextToken"):
                unread.append(back_to)
        return NOT_SO_FAR.format(max(unread)) if unread else NOBODY

    def _sought(self, action: Action, about: Iterable[str], gone: bool) -> Sought:
        run = self._carrier.run
        makers = [each for each in self._plan.actions if each.id != action.id and made_by(each, run) in about]
        calls = [call for each in (action, *makers) for call in _taking_away(each)]
        if not gone or isinstance(action.undo, Restore | Entry):  # what makes a thing does not end it
            calls.append(action.call)
        ways = {way for call in calls for way in (call.name, (permission(call.operation) or "").partition(":")[2])}
        records = part(RECORDS, fill(action.call.params, partial(_told, run))) or ()
        return Sought(frozenset(ways), gone, bool(made_by(action, run)), tuple(filter(None, records)))

    def _pages(self, action: Action, key: str, value: str) -> Iterator[Answer]:
        """The answers to one question, newest first, and not more than a person waits for."""
        call, who = action.call, self._cloud.identity
        where = asked_in(permission(call.operation) or "", who.partition, call.region or who.region)
        params: dict[str, Any] = {"LookupAttributes": [{"AttributeKey": key, "AttributeValue": value}]}
        params |= {"StartTime": self._began} if self._began else {}
        for _ in range(PAGES):
            question = Call(LOOKUP, params, where if where != who.region else "", call.profile)
            if self._asked and not self._cloud.begun(question):
                self._carrier.pause(PACE)
            self._asked = True
            page = self._cloud.make(question)
            yield page
            if not page.get("NextToken"):
                return
            params = {**params, "NextToken": page["NextToken"]}

    def _latest(self, events: Iterable[Mapping[str, Any]], sought: Sought) -> str:
        """The latest of those that are sought and were not this run's own."""
        for event in sorted(events, key=lambda each: str(each.get("EventTime")), reverse=True):
            if event.get("ReadOnly") != "true" and not self._is_own(event) and sought.is_met_by(event):
                return _said(event)
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


def _taking_away(action: Action) -> Iterator[Call]:
    """The calls that change, or take away, what an action made. Some are called in the history as IAM calls them."""
    undo = action.undo
    if isinstance(undo, Restore | Entry):
        yield from (call for call in (undo.put, undo.remove) if call)
    else:
        yield from (step.call for step in undo)


def _told(run: Run, ref: Ref) -> Any:
    try:
        return run.resolve(ref)
    except KeyError:
        return None


def _ending(action: Action, gone: bool) -> str:
    """The name of the call that changes such a thing, or that takes it away."""
    undo = action.undo
    if isinstance(undo, Restore | Entry):
        return ((undo.remove if gone else None) or undo.put or action.call).name
    return undo[0].call.name if gone and undo else action.call.name


def _said(event: Mapping[str, Any]) -> str:
    told: Mapping[str, Any] = {}
    with suppress(ValueError):
        read = json.loads(str(event.get("CloudTrailEvent") or "{}"))
        told = read if isinstance(read, dict) else {}
    who = told.get("userIdentity") or {}
    name = who.get("arn") or event.get("Username") or who.get("invokedBy") or "somebody"
    return ", ".join(filter(None, (f"{name}: {event.get('EventName', '')}", _at(event))))


def _at(event: Mapping[str, Any]) -> str:
    at = event.get("EventTime")
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if isinstance(at, datetime) else ""


def _why(problem: Problem) -> str:
    if isinstance(problem, NoSuchCall):
        return NO_HISTORY
    if isinstance(problem, Denied):
        return "CloudTrail's event history may not be read: cloudtrail:LookupEvents is not allowed."
    return f"CloudTrail's event history could not be read: {problem}"
