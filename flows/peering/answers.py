"""What an answer about a connection of two VPCs must be beyond its form, and what is worth saying about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Network
from typing import Protocol

from flows.aws import accounts, addresses, tags, vpc_peering, vpc_peering_options, vpcs
from flows.aws.addresses import Network
from flows.aws.ip_permissions import Service
from flows.aws.route_tables import RouteTable
from flows.aws.security_groups import SecurityGroup
from flows.aws.vpcs import Vpc
from flows.engine import Caution, Cloud, CloudError, Option, Refused
from flows.engine.listing import is_sought

from . import dual_stack
from .sides import LEAVE, REPLACE, serving

MINE, PROFILE, OWNER = "mine", "profile", "owner"
VPC_ID = re.compile(r"vpc-([0-9a-f]{8}|[0-9a-f]{17})")
PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov", "eusc-": "aws-eusc"}
"""How the names of regions outside of the commercial part of AWS begin (AWS General Reference, 2026-11)."""


class Answers(Protocol):
    """The set-up as the functions here see it: its answers by their keys."""

    cloud: Cloud
    vpc: Vpc
    whose: str
    peer_region: str
    security_groups: tuple[SecurityGroup, ...]
    peer_security_groups: tuple[SecurityGroup, ...]
    route_tables: tuple[RouteTable, ...]
    peer_route_tables: tuple[RouteTable, ...]
    dns_hostnames: bool
    ipv6: bool

    def there(self) -> Cloud: ...
    def peer(self) -> Vpc: ...


def owned(vpc: Vpc, flow: Answers) -> Iterator[Caution]:
    if not vpc.ours:
        raise Refused(
            f"This VPC is shared with you by account {vpc.owner}. Only the owner can connect it to another VPC."
        )
    if vpc.is_default:
        yield Caution(
            "default-vpc",
            f"This is the default VPC ({vpc.networks[0]}). Every account has one with the same addresses; two of them "
            "can never be connected.",
        )


def theirs(profile: str, flow: Answers) -> None:
    own = flow.cloud.identity.account
    if accounts.behind(flow.cloud, profile) == own:
        raise Refused(f"The profile “{profile}” belongs to this account, {own}. Choose “{MINE}”, or another profile.")


def another(account: str, flow: Answers) -> Iterator[Caution]:
    if account == flow.cloud.identity.account:
        raise Refused(f"{account} is your own account. Choose “{MINE}” instead.")
    yield Caution(
        "compare-account",
        f"Compare {account} once more with the owner. A wrong digit sends the request to a stranger, who could accept "
        "it.",
    )


def reachable(region: str, flow: Answers) -> Iterator[Caution]:
    here = flow.cloud.identity.region
    if partition(region) != partition(here):
        raise Refused(
            f"{region} belongs to another part of AWS ({partition(region)}). Networks there cannot be connected this "
            "way."
        )
    if region != here:
        yield Caution(
            "across-regions",
            f"Every GB between {here} and {region} costs, about 0.02 USD in most places (2026-11), and packets may be "
            "8500 bytes long, not 9001.",
        )


def partition(region: str) -> str:
    return next((name for begin, name in PARTITIONS.items() if region.startswith(begin)), "aws")


def others(flow: Answers) -> Iterator[Option[Vpc]]:
    """The VPCs of the other side, those last that can never be connected, and without the one that it starts from."""
    never: list[Option[Vpc]] = []
    for option in vpcs.vpcs(flow.there()):
        if option.value.id == flow.vpc.id:
            if is_sought(option.key) or is_sought(option.label):  # whoever names it is told why it cannot be
                yield option
        elif vpc_peering.overlap(flow.vpc.ranges, option.value.ranges):
            never.append(replace(option, hint=f"{option.hint}, overlaps with yours"))
        else:
            yield option
    yield from never


def connectable(peer: Vpc, flow: Answers) -> None:
    if peer.id == flow.vpc.id:
        raise Refused("That is the same VPC. Choose the other one.")
    if not peer.ours:
        raise Refused(
            f"{peer.id} is shared with account {flow.there().identity.account} by {peer.owner}. Only the owner can "
            f"connect it; choose “{OWNER}” and hand them the commands."
        )
    if shared := vpc_peering.overlap(flow.vpc.ranges, peer.ranges):
        raise Refused(
            f"{shared[0]} of {flow.vpc.called} overlaps with {shared[1]} of {peer.called}. AWS refuses to connect VPCs "
            "whose ranges overlap, even if only one of several does. Choose another VPC, or offer the one service "
            "that is needed by AWS PrivateLink."
        )


def vpc_id(text: str) -> str:
    """The id of somebody else's VPC. Raises Refused."""
    if not VPC_ID.fullmatch(text):
        raise Refused(
            f"“{text}” is not a VPC id. It looks like vpc-0123456789abcdef0; the owner finds it in the VPC console."
        )
    return text


