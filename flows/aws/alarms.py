"""CloudWatch alarms: a measured number is watched, and somebody is told when it crosses a line."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flows.engine import RUN, Action, Call, Cost, Find, Late, Ref, Settings, Still, Undo, found, join

from . import namesakes
from .tags import tags

SERVICE = "cloudwatch.amazonaws.com"
PRICE = Cost(
    "The alarm", Decimal("0.000137"), "2026-11",
    "Amazon CloudWatch pricing page, US East (N. Virginia); no price list was read",
    "The first ten alarms of an account are free.",
)  # fmt: skip


def alarm(
    name: Late, label: str, sentence: str, watched: Mapping[str, Any], tell: tuple[str, ...], about: Late
) -> Action:
    """An alarm. Writing one overwrites whatever has its name, so that is looked for before.

    Args:
        name: of the alarm; nobody else's while what it watches is new.
        label: its Name tag.
        sentence: what it does.
        watched: the metric and when it rings, as PutMetricAlarm takes them.
        tell: ARNs of topics that hear of it when it rings, and when it is over.
        about: what people read in the message.
    """
    look = Call("cloudwatch.DescribeAlarms", {"AlarmNames": [name]})
    proof = Call("cloudwatch.ListTagsForResource", {"ResourceARN": found("AlarmArn")})
    new = any(isinstance(each, Ref) for each in getattr(name, "parts", ()))
    return Action(
        "alarm",
        sentence,
        Call(
            "cloudwatch.PutMetricAlarm",
            {
                "AlarmName": name,
                "AlarmDescription": about,
                **watched,
                **({"AlarmActions": list(tell), "OKActions": list(tell)} if tell else {}),
                "Tags": tags(label),
            },
        ),
        undo=(
            Undo(  # AWS takes the deletion of one that is not there
                Call("cloudwatch.DeleteAlarms", {"AlarmNames": [name]}),
                gone=("ResourceNotFound", "ResourceNotFoundException"),
                still=Still(look, "MetricAlarms[0].AlarmName", name, "Another alarm has its name."),
            ),
        ),
        others=(
            namesakes.by_tags_of_each(
                "alarm", look,
                "MetricAlarms[?AlarmName].[join('', ['“', AlarmName, '”']), AlarmArn]",
                Call("cloudwatch.ListTagsForResource", {"ResourceARN": found("[1]")}), listed="Tags",
            ),
        ),
        settings=Settings(
            look,
            "MetricAlarms[0].{what: [Namespace, MetricName, Statistic], line: [ComparisonOperator, Threshold], "
            "long: [Period, EvaluationPeriods, DatapointsToAlarm], told: [AlarmActions, OKActions], "
            "on: ActionsEnabled, missing: TreatMissingData}",
        ),
        find=Find(
            look, "MetricAlarms[0]", proof=proof, ours=join("Tags[?Key=='handrail:run'].Value | [0] == '", RUN, "'")
        ),
        unless=None if new else Find(look, "MetricAlarms[0]"),
        type="AWS::CloudWatch::Alarm",
        resource=name,
        costs=(PRICE,),
        undone="The alarm",
        refusals={
            "LimitExceeded": "This region has as many alarms as AWS allows the account. Delete one, or ask for more."
        },
    )  # fmt: skip
