"""Machines that take commands: an agent that answers, and a WordPress that the provisioning script finds and changes.

moto says of every command at once that it was a success, and runs none. Here nothing is run either, but what Handrail's
own script would say is said, by what is known of the machine: what was wrong with it, and which runs put that right.
Any other command ends well and says nothing. A machine that has just started is known after a second and has installed
WordPress after four; its first page was opened by nobody until `happenings` says so.
"""

from __future__ import annotations

import base64
import copy
import json
import re
from typing import Any

from moto.ec2.models import ec2_backends
from moto.ec2.models.instances import Instance
from moto.ssm.exceptions import SSMException
from moto.ssm.models import Command, SimpleSystemManagerBackend
from moto.ssm.responses import SimpleSystemManagerResponse

from flows.practice.clock import CLOCK
from flows.practice.company.basics import BLOG
from flows.practice.gaps.wire import Described, Response, answers
from flows.practice.happenings import OPENED

KNOWN_IN, INSTALLED_IN, TAKES = 1, 4, 2
"""Seconds."""
UBUNTU = re.compile(r"/aws/service/canonical/ubuntu/server/24\.04/stable/current/(amd64|arm64)/hvm/ebs-gp3/ami-id")
WRONG = {"files": False, "permalinks": False, "upload": 2, "memory": 128}
"""The company's WordPress, as it is found."""
HOME = "http://localhost"
"""To where it leads visitors, once somebody went through its first page."""
WORDS = {
    "files": "PHP (apache) can write what it has to, everybody can write nothing, wp-config.php is not for everybody",
    "permalinks": "Permalinks work: mod_rewrite, and AllowOverride All for {ROOT}",
    "php": "PHP takes uploads of {UPLOAD_MB} MB and {MEMORY_MB} MB of memory",
}
NOT_SO = {
    "files": "PHP (apache) cannot read and change {ROOT}/wp-content",
    "permalinks": "Permalinks do not work: they need mod_rewrite, and AllowOverride All for {ROOT}",
    "php": "PHP takes uploads of {upload} MB, forms of 8 MB and {memory} MB of memory; wanted are {UPLOAD_MB} MB, "
    "more than that, and {MEMORY_MB} MB",
}
"""What the script says of each step where it is not as it should be."""
SIMULATED = " (simulated: no machine runs here)"
"""Behind whatever a script would have measured."""
DEFAULTS = {"MODE": "apply", "STEPS": "files permalinks php", "ROOT": "/var/www/html", "KEY": "by-hand",
            "UPLOAD_MB": "100", "MEMORY_MB": "256"}  # fmt: skip

_send_command: Any = SimpleSystemManagerBackend.send_command
_get_parameter: Any = SimpleSystemManagerBackend.get_parameter


def _machines(backend: Any) -> dict[str, Instance]:
    found = ec2_backends[backend.account_id][backend.region_name].all_instances()
    return {each.id: each for each in found}


def _blog(machine: Instance) -> bool:
    """Whether it is the company's, which has been there for long."""
    return any(tag["value"] == BLOG for tag in machine.get_tags())


def _answers(machine: Instance) -> bool:
    """An agent answers on a machine that runs and was given a role."""
    began = vars(machine).setdefault("practised_since", 0.0 if _blog(machine) else CLOCK.now())
    profile = machine.iam_instance_profile
    return bool(profile) and machine.state == "running" and CLOCK.passed(began, KNOWN_IN)


def _information(self: Response) -> str:
    wanted: list[str] = [v for f in self._get_param("Filters", []) if f["Key"] == "InstanceIds" for v in f["Values"]]
    shown = [
        {"InstanceId": id_, "PingStatus": "Online", "PlatformType": "Linux", "ResourceType": "EC2Instance"}
        for id_, each in _machines(self.ssm_backend).items()
        if _answers(each) and (not wanted or id_ in wanted)
    ]
    return json.dumps({"InstanceInformationList": shown})


class PracticeCommand(Command):
    """A command; how far it is, is worked out whenever somebody asks."""

    began = 0.0
    takes = TAKES
    output = ""
    well = True

    @property
    def status(self) -> str:
        if not CLOCK.passed(self.began, self.takes):
            return "InProgress"
        return "Success" if self.well else "Failed"

    @status.setter
    def status(self, _: str) -> None:
        """moto says at once that it succeeded."""

    def get_invocation(self, instance_id: str, plugin_name: str | None) -> Described:
        found: Described = dict(super().get_invocation(instance_id, plugin_name))
        over = self.status != "InProgress"
        said = self.output if over else ""
        return found | {"Status": self.status, "StatusDetails": self.status, "StandardOutputContent": said}


