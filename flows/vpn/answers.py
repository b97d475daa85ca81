"""What an answer about a VPN must be beyond its form, and what is worth saying about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from typing import Protocol

from flows.aws import addresses, route_tables, site_to_site_vpn, vpcs
from flows.aws.ip_permissions import Service
from flows.aws.route_tables import RouteTable
from flows.aws.security_groups import SecurityGroup
from flows.aws.transit_gateways import TransitGateway
from flows.aws.vpcs import Vpc
from flows.aws.vpn_devices import VpnDevice
from flows.engine import Call, Caution, Cloud, CloudError, Danger, Hidden, Refused

from . import rules, starting

STATIC, BGP = "static", "bgp"
PROPAGATION, FIXED = "propagation", "fixed"
MODERN, COMPATIBLE, ONE_BY_ONE = "modern", "compatible", "own"
AWS, DEVICE = "aws", "device"
WITH_THE_CONNECTION, SECRETS_MANAGER, OWN = "connection", "secrets_manager", "own"
IN_A_VPC = re.compile(r"(vpc|pcx|vgw|tgw|subnet|eni|i)-[0-9a-f]{8,17}|[\w.-]+\.(compute|amazonaws)(\.[\w.-]+)?")
"""Ids of VPCs and of what is in them, and the names that AWS gives to machines."""
STATIC_ROUTES = 100
"""Static routes of one connection, and propagated routes of one table: fixed (VPN and VPC quotas, 2026-10)."""


Method = str | int
"""One of a list that a tunnel allows, as AWS writes it: a Diffie-Hellman group is a number."""


class Answers(Protocol):
    """The set-up as the functions here see it: its answers by their keys."""

    cloud: Cloud
    name: str
    vpc: Vpc
    gateway_ip: IPv4Address
    networks: tuple[IPv4Network, ...]
    routing: str
    vpn_gateway: site_to_site_vpn.VpnGateway | TransitGateway | str
    asn: int
    route_tables: tuple[RouteTable, ...]
    security_groups: tuple[SecurityGroup, ...]
    device: VpnDevice | str
    encryption: str
    ike_versions: tuple[Method, ...]
    phase_1_encryption: tuple[Method, ...]
    phase_1_integrity: tuple[Method, ...]
    phase_1_groups: tuple[Method, ...]
    phase_2_encryption: tuple[Method, ...]
    phase_2_integrity: tuple[Method, ...]
    phase_2_groups: tuple[Method, ...]
    phase_1_lifetime: int
    phase_2_lifetime: int
    silent_after: int
    when_silent: str
    replay_window: int
    startup: str
    keys: str
    psk_1: Hidden
    psk_2: Hidden
    behind_nat: bool
    interface: str


def device(text: str) -> IPv4Address:
    """The public address of the office's device. Raises Refused."""
    return addresses.public_ipv4(_of_an_office(text))


def office(text: str) -> IPv4Network:
    """A network of the office. Raises Refused."""
    return addresses.ipv4_network(_of_an_office(text))


def _of_an_office(text: str) -> str:
    """What is typed of the other side. Raises Refused where that is a VPC, or something in one."""
    if IN_A_VPC.fullmatch(text.lower()):
        raise Refused(
            f"“{text}” is in a VPC. A VPN leads from a VPC to a device outside of AWS; two VPCs need none.",
            remedy="For an office, enter its own public address and networks.",
            instead="peering",
        )
    return text


def owned(vpc: Vpc, flow: Answers) -> Iterator[Caution]:
    if not vpc.ours:
        raise Refused(f"This VPC is shared with you by account {vpc.owner}. Only the owner can attach a VPN gateway.")
    if vpc.is_default:
        yield Caution(
            "default-vpc",
            f"This is the default VPC ({vpc.networks[0]}). Its range is the same in every AWS account and often "
            "collides with other networks.",
        )
    if vpc.networks6:
        yield Caution(
            "no-ipv6",
            "IPv6 does not travel through a virtual private gateway; only the IPv4 ranges will be reachable.",
        )


def fixed_address(address: IPv4Address, flow: Answers) -> Iterator[Caution]:
    yield from addresses.example_address(address)
    yield from elastic_ip(flow.cloud, address)


def apart(networks: tuple[IPv4Network, ...], flow: Answers) -> Iterator[Caution]:
    if len(networks) > STATIC_ROUTES:
        raise Refused(
            f"These are {len(networks)} networks. A virtual private gateway accepts at most 100 routes for a VPN "
            "connection. Combine networks (summarize) first."
        )
    for office in networks:
        if own := rules.clash(office, flow.vpc):
            raise Refused(
                f"{office} overlaps with the VPC range {own}. Inside the VPC this range is always local, so packets "
                "would never reach your office. Use another range, or address translation (NAT) on your device."
            )
        if own := next((each for each in flow.vpc.networks if each.subnet_of(office)), None):
            yield Caution(
                "contains-vpc",
                f"{office} contains the VPC's own {own}. That part stays in the VPC, whatever is there in the office; "
                "the rest of it goes to the office.",
            )
    addresses.overlapping(networks)
    yield from another_vpc(flow.cloud, networks)
    for office in networks:
        yield from addresses.remarks(office)


