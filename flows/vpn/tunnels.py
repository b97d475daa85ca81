"""What AWS measures at the ends of both tunnels, and what it means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flows.aws import site_to_site_vpn as vpn
from flows.engine import Cloud, CloudError, Finding, Grade

from . import device

MOST_ANNOUNCED = 100
"""Networks that a device may announce to a virtual private gateway; with one more BGP goes down (Site-to-Site VPN
quotas, 2026-10)."""
SETTLED = timedelta(hours=1)
"""How long after a connection is made its tunnels may still change their state without ever having been up."""
CALL = "check the device's log, address, key, IKE version, and UDP 500 and 4500."


@dataclass(frozen=True)
class Past:
    """Whether a tunnel of it was ever up; None if that could not be told. `by` says from what."""

    up: bool | None
    by: str = ""


NEW = Past(False)


def past(cloud: Cloud, connection: str, found: Mapping[str, Any], now: datetime) -> Past:
    """Whether a connection whose tunnels are down was up before, or is new."""
    changes = [each["LastStatusChange"] for each in _telemetry(found) if each.get("LastStatusChange")]
    try:
        if vpn.was_up(cloud, connection, now):
            return Past(True, "CloudWatch: TunnelState")
        unread = ""
    except CloudError as problem:
        unread = problem.what
    if changes and max(changes) - min(changes) > SETTLED:
        return Past(True, "LastStatusChange: one tunnel changed long after the other")
    if not unread:
        return NEW
    try:
        made = vpn.made(cloud, connection)
    except CloudError:
        made = None
    if made is None or not changes:
        return Past(None, unread)
    return Past(max(changes) - made > SETTLED, f"CloudTrail: made {made:%Y-%m-%d %H:%M} UTC")


def measured(found: Mapping[str, Any], before: Past = NEW) -> Iterator[Finding]:
    """What there is to say about each tunnel.

    "IPSEC IS UP" with status DOWN means that BGP is missing (Site-to-Site VPN User Guide, "Monitoring").

    Args:
        found: the connection as AWS tells it.
        before: whether it was up before; only asked where no tunnel is up.
    """
    telemetry = in_order(_telemetry(found), found)
    if not telemetry:
        grade = Grade.WAITING if found.get("State") == "pending" else Grade.NOT_CHECKED
        yield Finding("tunnels", grade, "AWS reports nothing about the tunnels yet.", "no VgwTelemetry")
        return
    up = sum(each.get("Status") == "UP" for each in telemetry)
    if not up:
        yield _both_down(telemetry, found, before)
    for number, tunnel in enumerate(telemetry, 1):
        yield _one(number, tunnel, found, up, before)
    static = bool((found.get("Options") or {}).get("StaticRoutesOnly"))
    if not static and not found.get("TransitGatewayId"):
        yield from _silent(telemetry)
    told = [each.get("AcceptedRouteCount") for each in telemetry if each.get("Status") == "UP"]
    counts = [each for each in told if each is not None]
    if static or not counts or found.get("TransitGatewayId"):
        return
    if not any(counts):
        yield Finding(
            "announced", Grade.REFUSED, "The device announces no network: nothing finds its way to the office.",
            "VgwTelemetry: 0 routes accepted", "Let the device announce the office's networks to AWS by BGP.",
        )  # fmt: skip
    elif max(counts) >= MOST_ANNOUNCED:
        yield Finding(
            "announced", Grade.CAUTION,
            f"The device announces {max(counts)} networks; with more than {MOST_ANNOUNCED} BGP goes down.",
            "VgwTelemetry: routes accepted", "Let the device announce fewer, wider networks (summarize).",
        )  # fmt: skip


def _silent(telemetry: list[Mapping[str, Any]]) -> Iterator[Finding]:
    """A tunnel that is up and through which nothing is announced takes nothing over from the other one."""
    counts = [each.get("AcceptedRouteCount") if each.get("Status") == "UP" else None for each in telemetry]
    for number, count in enumerate(counts, 1):
        if count == 0 and any(counts):
            yield Finding(
                f"silent:{number}", Grade.CAUTION,
                f"Through tunnel {number} the device announces no network: it works, but not redundantly.",
                "VgwTelemetry: 0 routes accepted", "Let the device announce the same networks through both tunnels.",
            )  # fmt: skip


def options_in_order(found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The options of each tunnel, numbered as everywhere else."""
    return in_order((found.get("Options") or {}).get("TunnelOptions") or [], found)


def is_up(found: Mapping[str, Any], tunnel: Mapping[str, Any]) -> bool:
    """Whether the tunnel with these options is up."""
    address = tunnel.get("OutsideIpAddress")
    return any(each.get("OutsideIpAddress") == address and each.get("Status") == "UP" for each in _telemetry(found))


