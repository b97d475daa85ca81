"""The configuration document of a VPN connection.

Built from the connection that was asked for, in the structure of AWS's own document: without <bgp> and with
NoBGPVPNConnection for static routing, the customer's side first in each tunnel. As on AWS it shows the oldest
methods, whatever the connection was restricted to.
"""

from __future__ import annotations

from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from flows.engine.secret_text import STAND_IN


class End(NamedTuple):
    outside: str
    inside: str
    asn: str


class OwnKey(str):
    """A key that somebody entered; where the account is kept on the disk, its stand-in is."""

    __slots__ = ()

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (STAND_IN,)


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


def _texts(parent: Element, **texts: str) -> None:
    for name, text in texts.items():
        SubElement(parent, name).text = text
