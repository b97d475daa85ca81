"""The configuration document of a VPN connection, and the sample files for a few devices.

Built from the connection that was asked for, in the structure of AWS's own document: without <bgp> and with
NoBGPVPNConnection for static routing, the customer's side first in each tunnel. As on AWS it shows the oldest
methods, whatever the connection was restricted to.
"""

from __future__ import annotations

from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, indent, tostring


class End(NamedTuple):
    outside: str
    inside: str
    asn: str


class Tunnel(NamedTuple):
    customer: End
    amazon: End
    key: str


class Document(NamedTuple):
    connection: str
    customer_gateway: str
    vpn_gateway: str
    static: bool
    tunnels: list[Tunnel]

    def xml(self) -> str:
        root = Element("vpn_connection", id=self.connection)
        _texts(
            root,
            customer_gateway_id=self.customer_gateway,
            vpn_gateway_id=self.vpn_gateway,
            vpn_connection_type="ipsec.1",
        )
        if self.static:
            _texts(root, vpn_connection_attributes="NoBGPVPNConnection")
        for tunnel in self.tunnels:
            self._tunnel(SubElement(root, "ipsec_tunnel"), tunnel)
        indent(root)
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"

    def _tunnel(self, parent: Element, tunnel: Tunnel) -> None:
        for side, end in (("customer_gateway", tunnel.customer), ("vpn_gateway", tunnel.amazon)):
            part = SubElement(parent, side)
            _texts(SubElement(part, "tunnel_outside_address"), ip_address=end.outside)
            inside = SubElement(part, "tunnel_inside_address")
            _texts(inside, ip_address=end.inside, network_mask="255.255.255.252", network_cidr="30")
            if not self.static:
                _texts(SubElement(part, "bgp"), asn=end.asn, hold_time="30")
        _texts(
            SubElement(parent, "ike"),
            authentication_protocol="sha1",
            encryption_protocol="aes-128-cbc",
            lifetime="28800",
            perfect_forward_secrecy="group2",
            mode="main",
            pre_shared_key=tunnel.key,
        )
        ipsec = SubElement(parent, "ipsec")
        _texts(
            ipsec,
            protocol="esp",
            authentication_protocol="hmac-sha1-96",
            encryption_protocol="aes-128-cbc",
            lifetime="3600",
            perfect_forward_secrecy="group2",
            mode="tunnel",
            clear_df_bit="true",
            fragmentation_before_encryption="true",
            tcp_mss_adjustment="1379",
        )
        _texts(SubElement(ipsec, "dead_peer_detection"), interval="10", retries="3")

    def sample(self, device: dict[str, str], ike: str, kind: str) -> str:
        """A file in the manner of AWS's samples, for the practice account's own words."""
        lines = [
            f"! Sample configuration for {device['Vendor']} {device['Platform']} ({device['Software']})",
            f"! VPN connection {self.connection}, {ike}, {kind} methods",
            "! From the practice account: the keys and addresses lead nowhere.",
            f"! Routing: {'static' if self.static else 'BGP'}",
        ]
        for number, tunnel in enumerate(self.tunnels, start=1):
            lines += [
                "!",
                f"! Tunnel {number}",
                f"  local address    {tunnel.customer.outside}",
                f"  remote address   {tunnel.amazon.outside}",
                f"  pre-shared key   {tunnel.key}",
                f"  tunnel interface {tunnel.customer.inside}/30, other end {tunnel.amazon.inside}",
            ]
            if not self.static:
                lines.append(f"  bgp              local {tunnel.customer.asn}, neighbour {tunnel.amazon.asn}")
        return "\n".join(lines) + "\n"


def _texts(parent: Element, **texts: str) -> None:
    for name, text in texts.items():
        SubElement(parent, name).text = text


DEVICES = [
    {"VpnConnectionDeviceTypeId": number, "Vendor": vendor, "Platform": platform, "Software": software}
    for number, vendor, platform, software in (
        ("9005b6c1", "Cisco Systems, Inc.", "ISR Series Routers", "IOS 12.4+"),
        ("ed6e0fa3", "Fortinet", "Fortigate 40+ Series", "FortiOS 6.4.4+ (GUI)"),
        ("cb3b1a52", "Juniper Networks, Inc.", "SRX Routers", "JunOS 11.0+"),
        ("7b754310", "Mikrotik", "RouterOS", "6.36"),
        ("8c1c9a3d", "pfSense", "pfSense", "pfsense 2.2.5+ (GUI)"),
        ("f1c7a7be", "Strongswan", "Ubuntu 16.04", "Strongswan 5.5.1+"),
        ("9ea6b3d0", "Generic", "Generic", "Vendor Agnostic"),
    )
]
"""A handful of what AWS offers; the ids are the practice account's."""
