"""What is killed: a set-up, answers for it, a picture of its account, and what differs between any two runs of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from alb import cases as fronts
from aurora import cases as aurora
from practice.picture import snapshot
from s3_lambda import cases as s3_lambda
from s3_pipeline import cases as s3_pipeline
from share_ami import cases as share_ami
from share_snapshot import cases as share_snapshot
from spa_pipeline import cases as spa
from support.killed import Case
from vpn import cases as vpn
from website import cases as website
from wordpress import cases as wordpress


def by_kind(shown: Mapping[str, Any]) -> dict[str, Any]:
    """A picture whose things have no ids of their own."""
    return {kind: {kind: json.dumps(thing, sort_keys=True, default=str)} for kind, thing in shown.items()}


def _vpn(answers: Mapping[str, Any]) -> Case:
    return Case(
        "vpn",
        answers,
        lambda account: snapshot(account.session),
        re.compile(r"\b(vgw|cgw|vpn)-[0-9a-f]{17}\b"),
        ends="waiting",
        files=6,
    )


def _alb(answers: Mapping[str, Any]) -> Case:
    return Case(
        "alb",
        answers,
        lambda account: {"thing": fronts.picture(account)},
        re.compile(r"\b[0-9a-f]{16,17}\b"),
    )


def _website(answers: Mapping[str, Any]) -> Case:
    return Case(
        "website",
        answers,
        lambda account: by_kind(website.picture(account.session)),
        re.compile(
            r"(\b|(?<=HandrailCloudFront))[A-Z][0-9A-Z]{12}\b|\b[a-z][0-9a-z]{12}\.cloudfront\.net"
            r"|\b[0-9a-f-]{36}\b|\b[0-9A-Za-z]{48}\b"
        ),
    )


def _aurora(answers: Mapping[str, Any]) -> Case:
    return Case(
        "aurora",
        answers,
        lambda account: aurora.picture(account.session),
        re.compile(r"\bsgr?-[0-9a-f]{17}\b|\b[0-9a-f]{8}-[0-9a-f-]{27}-\w{6}\b"),
        decided=("final_snapshot=no",),
    )


def _spa(answers: Mapping[str, Any]) -> Case:
    return Case(
        "spa_pipeline",
        answers,
        lambda account: by_kind(spa.picture(account.session)),
        re.compile(
            r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\d{4}-\d\d-\d\d[T ][0-9:.]+(Z|[+]00:00)?|\b[0-9a-hjkmnp-tv-z]{26}\b"
        ),
        ends="waiting",
    )


def _share_snapshot(answers: Mapping[str, Any]) -> Case:
    return Case(
        "share_snapshot",
        answers,
        lambda account: by_kind(share_snapshot.picture(account, ["own"], ["eu-central-1"])),
        re.compile(r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b"),
        files=2,
    )


def _share_ami(answers: Mapping[str, Any]) -> Case:
    return Case(
        "share_ami",
        answers,
        lambda account: by_kind({"here": share_ami.picture(account, ["own"], ["eu-central-1"])["own", "eu-central-1"]}),
        re.compile(r"\b(ami|snap)-[0-9a-f]{8,17}\b"),
    )


def _s3_lambda(answers: Mapping[str, Any]) -> Case:
    return Case(
        "s3_lambda",
        answers,
        lambda account: by_kind(s3_lambda.picture(account.session)),
        re.compile(r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b"),
    )


def _s3_pipeline(answers: Mapping[str, Any]) -> Case:
    return Case(
        "s3_pipeline",
        answers,
        lambda account: by_kind(s3_pipeline.picture(account.session)),
        re.compile(r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\d{4}-\d\d-\d\d[T ][0-9:.]+(Z|[+]00:00)?|\d{4}-\d\d-\d\d \d\d:\d\d"),
    )


def _wordpress(answers: Mapping[str, Any], *decided: str) -> Case:
    return Case(
        "wordpress",
        answers,
        lambda account: by_kind(wordpress.picture(account)),
        re.compile(
            r"\b(i|sg|sgr|vol|eni|eipalloc|eipassoc)-[0-9a-f]{8,17}\b|\b127\.\d+\.\d+\.\d+\b|\b10\.0\.0\.\d+\b"
            r"|\bAIPA\w+\b|\bAROA\w+\b|\d{4}-\d\d-\d\d[T ][0-9:.]+(Z|[+]00:00)?"
        ),
        decided=decided,
    )


CASES: Mapping[str, Case] = {
    "vpn": _vpn(vpn.STATIC),
    "vpn, fixed routes": _vpn(vpn.FIXED),
    "alb, a listener": _alb(fronts.VARIANTS["https"]),
    "alb, a rule": _alb(fronts.VARIANTS["office"]),
    "website, secret header": _website(website.VARIANTS["website"]),
    "website, certificate and names": _website(website.VARIANTS["bucket-named"]),
    "aurora": _aurora(aurora.SLEEPY),
    "share_snapshot, with a key": _share_snapshot(share_snapshot.LOCKED),
    "share_ami, the machine stopped": _share_ami(share_ami.NEW),
    "spa_pipeline": _spa(spa.CODECOMMIT),
    "s3_pipeline, a new trail": _s3_pipeline(s3_pipeline.VARIANTS["new trail"]),
    "s3_pipeline": _s3_pipeline(s3_pipeline.STANDING),
    "s3_lambda": _s3_lambda(s3_lambda.PHOTOS),
    "wordpress, a new machine": _wordpress(wordpress.NEW, "last_snapshot=no"),
    "wordpress, put right": _wordpress(wordpress.EXISTING),
}
FIRST: Mapping[str, str] = {CASES[name].flow: name for name in reversed(CASES)}
"""One case of each set-up."""
