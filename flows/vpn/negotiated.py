"""What both sides of a tunnel have really agreed on, and whether AWS is at work on it. Everything here only reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flows.engine import Call, Cloud, CloudError, Finding, Grade

from .tunnels import in_order


def looked_at(cloud: Cloud, found: Mapping[str, Any]) -> Iterator[Finding]:
    """What is to be said of each tunnel of a connection, as AWS tells it."""
    telemetry = in_order(found.get("VgwTelemetry") or [], found)
    up = any(each.get("Status") == "UP" for each in telemetry)
    for number, tunnel in enumerate(telemetry, 1):
        address = str(tunnel.get("OutsideIpAddress") or "")
        which = {"VpnConnectionId": found["VpnConnectionId"], "VpnTunnelOutsideIpAddress": address}
        try:
            answer = cloud.make(Call("ec2.GetActiveVpnTunnelStatus", which))
        except CloudError as problem:
            what = f"What tunnel {number} has agreed on could not be read."
            yield Finding(f"negotiated:{number}", Grade.NOT_CHECKED, what, str(problem), aside=True)
            continue
        told = answer.get("ActiveVpnTunnelStatus") or {}
        if told.get("ProvisioningStatus") in ("pending", "failed") and found.get("State") != "pending":
            yield _changing(number, address, told, up=up)
        elif tunnel.get("Status") == "UP" and (agreed := _agreed(told)):
            sentence = f"Tunnel {number} has agreed on {agreed}."
            yield Finding(f"negotiated:{number}", Grade.PROVED, sentence, "GetActiveVpnTunnelStatus")


def _changing(number: int, address: str, told: Mapping[str, Any], *, up: bool) -> Finding:
    """AWS does maintenance on a tunnel, or somebody had it changed: its end is replaced meanwhile (Site-to-Site VPN
    User Guide, "Tunnel endpoint replacements", 2026-11)."""
    failed = told.get("ProvisioningStatus") == "failed"
    why = str(told.get("ProvisioningStatusReason") or "")
    return Finding(
        f"maintenance:{number}", Grade.REFUSED if failed and not up else Grade.CAUTION,
        f"Tunnel {number} ({address}): AWS {'could not replace' if failed else 'is replacing'} its end: "
        "maintenance, or a change of its options.",
        f"ProvisioningStatus: {told['ProvisioningStatus']}{f', {why}' if why else ''}",
        "Ask AWS Support." if failed else "Wait some minutes; the other tunnel carries what goes through meanwhile.",
    )  # fmt: skip


def _agreed(told: Mapping[str, Any]) -> str:
    phases = []
    for phase in (1, 2):
        methods = [str(told.get(f"Phase{phase}{each}Algorithm") or "") for each in ("Encryption", "Integrity")]
        group = told.get(f"Phase{phase}DHGroup")
        said = [each for each in (*methods, f"group {group}" if group else "") if each]
        if said:
            phases.append(f"{', '.join(said)} in phase {phase}")
    version = str(told.get("IkeVersion") or "").replace("ikev", "IKEv")
    return "; ".join(each for each in (version, *phases) if each)
