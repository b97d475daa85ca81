"""How the tunnels of a VPN connection are set, whoever set them. Everything here only reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flows.aws import keepers, vpn_tunnels
from flows.aws.vpn_tunnels import OPTIONS, SPOKEN, Tunnels
from flows.engine import Cloud, Finding, Refused, shell
from flows.engine.findings import broken, caution, likely, proved, waits
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
    yield from _up(connection)
    yield from _alike(connection)
    yield from _started(connection)
    yield from _weak(connection)
    yield from _logged(connection)


def _up(connection: Tunnels) -> Iterator[Finding]:
    why = f"See why: {shell.handrail('check', 'vpn', connection=connection.id)}"
    for tunnel in connection.tunnels:
        name = f"Tunnel {tunnel.number} ({tunnel.address})"
        if tunnel.up:
            allowed = answers.allowed(tunnel)
            yield proved(f"tunnel:{tunnel.number}", f"{name} is up, and allows {allowed}.", "VgwTelemetry")
        elif any(each.up for each in connection.tunnels):
            yield caution(f"tunnel:{tunnel.number}", f"{name} is down.", "VgwTelemetry", why)
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
    differ = [SPOKEN[name] for name in OPTIONS if one.options[name] != two.options[name]]
    if differ:
        sentence = f"The two tunnels differ: {', '.join(differ)}."
        yield caution("alike", sentence, SEEN, f"Make them alike: {_set_up(connection)}")
    else:
        yield proved("alike", "Both tunnels have the same options.", SEEN)


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


def _logged(connection: Tunnels) -> Iterator[Finding]:
    into = {tunnel.number: answers.logged_into(tunnel) for tunnel in connection.tunnels}
    silent = [str(number) for number, log in into.items() if not log]
    if silent:
        yield likely(
            "logs", f"Nothing is written down of tunnel{'s' if len(silent) > 1 else ''} {' and '.join(silent)}.", SEEN,
            f"Switch it on: {_set_up(connection, logs=answers.WRITE)}",
        )  # fmt: skip
    else:
        yield proved("logs", f"AWS writes into {' and '.join(dict.fromkeys(into.values()))}.", SEEN)


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
