"""What AWS has for the office's device: the kinds of device, and a sample configuration for each.

The kinds are those that AWS lists, with its ids (GetVpnConnectionDeviceTypes in a published session of 2025). The
samples are ours, one form for all of them, and say so; what AWS refuses is refused.
"""

from __future__ import annotations

from typing import NamedTuple

from flows.practice.gaps.document import Document, Tunnel
from flows.practice.gaps.wire import refuse

DEVICES = [
    {"VpnConnectionDeviceTypeId": number, "Vendor": vendor, "Platform": platform, "Software": software}
    for number, vendor, platform, software in (
        ("36ef5d04", "Barracuda", "NextGen Firewall F-Series", "6.2+"),
        ("feabc07e", "Checkpoint", "Gaia", "R77.10+"),
        ("1b270706", "Checkpoint", "Gaia", "R80.10+"),
        ("42ff1bfc", "Cisco Meraki", "MX Series", "15.12+ (WebUI)"),
        ("866e027c", "Cisco Meraki", "MX Series", "9.0+ (WebUI)"),
        ("6883834a", "Cisco Systems, Inc.", "ASA 5500 Series", "ASA 8.2+"),
        ("b556dcd1", "Cisco Systems, Inc.", "ASA 5500 Series", "ASA 9.7+ VTI"),
        ("78c1a727", "Cisco Systems, Inc.", "ASA 5500 Series", "ASA 9.x"),
        ("48548f98", "Cisco Systems, Inc.", "Cisco ASR 1000", "IOS 12.4+"),
        ("7b754310", "Cisco Systems, Inc.", "CSRv AMI", "IOS 12.4+"),
        ("ae4cefeb", "Cisco Systems, Inc.", "Firepower", "v6.2.2+"),
        ("b0adb196", "Cisco Systems, Inc.", "ISR Series Routers", "IOS 12.4+"),
        ("d995c2ab", "Citrix", "Netscaler CloudBridge", "NS 11+"),
        ("f8eac8fc", "Cyberoam", "CR15iNG", "V 10.6.5 MR-1"),
        ("56c86b54", "F5 Networks, Inc.", "BIG-IP", "v12.0.0+"),
        ("2b2c1a73", "Fortinet", "Fortigate 40+ Series", "FortiOS 4.0+"),
        ("980b2a2d", "Fortinet", "Fortigate 40+ Series", "FortiOS 4.0+ (GUI)"),
        ("9d9470de", "Fortinet", "Fortigate 40+ Series", "FortiOS 5.0+"),
        ("887cd1a5", "Fortinet", "Fortigate 40+ Series", "FortiOS 5.0+ (GUI)"),
        ("7125681a", "Fortinet", "Fortigate 40+ Series", "FortiOS 6.4.4+ (GUI)"),
        ("9005b6c1", "Generic", "Generic", "Vendor Agnostic"),
        ("670add1b", "H3C", "MSR800", "Version 5.20"),
        ("40b66cf5", "IIJ", "SEIL/B1", "SEIL/B1 3.70+"),
        ("a0c6b2f4", "IIJ", "SEIL/X1 and SEIL/X2", "SEIL/X 3.70+"),
        ("4b8b2ed4", "IIJ", "SEIL/x86", "SEIL/x86 2.30+"),
        ("8a961875", "Juniper Networks, Inc.", "J-Series Routers", "JunOS 9.5+"),
        ("1361227b", "Juniper Networks, Inc.", "SRX Routers", "JunOS 11.0+"),
        ("acabcac0", "Juniper Networks, Inc.", "SSG and ISG Series Routers", "ScreenOS 6.1"),
        ("631f834b", "Juniper Networks, Inc.", "SSG and ISG Series Routers", "ScreenOS 6.2+"),
        ("d36a4756", "Juniper Networks, Inc.", "SSG and ISG Series Routers", "ScreenOS 6.2+ (GUI)"),
        ("dd55903b", "Microsoft", "Windows Server", "2008 R2"),
        ("411e7147", "Microsoft", "Windows Server", "2012 R2"),
        ("2b5427d7", "Mikrotik", "RouterOS", "6.36"),
        ("37d8aff6", "Mikrotik", "RouterOS", "6.47"),
        ("6e62f3e3", "Openswan", "Openswan", "Openswan 2.6.38+"),
        ("754a6372", "Palo Alto Networks", "PA Series", "PANOS 4.1.2+"),
        ("9612cbed", "Palo Alto Networks", "PA Series", "PANOS 4.1.2+ (GUI)"),
        ("5fb390ba", "Palo Alto Networks", "PA Series", "PANOS 7.0+"),
        ("74671aaa", "pfSense", "pfSense", "pfsense 2.2.5+(GUI)"),
        ("4280e43e", "SonicWall", "NSA, TZ", "OS 5.8"),
        ("60ca5da1", "SonicWall", "NSA, TZ", "OS 5.9"),
        ("46154821", "SonicWall", "NSA, TZ", "OS 6.2"),
        ("fa2df246", "SonicWall", "NSA, TZ", "OS 6.5"),
        ("758d1557", "Sophos", "ASG", "V8.300+"),
        ("90f254e7", "Sophos", "Sophos Firewall", "v19+"),
        ("e5ec51ed", "Sophos", "UTM", "V9"),
        ("51cb26fd", "Strongswan", "Ubuntu 16.04", "Strongswan 5.5.1+"),
        ("f1647754", "Vyatta", "Vyatta Network OS", "Vyatta Network OS 6.5+"),
        ("a0745ade", "WatchGuard, Inc.", "XTM, Firebox", "Fireware OS 11.11.4 (WebUI)"),
        ("dbeffb53", "WatchGuard, Inc.", "XTM, Firebox", "Fireware OS 11.12.2+ (WebUI)"),
        ("e7a2d626", "Yamaha", "RTX Routers", "Rev.10.01.16+"),
        ("400e7aee", "Zyxel", "ZyWALL", "ZLD 4.3+"),
        ("1153d0d2", "Zyxel", "Zywall Series", "Zywall 4.20+"),
    )
]
IKEV2 = {
    "1b270706", "42ff1bfc", "b556dcd1", "7b754310", "7125681a", "9005b6c1", "8a961875", "1361227b", "37d8aff6",
    "5fb390ba", "fa2df246", "90f254e7", "51cb26fd", "e7a2d626",
}  # fmt: skip
"""Those with a sample for IKEv2 (Site-to-Site VPN User Guide, "Static and dynamic configuration files", 2026-11), and
the generic one. With which word AWS refuses the others is not written anywhere."""


