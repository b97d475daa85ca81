"""Why what the check of a VPN's tunnels looks at matters."""

from __future__ import annotations

from collections.abc import Mapping

from flows.aws import keepers

WHY: Mapping[str, str] = {
    **keepers.WHY,
    "state": "While AWS is at a change it takes no other one.",
    "run": "What was begun and not ended leaves the two tunnels unlike; only the journal of Handrail tells of it.",
    "tunnel": "With one tunnel down, the next change or maintenance cuts the office off.",
    "starts": "Without IKEv2 AWS waits for the device, whatever is set.",
    "alike": "When one tunnel takes over from the other, nothing else should change with it.",
    "methods": "AWS picks the weakest method that both sides allow.",
    "logs": "Without a log nobody can say later why a tunnel was down.",
    "drift": "What somebody set otherwise since may have had a reason, or be a mistake.",
}
"""By the rule that finds it: the beginning of a finding's id, the longest that fits."""
