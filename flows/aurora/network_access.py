"""Where a database stands and who may reach it: what AWS, and good sense, refuse."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, ip_network

from flows.aws import addresses
from flows.aws.subnets import Subnet, subnets, zones
from flows.aws.vpcs import Vpc
from flows.engine import Call, Cloud, Refused

WIDEST = 8
"""No network that was ever given to one owner is wider (IANA IPv4 registry)."""


def narrow(text: str) -> IPv4Network:
    """An address or network that may connect; never the whole internet, nor half of it. Raises Refused."""
    try:
        found = ip_network(text, strict=False)
    except ValueError:
        raise Refused(f"“{text}” is no address range. Enter one like 203.0.113.7/32 or 192.168.10.0/24.") from None
    if found.prefixlen == 0 or (isinstance(found, IPv4Network) and found.prefixlen < WIDEST):
        raise Refused(
            f"“{text}”: the database would be open to the whole internet. Enter a narrower address range, for example "
            "203.0.113.7/32."
        )
    if not isinstance(found, IPv4Network):
        raise Refused(f"“{text}” is an IPv6 range; only IPv4 is set up here. Enter one like 203.0.113.7/32.")
    if str(found.network_address) != text.partition("/")[0]:
        raise addresses.beginning(text, found)
    return found


def sources(networks: tuple[IPv4Network, ...], flow: object = None) -> None:
    """Refuse a list of addresses that together are as wide as one that is refused."""
    if sum(network.num_addresses for network in networks) > 2**24 * 4:
        raise Refused(
            "Together these ranges are a large part of the internet; the database would be open to it. Enter narrower "
            "address ranges, for example 203.0.113.7/32."
        )


def never_the_world(text: str, flow: object = None) -> str:
    """A reply to “who may connect?”. Addresses and groups are given in the next question. Raises Refused."""
    word = text.strip().lower()
    if word.startswith("sg-"):
        raise Refused(f"“{text}” is a security group.", remedy=f"Answer servers here, and servers: [{word}].")
    if any(c in word for c in "/:") or word.replace(".", "").isdigit():
        narrow(word)
        raise Refused(f"“{text}” is an address range.", remedy=f"Answer addresses here, and addresses: [{word}].")
    if word in ("world", "internet", "everybody", "everyone", "all", "any"):
        narrow("0.0.0.0/0")
    return text.strip()


def two_zones(chosen: Sequence[Subnet], vpc: Vpc) -> None:
    """Refuse subnets that do not cover two zones (DBSubnetGroupDoesNotCoverEnoughAZs)."""
    covered = zones(chosen)
    if len(covered) < 2:
        only = f"You chose only {covered[0]}." if covered else f"{vpc.called} has no subnet."
        raise Refused(
            f"The database needs subnets in at least two availability zones of the same network. {only}",
            remedy="Choose another VPC, or create a subnet in a second zone first.",
        )


def usual_subnets(cloud: Cloud, vpc: Vpc, *, public: bool) -> list[str]:
    """The private subnets if they cover two zones, else all; with a public address the public ones."""
    every = [option.value for option in subnets(cloud, vpc)]
    fit = [subnet for subnet in every if subnet.public == public]
    return [subnet.id for subnet in (fit if len(zones(fit)) > 1 else every)]


def reachable_from_outside(chosen: Iterable[Subnet]) -> None:
    """Refuse subnets in which a public address would lead nowhere (InvalidVPCNetworkStateFault). Raises Refused."""
    for subnet in chosen:
        if not subnet.public:
            raise Refused(
                f"A public address does not work here: {subnet} has no route to an internet gateway.",
                remedy="Choose public subnets only, or answer no to the public address.",
            )


def names_resolve(cloud: Cloud, vpc: Vpc) -> None:
    """Refuse a public address where names are not resolved (InvalidVPCNetworkStateFault). Raises Refused."""
    for attribute, key in (("enableDnsHostnames", "EnableDnsHostnames"), ("enableDnsSupport", "EnableDnsSupport")):
        asked = Call("ec2.DescribeVpcAttribute", {"VpcId": vpc.id, "Attribute": attribute})
        if not cloud.make(asked)[key]["Value"]:
            raise Refused(
                "A public address does not work here: switch on 'DNS hostnames' and 'DNS resolution' of the VPC first, "
                "or answer no to the public address."
            )