class Methods(NamedTuple):
    encryption: str
    integrity: str
    group: str


METHODS = {
    "compatibility": Methods("AES-128", "SHA-1", "group 2"),
    "recommended": Methods("AES-256", "SHA2-256", "group 14"),
}


def sample(document: Document, wanted: str, ike: str, kind: str) -> str:
    """The sample of a connection for a device. Raises what AWS answers where it has none."""
    device = next((each for each in DEVICES if each["VpnConnectionDeviceTypeId"] == wanted), None)
    if device is None:
        raise refuse("InvalidVpnDeviceTypeID.NotFound", f"There is no device type {wanted}.")
    if ike not in ("ikev1", "ikev2") or kind not in METHODS:
        raise refuse("InvalidParameterValue", f"There is no sample {kind} for {ike}.")
    if ike == "ikev1" and kind == "recommended":
        raise refuse("UnsupportedOperation", "The recommended sample is not supported for IKEv1.")
    if ike == "ikev2" and wanted not in IKEV2:
        raise refuse("UnsupportedOperation", "There is no sample for IKEv2 for this device.")
    methods = METHODS[kind]
    lines = [
        f"! Sample configuration for {device['Vendor']} {device['Platform']} ({device['Software']})",
        f"! VPN connection {document.connection}, {kind} methods",
        "! A sample of the practice account, in its own words: AWS's is in those of the device.",
        f"! Routing: {'static' if document.static else 'BGP'}",
    ]
    for number, tunnel in enumerate(document.tunnels, start=1):
        lines += [
            "!",
            f"! IPSec Tunnel #{number}",
            "! 1: Internet Key Exchange",
            f"  version          {ike}",
            f"  local address    {tunnel.customer.outside}",
            f"  remote address   {tunnel.amazon.outside}",
            f"  pre-shared key   {tunnel.key}",
            f"  encryption       {methods.encryption}, {methods.integrity}, {methods.group}, 28800 seconds",
            "! 2: IPSec",
            f"  encryption       {methods.encryption}, {methods.integrity}, {methods.group}, 3600 seconds",
            "  dead peer        every 10 seconds, 3 times",
            "! 3: Tunnel interface",
            f"  address          {tunnel.customer.inside}/30, other end {tunnel.amazon.inside}",
            "  mtu, mss         1436, 1379",
            "! 4: Routing",
            _routing(document, tunnel),
        ]
    return "\n".join(lines) + "\n"


def _routing(document: Document, tunnel: Tunnel) -> str:
    if document.static:
        return "  static           the VPC's networks go into the tunnel interface"
    return f"  bgp              local {tunnel.customer.asn}, neighbour {tunnel.amazon.asn} at {tunnel.amazon.inside}"
