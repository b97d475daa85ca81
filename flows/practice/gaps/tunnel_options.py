"""The options of a tunnel: which values AWS takes of each, and how it shows them."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from flows.practice.gaps import vended
from flows.practice.gaps.document import OwnKey, Tunnel
from flows.practice.gaps.wire import Described, refuse

LINK_LOCAL = ipaddress.IPv4Network("169.254.0.0/16")
RESERVED = {f"169.254.{third}.0/30" for third in range(6)} | {"169.254.169.252/30"}
KEY = re.compile(r"[A-Za-z1-9._][A-Za-z0-9._]{7,63}")
LISTS: dict[str, set[Any]] = {
    "Phase1EncryptionAlgorithms": {"AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16"},
    "Phase2EncryptionAlgorithms": {"AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16"},
    "Phase1IntegrityAlgorithms": {"SHA1", "SHA2-256", "SHA2-384", "SHA2-512"},
    "Phase2IntegrityAlgorithms": {"SHA1", "SHA2-256", "SHA2-384", "SHA2-512"},
    "Phase1DHGroupNumbers": {2, *range(14, 25), 35},
    "Phase2DHGroupNumbers": {2, 5, *range(14, 25), 35, 36, 37},
    "IKEVersions": {"ikev1", "ikev2"},
}
NUMBERS = {
    "Phase1LifetimeSeconds": (900, 28800),
    "Phase2LifetimeSeconds": (900, 3600),
    "RekeyMarginTimeSeconds": (60, 1800),
    "RekeyFuzzPercentage": (0, 100),
    "ReplayWindowSize": (64, 2048),
    "DPDTimeoutSeconds": (30, 86400),
}
WORDS = {"DPDTimeoutAction": {"clear", "none", "restart"}, "StartupAction": {"add", "start"}}


def check_tunnel(one: Described) -> None:
    """Refuse the values that AWS takes of no tunnel; lists are kept as plain values."""
    for name, allowed in LISTS.items():
        # The model calls them <name> and wraps each value; kept here as plain values.
        if name in one:
            one[name] = [entry.get("Value") for entry in one[name]]
            must(set(one[name]) <= allowed, name, one[name])
    for name, (low, high) in NUMBERS.items():
        must(low <= int(one.get(name, low)) <= high, name, one.get(name))
    for name, words in WORDS.items():
        must(name not in one or one[name] in words, name, one.get(name))
    if "PreSharedKey" in one:
        one["PreSharedKey"] = OwnKey(one["PreSharedKey"])
        if not KEY.fullmatch(one["PreSharedKey"]):
            raise refuse("InvalidParameterValue", "The pre-shared key has the wrong length or characters.")
    if cidr := one.get("TunnelInsideCidr"):
        try:
            network = ipaddress.IPv4Network(cidr)
        except ValueError:
            must(False, "TunnelInsideCidr", cidr)
        else:
            fits = network.prefixlen == 30 and network.subnet_of(LINK_LOCAL) and cidr not in RESERVED
            must(fits, "TunnelInsideCidr", cidr)


def fit(whole: Described) -> None:
    """Refuse options of one tunnel that do not go with each other, those that nobody named with AWS's defaults
    (Amazon EC2 API Reference, "ModifyVpnTunnelOptionsSpecification", 2026-11)."""
    first, second = (int(whole.get(f"Phase{phase}LifetimeSeconds", most)) for phase, most in ((1, 28800), (2, 3600)))
    must(second < first, "Phase2LifetimeSeconds", f"{second}, and phase 1 has {first}")
    margin = int(whole.get("RekeyMarginTimeSeconds", 270))
    must(margin <= second / 2, "RekeyMarginTimeSeconds", f"{margin}, more than half of {second}")
    if whole.get("StartupAction") == "start":
        must("ikev1" not in whole.get("IKEVersions", ["ikev1"]), "StartupAction", "start without ikev2 only")


def must(holds: bool, name: str, value: object) -> None:
    if not holds:
        raise refuse("InvalidParameterValue", f"Value ({value}) for parameter {name} is invalid.")


def described_tunnel(asked: Described, tunnel: Tunnel) -> Described:
    """As AWS shows them, with the defaults of those that it tells of unasked."""
    shown: Described = {
        "OutsideIpAddress": tunnel.amazon.outside,
        "PreSharedKey": tunnel.key,
        "StartupAction": asked.get("StartupAction", "add"),
        "DpdTimeoutAction": asked.get("DPDTimeoutAction", "clear"),
        "DpdTimeoutSeconds": asked.get("DPDTimeoutSeconds", 30),
    }
    for name in ("TunnelInsideCidr", *NUMBERS, "EnableTunnelLifecycleControl"):
        if name in asked and name != "DPDTimeoutSeconds":
            shown[name] = asked[name]
    if "LogOptions" in asked:
        shown["LogOptions"] = {"CloudWatchLogOptions": vended.described(asked["LogOptions"])}
    for name in LISTS:
        if name in asked:
            answered = {"IKEVersions": "IkeVersions"}.get(name, name)
            shown[answered] = [{"Value": value} for value in asked[name]]
    return shown
