"""How the tunnels of a VPN connection are set, whoever set them. Everything here only reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from flows.aws import keepers, log_groups, site_to_site_vpn, vpn_tunnels
from flows.aws.vpn_tunnels import LOGS, OPTIONS, SPOKEN, Tunnel, Tunnels
from flows.engine import Cloud, CloudError, Finding, Refused, shell
from flows.engine.findings import broken, caution, likely, proved, unknown, waits
from flows.engine.half_done import half_done

from . import answers

SEEN = "DescribeVpnConnections"
WEAK: Mapping[str, set[Any]] = {
    "IKEVersions": {"ikev1"}, "Phase1IntegrityAlgorithms": {"SHA1"}, "Phase2IntegrityAlgorithms": {"SHA1"},
    "Phase1DHGroupNumbers": {2}, "Phase2DHGroupNumbers": {2, 5},
}  # fmt: skip
"""What only old devices need (RFC 8247 and RFC 8221: 1024-bit groups and SHA-1 are to be left)."""


def diagnose(cloud: Cloud, named: str) -> Iterator[Finding]:
    """How both tunnels of a connection are set, given by id or name. Raises Refused if there is none, or several."""
    connection, state = _the(cloud, named)
    if state == "available":
        yield proved("state", f"{connection.called} is available.", SEEN)
    else:
        yield waits("state", f"{connection.called} is {state}: AWS takes no change yet.", SEEN, "Wait some minutes.")
    yield from keepers.told(connection.id, f"The VPN connection {connection.called}", connection.tags)
    yield from half_done("vpn_options", connection.id, cloud.identity)
    yield from _up(cloud, connection)
    yield from _alike(connection)
    yield from _started(connection)
    yield from _weak(connection)
    yield from _logged(cloud, connection)


def _up(cloud: Cloud, connection: Tunnels) -> Iterator[Finding]:
    down = connection.tunnels and not any(each.up for each in connection.tunnels)
    before, unread = True, ""
    if down:
        try:
            before = site_to_site_vpn.was_up(cloud, connection.id, datetime.now(UTC))
        except CloudError as problem:
            unread = problem.what
    why = f"See why: {shell.handrail('check', 'vpn', connection=connection.id)}"
    for tunnel in connection.tunnels:
        name = f"Tunnel {tunnel.number} ({tunnel.address})"
        if tunnel.up:
            allowed = answers.allowed(tunnel)
            yield proved(f"tunnel:{tunnel.number}", f"{name} is up, and allows {allowed}.", "VgwTelemetry")
        elif any(each.up for each in connection.tunnels):
            yield caution(f"tunnel:{tunnel.number}", f"{name} is down.", "VgwTelemetry", why)
        elif unread:
            sentence = f"{name} is down, as is the other one; whether it ever was up could not be read."
            yield unknown(f"tunnel:{tunnel.number}", sentence, unread, why)
        elif not before:
            sentence = f"{name} has not been up yet: it waits for the device."
            yield waits(f"tunnel:{tunnel.number}", sentence, "VgwTelemetry, CloudWatch: TunnelState", why)
        else:
            yield broken(f"tunnel:{tunnel.number}", f"{name} is down, as is the other one.", "VgwTelemetry", why)


def _started(connection: Tunnels) -> Iterator[Finding]:
    """Whether AWS can start what it is to start (User Guide, "Tunnel initiation options", 2026-11)."""
    for tunnel in connection.tunnels:
        if tunnel.options["StartupAction"] == "start" and {"Value": "ikev2"} not in tunnel.options["IKEVersions"]:
            yield caution(
                f"starts:{tunnel.number}", f"AWS is to start tunnel {tunnel.number} and cannot: it does so only with "
                "IKEv2, which is not allowed.", SEEN, f"Allow it: {_set_up(connection, ike_versions='ikev2')}",
            )  # fmt: skip


def _alike(connection: Tunnels) -> Iterator[Finding]:
    if len(connection.tunnels) != 2:
        return
    one, two = connection.tunnels
    differ = [SPOKEN[name] for name in OPTIONS if _compared(name, one) != _compared(name, two)]
    if differ:
        sentence = f"The two tunnels differ: {', '.join(differ)}."
        yield caution("alike", sentence, SEEN, f"Make them alike: {_set_up(connection)}")
    else:
        yield proved("alike", "Both tunnels have the same options.", SEEN)


def _compared(name: str, tunnel: Tunnel) -> Any:
    """What must be alike of an option: each tunnel may write the same into a log of its own."""
    return answers.in_words(LOGS, tunnel.options[LOGS]) if name == LOGS else tunnel.options[name]


def _weak(connection: Tunnels) -> Iterator[Finding]:
    for tunnel in connection.tunnels:
        weak = [
            f"{SPOKEN[name]} {each['Value']}" for name, old in WEAK.items() for each in tunnel.options[name]
            if each["Value"] in old
        ]  # fmt: skip
        if weak:
            yield likely(
                f"methods:{tunnel.number}", f"Tunnel {tunnel.number} allows what only old devices need: "
                f"{', '.join(weak)}.", SEEN, f"Allow modern methods alone: {_set_up(connection, encryption='modern')}",
            )  # fmt: skip


def _logged(cloud: Cloud, connection: Tunnels) -> Iterator[Finding]:
    into = {tunnel.number: answers.logged_into(tunnel) for tunnel in connection.tunnels}
    silent = [str(number) for number, log in into.items() if not log]
    if silent:
        yield likely(
            "logs", f"Nothing is written down of tunnel{'s' if len(silent) > 1 else ''} {' and '.join(silent)}.", SEEN,
            f"Switch it on: {_set_up(connection, logs=answers.WRITE)}",
        )  # fmt: skip
        return
    found = [answers.logged_into(tunnel, kind) for tunnel in connection.tunnels for kind in ("", "Bgp")]
    logs = list(dict.fromkeys(each for each in found if each))
    by = "DescribeLogGroups, DescribeResourcePolicies"
    try:
        gone = [each for each in logs if not log_groups.there(cloud, each)]
        standing = log_groups.policies(cloud)
    except CloudError as problem:
        yield unknown("logs", f"Whether AWS can write into {' and '.join(logs)} could not be read.", problem.what)
        return
    kept_out = [each for each in logs if log_groups.keeps_out(cloud, each, standing)]
    if gone:
        yield caution(
            "logs", f"AWS is to write into {' and '.join(gone)}, which is not there: nothing is written down.", by,
            f"Make that log again: {shell.aws('logs', 'create-log-group', log_group_name=gone[0])}",
        )  # fmt: skip
    elif kept_out:
        yield caution(
            "logs", f"AWS is to write into {' and '.join(kept_out)}, and no policy lets it: nothing is written down.",
            by, f"Let {log_groups.DELIVERY} write there, by a policy of the region's logs.",
        )  # fmt: skip
    else:
        yield proved("logs", f"AWS writes into {' and '.join(logs)}.", f"{SEEN}, {by}")


def _set_up(connection: Tunnels, **answers: str) -> str:
    return shell.handrail("run", "vpn_options", connection=connection.id, **answers)


def _the(cloud: Cloud, named: str) -> tuple[Tunnels, str]:
    found = [each for each in vpn_tunnels.connections(cloud) if named in (each[0].id, each[0].name)]
    exact = [each for each in found if each[0].id == named] or found
    if not exact:
        raise Refused(f"There is no VPN connection {named} in this region.", remedy="Give its id, or its Name tag.")
    if len(exact) > 1:
        ids = ", ".join(each[0].id for each in exact)
        raise Refused(f"{len(exact)} VPN connections are called {named}: {ids}.", remedy="Give the id.")
    return exact[0]
