"""What the check of a VPN's tunnels asks: which connection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flows.aws import vpn_tunnels
from flows.engine import Choice, Option
from flows.engine.check import Check


def _connections(flow: Any) -> Iterator[Option[str]]:
    for each, state in vpn_tunnels.connections(flow.cloud):
        yield Option(each.id, each.id, each.called, f"{each.id}  {state}")


class WhichTunnels(Check):
    """The options of a VPN's two tunnels: whether they are alike, strong, logged, and as a run left them."""

    title = "A VPN's tunnels differ, are weakly encrypted, or write no log"
    what = "Tunnels of a VPN"
    words = ("ike", "encryption", "cipher", "sha1", "dpd", "rekey", "lifetime", "tunnel logs", "modifying", "drift")

    connection = Choice(
        "Which VPN connection?",
        _connections,
        why="Only its tunnels' options are looked at; whether packets find their way is what handrail check vpn looks "
        "at.",
        example="vpn-0123456789abcdef0",
        empty="There is no VPN connection in this region. Choose another region with --region.",
    )
