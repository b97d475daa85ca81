"""Who can start a tunnel: AWS does so only with IKEv2.

Source: AWS Site-to-Site VPN User Guide, "Tunnel initiation options", "Rules and limitations" (2026-11).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from flows.engine import Finding, Grade

from . import tunnels

BOTH = ("ikev1", "ikev2")
"""What a tunnel allows that was told of no version."""


def startable(versions: Collection[str]) -> bool:
    """Whether AWS can start a tunnel that allows these IKE versions, whichever of them the device speaks."""
    return set(versions) == {"ikev2"}


def looked_at(found: Mapping[str, Any]) -> Iterator[Finding]:
    """What there is to say of each tunnel of a connection, as AWS tells it, that AWS is to start and may not be able
    to."""
    for number, tunnel in enumerate(tunnels.options_in_order(found), 1):
        versions = [str(told) for each in tunnel.get("IkeVersions") or [] if (told := each.get("Value"))] or BOTH
        if tunnel.get("StartupAction") != "start" or startable(versions):
            continue
        evidence = f"StartupAction is start, IkeVersions: {', '.join(versions)}"
        if "ikev2" not in versions:
            yield Finding(
                f"startup:{number}", Grade.CAUTION,
                f"AWS is to start tunnel {number} and cannot: it starts a tunnel only with IKEv2, and this one allows "
                "IKEv1 alone.", evidence,
                "Let the device start it and keep it up, or allow IKEv2 in the tunnel's options.",
            )  # fmt: skip
        elif not tunnels.is_up(found, tunnel):
            yield Finding(
                f"startup:{number}", Grade.PREDICTED,
                f"AWS starts tunnel {number} only with IKEv2; a device that speaks IKEv1 must start it itself.",
                evidence,
            )  # fmt: skip
