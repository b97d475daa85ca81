"""What will be there, drawn: two VPCs, and the private way between them."""

from __future__ import annotations

from flows.engine import Link, Picture, Thing

PICTURE = Picture.of(
    Thing("tables", "Route tables", "the way there", of="route_tables", found="routes route-table-full one-way"),
    Thing("groups", "Security groups", "the firewall", of="security_groups", found="security-groups", beside=True),
    Thing("vpc", "Your VPC", "your network in AWS", of="vpc", found="same-addresses", seen="state"),
    Thing("between", "Peering", "a private way between the two", made="connect accept connection",
          found="state multipath"),
    Thing("peer", "The other VPC", "a network in AWS", of="peer_vpc peer_vpc_id", found="other-side not-theirs",
          seen="state"),
    Thing("tables2", "Their tables", "the way back", of="peer_route_tables", found="other-side", seen="routes"),
    Thing("groups2", "Their groups", "their firewall", of="peer_security_groups", found="other-side",
          seen="security-groups", beside=True),
    Link("tables", "vpc", "Machines find the way to the other VPC in their route table.", made="route"),
    Link("groups", "vpc", "Machines hear the other VPC only where their group lets it in.", made="let-in"),
    Link("vpc", "between", "One side asks for the connection.", made="connect", found="names"),
    Link("between", "peer", "The other side accepts it; before that nothing goes through.", made="accept"),
    Link("peer", "tables2", "Without a way back no answer arrives.", made="route"),
    Link("peer", "groups2", "Their machines hear yours only where their group lets it in.", made="let-in"),
)  # fmt: skip
