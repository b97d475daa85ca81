"""The tunnels' options as somebody's own choice: asked one by one, and what they come to for AWS and for the device."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flows.aws import tunnel_options
from flows.aws.vpn_devices import LINUX, VpnDevice
from flows.engine import Caution, Choice, Picks, Refused, Text

from .answers import ONE_BY_ONE, Answers, Method

METHODS: Mapping[str, tuple[str, str, str]] = {
    "IKEVersions": (
        "Which IKE versions may be spoken?", "ikev2",
        "IKEv2 is better at everything, and AWS starts a tunnel only with it alone.",
    ),
    "Phase1EncryptionAlgorithms": (
        "Which encryption may phase 1 use?", "AES256-GCM-16, AES256",
        "In phase 1 (IKE) the two sides prove who they are. AWS picks the lowest method that both allow.",
    ),
    "Phase1IntegrityAlgorithms": (
        "Which integrity check may phase 1 use?", "SHA2-512, SHA2-384, SHA2-256",
        "It notices what was changed on the way. SHA1 is for old devices only.",
    ),
    "Phase1DHGroupNumbers": (
        "Which Diffie-Hellman groups may phase 1 use?", "14, 15, 16, 19, 20, 21",
        "With a group both sides agree on a key that nobody else learns. Group 2 is too small by now.",
    ),
    "Phase2EncryptionAlgorithms": (
        "Which encryption may phase 2 use?", "AES256-GCM-16, AES256",
        "In phase 2 (IPsec) every packet is encrypted with it. GCM also leaves more room in a packet.",
    ),
    "Phase2IntegrityAlgorithms": (
        "Which integrity check may phase 2 use?", "SHA2-512, SHA2-384, SHA2-256",
        "The same for the packets themselves; GCM brings its own.",
    ),
    "Phase2DHGroupNumbers": (
        "Which Diffie-Hellman groups may phase 2 use?", "14, 15, 16, 19, 20, 21",
        "So each change of keys is independent of the one before (perfect forward secrecy).",
    ),
}  # fmt: skip
"""Each with its question, the methods of the modern encryption, and why it is asked."""
NUMBERS: Mapping[str, tuple[str, int, str]] = {
    "Phase1LifetimeSeconds": (
        "After how many seconds are the keys of phase 1 made anew?", 28800,
        "900 to 28800. The device should have the same.",
    ),
    "Phase2LifetimeSeconds": (
        "After how many seconds are the keys of phase 2 made anew?", 3600,
        "900 to 3600, and less than in phase 1. The device should have the same.",
    ),
    "DPDTimeoutSeconds": (
        "After how many seconds without an answer is the device taken for dead?", 30,
        "30 or more. It is called dead peer detection (DPD): shorter notices a dead device sooner, and takes a bad "
        "line for one.",
    ),
    "ReplayWindowSize": (
        "How many packets may come out of order?", 1024,
        "64 to 2048. What comes later than that is taken for a copy that somebody sent again, and dropped.",
    ),
}  # fmt: skip
"""Each with its question, what AWS takes by itself, and why it is asked."""
LATER = (35, 36, 37)
"""Groups that strongSwan 5.9, which the files for a Linux gateway are for, does not know."""


# -- asked -----------------------------------------------------------------------------------------------------------


def methods(name: str, encryption: Choice[str], label: str) -> Picks[Method]:
    """The question for a list of methods, by AWS's name for it."""
    ask, modern, why = METHODS[name]
    groups = name.endswith("DHGroupNumbers")
    return Picks(
        ask,
        {each: f"group {each}" if groups else str(each) for each in tunnel_options.LISTS[name]},
        check=CHECKS.get(name, known if groups else allowed),
        default=modern,
        least=1,
        when=encryption.is_(ONE_BY_ONE),
        fine_tuning=True,
        label=label,
        why=why,
        empty="Without one, the tunnels could not come up.",
    )


def number(name: str, encryption: Choice[str], label: str) -> Text[int]:
    """The question for a number, by AWS's name for it."""
    ask, usual, why = NUMBERS[name]
    return Text(
        ask,
        tunnel_options.number(name),
        wanted="A number",
        check=shorter if name == "Phase2LifetimeSeconds" else None,
        default=usual,
        when=encryption.is_(ONE_BY_ONE),
        fine_tuning=True,
        label=label,
        example=str(usual),
        why=why,
    )


