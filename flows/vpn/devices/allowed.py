"""What the tunnels of a connection allow, as AWS tells it.

Sources: EC2 API Reference, "VpnTunnelOptionsSpecification" (2026-11), for what is allowed where nothing was said; AWS
Site-to-Site VPN User Guide, "Tunnel options" (2026-11), for the lifetimes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from flows.aws.vpn_devices import COMPATIBILITY, IKEV1, IKEV2, RECOMMENDED

T = TypeVar("T")
ENCRYPTION = ("AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16")
INTEGRITY = ("SHA1", "SHA2-256", "SHA2-384", "SHA2-512")
GROUPS = {1: (2, *range(14, 25), 35), 2: (2, 5, *range(14, 25), 35, 36, 37)}
LIFETIME = {1: 28800, 2: 3600}
LEAST = ("AES128", "SHA1", 2)
"""The methods of AWS's compatibility samples (User Guide, "Static and dynamic configuration files", 2026-11); in AWS
GovCloud they are AES128, SHA2 and group 14."""
USUAL = ("AES256", "SHA2-256", 14)
"""What nearly every device of today has."""


@dataclass(frozen=True)
class Phase:
    """What both tunnels allow in one phase; the lifetime in seconds."""

    encryption: tuple[str, ...]
    integrity: tuple[str, ...]
    groups: tuple[int, ...]
    lifetime: int

    def allows(self, methods: tuple[str, str, int]) -> bool:
        encryption, integrity, group = methods
        return encryption in self.encryption and integrity in self.integrity and group in self.groups

    @property
    def one(self) -> str:
        """One choice of these, in words."""
        encryption, integrity, group = (
            some[0] if some and usual not in some else usual  # without any said, AWS allows all that it knows
            for usual, some in zip(USUAL, (self.encryption, self.integrity, self.groups), strict=True)
        )
        return f"{encryption}, {integrity} and Diffie-Hellman group {group}"


@dataclass(frozen=True)
class Allowed:
    """What both tunnels of a connection allow."""

    ike: tuple[str, ...]
    first: Phase
    second: Phase

    @property
    def least(self) -> bool:
        """Whether a device with AWS's compatibility sample is let in."""
        return self.first.allows(LEAST) and self.second.allows(LEAST)

    @property
    def samples(self) -> tuple[tuple[str, str], ...]:
        """The IKE version and kind of the samples that fit, the best first. AWS recommends nothing for IKEv1."""
        newer = ((IKEV2, RECOMMENDED), (IKEV2, COMPATIBILITY)) if IKEV2 in self.ike else ()
        older = ((IKEV1, COMPATIBILITY),) if IKEV1 in self.ike else ()
        return newer + older


def allowed(found: Mapping[str, Any]) -> Allowed:
    """What a connection allows, out of AWS's answer about it."""
    tunnels = list((found.get("Options") or {}).get("TunnelOptions") or [])
    return Allowed(_both(tunnels, "IkeVersions", (IKEV1, IKEV2)), _phase(tunnels, 1), _phase(tunnels, 2))


def _phase(tunnels: list[Mapping[str, Any]], number: int) -> Phase:
    name = f"Phase{number}"
    lifetimes = [int(each.get(f"{name}LifetimeSeconds") or LIFETIME[number]) for each in tunnels]
    return Phase(
        _both(tunnels, f"{name}EncryptionAlgorithms", ENCRYPTION),
        _both(tunnels, f"{name}IntegrityAlgorithms", INTEGRITY),
        _both(tunnels, f"{name}DHGroupNumbers", GROUPS[number]),
        min(lifetimes, default=LIFETIME[number]),
    )


def _both(tunnels: Iterable[Mapping[str, Any]], name: str, known: tuple[T, ...]) -> tuple[T, ...]:
    """What every tunnel allows, or the first where they have nothing in common; one that was told nothing allows all
    that AWS knows."""
    values = [{entry.get("Value") for entry in each.get(name) or []} - {None} for each in tunnels]
    told = [each or set(known) for each in values] or [set(known)]
    common = tuple(each for each in known if all(each in some for some in told))
    return common or tuple(each for each in known if each in told[0])
