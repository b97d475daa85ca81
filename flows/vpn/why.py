"""Why what the check of a VPN connection looks at matters: what happens to packets otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from flows.aws import keepers

WHY: Mapping[str, str] = {
    **keepers.WHY,
    "state": "Only a connection that is available carries anything.",
    "gateway": "A connection leads to whatever is at its end in AWS; without an end, packets go nowhere.",
    "attachment": "The gateway is the door of the VPC; while it is attached to none, the tunnels end before a wall.",
    "vpc": "What cannot be read behind the gateway may still be in the way.",
    "routing": "Each side must know which networks are at the other, or it does not send to them.",
    "static-routes": "A static connection sends to the office only what it was told is there.",
    "announced": "With BGP the device itself says which networks it has; what it does not say, AWS does not send.",
    "tunnels": "All packets go through the tunnels; while none is up, none arrives.",
    "tunnel": "AWS does maintenance on one tunnel at a time; with only one up, the office is cut off meanwhile.",
    "startup": "A tunnel that is down comes back only if somebody starts it, and AWS does so only with IKEv2.",
    "log": "The log is AWS's own side of it: it says what the device did, or did not do.",
    "negotiated": "What was agreed on shows whether the strong methods are really in use.",
    "maintenance": "While AWS replaces the end of a tunnel, everything goes through the other one.",
    "alarm": "A tunnel that goes down says nothing by itself; somebody must be told.",
    "silent": "A tunnel that stands but carries nothing looks healthy and is not.",
    "route-tables": "A server answers by the routes of its subnet; without one to the office the answers are lost.",
    "ways-in": "What comes in by the gateway is led by a table of the gateway's own, before it is local.",
    "more-specific-route": "AWS takes the narrowest route that fits, so a narrower one takes the packets elsewhere.",
    "route-table-full": "A route that found no room is not there, and its network is not reached.",
    "overlap": "Where both sides use the same addresses, a packet for the office never leaves the VPC.",
    "selectors": "The device encrypts only what fits these networks; everything else it drops.",
    "security-groups": "The firewall of the servers drops what it was not told to let in, without a word.",
    "network-acls": "They guard whole subnets and know no answers by themselves: both directions must be let through.",
    "onward": "A transit gateway sends packets on only by its own routes.",
    "zones": "A transit gateway reaches only the zones in which the VPC's attachment has a subnet.",
    "back": "Answers need a way back of their own; without it the office waits for them in vain.",
}
"""By the rule that finds it: the beginning of a finding's id, the longest that fits."""