def another_vpc(cloud: Cloud, networks: tuple[IPv4Network, ...]) -> Iterator[Caution]:
    """Whether what is to be the office's is the range of a VPC of this region."""
    try:
        found = vpcs.with_ranges(cloud, networks)
    except CloudError:
        return
    for each in found:
        yield Caution(
            "another-vpc",
            f"{each.networks[0]} is the range of a VPC of yours, {each.name or each.id}. If that is the other side, it "
            "needs no VPN: two VPCs are connected without any device.",
            instead="peering",
        )


def free_asn(number: int, flow: Answers) -> Iterator[Caution]:
    addresses.amazons_in(flow.cloud.identity.region, number)
    gateway = flow.vpn_gateway
    if not isinstance(gateway, str) and gateway.asn == number:
        raise Refused(f"{number} is the AWS side's. Your device and AWS need different numbers.")
    yield from addresses.public_asn(number)


def other_asn(number: int, flow: Answers) -> None:
    if number == flow.asn:
        raise Refused(f"{number} is your device's. AWS and your device need different numbers.")


def free_inside(networks: tuple[IPv4Network, ...], flow: Answers) -> None:
    site_to_site_vpn.usable_inside(networks, site_to_site_vpn.connections(flow.cloud))


def some_groups(groups: tuple[SecurityGroup, ...], flow: Answers) -> Iterator[Caution]:
    if not groups:
        yield Caution(
            "nothing-reachable",
            "Nothing will be reachable until a security group allows it. You can do that later.",
        )
    if any(group.name == "default" for group in groups):
        yield Caution("default-group", "The default security group is used by everything that has no other group.")


def closed_enough(services: tuple[Service, ...], flow: Answers) -> Iterator[Caution]:
    if flow.security_groups and any(service.protocol == "-1" for service in services):
        groups = ", ".join(group.name for group in flow.security_groups)
        networks = ", ".join(str(network) for network in flow.networks)
        yield Caution(
            "everything-open",
            f"Every port of every server in {groups} becomes reachable from all machines in {networks}.",
        )
    if flow.security_groups and (public := [each for each in flow.networks if not addresses.private(each)]):
        yield Caution(
            "internet-let-in",
            f"The servers' firewall lets the internet in: {', '.join(map(str, public))} has public addresses, from "
            "which anybody may come, not only your office by the tunnel. Name the office's private networks instead.",
            confirm=True,
            danger=Danger.OPENS,
        )


def strong(encryption: str, flow: Answers) -> Iterator[Caution]:
    if encryption == COMPATIBLE:
        yield Caution(
            "weak-encryption",
            "AWS then picks the weakest method that your device offers, possibly SHA-1 and Diffie-Hellman group 2.",
        )
    elif encryption == MODERN and isinstance(flow.device, VpnDevice) and not flow.device.has_ikev2:
        yield Caution(
            "no-ikev2-sample",
            f"AWS's guide names no sample with IKEv2 for the {flow.device.name}, and these tunnels speak nothing else. "
            "If the device speaks IKEv2, you get the values for it in words; if it does not, choose compatible.",
            switch=COMPATIBLE,
        )


def starter(flow: Answers) -> str:
    return AWS if not flow.behind_nat and starting.startable(versions(flow)) else DEVICE


def versions(flow: Answers) -> tuple[str, ...]:
    """The IKE versions that the tunnels allow."""
    if flow.encryption == ONE_BY_ONE:
        return tuple(map(str, flow.ike_versions))
    return ("ikev2",) if flow.encryption == MODERN else starting.BOTH


def awake(startup: str, flow: Answers) -> Iterator[Caution]:
    if startup == AWS and not starting.startable(versions(flow)):
        which = "compatible encryption allows" if flow.encryption == COMPATIBLE else "these tunnels allow"
        raise Refused(
            f"AWS starts a tunnel only with IKEv2, and {which} IKEv1{' as well' * ('ikev2' in versions(flow))}: with a "
            "device that speaks IKEv1, nobody would start it.",
            remedy="Let the device start the tunnels, or choose the modern encryption if it speaks IKEv2.",
        )
    if startup == DEVICE:
        yield Caution(
            "device-starts",
            "The tunnels come up only when your device sends traffic, and can go down again without any. The files for "
            "a Linux gateway start them; on another device, keep them alive with a ping every 5 to 10 seconds.",
        )


def private_tables(flow: Answers) -> list[str]:
    tables = [option.value for option in route_tables.route_tables(flow.cloud, flow.vpc)]
    return [table.id for table in tables if not table.public] or [table.id for table in tables if table.main]


def another_asn(flow: Answers) -> int:
    return site_to_site_vpn.AMAZON_ASN if flow.asn != site_to_site_vpn.AMAZON_ASN else site_to_site_vpn.AMAZON_ASN + 1


def elastic_ip(cloud: Cloud, address: IPv4Address) -> Iterator[Caution]:
    """Whether the office's address is one of the account's own."""
    try:
        found = cloud.make(Call("ec2.DescribeAddresses")).get("Addresses") or []
    except CloudError:
        return
    if any(item.get("PublicIp") == str(address) for item in found):
        yield Caution(
            "own-address",
            f"{address} is an Elastic IP of your own AWS account. That is fine if your VPN device is an EC2 instance. "
            "Two VPCs are connected without any device.",
            instead="peering",
        )
