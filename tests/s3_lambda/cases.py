"""Answers for a bucket that calls a function in the demo company, what it touches, and a way through."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.exceptions import ClientError
from support.killed import Case, by_kind

import flows
from flows.engine import Caution, Cloud, Finding, Journal, Place, Session
from flows.engine.clock import Clock

BUCKET, NAME = "fjord-coffee-files", "resize-photos"
ARN = f"arn:aws:lambda:eu-central-1:123456789012:function:{NAME}"
PHOTOS: Mapping[str, Any] = {
    "bucket": BUCKET,
    "function": NAME,
    "events": ["s3:ObjectCreated:*"],
    "prefix": "in/",
    "suffix": ".jpg",
}
"""Beside the queue that hears of invoices."""

ELSEWHERE: Mapping[str, Any] = {**PHOTOS, "bucket": "fjord-coffee-artifacts", "prefix": "new photos/", "suffix": ""}
"""A bucket that notifies nobody."""

VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "photos": PHOTOS,
    "by an alias": {**PHOTOS, "alias": "live", "output": "small/"},
    "all that is deleted": {
        **PHOTOS,
        "events": ["s3:ObjectRemoved:*", "s3:LifecycleExpiration:*"],
        "prefix": "",
        "suffix": "",
    },
    "a bucket that notifies nobody": ELSEWHERE,
}


def session(
    cloud: Cloud, journal: Journal | None, answers: Mapping[str, Any] = PHOTOS, *, clock: Clock | None = None
) -> Session:
    """A session in which everything is answered."""
    made = Session(flows.find("s3_lambda"), cloud, journal, place=Place(practice=True), clock=clock)
    made.fill(answers)
    return made


def picture(account: boto3.Session, *, endpoint_url: str | None = None) -> dict[str, Any]:
    """Everything that this set-up could change, and what is beside it."""

    def client(name: str) -> Any:
        return account.client(name, region_name="eu-central-1", endpoint_url=endpoint_url)  # type: ignore[call-overload]

    lambdas, s3, iam = client("lambda"), client("s3"), client("iam")
    shown: dict[str, Any] = {}
    for function in lambdas.list_functions()["Functions"]:
        name = function["FunctionName"]
        for where in ({}, {"Qualifier": "live"}):
            policy = _asked(lambdas.get_policy, FunctionName=name, **where)
            shown[f"policy of {name} {where}"] = json.loads(policy["Policy"])["Statement"] if policy else []
        shown[f"function {name}"] = _asked(lambdas.get_function_configuration, FunctionName=name)
        role = function["Role"].rpartition("/")[2]
        shown[f"role {role}"] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    for bucket in (each["Name"] for each in s3.list_buckets()["Buckets"]):
        shown[f"notifications of {bucket}"] = _asked(s3.get_bucket_notification_configuration, Bucket=bucket)
        shown[f"policy of {bucket}"] = _asked(s3.get_bucket_policy, Bucket=bucket)
        files = s3.list_object_versions(Bucket=bucket).get("Versions", [])
        shown[f"files of {bucket}"] = [each["Key"] for each in files]
    return shown


def _asked(read: Any, **params: Any) -> Any:
    try:
        answer = read(**params)
    except ClientError:
        return None
    answer.pop("ResponseMetadata")
    return json.loads(json.dumps(answer, default=str))


def cautions(cloud: Cloud, answers: Mapping[str, Any] = PHOTOS) -> tuple[Caution, ...]:
    return tuple(session(cloud, None, answers).review().cautions)


def findings(cloud: Cloud, answers: Mapping[str, Any] = PHOTOS) -> dict[str, Finding]:
    """By the rule's name."""
    return {each.id.partition(":")[0]: each for each in session(cloud, None, answers).review().findings}


def subject(made: Mapping[str, str]) -> dict[str, str]:
    """What `check` is asked about once a run has made it."""
    return {"bucket": made["bucket"]}


def _killed(answers: Mapping[str, Any]) -> Case:
    return Case(
        "s3_lambda",
        answers,
        lambda account: by_kind(picture(account.session)),
        re.compile(r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b"),
    )


CASES: Mapping[str, Case] = {"s3_lambda": _killed(PHOTOS)}
"""What is killed at every moment of it."""
