"""What needs a conscious yes here, by the question that it is about; "" is the review."""

from __future__ import annotations

from collections.abc import Mapping

CONSENTS: Mapping[str, Mapping[str, str]] = {
    "alarm_topic": {
        "nobody-told": "An alarm rings, and nobody is told.",
    },
    "allow": {
        "internet-let-in": "The servers' firewall lets public addresses in, from which anybody may come.",
    },
}
