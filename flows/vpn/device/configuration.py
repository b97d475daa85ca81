"""Reads `CustomerGatewayConfiguration`, the XML in which EC2 describes a VPN connection.

Everything in it ends up in files that root will run, so nothing passes unexamined: an address must be
an address, a key must have only the letters AWS allows. Refusals name the place, never the value,
because the value next to a misplaced tag may be a key.

Sources: AWS Site-to-Site VPN User Guide, "Tunnel options for your Site-to-Site VPN connection"
(2026-10), for the allowed values; EC2 API Reference, `VpnConnection` (2026-10), for the element. The
elements themselves are documented nowhere; the names are those of real connections.
"""

import re
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Address, IPv4Interface
from typing import NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

CONNECTION_ID = re.compile(r"vpn-[0-9a-f]{8,17}")
PRE_SHARED_KEY = re.compile(r"[A-Za-z0-9._]{8,64}")


class Unreadable(ValueError):
    """The XML is not a VPN connection Handrail can set up; says so in a sentence, without any key."""


@dataclass(frozen=True)
class Tunnel:
    """One of the two tunnels. `device` is the office's side, `aws` the other."""

    number: int
    """1 or 2, in AWS's own order: that of its console, of its sample files and of `check`."""
    device_outside: str
    aws_outside: str
    device_inside: str
    aws_inside: str
    prefix: int
    """The length of the inside network, 30 in all that AWS makes today."""
    psk: str | None = field(repr=False)
    """None where AWS keeps the key in Secrets Manager."""
    device_asn: int | None
    aws_asn: int | None
    hold_time: int | None
    """Seconds without a sign of life after which BGP gives the tunnel up. None without BGP, as the ASNs."""
    mss: int
    dpd_interval: int


@dataclass(frozen=True)
class Configuration:
    """What the XML says about one connection."""

    connection_id: str
    static: bool
    device_ip: str
    """The address AWS knows the office by: the router's where the gateway is behind NAT."""
    tunnels: tuple[Tunnel, ...]


def parse(xml: str) -> Configuration:
    """Read the XML, or raise `Unreadable`. A missing key is not an error: AWS may keep it elsewhere."""
    root = _tree(xml)
    if root.tag != "vpn_connection":
        _refuse("This is not the configuration of a VPN connection: it does not begin with vpn_connection.")
    connection_id = root.get("id", "")
    if not CONNECTION_ID.fullmatch(connection_id):
        _refuse("The configuration does not carry the id of a VPN connection, such as vpn-0abc1234def567890.")
    static = "NoBGP" in root.findtext("vpn_connection_attributes", "")
    tunnels = tuple(_tunnel(element, number, static) for number, element in enumerate(root.findall("ipsec_tunnel"), 1))
    _check_pair(tunnels)
    return Configuration(connection_id, static, tunnels[0].device_outside, tunnels)


def _refuse(sentence: str) -> NoReturn:
    # "from None" keeps the parser's own exception, and with it pieces of the document, out of tracebacks.
    raise Unreadable(sentence) from None


def _tree(xml: str) -> Element:
    """The document as a tree; declarations that could make it grow or reach out are refused."""
    builder = TreeBuilder()
    # The text is already decoded, whatever encoding its first line declares.
    reader = expat.ParserCreate("utf-8")
    reader.StartElementHandler = builder.start
    reader.EndElementHandler = builder.end
    reader.CharacterDataHandler = builder.data
    reader.StartDoctypeDeclHandler = _refuse_doctype
    try:
        reader.Parse(xml.lstrip("\ufeff \t\r\n").encode(), True)
    except (expat.ExpatError, UnicodeEncodeError):
        _refuse("The configuration is not complete XML. Fetch it again from AWS; it must not be edited.")
    return builder.close()


def _refuse_doctype(name: str, system: str | None, public: str | None, internal: bool) -> NoReturn:
    _refuse("The configuration declares a document type, which AWS never does. It will not be read.")


def _tunnel(element: Element, number: int, static: bool) -> Tunnel:
    if element.find("customer_gateway/tunnel_outside_address/ip_address") is None:
        _refuse(
            "The connection has no address for the office's device, so it uses a certificate. "
            "Handrail writes device files only for connections with pre-shared keys."
        )
    prefix = _number(element, "vpn_gateway/tunnel_inside_address/network_cidr", 8, 30)
    device_inside = _address(element, "customer_gateway/tunnel_inside_address/ip_address")
    aws_inside = _address(element, "vpn_gateway/tunnel_inside_address/ip_address")
    ours, theirs = (IPv4Interface(f"{address}/{prefix}") for address in (device_inside, aws_inside))
    if ours.network != theirs.network or ours.ip == theirs.ip:
        _refuse("The two inside addresses of a tunnel are not neighbours in one network.")
    return Tunnel(
        number=number,
        device_outside=_address(element, "customer_gateway/tunnel_outside_address/ip_address"),
        aws_outside=_address(element, "vpn_gateway/tunnel_outside_address/ip_address"),
        device_inside=device_inside,
        aws_inside=aws_inside,
        prefix=prefix,
        psk=_key(element),
        device_asn=None if static else _number(element, "customer_gateway/bgp/asn", 1, 2**32 - 1),
        aws_asn=None if static else _number(element, "vpn_gateway/bgp/asn", 1, 2**32 - 1),
        hold_time=None if static else _number(element, "vpn_gateway/bgp/hold_time", 3, 65535),
        mss=_number(element, "ipsec/tcp_mss_adjustment", 536, 1460),
        dpd_interval=_number(element, "ipsec/dead_peer_detection/interval", 1, 3600),
    )


def _text(element: Element, path: str) -> str:
    found = element.findtext(path)
    if found is None:
        _refuse(f"The configuration has no {path} for one of its tunnels.")
    return found.strip()


def _address(element: Element, path: str) -> str:
    try:
        return str(IPv4Address(_text(element, path)))
    except AddressValueError:
        _refuse(f"The configuration has something other than an IPv4 address at {path}.")


def _number(element: Element, path: str, least: int, most: int) -> int:
    text = _text(element, path)
    if not re.fullmatch(r"[0-9]{1,10}", text) or not least <= int(text) <= most:
        _refuse(f"The configuration should have a number from {least} to {most} at {path}.")
    return int(text)


def _key(element: Element) -> str | None:
    key = element.findtext("ike/pre_shared_key", "").strip()
    if not key:
        return None
    if not PRE_SHARED_KEY.fullmatch(key):
        _refuse(
            "A pre-shared key in the configuration has letters that AWS does not allow. "
            "Allowed are 8 to 64 letters, digits, “.” and “_”."
        )
    return key


def _check_pair(tunnels: tuple[Tunnel, ...]) -> None:
    if len(tunnels) != 2:
        _refuse(f"A VPN connection has two tunnels; this configuration has {len(tunnels)}.")
    first, second = tunnels
    if first.device_outside != second.device_outside:
        _refuse("The two tunnels name different addresses for the office's device.")
    if (first.device_asn, first.aws_asn) != (second.device_asn, second.aws_asn):
        _refuse("The two tunnels name different BGP numbers.")
    if first.aws_outside == second.aws_outside or first.aws_inside == second.aws_inside:
        _refuse("The two tunnels have the same address, so only one of them could work.")
