"""Why WordPress on a machine works or does not, whoever made it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from flows.aws import instances
from flows.aws import systems_manager as access
from flows.engine import Cloud, CloudError, Finding, shell
from flows.engine.findings import broken, proved, unknown, waits

from . import around, rules
from .answers import PARAMETERS
from .rules import SILENT

STARTING = "pending"
INFORMATION = "ssm:DescribeInstanceInformation"


def diagnose(cloud: Cloud, subject: Mapping[str, str]) -> Iterator[Finding]:
    """A machine that exists, by its id or name, and what it should be like. Raises Refused if there is none."""
    return _machine(cloud, subject["instance"], _wanted(subject))


def _wanted(subject: Mapping[str, str]) -> dict[str, str]:
    """The script's parameters. Raises Refused."""
    values = {"STEPS": " ".join(rules.STEPS)}
    for key in ("folder", "upload_limit_mb", "memory_limit_mb"):
        if subject.get(key):
            name, read = PARAMETERS[key]
            values[name] = str(read(subject[key]))
    return values


def _not_running(instance: str, state: str) -> Finding:
    """What to do about a machine in that state (Amazon EC2 User Guide, "Instance state changes", 2026-11)."""
    told, by = f"The machine {instance} is {state}.", f"ec2:DescribeInstances: {state}"
    start = shell.aws("ec2", "start-instances", instance_ids=instance)
    match state:
        case "pending":
            return waits("state", f"The machine {instance} is starting.", by, "Wait some minutes.")
        case "stopping":
            return broken("state", told, by, f"Wait until it is stopped, then start it: {start}")
        case "shutting-down" | "terminated":
            return broken("state", f"{told} It is deleted for good.", by, "Make another machine, from an image of it.")
    return broken("state", told, by, f"Start it: {start}")


def _machine(cloud: Cloud, instance: str, values: Mapping[str, str]) -> Iterator[Finding]:
    agents = access.reachable(cloud)
    if instance not in (agents or {}):
        instance = instances.machine_called(cloud, instance)
    try:
        machine = around.described(cloud, instance)
    except CloudError as problem:
        machine = {}
        yield unknown("state", f"The machine {instance} could not be read.", str(problem))
    state = (machine.get("State") or {}).get("Name", "running")
    if state != "running":
        yield _not_running(instance, state)
    if machine:
        yield from around.looked_at(cloud, machine)
    if agents is None:
        yield unknown("agent", "Whether the machine answers is not known.", INFORMATION)
    elif agents.get(instance) != access.ONLINE:
        remedy = "Attach such a profile, wait, try again."
        silent = (waits if state == STARTING else broken)("agent", SILENT.format(instance), INFORMATION, remedy)
        yield replace(silent, follows=("state",)) if state != "running" else silent
        return
    else:
        yield proved("agent", f"{instance} answers Systems Manager.", INFORMATION)

    def leads(home: str) -> Iterator[Finding]:
        address = urlsplit(home)
        host, port = address.hostname or "", address.port or (443 if address.scheme == "https" else 80)
        return around.named(cloud, machine, host, port) if machine and re.search("[a-z]$", host) else iter(())

    yield from rules.examine(cloud, instance, values, before=False, leads=leads)