def another_vpc(id: str, flow: Answers) -> None:
    if id == flow.vpc.id:
        raise Refused("That is the same VPC. Enter the id of theirs.")


def apart(networks: tuple[Network, ...], flow: Answers) -> Iterator[Caution]:
    if shared := vpc_peering.overlap(flow.vpc.ranges, networks):
        raise Refused(
            f"{shared[0]} of {flow.vpc.called} overlaps with {shared[1]}, which is theirs, as you say. AWS refuses to "
            "connect VPCs whose ranges overlap, even if only one of several does. Connect another VPC, or let them "
            "offer the one service that is needed by AWS PrivateLink."
        )
    addresses.overlapping(networks)
    yield Caution(
        "all-ranges",
        f"AWS tells their ranges only after they accept. Ask for all of them: if one overlaps with {flow.vpc.called}, "
        "the request fails.",
    )
    for each in networks:
        if isinstance(each, IPv4Network) and not addresses.private(each):
            yield Caution(
                "public-network",
                f"{each} is a public range. What {flow.vpc.called} sends there will go to their VPC instead of the "
                "internet.",
            )


def some_groups(groups: tuple[SecurityGroup, ...], flow: Answers) -> Iterator[Caution]:
    yield from _some(groups, flow.vpc.called)


def some_groups_there(groups: tuple[SecurityGroup, ...], flow: Answers) -> Iterator[Caution]:
    yield from _some(groups, flow.peer().called)


def _some(groups: tuple[SecurityGroup, ...], vpc: str) -> Iterator[Caution]:
    if not groups:
        yield Caution(
            "nothing-reachable",
            f"Nothing in {vpc} can be reached until a security group allows it. You can do that later.",
        )
    if any(group.name == "default" for group in groups):
        yield Caution("default-group", "The default security group is used by everything that has no other group.")


def closed_enough(services: tuple[Service, ...], flow: Answers) -> Iterator[Caution]:
    yield from _closed(services, flow.security_groups, flow.peer().called)


def closed_enough_there(services: tuple[Service, ...], flow: Answers) -> Iterator[Caution]:
    yield from _closed(services, flow.peer_security_groups, flow.vpc.called)


def _closed(services: tuple[Service, ...], groups: tuple[SecurityGroup, ...], from_: str) -> Iterator[Caution]:
    if groups and any(service.protocol == "-1" for service in services):
        names = ", ".join(group.name for group in groups)
        yield Caution("everything-open", f"Every port of everything in {names} can be reached from all of {from_}.")


def called(flow: Answers) -> str:
    vpc, peer = flow.vpc, flow.peer()
    return tags.as_name(f"{vpc.called}-{peer.called}")


def tables(flow: Answers) -> list[str]:
    return serving(flow.cloud, flow.vpc)


def tables_there(flow: Answers) -> list[str]:
    return serving(flow.there(), flow.peer())


def replacing(flow: Answers) -> str:
    """Dead entries are let lead to the connection, where no living one is in the way."""
    both = [(flow.route_tables, dual_stack.ranges(flow.peer(), flow))]
    if flow.whose != OWNER:
        both.append((flow.peer_route_tables, dual_stack.ranges(flow.vpc, flow)))
    taken = [
        route for tables, networks in both for table in tables for route in table.ways
        if route.network in networks and not route.propagated
    ]  # fmt: skip
    return REPLACE if taken and all(route.state == "blackhole" for route in taken) else LEAVE


def names_work(flow: Answers) -> str:
    """Whether both VPCs have all that names need, or will have."""
    try:
        return "no" if list(lacking(flow)) else "yes"
    except CloudError:
        return "no"


def lacking(flow: Answers) -> Iterator[str]:
    """What is switched off that names need, and will not be switched on. Raises CloudError."""
    for cloud, vpc in ((flow.cloud, flow.vpc), (flow.there(), flow.peer())):
        if not vpc_peering_options.attribute(cloud, vpc.id, "enableDnsSupport"):
            yield f"DNS resolution is switched off in {vpc.called}. Switch it on there first, or leave this off."
        elif not flow.dns_hostnames and not vpc_peering_options.attribute(cloud, vpc.id, "enableDnsHostnames"):
            yield f"DNS hostnames is switched off in {vpc.called}. Answer dns_hostnames=yes, or leave this off."


def resolvable(dns: bool, flow: Answers) -> None:
    if not dns:
        return
    try:
        why = next(lacking(flow), "")
    except CloudError:  # then AWS has the last word
        return
    if why:
        raise Refused(f"Names cannot be resolved privately: {why}")


def more_names(on: bool, flow: Answers) -> Iterator[Caution]:
    if on:
        yield Caution(
            "public-names",
            f"New machines in {flow.vpc.called} and {flow.peer().called} that have a public address get a "
            "public name as well.",
        )