def waiting(found: Mapping[str, Any]) -> str:
    """What the connection waits for; empty when a tunnel is up."""
    if any(tunnel.get("Status") == "UP" for tunnel in _telemetry(found)):
        return ""
    return "AWS is ready and waits for your device. Install the configuration on it, then run the check."


def _both_down(telemetry: list[Mapping[str, Any]], found: Mapping[str, Any], before: Past) -> Finding:
    changes = [each["LastStatusChange"] for each in telemetry if each.get("LastStatusChange")]
    since = f" since {max(changes):%Y-%m-%d %H:%M} UTC" if changes else ""
    if any(speechless(each) for each in telemetry):
        return Finding(
            "tunnels", Grade.REFUSED, "No tunnel is up: IPsec stands, and BGP does not speak through it.",
            "VgwTelemetry", _bgp(found, 1),
        )  # fmt: skip
    if before.up:
        return Finding(
            "tunnels", Grade.REFUSED, f"Both tunnels are down{since}; the connection worked before.",
            before.by, f"See whether the office's device runs and is reached at its address; {CALL}",
        )  # fmt: skip
    if before.up is None:
        return Finding(
            "tunnels", Grade.NOT_CHECKED,
            f"Both tunnels are down{since}; whether the connection ever worked could not be told.",
            before.by, f"If it did, see whether the office's device runs; {CALL}",
        )  # fmt: skip
    return Finding(
        "tunnels", Grade.WAITING, "No tunnel has been up yet: AWS is ready and waits for your device.",
        before.by or "VgwTelemetry", f"Install the configuration on the device; then {CALL}",
    )  # fmt: skip


def _one(number: int, tunnel: Mapping[str, Any], found: Mapping[str, Any], up: int, before: Past) -> Finding:
    id, name = f"tunnel:{number}", f"Tunnel {number} ({tunnel.get('OutsideIpAddress') or '?'})"
    message, since = str(tunnel.get("StatusMessage") or ""), tunnel.get("LastStatusChange")
    evidence = ", ".join(part for part in (message, f"since {since:%Y-%m-%d %H:%M} UTC" if since else "") if part)
    if tunnel.get("Status") == "UP":
        routes = tunnel.get("AcceptedRouteCount") or 0
        return Finding(
            id, Grade.PROVED, f"{name} is up, {routes} route{'' if routes == 1 else 's'} accepted.", evidence
        )
    if speechless(tunnel):
        grade = Grade.CAUTION if up else Grade.REFUSED
        sentence, remedy = f"{name} stands, but BGP does not speak through it.", _bgp(found, number)
    elif up:
        grade, sentence = Grade.CAUTION, f"{name} is down: it works, but not redundantly."
        remedy = f"Configure this tunnel too; AWS takes one away now and then for maintenance. If it is, {CALL}"
    elif before.up is not False:
        grade = Grade.REFUSED if before.up else Grade.NOT_CHECKED
        sentence, remedy = f"{name} is down.", f"See whether the device calls AWS; {CALL}"
    else:
        grade, sentence = Grade.WAITING, f"{name} waits for your device."
        remedy = f"Install the configuration on the device; then {CALL}"
    return Finding(id, grade, sentence, evidence, remedy, follows=() if up else ("tunnels",))


def speechless(tunnel: Mapping[str, Any]) -> bool:
    """Whether IPsec stands and BGP does not."""
    return tunnel.get("Status") != "UP" and "IPSEC IS UP" in str(tunnel.get("StatusMessage") or "").upper()


def _bgp(found: Mapping[str, Any], number: int) -> str:
    """What both sides must call themselves."""
    most = "" if found.get("TransitGatewayId") else f" It may announce {MOST_ANNOUNCED} networks at most."
    try:
        ends = device.parse(str(found.get("CustomerGatewayConfiguration") or "")).tunnels
    except device.Unreadable:
        ends = ()
    if number > len(ends) or ends[number - 1].device_asn is None:
        return f"Compare both numbers (ASN) and the inside addresses with AWS's configuration.{most}"
    it = ends[number - 1]
    return (
        f"On the device, tunnel {number} needs its own number (ASN) {it.device_asn} at {it.device_inside}, and AWS's "
        f"{it.aws_asn} at {it.aws_inside} as its neighbour, with TCP 179 open between them.{most}"
    )


def _telemetry(found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(found.get("VgwTelemetry") or [])


def in_order(telemetry: Iterable[Mapping[str, Any]], found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """As AWS numbers the tunnels in what it hands out for the device; without that, as it lists them."""
    configuration = str(found.get("CustomerGatewayConfiguration") or "")
    return sorted(telemetry, key=lambda tunnel: configuration.find(f">{tunnel.get('OutsideIpAddress')}<"))
