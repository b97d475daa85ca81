"""Rules of EventBridge that exist: switched on, what they hear, and with which role they start a pipeline."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flows.engine import Action, Call, Cloud, CloudError, Find, Ref, Restore, Still, Undo, before, found, if_found

from . import pipeline_triggers, roles

SAID_AGAIN = {
    "State": found("State"),  # one without a state is switched on
    **{name: if_found(name) for name in ("ScheduleExpression", "Description", "RoleArn", "EventBusName")},
}
"""What of a rule is not its name and its pattern, as it stands at that moment. Its tags and its targets stay anyway."""


def arn(cloud: Cloud, rule: str) -> str:
    """The ARN of a rule of the default bus."""
    who = cloud.identity
    return f"arn:{who.partition}:events:{who.region}:{who.account}:rule/{rule}"


def tags(cloud: Cloud, rule: str) -> list[dict[str, str]]:
    """The tags of a rule; of one whose tags may not be read, none."""
    try:
        found = cloud.make(Call("events.ListTagsForResource", {"ResourceARN": arn(cloud, rule)}))
    except CloudError:
        return []
    return list(found.get("Tags") or [])


def switch_on(rule: str) -> Action:
    """Switch a rule on that is off; where what it hears is changed as well, only once that is right."""
    which = {"Name": rule}
    look = Call("events.DescribeRule", which)
    return Action(
        f"enable-{rule}",
        f"Switch the rule {rule} on",
        Call("events.EnableRule", which),
        undo=(
            Undo(
                Call("events.DisableRule", which),
                still=Still(look, "State", "ENABLED", "It is in another state by now; it is left so."),
                restores=True,
            ),
        ),
        unless=Find(look, "[State][?@=='ENABLED'] | [0]"),
        after=(_hearing(rule),),
        copies=(_hearing(rule),),
        undone=f"The rule {rule}, which is switched off",
        left=f"The rule {rule}, which was switched on",
    )


def hear(rule: str, pattern: Mapping[str, Any], what: str) -> Action:
    """Change what a rule hears, and back again at undo; all else of it stays, also what somebody changes in between.

    A rule that is written anew loses what is not said again (EventBridge API Reference, "PutRule", 2026-11).
    """
    id, which = _hearing(rule), {"Name": rule}
    look = Call("events.DescribeRule", which)

    def put(heard: str | Ref) -> Call:
        return Call("events.PutRule", {**which, **SAID_AGAIN, "EventPattern": heard})

    return Action(
        id,
        f"Let the rule {rule} notice {what}",
        put(json.dumps(pattern)),
        undo=Restore(look, "EventPattern", put(before(id))),
        read=look,
        not_yet=("ConcurrentModificationException",),
        undone=f"What the rule {rule} notices",
    )


def _hearing(rule: str) -> str:
    return f"pattern-{rule}"


def start_with(cloud: Cloud, rule: str, target: Mapping[str, Any], pipeline: str) -> tuple[Action, ...]:
    """Give a target of a rule, a pipeline, a role of its own with which the rule may start it; the former at undo."""
    made = roles.service_role(
        "start-role", pipeline_triggers.role_name(f"{rule}-{pipeline}"), "events.amazonaws.com",
        [roles.allow("Start", "codepipeline:StartPipelineExecution", str(target["Arn"]))],
        conditions=roles.only_for(cloud.identity.account, arn(cloud, rule)),
        purpose=f"with which {rule} may start {pipeline}", serves=("target",),
    )  # fmt: skip
    which = {"Rule": rule}
    look = Call("events.ListTargetsByRule", which)
    given = {**target, "RoleArn": roles.arn(made[0])}
    former = (str(target["RoleArn"]),) if target.get("RoleArn") else ()
    back = {"Targets[].Arn": (str(target["Arn"]),), "Targets[].RoleArn": former}
    return (
        *made,
        Action(
            "target",
            f"Let the rule {rule} start {pipeline} with that role",
            Call("events.PutTargets", {**which, "Targets": [given]}),
            undo=Restore(
                look,
                f"Targets[?Id=='{target['Id']}'] | [0]",
                Call("events.PutTargets", {**which, "Targets": [before("target")]}, known=back),
            ),
            after=(made[1].id,),
            not_yet=("ConcurrentModificationException",),
            undone=f"The role with which {rule} starts {pipeline}",
        ),
    )
