"""What goes wrong around a `handrail`: on the way to AWS, in its journal, on the machine on which it runs."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from support.world import Answer, Inside, Packed, packed

STRANGER = "AKIASTRANGER00000000"
"""The keys of another account than the company's."""


def reached(state: Path) -> bool:
    """Whether the trouble came, and forgets it."""
    there = (state / "reached").exists()
    (state / "reached").unlink(missing_ok=True)
    return there


def _came() -> None:
    Path(os.environ["XDG_STATE_HOME"], "reached").touch()


@dataclass(frozen=True)
class Cut:
    """The connection breaks at the n-th request: before it arrives, or after its answer was on the way."""

    at: int
    arrived: bool

    def __call__(self, inside: Inside) -> None:
        from botocore.exceptions import ConnectionClosedError

        def cut(request: Packed, ask: Any) -> Answer:
            if self.arrived:
                ask(request)
            raise ConnectionClosedError(endpoint_url=request[1])

        _at(inside, self.at, cut)


@dataclass(frozen=True)
class Answered:
    """AWS answers the n-th request with this error; from then on every one, if it lasts."""

    at: int
    code: str
    status: int = 400
    message: str = "As was asked for."
    lasts: bool = False

    def __call__(self, inside: Inside) -> None:
        from flows.practice.refusal import refusal
        from flows.practice.server import forwarded

        def refused(request: Packed, ask: Any) -> Answer:
            _, headers, body = refusal(forwarded(*request), self.code, self.message)
            return self.status, headers, body

        _at(inside, self.at, refused, self.lasts)


def _at(inside: Inside, at: int, otherwise: Any, lasts: bool = False) -> None:
    """Answer the n-th request otherwise, or every one from then on. Nobody waits before asking again."""
    numbers, turn, ask = count(1), threading.Lock(), inside.ask

    def answer(request: Packed) -> Answer:
        with turn:
            number = next(numbers)
        if number < at or (number > at and not lasts):
            return ask(request)
        _came()
        answered: Answer = otherwise(request, ask)
        return answered

    inside.ask = answer
    vars(time)["sleep"] = lambda _: None


@dataclass(frozen=True)
class Full:
    """There is no room for the n-th write to the journal, nor for any later one."""

    at: int

    def __call__(self, inside: Inside) -> None:
        from flows.engine.journal import Journal

        numbers, write = count(1), Journal.write

        def written(journal: Journal, *rest: Any) -> int:
            if next(numbers) >= self.at and not isinstance(journal._db, _FullDisk):
                _came()
                vars(journal)["_db"] = _FullDisk(journal._db)
            return write(journal, *rest)

        Journal.write = written  # type: ignore[method-assign]


class _FullDisk:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def execute(self, sql: str, *rest: Any) -> Any:
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            raise sqlite3.OperationalError("database or disk is full")
        return self._db.execute(sql, *rest)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)


@dataclass(frozen=True)
class Surroundings:
    """A machine with these variables, on which botocore finds its way by itself; its clock is so many hours off."""

    variables: Mapping[str, str]
    hours: int = 0

    def __call__(self, inside: Inside) -> None:
        import botocore.httpsession
        from botocore.awsrequest import AWSPreparedRequest, AWSResponse
        from botocore.compat import HTTPHeaders

        from flows.engine import boto, journal
        from flows.practice import SECOND_ACCOUNT_ID
        from flows.practice.seal import _Body

        for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
            os.environ.pop(name, None)
        os.environ.update(self.variables)
        time.tzset()

        def send(_: Any, request: AWSPreparedRequest) -> AWSResponse:
            method, url, headers, body = packed(request)
            assert (urlsplit(url).hostname or "").endswith(".amazonaws.com"), url
            if STRANGER in headers.get("Authorization", ""):
                headers["x-moto-account-id"] = SECOND_ACCOUNT_ID
            status, answered, answer = inside.ask((method, url, headers, body))
            return AWSResponse(url, status, HTTPHeaders.from_dict(answered), _Body(answer))

        inside.endpoint = ()
        vars(boto)["open_session"] = inside.opened
        botocore.httpsession.URLLib3Session.send = send
        if self.hours:
            off = timedelta(hours=self.hours)
            vars(journal)["_now"] = lambda: (datetime.now(UTC) + off).isoformat(timespec="seconds")
