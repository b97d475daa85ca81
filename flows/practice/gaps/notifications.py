"""What a bucket notifies: S3 takes no notification that cannot work, and none that another could be meant by.

moto takes notifications for functions that do not exist or let nobody in, and for files that two are meant for, and
loses the switch for EventBridge. Receivers that are no functions are not looked at here.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import combinations
from typing import Any

from moto.core.responses import ActionResult
from moto.s3.exceptions import S3ClientError
from moto.s3.models import S3Backend
from moto.s3.responses import S3Response

from flows.practice.clock import CLOCK
from flows.practice.gaps.wire import Response, answers

SPREADS = 2.0
"""Seconds until S3 knows a new permission of Lambda's."""
SKIP = "handrail:skip"
KINDS = {"Topic": "TopicArn", "Queue": "QueueArn", "CloudFunction": "LambdaFunctionArn"}

_read_body: Any = S3Response._notification_config_from_body
_put: Any = S3Backend.put_bucket_notification_configuration


def _notifications_read(self: Response) -> Any:
    skip = str(self.headers.get("x-amz-skip-destination-validation", "")).lower() == "true"
    return {**_read_body(self), **({SKIP: True} if skip else {})}


def _notifications_put(self: S3Backend, bucket_name: str, notification_config: dict[str, Any]) -> None:
    wanted = dict(notification_config)
    unchecked = wanted.pop(SKIP, False)
    listed = [
        (each[kind], each["Event"], *_filter(each))
        for kind in KINDS
        for each in wanted.get(f"{kind}Configuration") or []
    ]
    for (_, events, prefix, suffix), (_, others, start, end) in combinations(listed, 2):
        if (
            _overlap(prefix, start, str.startswith)
            and _overlap(suffix, end, str.endswith)
            and any(_overlap(one, other, fnmatchcase) for one in events for other in others)
        ):
            raise S3ClientError(
                "InvalidArgument",
                "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes "
                "are overlapping for the same event type.",
            )
    bucket = self.get_bucket(bucket_name)
    for arn, *_ in listed:
        if not unchecked and ":lambda:" in arn and arn.split(":")[3] == bucket.region_name and not _may(bucket, arn):
            raise S3ClientError("InvalidArgument", "Unable to validate the following destination configurations")
    _put(self, bucket_name, wanted)


def _overlap(one: str, other: str, test: Any) -> bool:
    return bool(test(one, other) or test(other, one))


def _filter(each: dict[str, Any]) -> tuple[str, str]:
    rules = ((each.get("Filter") or {}).get("S3Key") or {}).get("FilterRule") or []
    found = {rule["Name"].lower(): rule["Value"] for rule in rules}
    return found.get("prefix", ""), found.get("suffix", "")


def _may(bucket: Any, arn: str) -> bool:
    """Whether a function exists, lets S3 in for this bucket, and S3 knows that by now."""
    from moto.awslambda.exceptions import LambdaClientError  # a second that only this needs
    from moto.awslambda.utils import get_backend

    from flows.practice.gaps.functions import since

    _, _, _, region, account, _, *name = arn.split(":")
    try:
        function = get_backend(account, region).get_function(*name)
    except LambdaClientError:
        return False
    return any(CLOCK.passed(since(function).get(sid, 0), SPREADS) for sid in _letting_in(function, bucket, arn))


def _letting_in(function: Any, bucket: Any, arn: str) -> Iterator[str]:
    there = {"aws:sourcearn": f"arn:aws:s3:::{bucket.name}", "aws:sourceaccount": bucket.account_id}
    for each in function.policy.statements:
        conditions = [pair for test in (each.get("Condition") or {}).values() for pair in test.items()]
        if (
            each.get("Resource") == arn
            and (each.get("Principal") or {}).get("Service") == "s3.amazonaws.com"
            and all(fnmatchcase(there.get(key.lower(), ""), str(value)) for key, value in conditions)
        ):
            yield str(each.get("Sid"))


def _notifications_got(self: Response) -> Any:
    found = self.backend.get_bucket_notification_configuration(self.bucket_name)
    result: dict[str, Any] = {}
    lists = {
        "TopicConfigurations": "topic",
        "QueueConfigurations": "queue",
        "LambdaFunctionConfigurations": "cloud_function",
    }
    for (name, kind), arn in zip(lists.items(), KINDS.values(), strict=True):
        for each in getattr(found, kind, ()):
            shown = {"Id": each.id, arn: each.arn, "Events": each.events}
            if each.filters:
                shown["Filter"] = {"Key": {"FilterRules": each.filters["S3Key"]["FilterRule"]}}
            result.setdefault(name, []).append(shown)
    if getattr(found, "event_bridge", None) is not None:
        result["EventBridgeConfiguration"] = {}
    self.data["Action"] = "GetBucketNotificationConfiguration"
    return self.serialized(ActionResult(result))


def install() -> None:
    S3Backend.put_bucket_notification_configuration = _notifications_put  # type: ignore[method-assign]
    answers(
        S3Response,
        {"_notification_config_from_body": _notifications_read, "get_bucket_notification": _notifications_got},
    )
