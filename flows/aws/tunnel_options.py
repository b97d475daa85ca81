"""Site-to-Site VPN: what AWS takes as an option of a tunnel, each in a sentence where it does not.

Source: EC2 API Reference, "VpnTunnelOptionsSpecification" (botocore's model, 1.44); Site-to-Site VPN User Guide,
"Tunnel options" (2026-11). AWS picks the lowest method that both sides allow.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from flows.engine import Refused

CIPHERS = ("AES256-GCM-16", "AES256", "AES128-GCM-16", "AES128")
HASHES = ("SHA2-512", "SHA2-384", "SHA2-256", "SHA1")
LISTS: Mapping[str, tuple[Any, ...]] = {
    "IKEVersions": ("ikev2", "ikev1"),
    "Phase1EncryptionAlgorithms": CIPHERS,
    "Phase1IntegrityAlgorithms": HASHES,
    "Phase1DHGroupNumbers": (2, *range(14, 25), 35),
    "Phase2EncryptionAlgorithms": CIPHERS,
    "Phase2IntegrityAlgorithms": HASHES,
    "Phase2DHGroupNumbers": (2, 5, *range(14, 25), 35, 36, 37),
}
"""All that AWS knows, which it allows where nothing is said."""
WEAK: Collection[str | int] = ("SHA1", 2, 5, 22, 23, 24)
"""What should not be used any more (RFC 8247, "Algorithm Implementation Requirements … for IKEv2", 2017-09)."""
NUMBERS: Mapping[str, tuple[int, int, str]] = {
    "Phase1LifetimeSeconds": (900, 28800, "seconds"),
    "Phase2LifetimeSeconds": (900, 3600, "seconds"),
    "RekeyMarginTimeSeconds": (60, 1800, "seconds"),
    "RekeyFuzzPercentage": (0, 100, "percent"),
    "DPDTimeoutSeconds": (30, 86400, "seconds"),
    "ReplayWindowSize": (64, 2048, "packets"),
}
"""The least, the most, and of what. For DPD AWS names no most; a day is enough."""
ACTIONS = ("restart", "clear", "none")
"""What AWS can do once the device does not answer."""


def number(name: str) -> Callable[[str], int]:
    """Reads a number that AWS takes for this option. Raises Refused."""
    least, most, unit = NUMBERS[name]

    def read(text: str) -> int:
        if not (text.isascii() and text.removeprefix("-").isdecimal()):
            raise Refused(f"“{text}” is not a whole number.", remedy=f"Enter {least} to {most} {unit}.")
        if not least <= int(text[:9]) <= most:
            raise Refused(f"{text} is not {least} to {most} {unit}.", remedy=f"Enter {least} to {most}.")
        return int(text)

    return read


def shorter(second: int, first: int) -> None:
    """The keys of phase 2 live shorter than those of phase 1. Raises Refused."""
    if second >= first:
        raise Refused(
            f"{second} seconds are not less than those of phase 1, {first}.",
            remedy=f"Enter 900 to {min(first - 1, 3600)}." if first > 900 else "Let the keys of phase 1 live longer.",
        )


def weak(methods: Iterable[str | int]) -> list[str]:
    """Those of these methods that should not be allowed any more, in words."""
    return [f"group {each}" if isinstance(each, int) else str(each) for each in methods if each in WEAK]


def listed(values: Iterable[Any]) -> list[dict[str, Any]]:
    """Methods as AWS takes them."""
    return [{"Value": value} for value in values]
