"""Answers for the VPN set-up in the demo company, and how to carry a session through."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from practice.picture import snapshot
from support.killed import Case

import flows
from flows.engine import Cloud, Happening, Journal, Place, Run, Session
from flows.engine.clock import Clock

STATIC: Mapping[str, Any] = {
    "vpc": "shop",
    "gateway_ip": "203.0.113.10",
    "networks": ["192.168.10.0/24", "192.168.20.0/24"],
    "device": "linux",
    "routing": "static",
    "route_tables": ["shop-private-a", "shop-private-b"],
    "security_groups": ["app"],
    "name": "office",
    "allow": ["ping", "ssh"],
}
"""A new gateway, two networks, propagation into two tables, four rules in one group."""

BGP: Mapping[str, Any] = {**STATIC, "routing": "bgp", "asn": "65010", "gateway_ip": "203.0.113.11"}

FIXED: Mapping[str, Any] = {**STATIC, "route_method": "fixed"}
"""Routes that are entered one by one."""

STAGING: Mapping[str, Any] = {
    **STATIC,
    "vpc": "staging",
    "route_tables": ["staging-private"],
    "security_groups": [],
}
"""A network that has its gateway already."""

WAREHOUSE: Mapping[str, Any] = {**BGP, "gateway_ip": "198.51.100.99"}
"""An office whose device is registered already."""

LOGGED: Mapping[str, Any] = {**BGP, "gateway_ip": "203.0.113.12", "logs": "yes", "log_days": "90"}
"""What happens at the tunnels and what BGP says, written down."""

FORTIGATE: Mapping[str, Any] = {**BGP, "device": "7125681a"}
"""A device of another maker."""
RINGING: Mapping[str, Any] = {**STATIC, "gateway_ip": "203.0.113.13", "alarm": "any", "alarm_topic": "on-call"}
"""Somebody is told when a tunnel is down."""

OWN_KEYS: Mapping[str, Any] = {
    **STATIC, "gateway_ip": "203.0.113.14", "keys": "own",
    **{key: f"@{Path(__file__).with_name(f'{key}.txt')}" for key in ("psk_1", "psk_2")},
}  # fmt: skip
"""Keys of one's own."""

HUB: Mapping[str, Any] = {**STATIC, "vpn_gateway": "hub"}
"""A transit gateway that the network is attached to, and that associates by itself."""

HUB_ANEW: Mapping[str, Any] = {
    **BGP,
    "vpc": "staging",
    "route_tables": ["staging-private"],
    "security_groups": [],
    "vpn_gateway": "branches",
}
"""A transit gateway that the network is not attached to, and that associates and propagates nothing by itself."""

METHODS: Mapping[str, Any] = {
    **BGP, "gateway_ip": "203.0.113.15", "encryption": "own", "phase_1_encryption": ["AES256-GCM-16"],
    "phase_2_groups": ["20", "14"], "phase_1_lifetime": "14400", "phase_2_lifetime": "1800", "silent_after": "45",
    "when_silent": "clear", "replay_window": "512", "startup": "device",
}  # fmt: skip
"""The tunnels' options as one's own choice."""

VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "static": STATIC,
    "bgp": BGP,
    "fixed": FIXED,
    "staging": STAGING,
    "warehouse": WAREHOUSE,
    "logged": LOGGED,
    "fortigate": FORTIGATE,
    "ringing": RINGING,
    "own keys": OWN_KEYS,
    "hub": HUB,
    "hub, anew": HUB_ANEW,
    "method by method": METHODS,
}


def session(
    cloud: Cloud, journal: Journal | None, answers: Mapping[str, Any] = STATIC, *, clock: Clock | None = None
) -> Session:
    """A session in which everything is answered."""
    made = Session(flows.find("vpn"), cloud, journal, place=Place(practice=True), clock=clock)
    made.fill(answers)
    return made


def again(cloud: Cloud, journal: Journal, run: Run, *, clock: Clock | None = None) -> Session:
    """The session in which another process would go on with a run."""
    return Session(flows.find("vpn"), cloud, journal, place=Place(practice=True), run=journal.run(run.id), clock=clock)


def stopped_half_way(cloud: Cloud, journal: Journal, clock: Clock) -> Run:
    """A run that somebody stopped after its first step."""
    made = session(cloud, journal, clock=clock)
    for event in made.apply():
        if event.kind is Happening.DONE:
            made.stop()
    made.close()
    assert made.run is not None and made.run.record.status == "failed"
    return made.run


def brought_to_its_end(cloud: Cloud, journal: Journal, run: Run, clock: Clock) -> None:
    """What another window does with that run."""
    other = again(cloud, journal, run, clock=clock)
    assert not [event.problem for event in other.apply() if event.problem]
    other.hand_over()
    other.close()


def subject(made: Mapping[str, str]) -> dict[str, str]:
    """What `check` is asked about once a run has made it."""
    return {"connection": made["connection"]}


def _killed(answers: Mapping[str, Any], files: int = 6) -> Case:
    return Case(
        "vpn",
        answers,
        lambda account: snapshot(account.session),
        re.compile(r"\b(vgw|cgw|vpn|tgw-attach)-[0-9a-f]{17}\b"),
        ends="waiting",
        files=files,
    )


CASES: Mapping[str, Case] = {
    "vpn": _killed(STATIC),
    "vpn, fixed routes": _killed(FIXED),
    "vpn, logged": _killed(LOGGED),
    "vpn, ringing": _killed(RINGING),
    "vpn, own keys": _killed(OWN_KEYS),
    "vpn, another device": _killed(FORTIGATE, files=3),
    "vpn, at a transit gateway": _killed(HUB_ANEW),
}
"""What is killed at every moment of it."""
