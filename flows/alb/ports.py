"""Which ports a security group lets visitors use, from where, and opening one more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

from flows.aws import addresses, security_group_rules
from flows.aws.security_group_rules import KINDS
from flows.aws.tags import tagged
from flows.engine import Action, Call, Cloud, Others, Refused


@dataclass(frozen=True)
class Source:
    """Where visitors come from: a network, a prefix list or a security group. `kind` is a key of KINDS."""

    kind: str
    value: str

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Group:
    """A security group, for each port range who may use it, and all that EC2 tells of it."""

    id: str
    name: str
    open: tuple[tuple[int, int, Source], ...]
    told: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def sources(self, port: int) -> tuple[Source, ...]:
        return tuple(dict.fromkeys(source for low, high, source in self.open if low <= port <= high))


ANYWHERE = (Source("IpRanges", "0.0.0.0/0"),)
ANYWHERE_TOO = (*ANYWHERE, Source("Ipv6Ranges", "::/0"))


def to_everybody(sources: Iterable[Source]) -> bool:
    """Whether the whole internet is among them."""
    return not set(ANYWHERE_TOO).isdisjoint(sources)


def source(text: str) -> Source:
    """A network (`203.0.113.0/24`, `::/0`), a prefix list (`pl-…`) or a security group (`sg-…`). Raises Refused."""
    if re.fullmatch(r"pl-[0-9a-f]{8,17}", text):
        return Source("PrefixListIds", text)
    if re.fullmatch(r"sg-[0-9a-f]{8,17}", text):
        return Source("UserIdGroupPairs", text)
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        raise Refused(f"“{text}” is not an IP range like 203.0.113.0/24, nor a pl-… or sg-… id.") from None
    if ip_address(text.partition("/")[0]) != network.network_address:
        raise addresses.beginning(text, network)
    return Source("IpRanges" if network.version == 4 else "Ipv6Ranges", str(network))


def groups(cloud: Cloud, ids: Iterable[str]) -> list[Group]:
    ids = list(ids)
    if not ids:
        return []
    found = cloud.make(Call("ec2.DescribeSecurityGroups", {"GroupIds": ids}))["SecurityGroups"]
    told = {group.id: group for group in map(_group, found)}
    return [told[id] for id in ids if id in told]


def sources(found: Iterable[Group], port: int) -> tuple[Source, ...]:
    """Who may use a port, by all of the groups together: they add up."""
    return tuple(dict.fromkeys(source for group in found for source in group.sources(port)))


def users(cloud: Cloud, group: str) -> list[str]:
    """The network interfaces in a security group, each as its description or id."""
    pages = cloud.pages(Call("ec2.DescribeNetworkInterfaces", {"Filters": [{"Name": "group-id", "Values": [group]}]}))
    return [
        each.get("Description") or each["NetworkInterfaceId"] for page in pages for each in page["NetworkInterfaces"]
    ]


def networks(cloud: Cloud, vpc: str) -> tuple[Source, ...]:
    """A VPC's own IPv4 ranges."""
    found = cloud.make(Call("ec2.DescribeVpcs", {"VpcIds": [vpc]}))["Vpcs"][0]
    blocks = [each["CidrBlock"] for each in found.get("CidrBlockAssociationSet") or []] or [found["CidrBlock"]]
    return tuple(Source("IpRanges", block) for block in blocks)


def open_port(
    group: Group, port: int, wanted: tuple[Source, ...], name: str, others: tuple[Others, ...] = ()
) -> Action:
    """Let `wanted` use a port of what is in the group. `others` is what of others may need that."""
    return security_group_rules.admit(
        f"open-{port}-{group.id}",
        f"Let {', '.join(map(str, wanted))} use port {port} in the security group {group.name} ({group.id})",
        group.id,
        admitting(port, wanted),
        about="visitors",
        undone=f"The rule for port {port} in the security group {group.name} ({group.id})",
        others=others,
        **tagged("security-group-rule", name),
    )


def admitting(port: int, wanted: Iterable[Source]) -> list[security_group_rules.Rule]:
    """The rules that let `wanted` use a port."""
    return [security_group_rules.Rule("tcp", port, port, each.kind, each.value, f"from {each}") for each in wanted]


def _group(found: Mapping[str, Any]) -> Group:
    return Group(
        found["GroupId"],
        found.get("GroupName") or "",
        tuple(
            (*_ports(permission), Source(kind, each[key]))
            for permission in found.get("IpPermissions") or []
            if str(permission["IpProtocol"]) in ("tcp", "6", "-1")
            for kind, key in KINDS.items()
            for each in permission.get(kind) or []
        ),
        found,
    )


def _ports(permission: Mapping[str, Any]) -> tuple[int, int]:
    if str(permission["IpProtocol"]) == "-1":
        return 0, 65535
    return int(permission.get("FromPort") or 0), int(permission.get("ToPort") or 0)
