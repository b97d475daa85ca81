"""Network ACLs: the numbered lists at the edge of a subnet, of which the first entry that matches decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import Any

from flows.engine import Action, Call, Cloud, Find, Still, Undo

from .addresses import Network, within
from .network import Service, spoken

NUMBERS = {"tcp": "6", "udp": "17", "icmp": "1", "icmpv6": "58"}
LAST = 32766
ANSWERS = Service("answers", "tcp", 1024, 65535)
"""The ports to which answers go (Amazon VPC User Guide, "Network ACLs", ephemeral ports, 2026-10)."""
MOST_ANSWERS = Service("answers", "tcp", 49152, 60999)
"""Of those, the ones that both Windows and Linux use by themselves (the same page)."""


def of(cloud: Cloud, vpc: str) -> tuple[Mapping[str, Any], ...]:
    """The network ACLs of a VPC as AWS tells them. Raises CloudError."""
    asked = Call("ec2.DescribeNetworkAcls", {"Filters": [{"Name": "vpc-id", "Values": [vpc]}]})
    return tuple(each for page in cloud.pages(asked) for each in page.get("NetworkAcls") or [])


def subnets(acl: Mapping[str, Any]) -> set[str]:
    """The subnets that a network ACL guards."""
    return {str(each["SubnetId"]) for each in acl.get("Associations") or [] if each.get("SubnetId")}


def _about(entry: Mapping[str, Any]) -> Network | None:
    """The network that an entry is about."""
    if four := entry.get("CidrBlock"):
        return IPv4Network(four, strict=False)
    six = entry.get("Ipv6CidrBlock")
    return IPv6Network(six, strict=False) if six else None


def networks(acl: Mapping[str, Any], *, egress: bool) -> list[Network]:
    """The networks that its entries of one direction are about."""
    entries = (each for each in acl.get("Entries") or [] if bool(each.get("Egress")) is egress)
    return [about for each in entries if (about := _about(each)) is not None]


def allows(acl: Mapping[str, Any], network: Network, service: Service, *, egress: bool) -> bool:
    """Whether a network ACL lets a service through, by its first entry that is about all of it."""
    service = spoken(service, network)
    for entry in sorted(acl.get("Entries") or [], key=lambda entry: int(entry.get("RuleNumber") or 0)):
        about = _about(entry)
        if bool(entry.get("Egress")) is not egress or about is None or not within(network, about):
            continue
        protocol = str(entry.get("Protocol"))
        if protocol not in ("-1", service.protocol, NUMBERS.get(service.protocol)):
            continue
        ports = entry.get("PortRange") or {}
        if ports and not (int(ports.get("From", 0)) <= service.first and service.last <= int(ports.get("To", 65535))):
            continue
        return str(entry.get("RuleAction")) == "allow"
    return False


@dataclass(frozen=True)
class Entry:
    """One line of a network ACL that lets something through: `number` decides before which others."""

    acl: str
    number: int
    network: Network
    service: Service
    egress: bool

    @property
    def told(self) -> str:
        """Who may pass with what, as part of a sentence."""
        first, last = self.service.first, self.service.last
        ports = str(first) if first == last else f"{first}-{last}"
        what = {"-1": "everything", "icmp": "ping", "icmpv6": "ping"}.get(
            self.service.protocol, f"{self.service.protocol}/{ports}"
        )
        return f"{what} to {self.network}" if self.egress else f"{what} from {self.network}"


def opening(
    acl: Mapping[str, Any],
    network: Network,
    services: Iterable[Service],
    *,
    answers: bool,
    beside: Iterable[Entry] = (),
) -> tuple[Entry, ...]:
    """The entries that let services of a network in, and answers to it out; none where there is no room for all.

    `beside` will have their numbers as well.
    """
    wanted = [(spoken(each, network), False) for each in services] + ([(ANSWERS, True)] if answers else [])
    entries: list[Entry] = []
    for service, egress in wanted:
        taken = {each.number for each in (*beside, *entries) if each.egress is egress}
        number = _room(acl, network, service, taken, egress=egress)
        entries.append(Entry(str(acl["NetworkAclId"]), number, network, service, egress))
    return tuple(entries) if all(each.number for each in entries) else ()


def _room(acl: Mapping[str, Any], network: Network, service: Service, more: set[int], *, egress: bool) -> int:
    """A free number before the first entry that keeps a service of all the network away; 0 if there is none. What keeps
    only a part of it away was meant for that part, and stays before it.

    Numbers go from 1 to 32766 (Amazon VPC User Guide, "Network ACL rules", 2026-11). `more` are taken as well.
    """
    same = [each for each in acl.get("Entries") or [] if bool(each.get("Egress")) is egress]
    taken = more | {int(each["RuleNumber"]) for each in same}
    blocks = [
        int(each["RuleNumber"]) for each in same
        if each.get("RuleAction") == "deny" and (about := _about(each)) is not None and within(network, about)
        and str(each.get("Protocol")) in ("-1", service.protocol, NUMBERS.get(service.protocol))
    ]  # fmt: skip
    first = min([*blocks, LAST + 1])
    return next((number for number in range(first - 1, 0, -1) if number not in taken), 0)


def enter(entry: Entry) -> Action:
    """Let something through a network ACL. Entries have no tags: what has the number already is not this run's."""
    which = {"NetworkAclId": entry.acl, "RuleNumber": entry.number, "Egress": entry.egress}
    protocol = NUMBERS.get(entry.service.protocol, entry.service.protocol)
    first, last = entry.service.first, entry.service.last
    ports: dict[str, Any] = {"PortRange": {"From": first, "To": last}}
    if entry.service.protocol in ("icmp", "icmpv6"):
        ports = {"IcmpTypeCode": {"Type": first, "Code": last}}
    look = Call("ec2.DescribeNetworkAcls", {"NetworkAclIds": [entry.acl]})
    here = f"NetworkAcls[0].Entries[?RuleNumber==`{entry.number}` && Egress==`{str(entry.egress).lower()}`]"
    numbers = (
        "to_string(not_null(PortRange.From, IcmpTypeCode.Type)), to_string(not_null(PortRange.To, IcmpTypeCode.Code))"
    )
    ours = f"{here} | [0].join(' ', [RuleAction, CidrBlock || Ipv6CidrBlock, Protocol, {numbers}])"
    every = ("null", "null") if protocol == "-1" else (first, last)
    return Action(
        f"enter-{entry.acl}-{'out' if entry.egress else 'in'}-{entry.number}",
        f"Let {entry.told} through the network ACL {entry.acl}, as its entry {entry.number}",
        Call(
            "ec2.CreateNetworkAclEntry",
            {
                **which, "Protocol": protocol, "RuleAction": "allow",
                "CidrBlock" if isinstance(entry.network, IPv4Network) else "Ipv6CidrBlock": str(entry.network),
                **({} if protocol == "-1" else ports),
            },
        ),
        undo=(
            Undo(
                Call("ec2.DeleteNetworkAclEntry", which),
                still=Still(
                    look, ours, f"allow {entry.network} {protocol} {every[0]} {every[1]}",
                    "Somebody changed it since; it is left as it is."
                ),
            ),
        ),
        exists=("NetworkAclEntryAlreadyExists",),
        unless=Find(look, f"{here} | [0]"),
        taken=f"The network ACL {entry.acl} has an entry {entry.number} by now: check again.",
        type="AWS::EC2::NetworkAclEntry",
        undone=f"The entry {entry.number} of {entry.acl}",
    )  # fmt: skip
