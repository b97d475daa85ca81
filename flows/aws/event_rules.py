"""Rules of EventBridge that exist: switched on, what they hear, and with which role they start a pipeline."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flows.engine import Action, Call, Cloud, Find, Restore, Still, Undo, before

from . import pipeline_triggers, roles


def switch_on(rule: str) -> Action:
    """Switch a rule on that is off."""
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
            ),
        ),
        unless=Find(look, "[State][?@=='ENABLED'] | [0]"),
        undone=f"The rule {rule}, which is switched off",
    )


def hear(cloud: Cloud, rule: str, pattern: Mapping[str, Any], what: str) -> Action:
    """Change what a rule hears, and back again at undo; all else of it stays. Raises CloudError.

    A rule that is written anew loses what is not said again (EventBridge API Reference, "PutRule", 2026-11).
    """
    id, which = f"pattern-{rule}", {"Name": rule}
    look = Call("events.DescribeRule", which)
    about = cloud.make(look)
    same = {
        name: about[name] for name in ("Name", "Description", "State", "RoleArn", "EventBusName") if about.get(name)
    }
    return Action(
        id,
        f"Let the rule {rule} notice {what}",
        Call("events.PutRule", {**which, **same, "EventPattern": json.dumps(pattern)}),
        undo=Restore(look, "EventPattern", Call("events.PutRule", {**which, **same, "EventPattern": before(id)})),
        not_yet=("ConcurrentModificationException",),
        undone=f"What the rule {rule} notices",
    )


def start_with(cloud: Cloud, rule: str, target: Mapping[str, Any], pipeline: str) -> tuple[Action, ...]:
    """Give a target of a rule, a pipeline, a role of its own with which the rule may start it; the former at undo."""
    who = cloud.identity
    arn = f"arn:{who.partition}:events:{who.region}:{who.account}:rule/{rule}"
    made = roles.service_role(
        "start-role", pipeline_triggers.role_name(f"{rule}-{pipeline}"), "events.amazonaws.com",
        [roles.allow("Start", "codepipeline:StartPipelineExecution", str(target["Arn"]))],
        conditions=roles.only_for(who.account, arn), purpose=f"with which {rule} may start {pipeline}",
        serves=("target",),
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
