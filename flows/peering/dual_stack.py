"""IPv6 over a connection of two VPCs: it works only where both have ranges of it, and takes routes and rules of its own
(Amazon VPC Peering Guide, "Basics", 2026-11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network
from typing import Protocol

from flows.aws.addresses import Network
from flows.aws.vpcs import Vpc
from flows.engine import Call, Caution, CloudError, Finding, Grade, Option, Refused

from .seen import Seen
from .sides import Side


class Answers(Protocol):
    """The set-up as the functions here see it."""

    vpc: Vpc
    ipv6: bool

    def peer(self) -> Vpc: ...


# -- as an answer ----------------------------------------------------------------------------------------------


def told(id: str, account: str, networks: Iterable[Network]) -> Vpc:
    """Somebody else's VPC, as its owner tells of it."""
    four = tuple(each for each in networks if isinstance(each, IPv4Network))
    six = tuple(each for each in networks if isinstance(each, IPv6Network))
    return Vpc(id, "", four, False, account, False, six)


def usual(flow: Answers) -> str:
    return "yes" if flow.vpc.networks6 and flow.peer().networks6 else "no"


def possible(on: bool, flow: Answers) -> None:
    for vpc in (flow.vpc, flow.peer()):
        if on and not vpc.networks6:
            raise Refused(f"{vpc.called} has no IPv6 range. Give it one first, or answer ipv6=no.")


def ranges(vpc: Vpc, flow: Answers) -> tuple[Network, ...]:
    """The ranges of a VPC that the connection is for."""
    return vpc.ranges if flow.ipv6 else vpc.networks


def listed(vpc: Vpc, flow: Answers) -> list[Option[Network]]:
    """The same, to pick from."""
    return [Option(str(each), each, str(each)) for each in ranges(vpc, flow)]


def without_addresses(side: Side) -> Iterator[Caution]:
    """A VPC's range alone gives no machine an address: its subnets need one of their own (Amazon VPC User Guide, "IPv6
    support", 2026-11)."""
    if not any(each.version == 6 for each in side.ranges):
        return
    asked = Call("ec2.DescribeSubnets", {"Filters": [{"Name": "vpc-id", "Values": [side.vpc.id]}]})
    try:
        subnets = [each for page in side.cloud.pages(asked) for each in page.get("Subnets") or []]
    except CloudError:  # it hinders nothing that is made
        return
    given = [each["Ipv6CidrBlockState"]["State"] for one in subnets for each in one["Ipv6CidrBlockAssociationSet"]]
    if all(state in ("disassociating", "disassociated") for state in given):
        yield Caution(
            "subnets-without-ipv6",
            f"No subnet of {side.shown} has an IPv6 range: nothing there has an IPv6 address until one has.",
        )


# -- as it stands ----------------------------------------------------------------------------------------------


def as_used(both: Sequence[Seen]) -> list[Seen]:
    """Both sides, with the IPv6 ranges only where a route or a rule of either is about them: whoever has IPv6 for
    something else misses nothing."""
    if any(_uses(side) for side in both):
        return list(both)
    return [replace(side, networks=tuple(each for each in side.networks if each.version == 4)) for side in both]


def _uses(here: Seen) -> bool:
    led = any(route.target == here.connection for table in here.tables for route in table.routes6)
    theirs = [each for each in here.networks if each.version == 6]
    rules = [rule.network for group in here.side.groups for rule in group.rules6 if rule.network.prefixlen]
    return led or any(rule.overlaps(each) for rule in rules for each in theirs)


def unused(both: Sequence[Seen], ours: Iterable[Network], theirs: Iterable[Network]) -> Iterator[Finding]:
    """That both VPCs have IPv6, and nothing of it is led over the connection."""
    has_it = all(any(each.version == 6 for each in networks) for networks in (ours, theirs))
    if has_it and not any(each.version == 6 for side in both for each in side.networks):
        yield Finding(
            "ipv6", Grade.PROVED, "Both VPCs have IPv6, and no route or rule leads it over the connection.",
            "DescribeRouteTables, DescribeSecurityGroups", "If it should be: connect them again with ipv6=yes.",
            aside=True,
        )  # fmt: skip


# -- on a command line -----------------------------------------------------------------------------------------


def let_in(network: str, description: str) -> str:
    """The part of a rule that says where something may come from."""
    ranges, key = ("Ipv6Ranges", "CidrIpv6") if ":" in network else ("IpRanges", "CidrIp")
    return f"{ranges}=[{{{key}={network},Description={description}}}]"
