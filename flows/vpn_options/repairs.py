"""What of a VPN's tunnels is left to people, by the rule that finds it."""

from __future__ import annotations

BEYOND = {
    "state": "AWS ends it by itself.",
    "run": "Only you know whether it is to be gone on with or taken back.",
    "tunnel": "Why a tunnel is down is what handrail check vpn looks at.",
    "starts": "The device must speak IKEv2 as well: the set-up changes one tunnel after the other.",
    "alike": "Only you know which of the two is meant; the set-up makes them alike.",
    "methods": "The device must allow the stronger ones first: the set-up changes one tunnel after the other.",
    "logs": "Only you know whether it is to be written down, and where; the set-up switches it on.",
}