def action(encryption: Choice[str]) -> Choice[str]:
    """The question what AWS does once the device does not answer."""
    words = ("Start the tunnel anew", "End it, and wait for the device", "Nothing")
    return Choice(
        "What should AWS do once the device does not answer?",
        dict(zip(tunnel_options.ACTIONS, words, strict=True)),
        default=tunnel_options.ACTIONS[0],
        when=encryption.is_(ONE_BY_ONE),
        fine_tuning=True,
        label="When silent",
        why="To start anew is best where AWS starts the tunnels; else the device finds out by itself.",
    )


# -- what an answer must be --------------------------------------------------------------------------------------------


def allowed(picked: tuple[Method, ...], flow: Answers) -> Iterator[Caution]:
    if weak := tunnel_options.weak(picked):
        verb = "is" if len(weak) == 1 else "are"
        yield Caution(
            "weak-method",
            f"{', '.join(weak)} {verb} weak by now, and AWS picks the lowest method that your device offers.",
        )


def known(groups: tuple[Method, ...], flow: Answers) -> Iterator[Caution]:
    if flow.device == LINUX and {*groups} <= {*LATER}:
        named = f"group{'s' if len(groups) > 1 else ''} {', '.join(map(str, groups))}"
        raise Refused(f"strongSwan on a Linux gateway does not know {named}.", remedy="Allow one of 14 to 21 as well.")
    yield from allowed(groups, flow)


def spoken(ciphers: tuple[Method, ...], flow: Answers) -> None:
    """AES-GCM in phase 1 is defined for IKEv2 alone (RFC 5282, 2008-08)."""
    if flow.ike_versions == ("ikev1",) and all("GCM" in str(each) for each in ciphers):
        raise Refused(
            f"IKEv1 knows no {' and no '.join(map(str, ciphers))} in phase 1, and no other version is allowed.",
            remedy="Allow AES256 as well, or IKEv2.",
        )


def sampled(versions: tuple[Method, ...], flow: Answers) -> Iterator[Caution]:
    if versions == ("ikev2",) and isinstance(flow.device, VpnDevice) and not flow.device.has_ikev2:
        yield Caution(
            "no-ikev2-sample",
            f"AWS's guide names no sample with IKEv2 for the {flow.device.name}. If the device speaks IKEv2, you get "
            "the values for it in words; if it does not, allow IKEv1 as well.",
        )


CHECKS = {"IKEVersions": sampled, "Phase1EncryptionAlgorithms": spoken}
"""What is looked at of these methods, and of no others."""


def shorter(seconds: int, flow: Answers) -> None:
    tunnel_options.shorter(seconds, flow.phase_1_lifetime)


# -- what it comes to --------------------------------------------------------------------------------------------------


def chosen(flow: Answers) -> dict[str, Any]:
    """The options by AWS's names: what a run notes for the device's files."""
    return {
        "IKEVersions": [*flow.ike_versions],
        "Phase1EncryptionAlgorithms": [*flow.phase_1_encryption],
        "Phase1IntegrityAlgorithms": [*flow.phase_1_integrity],
        "Phase1DHGroupNumbers": [*flow.phase_1_groups],
        "Phase2EncryptionAlgorithms": [*flow.phase_2_encryption],
        "Phase2IntegrityAlgorithms": [*flow.phase_2_integrity],
        "Phase2DHGroupNumbers": [*flow.phase_2_groups],
        "Phase1LifetimeSeconds": flow.phase_1_lifetime,
        "Phase2LifetimeSeconds": flow.phase_2_lifetime,
        "DPDTimeoutSeconds": flow.silent_after,
        "DPDTimeoutAction": flow.when_silent,
        "ReplayWindowSize": flow.replay_window,
    }


def taken(flow: Answers) -> dict[str, Any]:
    """The same as AWS takes it."""
    return {name: tunnel_options.listed(value) if name in METHODS else value for name, value in chosen(flow).items()}
