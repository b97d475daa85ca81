"""What can stand in the way of changing a tunnel, looked at beforehand. Everything here only reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flows.aws import keepers, site_to_site_vpn
from flows.aws.vpn_tunnels import EVERY, SPOKEN, Tunnel
from flows.engine import Call, Caution, Cloud, CloudError, Danger, Finding, Grade

from . import answers
from .answers import Answers, Change


def beforehand(flow: Answers) -> Iterator[Finding | Caution]:
    changes = answers.changes(flow)
    if not changes:
        yield Finding(
            "nothing", Grade.REFUSED,
            f"Nothing changes: the tunnels of {flow.connection.called} are like that already.",
            answers.how(flow.connection), "Choose what should change, from the answers above.",
        )  # fmt: skip
        return
    yield from _carried(flow, changes)
    yield from _told(changes)
    for tunnel, other in changes:
        yield from _fits(tunnel, {**tunnel.options, **other}, other)
    yield from _starts(flow, changes)
    yield from _agreed(flow.cloud, flow.connection.id, changes)
    yield from keepers.beforehand(f"The VPN connection {flow.connection.called}", flow.connection.tags, "connection")


def _carried(flow: Answers, changes: list[Change]) -> Iterator[Finding | Caution]:
    """Whether the office stays connected meanwhile."""
    for tunnel, _ in changes:
        other = flow.connection.beside(tunnel)
        if tunnel.up and other and not other.up:
            yield Caution(
                "cuts-the-only-tunnel",
                f"Tunnel {tunnel.number} is the only one that is up: while it is changed, for minutes, the office is "
                f"cut off. Bring tunnel {other.number} up first, or do it when nobody works.",
                confirm=True, danger=Danger.STOPS,
            )  # fmt: skip
            return
    for tunnel, _ in changes:
        if not tunnel.up:
            yield Finding(
                "down", Grade.NOT_CHECKED,
                f"Tunnel {tunnel.number} is down, so nothing proves that it comes up with the new options.",
                "VgwTelemetry", "Look at it afterwards with handrail check vpn.",
            )  # fmt: skip
    if all(tunnel.up for tunnel, _ in changes):
        yield Finding(
            "carried", Grade.PREDICTED,
            "Both tunnels are up. Each is away for minutes, and the other one carries; the second is only touched "
            "once the first is up again." if len(changes) == 2 else
            "Both tunnels are up: while the one is away for minutes, the other carries.",
            "VgwTelemetry", "Connections may break off once when traffic changes over.",
        )  # fmt: skip


def _told(changes: list[Change]) -> Iterator[Finding | Caution]:
    """What each option is and becomes; of both tunnels at once where that is the same."""
    seen: dict[str, list[str]] = {}
    for tunnel, other in changes:
        for name, value in other.items():
            was, is_ = answers.in_words(name, tunnel.options[name]), answers.in_words(name, value)
            seen.setdefault(f"{SPOKEN[name]}: {was} becomes {is_}", []).append(str(tunnel.number))
    for number, (sentence, numbers) in enumerate(seen.items(), 1):
        which = "Both tunnels" if len(numbers) == 2 else f"Tunnel {numbers[0]}"
        yield Finding(f"becomes:{number}", Grade.PREDICTED, f"{which}, {sentence}.", "DescribeVpnConnections")
    if any(name in EVERY for _, other in changes for name in other):
        yield Caution(
            "device-first",
            "The office's device must allow one of the new methods of each kind before, or its tunnel does not come "
            "back. Then the run stops before the other tunnel, and undo puts the former ones back.",
            key="encryption",
        )  # fmt: skip


def _fits(tunnel: Tunnel, whole: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Finding]:
    """Whether a tunnel's options fit with each other, those that stay with them (EC2 API Reference,
    ModifyVpnTunnelOptionsSpecification, 2026-11)."""
    first, second, margin = (
        int(whole[name]) for name in ("Phase1LifetimeSeconds", "Phase2LifetimeSeconds", "RekeyMarginTimeSeconds")
    )
    asked = other.keys() & {"Phase1LifetimeSeconds", "Phase2LifetimeSeconds", "RekeyMarginTimeSeconds"}
    if asked and second >= first:
        yield _refused(
            f"lifetimes:{tunnel.number}",
            f"Tunnel {tunnel.number}: phase 2 would last {second} s and phase 1 {first} s; AWS takes only less in "
            "phase 2.", f"Enter less than {first} for phase 2, or more than {second} for phase 1.",
        )  # fmt: skip
    if asked and margin > second / 2:
        yield _refused(
            f"margin:{tunnel.number}",
            f"Tunnel {tunnel.number}: a rekey margin of {margin} s is more than half of the {second} s of phase 2.",
            f"Enter 60 to {second // 2} as the margin.",
        )  # fmt: skip
    starts = whole["StartupAction"] == "start" and other.keys() & {"StartupAction", "IKEVersions"}
    if starts and whole["IKEVersions"] != [{"Value": "ikev2"}]:
        yield _refused(
            f"starts:{tunnel.number}",
            f"AWS starts tunnel {tunnel.number} only with IKEv2, and IKEv1 would be allowed as well.",
            "Choose the modern encryption or ikev2 alone, or let the device start it.",
        )


def _starts(flow: Answers, changes: list[Change]) -> Iterator[Finding]:
    """Whether AWS knows where to start a tunnel to (User Guide, "Tunnel initiation options", 2026-11)."""
    if not any(other.get("StartupAction") == "start" for _, other in changes):
        return
    try:
        known = site_to_site_vpn.customer_gateways(flow.cloud)
    except CloudError as problem:
        yield Finding(
            "address", Grade.NOT_CHECKED, "Whether AWS knows the device's address was not checked.", problem.what
        )
        return
    if any(each.id == flow.connection.customer_gateway and not each.address for each in known):
        yield _refused(
            "address", f"The device of {flow.connection.called} has no address that AWS knows, so AWS cannot start it.",
            "Let the device start the tunnels.",
        )  # fmt: skip


def _agreed(cloud: Cloud, connection: str, changes: list[Change]) -> Iterator[Finding]:
    """Whether what both sides use now is still allowed then."""
    for tunnel, other in changes:
        lists = {name: [each["Value"] for each in other[name]] for name in EVERY if name in other}
        if not tunnel.up or not lists:
            continue
        which = {"VpnConnectionId": connection, "VpnTunnelOutsideIpAddress": tunnel.address}
        try:
            told = cloud.make(Call("ec2.GetActiveVpnTunnelStatus", which)).get("ActiveVpnTunnelStatus") or {}
        except CloudError as problem:
            what = f"What tunnel {tunnel.number} has agreed on could not be read."
            yield Finding(f"agreed:{tunnel.number}", Grade.NOT_CHECKED, what, problem.what)
            continue
        now = {name: told.get(name.removesuffix("s").removesuffix("Number")) for name in lists if name != "IKEVersions"}
        now["IKEVersions"] = told.get("IkeVersion")
        gone = [
            f"{SPOKEN[name]} {value}" for name, value in now.items() if value and value not in lists.get(name, [value])
        ]
        if gone:
            yield Finding(
                f"agreed:{tunnel.number}", Grade.CAUTION,
                f"Tunnel {tunnel.number} uses {', '.join(gone)} now, which is not allowed then: the device must offer "
                "something else.", "GetActiveVpnTunnelStatus", "Let the device allow one of the new methods first.",
            )  # fmt: skip


def _refused(id: str, sentence: str, remedy: str) -> Finding:
    return Finding(id, Grade.REFUSED, sentence, "AWS takes it only together", remedy)
