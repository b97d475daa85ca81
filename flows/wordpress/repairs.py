"""What puts WordPress right on a machine that exists: the script that the set-up runs there, which takes it back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from flows.aws import keepers, security_group_rules, systems_manager, tags
from flows.engine import Cloud, Finding
from flows.engine.flow import Mend
from flows.engine.repair import Part, admits, redirects

from . import script

ID = "put-right"
BEYOND = {
    "agent": "A machine that does not answer needs a profile, an agent and a way out, which whoever keeps it gives it.",
    "machine": "What the machine said is for whoever keeps it.",
    "state": "Only you know why it was stopped.",
    "address": "What stands between visitors and the machine is not on it.",
    "firewall-port": "Only you know by which of the two visitors are to come.",
    "firewall": "Only you know who is to come in there.",
    "way-in": "Routes and network ACLs are for everything in a subnet: they are left to whoever keeps the network.",
    "fixed-address": "An address that stays is one more thing to keep: only you decide on it.",
    "records": "Which other addresses answer is for whoever keeps the zone.",
    "folder": "Only you know which folder is meant.",
    "web": "What a web server needs besides is for whoever keeps the machine.",
    "files": "The script leaves alone what it cannot take back.",
    "permalinks": "The script leaves alone what it cannot take back.",
    "php": "The script leaves alone what it cannot take back.",
    "database": "What its database needs is for whoever keeps that.",
    "memory": "A larger machine costs more: only you decide on it.",
    "site": "What WordPress itself says is for whoever keeps the site.",
}
"""What is left to people, by what was looked at. Some of it can be mended in other cases."""


def put_right(found: Finding, instance: str, values: Mapping[str, str]) -> Finding:
    """The same, with the repair that all have in common which the script changes.

    Args:
        found: what is not so.
        instance: the id of the machine.
        values: the script's parameters, as it was asked with.
    """

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from keepers.agreed(f"The machine {instance}", tags.of_machine(cloud, instance))
        yield systems_manager.changed(
            ID, f"Put right on {instance} what is wrong, by Handrail's script", instance,
            script.for_run({**values, "MODE": "apply"}), script.for_run({**values, "MODE": "undo"}),
            f"What was changed on {instance}",
        )  # fmt: skip
        yield redirects(f"The web server of {instance} takes changed settings up then, for every visitor.")

    return replace(found, repair=ID, mend=mend)


def open_(group: Mapping[str, Any]) -> Mend:
    """Let everybody use what a web server answers on, by a security group of the machine as EC2 tells it."""
    id_ = str(group["GroupId"])
    name = f"{group.get('GroupName') or ''} ({id_})".strip()

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from keepers.agreed(f"The security group {name}", group.get("Tags"))
        rules = [
            security_group_rules.Rule("tcp", port, port, "IpRanges", "0.0.0.0/0", f"everybody, port {port}")
            for port in (80, 443)
        ]
        yield from security_group_rules.room(cloud, group, rules)
        yield security_group_rules.admit(
            "firewall", f"Let everybody use ports 80 and 443 of what has the security group {name}", id_, rules,
            about="visitors", undone=f"The rules that let visitors in by {name}",
        )  # fmt: skip
        yield admits(f"Everybody on the internet may use ports 80 and 443 of whatever has {name} then.")

    return mend
