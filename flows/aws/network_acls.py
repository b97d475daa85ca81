"""Network ACLs: the numbered lists at the edge of a subnet, of which the first entry that matches decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from ipaddress import IPv4Network, IPv6Network
from typing import Any

from flows.engine import Action, Call, Cloud, Find, Still, Undo

from .addresses import Network, within
from .ip_permissions import Service, spoken

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


class Passes(IntEnum):
    """How much gets through a network ACL."""

    NOTHING = 0
    SOME = 1
    ALL = 2


Box = tuple[int, int, int, int]
"""Addresses from and to, and ports (of ICMP types) from and to."""


def passes(acl: Mapping[str, Any], network: Network, service: Service, *, egress: bool) -> Passes:
    """How much of a service a network ACL lets through between its subnets and a network: of each address and port the
    first entry that is about it decides, so several entries may let it through in parts."""
    service = spoken(service, network)
    each = ("tcp", "udp", "icmpv6" if network.version == 6 else "icmp") if service.protocol == "-1" else ()
    parts = [replace(service, protocol=one, first=-1, last=-1) for one in each] or [service]
    found = [_passes(acl, network, part, egress=egress) for part in parts]
    return found[0] if len(set(found)) == 1 else Passes.SOME


def _passes(acl: Mapping[str, Any], network: Network, service: Service, *, egress: bool) -> Passes:
    left = [(int(network[0]), int(network[-1]), *_ports(service))]
    allowed = denied = False
    for entry in sorted(acl.get("Entries") or [], key=lambda entry: int(entry.get("RuleNumber") or 0)):
        about = _about(entry)
        if bool(entry.get("Egress")) is not egress or about is None or about.version != network.version:
            continue
        if str(entry.get("Protocol")) not in ("-1", service.protocol, NUMBERS.get(service.protocol)):
            continue
        its = (int(about[0]), int(about[-1]), *_entered(entry, service))
        after = [part for box in left for part in _without(box, its)]
        if after != left:
            allowed |= entry.get("RuleAction") == "allow"
            denied |= entry.get("RuleAction") != "allow"
        left = after
    return Passes.NOTHING if not allowed else Passes.SOME if denied or left else Passes.ALL


def _ports(service: Service) -> tuple[int, int]:
    """A service's ports; of ICMP its types, -1 being each of them."""
    if service.protocol in ("icmp", "icmpv6"):
        return (0, 255) if service.first < 0 else (service.first, service.first)
    return (0, 65535) if service.first < 0 else (service.first, service.last)


def _entered(entry: Mapping[str, Any], service: Service) -> tuple[int, int]:
    """The ports, or types, of a service that an entry is about."""
    if str(entry.get("Protocol")) == "-1":
        return 0, 65535
    if service.protocol in ("icmp", "icmpv6"):
        type_ = int((entry.get("IcmpTypeCode") or {}).get("Type", -1))
        return (0, 255) if type_ < 0 else (type_, type_)
    ports = entry.get("PortRange") or {}
    return int(ports.get("From", 0)), int(ports.get("To", 65535))


def _without(box: Box, other: Box) -> list[Box]:
    """What of a box is in no part of the other."""
    low, high, first, last = max(box[0], other[0]), min(box[1], other[1]), max(box[2], other[2]), min(box[3], other[3])
    if low > high or first > last:
        return [box]
    beside = [(box[0], low - 1, box[2], box[3]), (high + 1, box[1], box[2], box[3])]
    beside += [(low, high, box[2], first - 1), (low, high, last + 1, box[3])]
    return [each for each in beside if each[0] <= each[1] and each[2] <= each[3]]


def answers_to(service: Service) -> Service:
    """What goes back: of ping the echo reply (RFC 792, RFC 4443), else what is for the port that the asker chose."""
    if service.protocol in ("icmp", "icmpv6"):
        return replace(service, name="answers", first=0 if service.protocol == "icmp" else 129, last=-1)
    return replace(ANSWERS, protocol="udp" if service.protocol in ("udp", "17") else "tcp")


