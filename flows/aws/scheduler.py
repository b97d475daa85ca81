"""EventBridge Scheduler: groups, and schedules that call another AWS service by themselves, with no function between.

Amazon EventBridge Scheduler User Guide, "Using universal targets", "Confused deputy prevention" and "Configuring a
dead-letter queue", and API Reference, 2026-11. Only a group carries tags; a schedule is known by the run that its
description names.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flows.engine import (
    RUN,
    TOKEN,
    Action,
    Call,
    Cloud,
    CloudError,
    Cost,
    Find,
    Identity,
    Late,
    Others,
    Restore,
    Settings,
    Still,
    Undo,
    Wait,
    before,
    found,
    if_found,
    join,
)

from . import namesakes
from .tags import tags
from .weekly_hours import Weekly

SERVICE = "scheduler.amazonaws.com"
GONE = "ResourceNotFoundException"
TARGET = ":scheduler:::aws-sdk:"
"""In the ARN of a universal target: which service and which operation it calls stand behind it."""
SAID = ("ScheduleExpression", "FlexibleTimeWindow", "State", "Target")
KEPT = (
    "ScheduleExpressionTimezone", "Description", "EndDate", "KmsKeyArn", "StartDate", "ActionAfterCompletion",
)  # fmt: skip
"""What a schedule has, and what it may have."""


def group_arn(who: Identity, group: str) -> str:
    return f"arn:{who.partition}:scheduler:{who.region}:{who.account}:schedule-group/{group}"


def group(name: str, who: Identity, schedules: Sequence[str]) -> Action:
    """A group for schedules of this run, and for none of others; `schedules` are their names."""
    here = {"Name": name}
    look = Call("scheduler.GetScheduleGroup", here)
    return Action(
        "schedule-group",
        f"Create the schedule group {name}",
        Call("scheduler.CreateScheduleGroup", {**here, "ClientToken": TOKEN, "Tags": tags(name)}),
        undo=(
            Undo(
                Call("scheduler.DeleteScheduleGroup", here),
                gone=(GONE,),
                wait=Wait(
                    look, ready="!State", gone=(GONE,), now="State",
                    sentence=f"Waiting until the schedule group {name} is gone", typical=5,
                ),
                not_yet=("ConflictException",),
            ),
        ),
        others=(
            namesakes.by_tags_of_each(
                "schedule group", look, f"[@][?Arn].['“{name}”', Arn]",
                Call("scheduler.ListTagsForResource", {"ResourceArn": found("[1]")}), (GONE,), listed="Tags",
            ),
            others_in(name, schedules, "Schedules of others are in it"),
        ),
        find=Find(
            Call("scheduler.ListScheduleGroups", {"NamePrefix": name}),
            f"ScheduleGroups[?Name=='{name}' && State!='DELETING'] | [0].{{ScheduleGroupArn: Arn}}",
            proof=Call("scheduler.ListTagsForResource", {"ResourceArn": group_arn(who, name)}),
            ours=join("Tags[?Key=='handrail:run'].Value | [0] == '", RUN, "'"),
        ),
        type="AWS::Scheduler::ScheduleGroup",
        resource=name,
        undone=f"The schedule group {name}",
        refusals={"ConflictException": f"A schedule group named {name} exists already and was not made by this run."},
    )  # fmt: skip


def others_in(group: str, schedules: Sequence[str], what: str) -> Others:
    """Schedules of others in a group of this run, whose own are called `schedules`; `what` they do there."""
    return Others(
        Call("scheduler.ListSchedules", {"GroupName": group}),
        f"Schedules[?!contains(`{json.dumps(list(schedules))}`, Name)].Name", what,
        remove=Call("scheduler.DeleteSchedule", {"GroupName": group, "Name": found("id")}), absent=(GONE,),
    )  # fmt: skip


def schedule(
    id: str, name: str, in_group: str, when: Weekly, operation: str, params: Mapping[str, Any], *, role: Late,
    queue: str, patience: int, sentence: str, about: str, who: Identity, after: tuple[str, ...],
    then: Sequence[Undo] = (), undone: str = "", costs: tuple[Cost, ...] = (),
) -> Action:  # fmt: skip
    """A schedule that makes one call to AWS, and puts what it could not do into a queue.

    Args:
        id: the action's.
        name: the schedule's.
        in_group: the name of the group that the same plan makes.
        when: the times.
        operation: as the target's ARN has it, for example "rds:modifyDBCluster".
        params: what it is called with, by the names of AWS's SDK for Java, which are not always those of the API.
        role: the ARN of the role that it is called with.
        queue: the ARN of the queue.
        patience: seconds for which a failed call is tried again, 60 to 86400.
        sentence: what it does, in plain words.
        about: the same for whoever finds it in the account.
        who: the account.
        after: ids of the actions that must have run.
        then: calls that take back what it did, once it is deleted.
        undone: what the receipt says, if that is more.
        costs: what it costs that this is done.
    """
    here = {"GroupName": in_group, "Name": name}
    look = Call("scheduler.GetSchedule", here)
    mine = join("contains(Description || '', '", RUN, "')")
    return Action(
        id,
        sentence,
        Call(
            "scheduler.CreateSchedule",
            {
                **here, "ClientToken": join(TOKEN, f"-{id}"), "Description": join(f"{about}. Handrail's run ", RUN),
                "ScheduleExpression": when.expression, "ScheduleExpressionTimezone": when.zone,
                "FlexibleTimeWindow": {"Mode": "OFF"}, "State": "ENABLED",
                "Target": {
                    "Arn": f"arn:{who.partition}{TARGET}{operation}", "RoleArn": role,
                    "Input": json.dumps(dict(params)),
                    "DeadLetterConfig": {"Arn": queue},
                    "RetryPolicy": {"MaximumEventAgeInSeconds": patience, "MaximumRetryAttempts": 185},
                },
            },
        ),
        undo=(Undo(Call("scheduler.DeleteSchedule", here), gone=(GONE,)), *then),
        not_yet=("ValidationException: assume the role", "ValidationException: execution role"),
        others=(
            Others(
                look, join("[@][?Arn && !", *mine.parts, f"].['“{name}”'] | []"),
                "Another schedule has its name", key="", absent=(GONE,),
            ),
        ),
        settings=Settings(
            look,
            # half an answer would be noted, and taken for somebody's edit once it is whole
            "Target.Arn && Target.RoleArn && {when: ScheduleExpression, zone: ScheduleExpressionTimezone, "
            "state: State, target: Target, ends: [EndDate]}",
        ),
        find=Find(look, join("[@][?", *mine.parts, "] | [0].{ScheduleArn: Arn}"), absent=(GONE,)),
        after=after,
        goes_with="schedule-group",
        type="AWS::Scheduler::Schedule",
        resource=f"{in_group}/{name}",
        costs=costs,
        undone=undone or f"The schedule {name}",
        left=f"The schedule {name}",
        refusals={"ConflictException": f"A schedule named {name} exists already and was not made by this run."},
    )  # fmt: skip


# -- what there is ---------------------------------------------------------------------------------------------


def calling(cloud: Cloud, *operations: str) -> Iterator[dict[str, Any]]:
    """Every schedule of the region that makes one of those calls, for example "rds:modifyDBCluster", with all that AWS
    tells of it. Raises CloudError."""
    wanted = tuple(each.lower() for each in operations)
    for page in cloud.pages(Call("scheduler.ListSchedules")):
        for each in page.get("Schedules") or []:
            arn = str((each.get("Target") or {}).get("Arn") or "")
            if TARGET in arn and arn.partition(TARGET)[2].lower() in wanted:
                here = {"GroupName": str(each.get("GroupName") or "default"), "Name": str(each.get("Name"))}
                try:
                    yield cloud.make(Call("scheduler.GetSchedule", here))
                except CloudError as problem:
                    if problem.aws_code != GONE:  # it was deleted since it was listed
                        raise


def exists(cloud: Cloud, name: str) -> bool:
    """Whether there is a group of that name. Raises CloudError."""
    try:
        cloud.make(Call("scheduler.GetScheduleGroup", {"Name": name}))
    except CloudError as problem:
        if problem.aws_code != GONE:
            raise
        return False
    return True


# -- to change -------------------------------------------------------------------------------------------------


def switch_on(told: Mapping[str, Any]) -> Action:
    """Switch a schedule on that is off, and off again at undo; all else of it stays as it is then."""
    name, here = str(told["Name"]), _here(told)
    look = Call("scheduler.GetSchedule", here)
    return Action(
        f"enable-{name}",
        f"Switch the schedule {name} on",
        _update(told, State="ENABLED"),
        read=look,
        undo=(
            Undo(
                _update(told, State="DISABLED"),
                read=look,
                still=Still(look, "State", "ENABLED", "It is in another state by now; it is left so.", absent=(GONE,)),
            ),
        ),
        unless=Find(look, "[State][?@=='ENABLED'] | [0]"),
        not_yet=("ConflictException",),
        undone=f"The schedule {name}, which is switched off",
        left=f"The schedule {name}, which was switched on",
    )


def say_again(told: Mapping[str, Any], params: Mapping[str, Any], sentence: str) -> Action:
    """Let a schedule call with other parameters, and with the former at undo; all else of it stays as it is then."""
    name, here = str(told["Name"]), _here(told)
    id, look = f"input-{name}", Call("scheduler.GetSchedule", here)
    target = {**told["Target"], "Input": json.dumps(dict(params))}
    return Action(
        id,
        sentence,
        _update(told, Target=target),
        read=look,
        undo=Restore(look, "Target", _update(told, Target=before(id))),
        not_yet=("ConflictException",),
        undone=f"What the schedule {name} sets",
    )


def _here(told: Mapping[str, Any]) -> dict[str, str]:
    return {"GroupName": str(told.get("GroupName") or "default"), "Name": str(told["Name"])}


def _update(told: Mapping[str, Any], **changed: Any) -> Call:
    """An update writes a schedule anew: what is not said again is lost (API Reference, "UpdateSchedule", 2026-11)."""
    again: dict[str, Any] = {name: found(name) for name in SAID} | {name: if_found(name) for name in KEPT}
    role = str((told.get("Target") or {}).get("RoleArn") or "")
    return Call("scheduler.UpdateSchedule", _here(told) | again | changed, known={"Target.RoleArn": (role,)})
