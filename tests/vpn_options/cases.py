"""Answers for the tunnels of the demo company's branch, a picture of what they touch, and what is killed of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import boto3
from support.killed import Case, by_kind

import flows
from flows.engine import Cloud, Journal, Place, Session
from flows.engine.clock import Clock

MODERN: Mapping[str, Any] = {"connection": "branch", "encryption": "modern", "logs": "as-it-is"}
LOGGED: Mapping[str, Any] = {"connection": "branch", "encryption": "modern", "logs": "write", "log_days": "90"}
TIMES: Mapping[str, Any] = {
    "connection": "branch", "encryption": "as-it-is", "logs": "as-it-is", "phase_1_lifetime": "14400",
    "phase_2_lifetime": "1800", "rekey_margin": "180", "rekey_fuzz": "50", "replay_window": "512", "silent_after": "45",
    "when_silent": "restart", "lifecycle": "announced",
}  # fmt: skip
ONE: Mapping[str, Any] = {
    "connection": "branch", "encryption": "as-it-is", "logs": "as-it-is", "tunnels": "2", "ike_versions": ["ikev2"],
    "phase_1_groups": ["19", "20"], "started_by": "start",
}  # fmt: skip
VARIANTS: Mapping[str, Mapping[str, Any]] = {"modern": MODERN, "logged": LOGGED, "times": TIMES, "one tunnel": ONE}
MOST = "logged"


def session(
    cloud: Cloud, journal: Journal | None, answers: Mapping[str, Any] = MODERN, *, clock: Clock | None = None
) -> Session:
    """A session in which everything is answered."""
    made = Session(flows.find("vpn_options"), cloud, journal, place=Place(practice=True), clock=clock)
    made.fill(answers)
    return made


def picture(account: boto3.Session) -> dict[str, Any]:
    """The options of every tunnel, without keys, and the logs with what lets AWS write into them."""
    ec2, logs = account.client("ec2"), account.client("logs")
    shown: dict[str, Any] = {}
    for each in ec2.describe_vpn_connections()["VpnConnections"]:
        for tunnel in each["Options"]["TunnelOptions"]:
            shown[f"tunnel {tunnel['OutsideIpAddress']}"] = as_meant(tunnel)
    for group in logs.describe_log_groups()["logGroups"]:
        shown[f"log {group['logGroupName']}"] = group.get("retentionInDays")
    shown["policies"] = [each["policyName"] for each in logs.describe_resource_policies()["resourcePolicies"]]
    return json.loads(json.dumps(shown, default=str))  # type: ignore[no-any-return]


def as_meant(tunnel: Mapping[str, Any]) -> dict[str, Any]:
    """A tunnel's options without its key; what AWS takes by itself is the same whether it is told of or not."""
    usual = {
        "Phase1LifetimeSeconds": 28800, "Phase2LifetimeSeconds": 3600, "RekeyMarginTimeSeconds": 270,
        "RekeyFuzzPercentage": 100, "ReplayWindowSize": 1024, "EnableTunnelLifecycleControl": False,
        "LogOptions": {"CloudWatchLogOptions": {"LogEnabled": False, "BgpLogEnabled": False}},
    }  # fmt: skip
    every = {
        "IkeVersions": 2, "Phase1EncryptionAlgorithms": 4, "Phase2EncryptionAlgorithms": 4,
        "Phase1IntegrityAlgorithms": 4, "Phase2IntegrityAlgorithms": 4, "Phase1DHGroupNumbers": 13,
        "Phase2DHGroupNumbers": 16,
    }  # fmt: skip
    told = {name: value for name, value in tunnel.items() if name != "PreSharedKey" and usual.get(name) != value}
    return {name: value for name, value in told.items() if name not in every or len(value) != every[name]}


def subject(made: Mapping[str, str]) -> dict[str, str]:
    """What `check` is asked about once a run has made it."""
    return {"connection": made["connection"]}


def _killed(answers: Mapping[str, Any]) -> Case:
    return Case(
        "vpn_options",
        answers,
        lambda account: by_kind(picture(account.session)),
        re.compile(r"vpn-options-(\d{14}|[0-9a-z]{8})"),
    )


CASES: Mapping[str, Case] = {
    "vpn_options": _killed(MODERN),
    "vpn_options, logged": _killed(LOGGED),
    "vpn_options, times": _killed(TIMES),
    "vpn_options, one tunnel": _killed(ONE),
}
"""What is killed at every moment of it: also between the tunnels."""
