"""Why WordPress on a machine works or does not, whoever made it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from flows.aws import instances
from flows.aws import systems_manager as access
from flows.engine import Cloud, CloudError, Finding, shell
from flows.engine.findings import broken, proved, unknown

from . import around, rules
from .answers import PARAMETERS
from .rules import SILENT

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
        start = shell.aws("ec2", "start-instances", instance_ids=instance)
        yield broken("state", f"The machine {instance} is {state}.", "ec2:DescribeInstances", f"Start it: {start}")
    if machine:
        yield from around.looked_at(cloud, machine)
    if agents is None:
        yield unknown("agent", "Whether the machine answers is not known.", INFORMATION)
    elif agents.get(instance) != access.ONLINE:
        remedy = "Attach such a profile, wait, try again."
        silent = broken("agent", SILENT.format(instance), INFORMATION, remedy)
        yield replace(silent, follows=("state",)) if state != "running" else silent
        return
    else:
        yield proved("agent", f"{instance} answers Systems Manager.", INFORMATION)

    def leads(home: str) -> Iterator[Finding]:
        address = urlsplit(home)
        host, port = address.hostname or "", address.port or (443 if address.scheme == "https" else 80)
        return around.named(cloud, machine, host, port) if machine and re.search("[a-z]$", host) else iter(())

    yield from rules.examine(cloud, instance, values, before=False, leads=leads)