@dataclass(frozen=True)
class Blocked:
    """What a network ACL keeps from servers: the services of which nothing comes in, those of which a part does, the
    `answers` that do not all go out; `dumb` where of these none does, and `nothing` where no service works at all. Of
    whoever is `asking` it is the other way round: what they ask for goes out."""

    shut: tuple[Service, ...]
    part: tuple[Service, ...]
    answers: tuple[Service, ...]
    dumb: bool
    nothing: bool
    asking: bool = False

    @property
    def closed(self) -> bool:
        """Whether anything of it is closed as a whole, and not for a part alone."""
        return bool(self.shut) or self.dumb

    def what(self) -> str:
        """What is kept away, as part of a sentence."""
        kept = [
            (some, ", ".join(dict.fromkeys(each.told for each in services)))
            for some, services in (("", self.shut), ("part of ", self.part)) if services
        ]  # fmt: skip
        said = [f"{some}the way {'out' if self.asking else 'in'} for {services}" for some, services in kept]
        if self.answers:
            said.append(f"{'' if self.dumb else 'some of the '}answers {'in' if self.asking else 'out'}")
        return ", ".join(said)


def blocked(
    acl: Mapping[str, Any], wanted: Iterable[tuple[Service, Network]], *, asking: bool = False
) -> Blocked | None:
    """What a network ACL keeps of services that somebody in a network asks for, or that is asked for there; None where
    all of it gets through."""
    found = [
        (
            service, passes(acl, network, service, egress=asking),
            answer := answers_to(spoken(service, network)), passes(acl, network, answer, egress=not asking),
        )
        for service, network in wanted
    ]  # fmt: skip
    if all(Passes.ALL == way == back for _, way, _, back in found):
        return None
    unanswered = [back for *_, back in found if back is not Passes.ALL]
    return Blocked(
        tuple(dict.fromkeys(each for each, way, *_ in found if way is Passes.NOTHING)),
        tuple(dict.fromkeys(each for each, way, *_ in found if way is Passes.SOME)),
        tuple(dict.fromkeys(answer for *_, answer, back in found if back is not Passes.ALL)),
        bool(unanswered) and not any(unanswered),
        all(Passes.NOTHING in (way, back) for _, way, _, back in found),
        asking,
    )


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

    @property
    def told_by_aws(self) -> Mapping[str, Any]:
        """As AWS tells it of its ACL."""
        protocol, first, last = self.service.protocol, self.service.first, self.service.last
        ports: dict[str, Any] = {"PortRange": {"From": first, "To": last}}
        if protocol in ("icmp", "icmpv6"):
            ports = {"IcmpTypeCode": {"Type": first, "Code": last}}
        return {
            "RuleNumber": self.number, "Egress": self.egress, "Protocol": NUMBERS.get(protocol, protocol),
            "RuleAction": "allow",
            "CidrBlock" if isinstance(self.network, IPv4Network) else "Ipv6CidrBlock": str(self.network),
            **({} if protocol == "-1" else ports),
        }  # fmt: skip


def opening(
    acl: Mapping[str, Any], network: Network, inward: Iterable[Service], outward: Iterable[Service],
    beside: Iterable[Entry] = (),
) -> tuple[Entry, ...]:  # fmt: skip
    """The entries that let services of a network in, and answers to it out; none where there is no room for all, or
    where what keeps them away was meant for a part of that network.

    `beside` will have their numbers as well.
    """
    wanted = [(spoken(each, network), False) for each in inward] + [(spoken(each, network), True) for each in outward]
    entries: list[Entry] = []
    for service, egress in wanted:
        taken = {each.number for each in (*beside, *entries) if each.egress is egress}
        number = _room(acl, network, service, taken, egress=egress)
        entry = Entry(str(acl["NetworkAclId"]), number, network, service, egress)
        then = {"Entries": [*(acl.get("Entries") or []), entry.told_by_aws]}
        if not number or passes(then, network, service, egress=egress) <= passes(acl, network, service, egress=egress):
            return ()
        entries.append(entry)
    return tuple(entries)


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
    protocol, first, last = entry.told_by_aws["Protocol"], entry.service.first, entry.service.last
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
        Call("ec2.CreateNetworkAclEntry", {**which, **entry.told_by_aws}),
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
