"""What a person has in hand once the tunnels are changed: what they are now, and proof that they are up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flows.aws import vpn_tunnels
from flows.engine import Call, Cloud, CloudError, Finding, Handover, shell
from flows.engine.findings import caution, proved, unknown

READS = (
    Call("ec2.DescribeVpnConnections"), Call("ec2.GetActiveVpnTunnelStatus"), Call("cloudwatch.GetMetricData"),
    Call("logs.DescribeLogGroups"), Call("logs.DescribeResourcePolicies"),
)  # fmt: skip


def hand_over(cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
    id = outputs["connection"]
    theirs = {name for changed in facts["wanted"].values() for name in changed} & {*vpn_tunnels.AGREED}
    write = (
        "Write into the device's configuration what the tunnels allow now, so that it does not ask for anything else."
    )
    steps = (
        *([write] if theirs else []),
        f"Look at the tunnels' options: {shell.handrail('check', 'vpn_options', connection=id)}",
        f"Look at the way from the office to the servers: {shell.handrail('check', 'vpn', connection=id)}",
    )
    return Handover({key: value for key, value in outputs.items() if value}, {}, steps, tuple(_proof(cloud, id, facts)))


def _proof(cloud: Cloud, id: str, facts: Mapping[str, Any]) -> Iterator[Finding]:
    try:
        connection = next((each for each, _ in vpn_tunnels.connections(cloud) if each.id == id), None)
    except CloudError as problem:
        yield unknown("tunnels", "How the tunnels are now could not be looked at.", problem.what)
        return
    if connection is None:
        yield unknown("tunnels", f"The VPN connection {id} is not there any more.", "DescribeVpnConnections")
        return
    for tunnel in connection.tunnels:
        name = f"Tunnel {tunnel.number} ({tunnel.address})"
        if other := tunnel.other_than(facts["wanted"].get(tunnel.address, {})):
            words = vpn_tunnels.spoken(other)
            yield caution(
                f"drift:{tunnel.number}", f"{name} is set otherwise by now: {words}.", "DescribeVpnConnections"
            )
        elif tunnel.up:
            yield proved(f"tunnel:{tunnel.number}", f"{name} is up with these options.", "VgwTelemetry")
        else:
            yield caution(
                f"tunnel:{tunnel.number}", f"{name} is down.", "VgwTelemetry",
                f"See why: {shell.handrail('check', 'vpn', connection=id)}",
            )  # fmt: skip
