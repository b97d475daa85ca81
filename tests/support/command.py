"""How the tests speak to the command line, and what they get back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from practice.picture import Picture, snapshot

REGION = "eu-central-1"


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def error(self) -> Any:
        document = self.json
        assert set(document) == {"error"}
        assert set(document["error"]) == {"code", "message", "remedy", "action"}
        return document["error"]


Command = Callable[..., Ran]
"""`handrail(*words)`."""
Answers = Callable[..., Path]
"""`answers(base, key=value…)` writes an answers file."""


@dataclass(frozen=True)
class Account:
    """A practice account behind an address; `at` are the options that lead there."""

    url: str

    @property
    def at(self) -> tuple[str, ...]:
        return ("--endpoint-url", self.url, "--region", REGION)

    @property
    def session(self) -> boto3.Session:
        return boto3.Session("AKIAVISITOR000000000", "x", region_name=REGION)

    @property
    def ec2(self) -> Any:
        return self.session.client("ec2", endpoint_url=self.url)

    def picture(self) -> Picture:
        return snapshot(self.session, endpoint_url=self.url)
