"""The events that a landing file makes: what people paste, and what AWS would send.

Two kinds reach EventBridge: S3's own "Object Created", and "AWS API Call via CloudTrail" where a trail records uploads.
Forms: S3 User Guide, "Amazon S3 event message structure" for EventBridge, and CloudTrail User Guide, "CloudTrail record
contents", 2026-10.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flows.engine import Identity, Refused

from .eventbridge_listeners import BY_TRAIL
from .pipeline_triggers import ARRIVALS, CALLS, CREATED

READABLE = (
    "Give an event as EventBridge sends it (with “detail-type” and “detail”), a record of CloudTrail (with "
    "“eventName”), or a file of CloudTrail (with “Records”)."
)
REASON_OF = {"PostObject": "POST Object"}


@dataclass(frozen=True)
class Landing:
    """One event, in the envelope in which a rule sees it."""

    envelope: Mapping[str, Any]

    @property
    def detail(self) -> Mapping[str, Any]:
        found = self.envelope.get("detail")
        return found if isinstance(found, Mapping) else {}

    @property
    def recorded(self) -> bool:
        """Whether CloudTrail tells it."""
        return self.envelope.get("detail-type") == BY_TRAIL

    @property
    def how(self) -> str:
        """The way in which the file landed, for example CopyObject."""
        return str(self.detail.get("eventName" if self.recorded else "reason") or "an unknown way")

    @property
    def bucket(self) -> str:
        where = _part(self.detail, "requestParameters") if self.recorded else _part(self.detail, "bucket")
        return str(where.get("bucketName" if self.recorded else "name") or "")

    @property
    def key(self) -> str:
        where = _part(self.detail, "requestParameters") if self.recorded else _part(self.detail, "object")
        return str(where.get("key") or "")

    @property
    def refused(self) -> str:
        """Why S3 did not do it, as far as CloudTrail recorded that."""
        return str(self.detail.get("errorCode") or "")

    def __str__(self) -> str:
        return f"{self.how} of {self.key or 'no file'} in {self.bucket or 'no bucket'}"


def read(text: str, who: Identity) -> list[Landing]:
    """The events in a text. Raises Refused when it holds none."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise Refused(f"The event is no JSON: {error}.", remedy=READABLE) from error
    if isinstance(found, Mapping) and isinstance(found.get("Records"), list):
        found = found["Records"]
    listed = found if isinstance(found, list) else [found]
    if not listed or not all(isinstance(one, Mapping) for one in listed):
        raise Refused("There is no event in it.", remedy=READABLE)
    return [_read(one, who) for one in listed]


def _read(one: Mapping[str, Any], who: Identity) -> Landing:
    if one.get("eventSource") == "aws:s3":
        raise Refused(
            "This is what S3 sends to a function, a queue or a topic. A rule of EventBridge never sees it.",
            remedy=READABLE,
        )
    if "detail-type" in one or "detail" in one:
        return Landing(one)
    inside = one.get("CloudTrailEvent")  # as aws cloudtrail lookup-events prints it
    if isinstance(inside, str):
        return _read(json.loads(inside), who)
    if "eventName" in one:
        return Landing(_envelope(who, BY_TRAIL, one))
    raise Refused("This is neither an event nor a record of CloudTrail.", remedy=READABLE)


def own(who: Identity, bucket: str, key: str, reason: str) -> Landing:
    """S3's own event for a file that landed."""
    thing = {
        "key": key, "size": 1024, "etag": "d41d8cd98f00b204e9800998ecf8427e",
        "version-id": "IYV3p45BT0ac8hjHg1houSdS1a", "sequencer": "00617F08299329D189",
    }  # fmt: skip
    detail = {
        "version": "0", "bucket": {"name": bucket}, "object": thing, "request-id": "N4N7GDK58NMKJ12R",
        "requester": who.account, "source-ip-address": "203.0.113.7", "reason": reason,
    }  # fmt: skip
    return Landing(_envelope(who, CREATED, detail, [f"arn:{who.partition}:s3:::{bucket}"]))


def recorded(who: Identity, bucket: str, key: str, call: str) -> Landing:
    """What EventBridge makes of CloudTrail's record of it."""
    here = f"arn:{who.partition}:s3:::{bucket}"
    detail = {
        "eventVersion": "1.11", "userIdentity": {"type": "AssumedRole", "accountId": who.account},
        "eventTime": "2026-11-24T09:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": call,
        "awsRegion": who.region, "sourceIPAddress": "203.0.113.7", "userAgent": "aws-cli/2",
        "requestParameters": {"bucketName": bucket, "key": key, "Host": f"{bucket}.s3.{who.region}.amazonaws.com"},
        "responseElements": {"x-amz-version-id": "IYV3p45BT0ac8hjHg1houSdS1a"}, "readOnly": False,
        "resources": [{"type": "AWS::S3::Object", "ARN": f"{here}/{key}"}, {"type": "AWS::S3::Bucket", "ARN": here}],
        "eventType": "AwsApiCall", "managementEvent": False, "recipientAccountId": who.account, "eventCategory": "Data",
    }  # fmt: skip
    return Landing(_envelope(who, BY_TRAIL, detail))


def every(who: Identity, bucket: str, key: str, *, by_trail: bool) -> list[Landing]:
    """One of each way in which a file can land."""
    if by_trail:
        return [recorded(who, bucket, key, call) for call in CALLS]
    return [own(who, bucket, key, reason) for reason in ARRIVALS]


def otherwise(who: Identity, one: Landing) -> Landing:
    """S3's own event for what CloudTrail recorded."""
    return own(who, one.bucket, one.key, REASON_OF.get(one.how, one.how))


def _envelope(
    who: Identity, kind: str, detail: Mapping[str, Any], resources: list[str] | None = None
) -> dict[str, Any]:
    return {
        "version": "0", "id": "17793124-05d4-b198-2fde-7ededc63b103", "detail-type": kind, "source": "aws.s3",
        "account": who.account, "time": str(detail.get("eventTime") or "2026-11-24T09:00:00Z"),
        "region": str(detail.get("awsRegion") or who.region), "resources": resources or [], "detail": dict(detail),
    }  # fmt: skip


def _part(detail: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = detail.get(name)
    return found if isinstance(found, Mapping) else {}
