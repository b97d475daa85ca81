"""CloudWatch alarms as AWS takes and refuses them; moto takes whatever is said."""

from __future__ import annotations

import re
from typing import Any

from moto.cloudwatch.exceptions import InvalidParameterValue, ValidationError
from moto.cloudwatch.models import CloudWatchBackend

STATISTICS = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
MISSING = ("breaching", "notBreaching", "ignore", "missing")
OPERATORS = tuple(f"{way}Threshold" for way in (
    "GreaterThanOrEqualTo", "GreaterThan", "LessThan", "LessThanOrEqualTo", "LessThanLowerOrGreaterThanUpper",
    "LessThanLower", "GreaterThanUpper",
))  # fmt: skip
DAY = 86400

_put: Any = CloudWatchBackend.put_metric_alarm
_delete: Any = CloudWatchBackend.delete_alarms


def _puts(self: CloudWatchBackend, **given: Any) -> Any:
    if given.get("metric_name"):
        _checked(given)
    for arn in (*(given.get("alarm_actions") or ()), *(given.get("ok_actions") or ())):
        if not re.fullmatch(rf"arn:aws[\w-]*:[\w-]+:({self.region_name})?:(\d{{12}})?:.+", arn):
            raise ValidationError(f"Invalid region or ARN for an action: {arn}")
        if ":sns:" in arn and arn.endswith(".fifo"):
            raise ValidationError(f"A FIFO topic cannot be notified: {arn}")
    known = self.alarms.get(given["name"])
    made = _put(self, **(given | {"tags": None} if known else given))
    made.state_value = known.state_value if known else "INSUFFICIENT_DATA"
    return made


def _deletes(self: CloudWatchBackend, alarm_names: list[str]) -> None:
    for arn in [self.alarms[name].alarm_arn for name in alarm_names if name in self.alarms]:
        self.tagger.delete_all_tags_for_resource(arn)
    _delete(self, alarm_names)


def _checked(given: dict[str, Any]) -> None:
    for name, allowed in (
        ("statistic", STATISTICS), ("treat_missing_data", MISSING), ("comparison_operator", OPERATORS),
    ):  # fmt: skip
        if given.get(name) not in (*allowed, None):
            raise ValidationError(
                f"Value '{given[name]}' at '{name}' failed to satisfy constraint: {', '.join(allowed)}"
            )
    if bool(given.get("statistic")) == bool(given.get("extended_statistic")):
        raise InvalidParameterValue("Exactly one of Statistic and ExtendedStatistic must be given.")
    period, periods = given.get("period") or 0, given.get("evaluation_periods") or 0
    if period not in (10, 20, 30) and (period <= 0 or period % 60):
        raise ValidationError(f"Period must be 10, 20, 30 or a multiple of 60; it is {period}.")
    if not 1 <= (given.get("datapoints_to_alarm") or periods) <= periods or period * periods > 7 * DAY:
        raise ValidationError("EvaluationPeriods and DatapointsToAlarm do not fit, or are more than seven days.")
    if given.get("threshold") is None or not given.get("comparison_operator"):
        raise ValidationError("Threshold and ComparisonOperator must be given for a static threshold.")


def install() -> None:
    CloudWatchBackend.put_metric_alarm = _puts  # type: ignore[assignment,method-assign]
    CloudWatchBackend.delete_alarms = _deletes  # type: ignore[method-assign]
