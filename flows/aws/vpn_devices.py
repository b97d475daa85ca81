"""Devices for the office's end of a site-to-site VPN: those that AWS has a sample configuration for.

Sources: EC2 API Reference, "GetVpnConnectionDeviceTypes" and "GetVpnConnectionDeviceSampleConfiguration" (2026-11);
AWS Site-to-Site VPN User Guide, "Static and dynamic configuration files" (2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from flows.engine import Call, Cloud, Option

LINUX: Final = "linux"
GENERIC = "Generic"
"""The vendor under which AWS describes what any device needs."""
IKEV1, IKEV2 = "ikev1", "ikev2"
RECOMMENDED, COMPATIBILITY = "recommended", "compatibility"
WITH_IKEV2 = frozenset({
    ("Checkpoint", "Gaia", "R80.10+"),
    ("Cisco Meraki", "MX Series", "15.12+ (WebUI)"),
    ("Cisco Systems, Inc.", "ASA 5500 Series", "ASA 9.7+ VTI"),
    ("Cisco Systems, Inc.", "CSRv AMI", "IOS 12.4+"),
    ("Fortinet", "Fortigate 40+ Series", "FortiOS 6.4.4+ (GUI)"),
    ("Juniper Networks, Inc.", "J-Series Routers", "JunOS 9.5+"),
    ("Juniper Networks, Inc.", "SRX Routers", "JunOS 11.0+"),
    ("Mikrotik", "RouterOS", "6.44.3"),
    ("Mikrotik", "RouterOS", "6.47"),
    ("Palo Alto Networks", "PA Series", "PANOS 7.0+"),
    ("SonicWall", "NSA, TZ", "OS 6.5"),
    ("Sophos", "Sophos Firewall", "v19+"),
    ("Strongswan", "Ubuntu 16.04", "Strongswan 5.5.1+"),
    ("Yamaha", "RTX Routers", "Rev.10.01.16+"),
})  # fmt: skip
"""Vendor, platform and software of the devices for which the guide names a sample with IKEv2. It names RouterOS 6.44.3
where the API has 6.47."""


@dataclass(frozen=True)
class VpnDevice:
    """A kind of device, as AWS names it."""

    id: str
    vendor: str
    platform: str
    software: str

    @property
    def maker(self) -> str:
        """The vendor as people call it: without its legal form, and without what so many are."""
        return self.vendor.removesuffix(", Inc.").removesuffix(" Systems").removesuffix(" Networks")

    @property
    def name(self) -> str:
        """Vendor, platform and software, none of them twice."""
        if self.generic:
            return "Any other device (Generic)"
        platform = self.platform.removeprefix("Cisco ") if self.maker.startswith("Cisco") else self.platform
        named = self.maker if platform.lower().startswith(self.maker.lower()) else f"{self.maker} {platform}"
        return f"{named if platform in named else platform}, {self.software}"

    @property
    def called(self) -> str:
        """As it is called in a sentence, after “the”."""
        return "device" if self.generic else self.name

    @property
    def generic(self) -> bool:
        return self.vendor == GENERIC

    @property
    def has_ikev2(self) -> bool:
        """Whether the guide names a sample with IKEv2 for it. The generic one is in words, and for both."""
        return self.generic or (self.vendor, self.platform, self.software) in WITH_IKEV2


def noted(device: VpnDevice | str) -> dict[str, str] | str:
    """A device, or LINUX, as a run notes it."""
    return asdict(device) if isinstance(device, VpnDevice) else device


def devices(cloud: Cloud) -> Iterator[VpnDevice]:
    """Those that AWS lists, by vendor, platform and software, the generic one at the end. Raises CloudError."""
    pages = cloud.pages(Call("ec2.GetVpnConnectionDeviceTypes"))
    found = [_device(each) for page in pages for each in page.get("VpnConnectionDeviceTypes") or []]
    yield from sorted(found, key=lambda each: (each.generic, each.name.lower()))


def options(cloud: Cloud) -> Iterator[Option[VpnDevice | str]]:
    """Linux, for which Handrail has files of its own, and then every device that AWS has a sample for."""
    yield Option(LINUX, LINUX, "Linux with strongSwan", "files that set it up")
    for device in devices(cloud):
        yield Option(device.id, device, device.name)


def sample(cloud: Cloud, connection: str, device: str, ike: str, kind: str) -> str:
    """AWS's sample for a device, by the id of its type. It holds the tunnels' keys.

    Args:
        cloud: the account.
        connection: the id of the VPN connection.
        device: the id of the device's type.
        ike: IKEV1 or IKEV2.
        kind: COMPATIBILITY is with AES-128, SHA-1 and Diffie-Hellman group 2; RECOMMENDED, which AWS refuses for
            IKEv1, is with stronger methods.

    Raises CloudError, also where AWS has no such sample.
    """
    asked = {
        "VpnConnectionId": connection, "VpnConnectionDeviceTypeId": device, "InternetKeyExchangeVersion": ike,
        "SampleType": kind,
    }  # fmt: skip
    answer = cloud.make(Call("ec2.GetVpnConnectionDeviceSampleConfiguration", asked))
    return str(answer["VpnConnectionDeviceSampleConfiguration"])


def _device(told: dict[str, Any]) -> VpnDevice:
    return VpnDevice(
        str(told["VpnConnectionDeviceTypeId"]), str(told.get("Vendor") or ""), str(told.get("Platform") or ""),
        str(told.get("Software") or ""),
    )  # fmt: skip
