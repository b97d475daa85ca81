"""What is changed, drawn: the device, the two tunnels between which the work alternates, and their log."""

from __future__ import annotations

from flows.engine import Link, Picture, Thing

PICTURE = Picture.of(
    Thing("device", "VPN device", "must allow what is allowed then"),
    Thing("tunnel1", "Tunnel 1", "one at a time", of="encryption", made="tunnel-1", found="tunnel:1 starts:1"),
    Thing(
        "tunnel2", "Tunnel 2", "the other one", of="encryption", made="tunnel-2", found="tunnel:2 starts:2",
        beside=True,
    ),
    Thing("connection", "VPN connection", "AWS's end of both", of="connection", found="state alike methods"),
    Thing("log", "Log", "what happens at the tunnels", of="logs", made="log", found="logs"),
    Link("device", "tunnel1 tunnel2", "The device comes back through each once AWS has changed it."),
    Link("tunnel1 tunnel2", "connection", "AWS takes no second change before the first one is done."),
    Link("connection", "log", "AWS writes into it why a tunnel is down.", made="log-policy"),
)  # fmt: skip
