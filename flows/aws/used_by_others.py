"""What security groups let somebody use and others not: by that a firewall is mended, where nobody said what is to be
reached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from .interfaces import Interface
from .ip_permissions import Service
from .security_groups import SecurityGroup


@dataclass(frozen=True)
class Shut:
    """A group, what it lets others use and not whoever is to be let in, and something that is in it."""

    group: SecurityGroup
    services: tuple[Service, ...]
    server: Interface

    @property
    def used(self) -> str:
        """What others use of it."""
        return ", ".join(service.name for service in self.services)

    @property
    def why(self) -> str:
        """Why this group and these services, for whoever chose neither."""
        return f"{self.server.shown} is in it, and others use {self.used} of it"


def shut(groups: Iterable[SecurityGroup], servers: Iterable[Interface]) -> tuple[Shut, ...]:
    """Of the first server that lets somebody use something in particular: its groups that do, and what."""
    by_id = {group.id: group for group in groups}
    for server in servers:
        mine = [by_id[id_] for id_ in server.groups if id_ in by_id]
        if found := tuple(Shut(group, used, server) for group in mine if (used := in_particular(group))):
            return found
    return ()


def told(found: Iterable[Shut]) -> str:
    """What a repair goes by, as a sentence for the remedy."""
    each = "; ".join(f"{one.used} in {one.group.name} ({one.group.id}), since {one.why}" for one in found)
    return f"The repair opens {each}. For anything else enter a rule of your own."


def admitted(who: str, one: Shut) -> str:
    """What it opens to whom and why that, for the yes."""
    return (
        f"{who} may use {one.used} in {one.group.name} ({one.group.id}) then. Nobody said what is to be reached; "
        f"that group because {one.why}. For anything else leave this out, and enter a rule of your own."
    )


def in_particular(group: SecurityGroup) -> tuple[Service, ...]:
    """What a group lets somebody use in particular: not everything, and not what the whole world may."""
    found: list[Service] = []
    for each in group.told.get("IpPermissions") or []:
        everybody = [r["CidrIp"] for r in each.get("IpRanges") or [] if str(r.get("CidrIp", "")).endswith("/0")]
        others = len(each.get("IpRanges") or ()) - len(everybody) + len(each.get("UserIdGroupPairs") or ())
        protocol, first, last = str(each["IpProtocol"]), each.get("FromPort"), each.get("ToPort")
        if protocol in ("tcp", "udp", "icmp") and others and first is not None and last is not None:
            service = Service("", protocol, int(first), int(last))
            found.append(replace(service, name=service.told))
    return tuple(dict.fromkeys(found))
