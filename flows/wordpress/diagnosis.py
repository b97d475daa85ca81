"""Why WordPress on a machine works or does not, whoever made it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flows.aws import instances
from flows.aws import systems_manager as access
from flows.engine import Cloud, Finding
from flows.engine.findings import broken, proved, unknown

from . import rules
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
    if agents is None:
        yield unknown("agent", "Whether the machine answers is not known.", INFORMATION)
    elif agents.get(instance) != access.ONLINE:
        yield broken(
            "agent",
            SILENT.format(instance),
            INFORMATION,
            "Attach such a profile, wait, try again.",
        )
        return
    else:
        yield proved("agent", f"{instance} answers Systems Manager.", INFORMATION)
    yield from rules.examine(cloud, instance, values, before=False)
