"""Why what the check of two connected VPCs looks at matters: what happens to packets otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from flows.aws import keepers

WHY: Mapping[str, str] = {
    **keepers.WHY,
    "state": "Only a connection that is active carries anything.",
    "routes": "Packets follow the route table of their subnet; without an entry they never leave the VPC.",
    "route-table-full": "A route that found no room is not there, and its network is not reached.",
    "one-way": "Each answer needs a way back of its own; without it the other side waits in vain.",
    "ipv6": "It takes routes and rules of its own, and goes nowhere without them.",
    "more-specific-route": "AWS takes the narrowest route that fits, so a narrower one takes the packets elsewhere.",
    "not-theirs": "A peering passes nothing on: what is not for the other VPC itself is dropped there.",
    "same-addresses": "AWS does not look where a question came from; its answer may go to the wrong network.",
    "other-side": "Both sides decide together whether packets arrive and answers come back.",
    "security-groups": "The firewall of a machine drops what it was not told to let in, without a word.",
    "stale": "A rule that names a group which is gone lets nobody in.",
    "network-acls": "They guard whole subnets and know no answers by themselves: both directions must be let through.",
    "names": "By its public address a machine is reached over the internet, which costs more and may be closed.",
    "zones": "A name of a private hosted zone is unknown in a VPC that is not associated with it.",
    "encryption": "A VPC that enforces encryption connects only with one that does so too, or by an exception.",
    "room": "A VPC that is full takes no further connection.",
    "machine": "AWS brings packets to the machine; what becomes of them there is the machine's.",
    "packet-size": "What is too large for the way between two regions may be lost without a word.",
    "multipath": "It is paid for with every GB.",
}
"""By the rule that finds it: the beginning of a finding's id, the longest that fits."""
