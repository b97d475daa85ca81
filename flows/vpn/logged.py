"""What the log of a tunnel says of why it is down. Everything here only reads."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flows.engine import Call, Cloud, CloudError, Finding, Grade, shell

from . import reasons
from .tunnels import Past, in_order, speechless

LINES = 200
"""The last lines of a log that are read; a tunnel that cannot come up writes some a minute."""
STREAMS = 50


def looked_at(cloud: Cloud, found: Mapping[str, Any], before: Past) -> Iterator[Finding]:
    """Why each tunnel is down, as far as its log says.

    Args:
        cloud: the account.
        found: the connection as AWS tells it.
        before: whether it was up before.
    """
    telemetry = in_order(found.get("VgwTelemetry") or [], found)
    up = any(each.get("Status") == "UP" for each in telemetry)
    options = {each.get("OutsideIpAddress"): each for each in (found.get("Options") or {}).get("TunnelOptions") or []}
    silent: dict[str, tuple[str, ...]] = {}
    for number, tunnel in enumerate(telemetry, 1):
        address = str(tunnel.get("OutsideIpAddress") or "")
        told = ((options.get(address) or {}).get("LogOptions") or {}).get("CloudWatchLogOptions") or {}
        kinds, group = _meant(tunnel, told, static=bool((found.get("Options") or {}).get("StaticRoutesOnly")))
        if group:
            name = f"Tunnel {number} ({address})"
            yield _why(cloud, number, name, (str(found["VpnConnectionId"]), address), group, kinds, up, before)
        elif kinds and address in options:  # what AWS leaves out of a tunnel's options is as by default: no log
            silent[str(number)] = kinds
    if silent:
        yield _none(str(found["VpnConnectionId"]), silent)


def behind(found: Iterator[Finding], said: Sequence[Finding]) -> Iterator[Finding]:
    """What was found of the tunnels, each behind what its log says."""
    logs = {each.id.partition(":")[2]: each.id for each in said if each.grade is not Grade.NOT_CHECKED}
    for each in found:
        kind, _, number = each.id.partition(":")
        first = tuple(logs.values()) if kind in ("tunnels", "announced") else (logs[number],) if number in logs else ()
        wrong = each.grade in (Grade.REFUSED, Grade.CAUTION, Grade.WAITING)
        yield replace(each, follows=(*each.follows, *first)) if wrong and first else each


def _meant(tunnel: Mapping[str, Any], told: Mapping[str, Any], *, static: bool) -> tuple[tuple[str, ...], str]:
    """Which messages tell of what is wrong with a tunnel, and the ARN of the log that has them; "" for none."""
    if tunnel.get("Status") != "UP" and not speechless(tunnel):
        return (reasons.IKE,), str(told.get("LogGroupArn") or "") if told.get("LogEnabled") else ""
    silent = tunnel.get("Status") == "UP" and not static and tunnel.get("AcceptedRouteCount") == 0
    if speechless(tunnel) or silent:
        kinds = (reasons.ROUTE,) if silent else (reasons.BGP, reasons.ROUTE)
        return kinds, str(told.get("BgpLogGroupArn") or "") if told.get("BgpLogEnabled") else ""
    return (), ""


def _none(connection: str, silent: Mapping[str, tuple[str, ...]]) -> Finding:
    """AWS writes no log of tunnels, given by their numbers, of which these messages would tell what is wrong."""
    which = f"tunnel{'s' * (len(silent) > 1)} {' and '.join(silent)}"
    of = "" if any(reasons.IKE in kinds for kinds in silent.values()) else "BGP through "
    switch = shell.handrail("run", "vpn_options", connection=connection, logs="write")
    return Finding(
        "log", Grade.NOT_CHECKED, f"AWS writes no log of {of}{which}; it would say what is wrong there.",
        "DescribeVpnConnections: LogOptions",
        f"Switch it on; each tunnel is away for minutes, one after the other: {switch}", aside=True,
    )  # fmt: skip


def _why(
    cloud: Cloud, number: int, name: str, which: tuple[str, str], group: str, kinds: tuple[str, ...], up: bool,
    before: Past,
) -> Finding:  # fmt: skip
    id, log = f"log:{number}", group.partition(":log-group:")[2].removesuffix(":*")
    try:
        lines = _lines(cloud, log, which)
    except CloudError as problem:
        return Finding(
            id, Grade.NOT_CHECKED, f"{name}: its log {log} could not be read.", str(problem),
            "Without it, only the device's own log says why.", aside=True,
        )  # fmt: skip
    for at, message in lines:
        if reason := reasons.of(message, *kinds):
            waits = reason.silent and not up and before.up is False
            grade = Grade.WAITING if waits else Grade.CAUTION if up else Grade.REFUSED
            evidence = f"{log}, {at:%Y-%m-%d %H:%M} UTC: “{message}”"
            return Finding(id, grade, f"{name}: {reason.means}.", evidence, reason.remedy)
    last = f"the last line is “{lines[0][1]}”" if lines else "nothing is in it"
    return Finding(
        id, Grade.NOT_CHECKED, f"{name}: its log {log} does not say why.", last,
        "Look into the device's own log.", aside=True,
    )  # fmt: skip


def _lines(cloud: Cloud, log: str, which: tuple[str, str]) -> list[tuple[datetime, str]]:
    """What the log says of a connection's tunnel, the last first. Raises CloudError.

    The name of a stream has the connection's id and the tunnel's address in it (Site-to-Site VPN User Guide,
    "Site-to-Site VPN log contents", 2026-11), and one of IKE and one of BGP may be in the same log.
    """
    asked = {"logGroupName": log, "orderBy": "LastEventTime", "descending": True, "limit": STREAMS}
    streams = cloud.make(Call("logs.DescribeLogStreams", asked)).get("logStreams") or []
    events: list[Mapping[str, Any]] = []
    for stream in streams:
        name = str(stream.get("logStreamName") or "")
        if all(each in name for each in which):
            here = {"logGroupName": log, "logStreamName": name, "limit": LINES, "startFromHead": False}
            events += cloud.make(Call("logs.GetLogEvents", here)).get("events") or []
    events.sort(key=lambda each: int(each.get("timestamp") or 0), reverse=True)
    return [
        (datetime.fromtimestamp(int(each.get("timestamp") or 0) / 1000, UTC), _details(str(each.get("message") or "")))
        for each in events
    ]


def _details(line: str) -> str:
    """The message in a line, which is JSON or text."""
    try:
        told: Any = json.loads(line)
    except ValueError:
        return line.strip()
    if not isinstance(told, Mapping):
        return line.strip()
    message = told.get("message")
    within = message.get("details") if isinstance(message, Mapping) else message
    return str(told.get("details") or within or "").strip() or line.strip()
