"""What will be there, drawn: the office, its device, two tunnels, and what they lead to."""

from __future__ import annotations

from flows.engine import Link, Picture, Thing

PICTURE = Picture.of(
    Thing("office", "Office", "its networks", of="networks", seen="state"),
    Thing("device", "VPN device", "your end", of="gateway_ip", found="announced selectors", seen="state", beside=True),
    Thing("customer", "Customer gateway", "what AWS knows of that device", made="customer-gateway", seen="state"),
    Thing("tunnel1", "Tunnel 1", "encrypted", made="connection", found="state tunnels tunnel:1 startup:1"),
    Thing("tunnel2", "Tunnel 2", "encrypted", made="connection", found="state tunnels tunnel:2 startup:2", beside=True),
    Thing("gateway", "VPN gateway", "AWS's end", of="vpn_gateway", made="vpn-gateway", found="gateway attachment",
          instead=("tgw-", "Transit gateway")),
    Thing("vpc", "VPC", "your network in AWS", of="vpc", found="vpc overlap", seen="route-tables zones onward"),
    Thing("tables", "Route tables", "the way back", of="route_tables", found="route-tables more-specific-route"),
    Thing("groups", "Security groups", "the firewall", of="security_groups", found="security-groups", beside=True),
    Link("office", "device", "The office's computers send through the device."),
    Link("device", "customer", "AWS accepts the tunnels from this address alone."),
    Link("customer", "tunnel1 tunnel2", "There are two, because AWS does maintenance on one at a time."),
    Link("tunnel1 tunnel2", "gateway", "Packets between the office and AWS go by a tunnel.", made="static transit"),
    Link("gateway", "vpc", "The gateway is the door of this network.", made="attach", found="attachment onward back"),
    Link("vpc", "tables", "Servers find the way to the office in their route table.", made="propagate route"),
    Link("vpc", "groups", "Servers hear the office only where their group lets it in.", made="let-in"),
)  # fmt: skip
