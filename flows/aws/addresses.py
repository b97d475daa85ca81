"""Internet addresses, networks and AS numbers as people type them, with a sentence for every way to get them wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import (
    AddressValueError,
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    collapse_addresses,
    ip_address,
)
from typing import TypeVar

from flows.engine import Caution, Refused

Network = IPv4Network | IPv6Network
OfOneKind = TypeVar("OfOneKind", IPv4Network, IPv6Network)

DOCUMENTATION = tuple(map(IPv4Network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")))
PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
CARRIER_NAT = IPv4Network("100.64.0.0/10")
LINK_LOCAL = IPv4Network("169.254.0.0/16")
DOCKER = IPv4Network("172.17.0.0/16")
NOT_A_HOST = tuple(map(IPv4Network, ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4")))
NOT_A_NETWORK = tuple(map(IPv4Network, ("0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4")))
IPV6 = tuple(map(IPv6Network, ("2000::/3", "fc00::/7")))
"""Where the IPv6 ranges of VPCs are: among the internet's, or private (Amazon VPC User Guide, "VPC CIDR blocks",
2026-11)."""

RESERVED_ASNS = {0, 23456, 65535, 4294967295}
"""Reserved by RFC 7607, RFC 6793 and RFC 7300."""
AMAZON_ASN_EVERYWHERE = 7224
AMAZON_ASNS = {"eu-west-1": 9059, "ap-northeast-1": 10124, "ap-southeast-1": 17943}
"""Reserved by AWS in these regions (Site-to-Site VPN User Guide, "Customer gateway options", 2026-10)."""
PRIVATE_ASNS = (range(64512, 65535), range(4200000000, 4294967295))
LARGEST_ASN = 4294967295
MOST_DIGITS = 40
"""Longer numbers are not even read: Python refuses them with words of its own."""


def public_ipv4(text: str) -> IPv4Address:
    """One public IPv4 address in dotted form. Raises Refused."""
    if "/" in text:
        length = text.partition("/")[2]
        raise Refused("Please enter a single address without “/" + length + "”.", suggestion=text.partition("/")[0])
    try:
        address = IPv4Address(text)
    except AddressValueError:
        raise Refused(
            f"“{text}” is not an IPv4 address. It looks like 203.0.113.10, four numbers from 0 to 255."
        ) from None
    if any(address in network for network in PRIVATE):
        raise Refused(
            f"{address} is a private address that nobody on the internet can reach. "
            "Enter the public address of your router."
        )
    if address in CARRIER_NAT:
        raise Refused(
            f"{address} is a carrier-grade NAT address. Your provider shares one public address between "
            "customers; ask for a fixed public address."
        )
    if any(address in network for network in NOT_A_HOST):
        raise Refused(f"{address} cannot be used as the address of a VPN device.")
    return address


def example_address(address: IPv4Address) -> Iterator[Caution]:
    """What to say about an address that is only meant for documentation (RFC 5737)."""
    if any(address in network for network in DOCUMENTATION):
        yield Caution(
            "example-address",
            f"{address} is an example address from documentation. The tunnel will never come up with it.",
        )


def ipv4_network(text: str) -> IPv4Network:
    """One IPv4 network as address/length, beginning where it begins. Raises Refused, offering the corrected value."""
    network = _beginning_where_it_begins(text, IPv4Network, "192.168.10.0/24")
    if network.prefixlen == 0:
        raise Refused(
            "0.0.0.0/0 would send all internet traffic of the VPC to your office. "
            "Enter the networks that are really there."
        )
    if network.overlaps(LINK_LOCAL):
        raise Refused(f"{network} is reserved (link-local) and cannot be routed.")
    if any(network.overlaps(other) for other in NOT_A_NETWORK):
        raise Refused(f"{network} is not a usable network range.")
    return network


def ipv6_network(text: str) -> IPv6Network:
    """One IPv6 network as address/length, beginning where it begins. Raises Refused, offering the corrected value."""
    network = _beginning_where_it_begins(text, IPv6Network, "2001:db8:1200::/56")
    if not any(network.subnet_of(each) for each in IPV6):
        raise Refused(f"{network} is no range that a VPC has. Those begin with 2, 3, fc or fd.")
    return network


def _beginning_where_it_begins(text: str, kind: type[OfOneKind], example: str) -> OfOneKind:
    address, slash, _ = text.partition("/")
    try:
        network = kind(text, strict=False)
    except ValueError:
        network = None
    if network is None or not slash:
        raise Refused(
            f"“{text}” is not a network. Write it as address/length, for example {example}.",
            suggestion=f"{text}/{network.max_prefixlen}" if network is not None else "",
        )
    if ip_address(address) != network.network_address:
        raise beginning(text, network)
    return network


def any_network(text: str) -> Network:
    """One network of either kind. Raises Refused, offering the corrected value."""
    return ipv6_network(text) if ":" in text else ipv4_network(text)


def within(one: Network, other: Network) -> bool:
    """Whether all of one is in the other; networks of two kinds share nothing."""
    if isinstance(one, IPv4Network):
        return isinstance(other, IPv4Network) and one.subnet_of(other)
    return isinstance(other, IPv6Network) and one.subnet_of(other)


def made_of(whole: Network, parts: Iterable[Network]) -> bool:
    """Whether what of the parts is in a network is all of it together."""
    inside = [part for part in parts if within(part, whole)]
    if isinstance(whole, IPv4Network):
        return whole in collapse_addresses(part for part in inside if isinstance(part, IPv4Network))
    return whole in collapse_addresses(part for part in inside if isinstance(part, IPv6Network))


def beginning(text: str, network: Network) -> Refused:
    """That `text` names an address within a network where the network itself is asked for."""
    return Refused(
        f"{text} is an address in the middle of a network that begins at {network.network_address}. "
        f"Did you mean {network}?",
        suggestion=str(network),
    )


def private(network: IPv4Network) -> bool:
    """Whether nobody in the internet has an address of it."""
    return any(network.subnet_of(each) for each in (*PRIVATE, CARRIER_NAT))


def remarks(network: IPv4Network) -> Iterator[Caution]:
    """What is worth saying about a network that is accepted."""
    if any(network.overlaps(other) for other in DOCUMENTATION):
        yield Caution("example-network", f"{network} is an example range from documentation; no real office uses it.")
    elif not private(network):
        yield Caution(
            "public-network",
            f"{network} is a public range. Packets to those internet addresses will go through the tunnel.",
        )
    if network.overlaps(DOCKER):
        yield Caution(
            "docker-network",
            "172.17.0.0/16 is the default range of Docker; containers on your servers may swallow this traffic.",
        )
    if network.prefixlen < 8:
        yield Caution(
            "large-network",
            f"{network} is very large. Anything in it that you also use in AWS will be harder to reach.",
        )


def overlapping(networks: tuple[Network, ...]) -> None:
    """Refuse networks that overlap each other."""
    for index, one in enumerate(networks):
        for other in networks[index + 1 :]:
            if one.overlaps(other):
                wider = min(one, other, key=lambda network: network.prefixlen)
                raise Refused(f"{one} and {other} overlap. Keep only {wider}.")


def asn(text: str) -> int:
    """An AS number, plain or as asdot (“64512.5”). Raises Refused."""
    high, dot, low = text.partition(".")
    if not (high.isascii() and high.isdigit() and (not dot or (low.isascii() and low.isdigit()))):
        raise Refused(f"“{text}” is not an ASN. An ASN is a number, for example 65000.")
    if len(text) > MOST_DIGITS:
        raise Refused(f"“{text[:MOST_DIGITS]}…” is out of range. An ASN is between 1 and {LARGEST_ASN}.")
    number = int(high) * 65536 + int(low) if dot else int(high)
    if ((dot and int(low) > 65535) or not 1 <= number <= LARGEST_ASN) and number not in RESERVED_ASNS:
        raise Refused(f"“{text}” is out of range. An ASN is between 1 and {LARGEST_ASN}.")
    if number in RESERVED_ASNS:
        raise Refused(f"{number} is reserved and cannot be used. Choose a number from 64512 to 65534.")
    if number == AMAZON_ASN_EVERYWHERE:
        raise Refused("7224 is reserved by Amazon. Choose another number, for example 65000.")
    return number


def amazon_side_asn(text: str) -> int:
    """An AS number for the AWS side. Raises Refused."""
    number = asn(text)
    if not any(number in private for private in PRIVATE_ASNS):
        raise Refused(
            f"{number} cannot be used here. For the AWS side choose a number from 64512 to 65534 or from 4200000000 to "
            "4294967294."
        )
    return number


def amazons_in(region: str, number: int) -> None:
    """Refuse a number that AWS keeps for itself in `region`."""
    if AMAZON_ASNS.get(region) == number:
        raise Refused(f"{number} is reserved by Amazon in {region}. Choose another number, for example 65000.")


def public_asn(number: int) -> Iterator[Caution]:
    """What to say about a number that is not private."""
    if not any(number in private for private in PRIVATE_ASNS):
        yield Caution(
            "public-asn",
            f"{number} is not from the private ranges (64512-65534, 4200000000-4294967294). "
            "Use it only if it was assigned to you.",
        )


def slug(network: Network | IPv4Address | IPv6Address) -> str:
    """A network as part of an action's id."""
    return str(network).replace("/", "-").replace(":", "-")
