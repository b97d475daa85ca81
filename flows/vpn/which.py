"""What the check of a VPN asks: which connection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flows.aws import site_to_site_vpn as vpn
from flows.engine import Choice, Option
from flows.engine.check import Check


def _connections(flow: Any) -> Iterator[Option[str]]:
    for each in vpn.connections(flow.cloud):
        end = each.aws_end or "at no VPN gateway"
        yield Option(each.id, each.id, each.name or each.id, f"{each.id}  {end}")


class WhichConnection(Check):
    """A VPN connection, from the tunnels to the servers behind it."""

    title = "The VPN is down, or the office and the VPC do not reach each other"
    what = "VPN"
    words = (
        "tunnel", "ipsec", "bgp", "ike", "timeout", "ping", "route", "propagation", "security group", "firewall",
        "cannot connect", "unreachable",
    )  # fmt: skip

    connection = Choice(
        "Which VPN connection?",
        _connections,
        why="Its tunnels are looked at first, then each thing that a packet meets in the VPC: routes, network ACLs, "
        "security groups.",
        example="vpn-0123456789abcdef0",
        empty="There is no VPN connection in this region. Choose another region with --region.",
    )
