"""Why WordPress on a machine works or does not, whoever made it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flows.aws import instances
from flows.aws import systems_manager as access
from flows.engine import Cloud, Finding
from flows.engine.findings import broken, proved, unknown

from . import rules
from .rules import SILENT

INFORMATION = "ssm:DescribeInstanceInformation"


def diagnose(cloud: Cloud, instance: str, values: Mapping[str, str]) -> Iterator[Finding]:
    """A machine that exists, whoever made it, by its id or name. Raises Refused if there is none."""
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
