"""Which patterns of EventBridge hear of a file by S3's own events, and which by what a trail records of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flows.aws import eventbridge_listeners
from flows.aws.event_patterns import matches
from flows.engine import Others
from flows.engine.expressions import part
from flows.engine.references import fill

BUCKET, KEY = "shop", "app/it's.zip"
OWN: Any = {
    "source": "aws.s3", "account": "123456789012", "detail-type": "Object Created",
    "resources": [f"arn:aws:s3:::{BUCKET}"],
    "detail": {"bucket": {"name": BUCKET}, "object": {"key": KEY}, "reason": "PutObject"},
}  # fmt: skip
RECORDED: Any = {
    "source": "aws.s3", "account": "123456789012", "detail-type": eventbridge_listeners.BY_TRAIL,
    "detail": {
        "eventSource": "s3.amazonaws.com", "eventName": "PutObject",
        "requestParameters": {"bucketName": BUCKET, "key": KEY},
    },
}  # fmt: skip
TRAIL = {"detail-type": [eventbridge_listeners.BY_TRAIL]}


def hears(others: Others, pattern: object) -> bool:
    rules = [
        {"Name": "scan", "EventPattern": json.dumps(pattern)},
        {"Name": "nightly", "ScheduleExpression": "rate(1 day)"},
        {"Name": "handrail-1", "EventPattern": json.dumps(pattern)},
    ]
    found = part(str(fill(others.path, lambda _: "1")), {"Rules": rules})
    assert found in ([], ["scan"])
    return bool(found)


@pytest.mark.parametrize(
    ("pattern", "own", "recorded"),
    [
        ({"account": ["123456789012"]}, True, True),
        ({"source": ["aws.s3"]}, True, True),
        ({"source": [{"prefix": "aws."}]}, True, True),
        ({"source": ["aws.ec2"]}, False, False),
        ({"detail-type": ["Object Created"], "detail": {"bucket": {"name": [BUCKET]}}}, True, False),
        ({"detail-type": ["Object Created", eventbridge_listeners.BY_TRAIL]}, True, True),
        ({"detail-type": [{"anything-but": "Object Deleted"}]}, True, True),
        ({"detail-type": ["AWS Console Sign In via CloudTrail"]}, False, False),
        ({"resources": [f"arn:aws:s3:::{BUCKET}"]}, True, False),
        ({"resources": ["arn:aws:s3:::theirs"]}, False, False),
        ({"detail": {"bucket": {"name": ["theirs", {"wildcard": "sh*"}]}}}, True, False),
        ({"detail": {"bucket": {"name": ["theirs"]}}}, False, False),
        ({"$or": [{"source": ["aws.ec2"]}, {"detail": {"bucket": {"name": [BUCKET]}}}]}, True, True),
        ({**TRAIL, "detail": {"requestParameters": {"bucketName": [BUCKET], "key": [KEY]}}}, False, True),
        ({**TRAIL, "detail": {"requestParameters": {"bucketName": [BUCKET], "key": ["theirs"]}}}, False, False),
        ({**TRAIL, "detail": {"requestParameters": {"bucketName": ["theirs"]}}}, False, False),
        ({**TRAIL, "detail": {"eventName": ["DeleteTrail"]}}, False, False),
        ({"detail": {"bucket": {"name": [{"exists": False}]}}}, True, True),
        ({"detail": {"eventName": [{"prefix": "Put"}, "RunInstances"]}}, False, True),
    ],
)
def test_a_rule_hears_unless_its_pattern_keeps_that_out(pattern: Any, own: bool, recorded: bool) -> None:
    assert hears(eventbridge_listeners.to_bucket(BUCKET), pattern) is own
    assert hears(eventbridge_listeners.by_trail(f"arn:aws:s3:::{BUCKET}/{KEY}"), pattern) is recorded
    assert own or not matches(pattern, OWN)
    assert recorded or not matches(pattern, RECORDED)