def _sent(self: SimpleSystemManagerBackend, **given: Any) -> Command:
    known, wanted = _machines(self), list(given["instance_ids"])
    for id_ in wanted:
        if id_ not in known or not _answers(known[id_]):
            raise SSMException("InvalidInstanceId", f"[[{id_}]]: Instances not in a valid state for account")
    if given["document_name"] != "AWS-RunShellScript":
        raise SSMException("InvalidDocument", f"The document {given['document_name']} is not part of the practice.")
    command: PracticeCommand = _send_command(self, **given)
    command.__class__ = PracticeCommand  # moto makes them without asking whose
    command.began, command.instance_ids = CLOCK.now(), wanted  # moto adds every machine there is
    for id_ in wanted:
        lines = "\n".join(given["parameters"].get("commands", []))
        if "wordpress.status" in lines and "MODE=" not in lines:
            command.takes, command.output = INSTALLED_IN, "done 6 changed, 0 to change"
            vars(known[id_])["wordpress"] = {"files": True, "permalinks": True, **_limits(known[id_])}
        elif "handrail-wordpress" in lines:
            command.output, command.well = _said(known[id_], DEFAULTS | dict(re.findall(EXPORTED, lines)))
    return command


EXPORTED = re.compile(r"^export ([A-Z_]+)='?([^'\n]*)'?$", re.MULTILINE)


def _limits(machine: Instance) -> dict[str, int]:
    """What the script in the machine's user data sets."""
    text = base64.b64decode(str(machine.user_data or "")).decode()
    return {
        name.lower(): int(found[1]) if (found := re.search(rf"{name}_MB=(\d+)", text)) else default
        for name, default in (("UPLOAD", 100), ("MEMORY", 256))
    }


def _said(machine: Instance, asked: dict[str, str]) -> tuple[str, bool]:
    """What the script would say, and whether it would end well."""
    found = dict(WRONG) if _blog(machine) else None
    kept: dict[str, Any] | None = vars(machine).setdefault("wordpress", found)
    if kept is None or asked["ROOT"] != "/var/www/html":
        return f"failed folder There is no wp-load.php in {asked['ROOT']}.\n", False
    before: dict[str, Any] = vars(machine).setdefault("wordpress_before", {})
    if asked["MODE"] == "undo":
        was, left = before.get(asked["KEY"], (kept, kept))
        if left != kept:
            return f"left {asked['ROOT']} Somebody changed it since.\nfailed undo 1 not taken back.\n", False
        vars(machine)["wordpress"] = was
        return f"restored {asked['ROOT']} As it was.\n", True
    wanted = {"upload": int(asked["UPLOAD_MB"]), "memory": int(asked["MEMORY_MB"])}
    now, lines = dict(kept), []
    for step in asked["STEPS"].split():
        right = all(kept[key] >= value for key, value in wanted.items()) if step == "php" else kept[step]
        if not right and asked["MODE"] == "apply":
            now |= wanted if step == "php" else {step: True}
        how = "ok" if right else "changed" if asked["MODE"] == "apply" else "wrong"
        words = (NOT_SO if how == "wrong" else WORDS)[step].format(**kept, **asked)
        lines.append(f"{how} {step} {words}{SIMULATED * (how == 'ok')}")
    if asked["MODE"] == "apply":
        before.setdefault(asked["KEY"], (kept, dict(now)))
        vars(machine)["wordpress"] = now
    lines.append(
        f"ok php-seen Through the web server (fpm-fcgi, as apache): upload {now['upload']} MB, form "
        f"{now['upload'] + 8 if now['upload'] > 2 else 8} MB, "
        f"memory {now['memory']} MB{SIMULATED}\n"
        f"ok site http://localhost/ answers HTTP 200{SIMULATED}"
    )
    if _blog(machine) or any(tag["key"] == OPENED for tag in machine.get_tags()):
        lines.append(f"home address {HOME}")
    return "\n".join(lines) + "\n", True


def _invocations(self: Response) -> str:
    asked = self._get_param("InstanceId")
    shown = []
    for each in self.ssm_backend.list_commands(self._get_param("CommandId"), asked):
        for instance in each.instance_ids:
            found = each.get_invocation(instance, None)
            output = found["StandardOutputContent"]
            kept = {key: found[key] for key in ("CommandId", "InstanceId", "Comment", "Status")}
            shown.append(kept | {"CommandPlugins": [{"Name": "aws:runShellScript", "Output": output}]})
    return json.dumps({"CommandInvocations": shown})


def _parameter(self: SimpleSystemManagerBackend, name: str) -> Any:
    """Canonical's parameters are missing in moto; an image of Amazon's stands for Ubuntu's."""
    found = UBUNTU.fullmatch(name)
    if not found:
        return _get_parameter(self, name)
    arch = {"amd64": "x86_64"}.get(found[1], found[1])
    like = copy.copy(_get_parameter(self, f"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{arch}"))
    like.name = name
    return like


def install() -> None:
    SimpleSystemManagerBackend.send_command = _sent  # type: ignore[method-assign,assignment]
    SimpleSystemManagerBackend.get_parameter = _parameter  # type: ignore[method-assign]
    answers(
        SimpleSystemManagerResponse,
        {"describe_instance_information": _information, "list_command_invocations": _invocations},
    )
