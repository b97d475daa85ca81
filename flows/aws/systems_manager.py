"""Commands on machines by Systems Manager: no open port, no key, and every command in AWS's own record.

Systems Manager User Guide and API Reference, 2026-10.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flows.engine import RUN, Action, Call, Cloud, CloudError, Find, Late, Others, Ref, Still, Undo, Wait, found, join
from flows.engine.clock import RealClock

from . import namesakes, roles
from .tags import tags

ONLINE, SUCCESS, DOCUMENT = "Online", "Success", "AWS-RunShellScript"
LIVES = "Reservations[].Instances[] | [?!contains(['terminated', 'shutting-down'], State.Name)] | [0]"
"""JMESPath to a machine that has not ended."""
UNDER_WAY = ("Pending", "InProgress", "Delayed")
RULES = roles.allow(
    "SystemsManager",
    [
        "ssm:UpdateInstanceInformation", "ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel", "ec2messages:AcknowledgeMessage",
        "ec2messages:DeleteMessage", "ec2messages:FailMessage", "ec2messages:GetEndpoint",
        "ec2messages:GetMessages", "ec2messages:SendReply",
    ],
    "*",
)  # fmt: skip
"""What the agent needs. The managed policy AmazonSSMManagedInstanceCore would also let it read every parameter."""
SAID = re.compile(
    r"^(ok|wrong|broken|caution|unknown|changed|restored|left|failed|done|home) (\S+) (.*)$", re.MULTILINE
)


@dataclass(frozen=True)
class Said:
    """One line that a script of ours said: how it is, of what, in words."""

    how: str
    what: str
    words: str


def understood(output: str) -> list[Said]:
    """What a script of ours said, among whatever else was printed."""
    return [Said(*each) for each in SAID.findall(output)]


def reachable(cloud: Cloud) -> dict[str, str] | None:
    """Instance id → whether its agent answers, as Systems Manager says it; None if that could not be read."""
    try:
        pages = list(cloud.pages(Call("ssm.DescribeInstanceInformation")))
    except CloudError:
        return None
    return {each["InstanceId"]: each["PingStatus"] for page in pages for each in page["InstanceInformationList"]}


def ask(cloud: Cloud, instance: str, lines: str, *, comment: str, limit: int = 120) -> str:
    """Run a command that only looks, and what it said. Raises CloudError."""
    clock, never = RealClock(), threading.Event()
    sent = cloud.make(Call("ssm.SendCommand", _sent(instance, lines, comment, limit)))
    look = Call("ssm.GetCommandInvocation", {"CommandId": sent["Command"]["CommandId"], "InstanceId": instance})
    began = clock.now()
    while True:
        try:
            answer = cloud.make(look)
        except CloudError as problem:
            if problem.aws_code != "InvocationDoesNotExist":  # for the first seconds
                raise
            answer = {"Status": UNDER_WAY[0]}
        if answer["Status"] not in UNDER_WAY:
            return str(answer.get("StandardOutputContent") or "")
        if clock.now() - began > limit + 60:
            raise CloudError(f"{instance} has not answered for {limit + 60} seconds.")
        clock.sleep(2, never)


def access(name: str, machine: Ref) -> Iterator[Action]:
    """The role by which a machine's agent may talk to Systems Manager, and the profile that hands it to the machine.

    `machine` is the id of that machine once it is made.
    """
    yield from roles.service_role(
        "role", name, "ec2.amazonaws.com", [RULES], profile=name, serves=("role-in-profile", machine.action),
        purpose="by which the machine takes commands without an open port",
    )  # fmt: skip
    carrying = join(
        "IamInstanceProfileAssociations[?IamInstanceProfile.Arn=='", Ref("profile", "InstanceProfile.Arn"),
        "' && State!='disassociated' && InstanceId!='", machine, "'].InstanceId",
    )  # fmt: skip
    profiled, gone = {"InstanceProfileName": name}, ("NoSuchEntity",)
    made = Ref("profile", "InstanceProfile.InstanceProfileId")
    look = Call("iam.GetInstanceProfile", profiled)
    other = namesakes.by_id("instance profile", look, "InstanceProfile", "InstanceProfileId", made, gone)
    yield Action(
        "profile",
        f"Create the instance profile {name}, by which a machine gets its role",
        Call("iam.CreateInstanceProfile", {**profiled, "Tags": tags(name)}),
        undo=(Undo(Call("iam.DeleteInstanceProfile", profiled), gone=gone, not_yet=("DeleteConflict",)),),
        others=(
            other,
            Others(
                Call("iam.GetInstanceProfile", profiled),
                f"InstanceProfile.Roles[?RoleName!='{name}'].RoleName",
                "Somebody put another role into it",
                remove=Call("iam.RemoveRoleFromInstanceProfile", {**profiled, "RoleName": found("id")}),
            ),
        ),
        find=Find(
            Call("iam.ListInstanceProfiles"),
            f"InstanceProfiles[?InstanceProfileName=='{name}'] | [0].{{InstanceProfile: @}}",
            proof=Call("iam.GetInstanceProfile", {"InstanceProfileName": found("InstanceProfile.InstanceProfileName")}),
            ours=join("InstanceProfile.Tags[?Key=='handrail:run'].Value | [0] == '", RUN, "'"),
        ),
        type="AWS::IAM::InstanceProfile",
        resource=name,
        undone=f"The instance profile {name}",
        refusals={"EntityAlreadyExists": f"An instance profile {name} exists already and was not made by this run."},
    )
    looked = Call("iam.ListInstanceProfilesForRole", {"RoleName": name})
    there = f"InstanceProfiles[?InstanceProfileName=='{name}'] | [0]"
    yield Action(
        "role-in-profile",
        f"Put the role into the instance profile {name}",
        Call("iam.AddRoleToInstanceProfile", {**profiled, "RoleName": name}),
        undo=(
            Undo(
                Call("iam.RemoveRoleFromInstanceProfile", {**profiled, "RoleName": name}),
                gone=gone,
                still=Still(looked, f"{there}.InstanceProfileName", name, "Another role is in it by now."),
            ),
        ),
        others=(
            other,
            roles.namesake("role", name),
            Others(Call("ec2.DescribeIamInstanceProfileAssociations"), carrying, "Machines of others have it"),
        ),
        part_of=(machine.action,),
        find=Find(looked, f"{there}.{{InstanceProfile: @}}"),
        after=("role-policy", "profile"),
        undone=f"The role in the instance profile {name}",
    )


def watched(instance: Ref, lines: str, after: tuple[str, ...]) -> Action:
    """Wait, on a machine that has just started, for the end of what it does by itself.

    Its agent needs a minute or two; until then AWS does not know the machine.
    """
    return Action(
        "watch",
        "Ask the machine how it goes, until WordPress is installed",
        Call("ssm.SendCommand", _sent(instance, lines, join("handrail ", RUN, " watch"), 1200)),
        wait=_finished("watch", instance, "Waiting until the machine has installed WordPress", 240, 1500),
        after=after,
        not_yet=("InvalidInstanceId",),
        refusals={"InvalidInstanceId": "The machine's agent has not answered Systems Manager yet. Resume to go on."},
    )


def changed(id_: str, sentence: str, instance: str, lines: Late, back: Late, undone: str) -> Action:
    """Run a command that changes a machine, and how another takes that back.

    AWS keeps commands for 30 days; by its comment one is found again, and not sent twice.
    """
    told, backwards = join("handrail ", RUN, f" {id_}"), join("handrail ", RUN, f" {id_} undo")
    ours = join("Commands[?Comment=='", *told.parts, "']")
    mine = join("Commands[?Comment=='", *backwards.parts, "']")
    under_way = f"!Status || contains(`{json.dumps(UNDER_WAY)}`, Status)"
    said = join("(CommandInvocations[?Comment=='", *backwards.parts, "'] | [0].CommandPlugins[0].Output)")
    return Action(
        id_,
        sentence,
        Call("ssm.SendCommand", _sent(instance, lines, told, 900)),
        wait=_finished(id_, instance, "Waiting until the machine is through with it", 20, 1200),
        undo=(
            Undo(
                Call("ssm.SendCommand", _sent(instance, back, backwards, 900)),
                still=Still(
                    Call("ec2.DescribeInstances", {"InstanceIds": [instance]}), f"{LIVES}.InstanceId", instance,
                    "Another machine answers to its id.",
                ),
                wait=Wait(
                    Call("ssm.ListCommands", {"InstanceId": instance}),
                    ready=join(*mine.parts, f" | [?Status=='{SUCCESS}'] | [0]"),
                    failed=join(*mine.parts, f" | [0] && !([?{under_way} || Status=='{SUCCESS}'])"),
                    now=join(*said.parts, " || (", *mine.parts, " | [0].Status)"),
                    watch=Call("ssm.ListCommandInvocations", {"InstanceId": instance, "Details": True}),
                    sentence="Waiting until the machine has taken it back",
                    typical=20,
                    limit=1200,
                ),
                restores=True,
            ),
        ),
        find=Find(Call("ssm.ListCommands", {"InstanceId": instance}), join(*ours.parts, " | [0].{Command: @}")),
        undone=undone,
    )  # fmt: skip


def _finished(id_: str, instance: Late, sentence: str, typical: int, limit: int) -> Wait:
    return Wait(
        Call("ssm.GetCommandInvocation", {"CommandId": Ref(id_, "Command.CommandId"), "InstanceId": instance}),
        ready=f"Status=='{SUCCESS}'",
        failed=f"Status && !contains(`{json.dumps(UNDER_WAY)}`, Status)",
        now="Status && join(' ', [Status, StandardOutputContent || '', StandardErrorContent || ''])",
        sentence=sentence,
        typical=typical,
        limit=limit,
    )


def _sent(instance: Late, lines: Late, comment: Late, limit: int) -> dict[str, Any]:
    return {
        "DocumentName": DOCUMENT, "InstanceIds": [instance], "Comment": comment, "TimeoutSeconds": 60,
        "Parameters": {"commands": [lines], "executionTimeout": [str(limit)]},
    }  # fmt: skip
