"""What needs a conscious yes here, by the question that it is about; "" is the review."""

from __future__ import annotations

from collections.abc import Mapping

CONSENTS: Mapping[str, Mapping[str, str]] = {
    "account": {
        "compare-the-number": "That account gets the disks with all that is on them, and keeps what it copies.",
    },
    "consistency": {
        "stops": "The machine is stopped, off for about a minute, and started again.",
        "restarts": "The machine is restarted, and what runs on it is away for about a minute.",
        "address-changes": "The machine loses its public address for good when it is stopped.",
        "no-reboot": "The image is taken while the machine runs: files that are being written may be damaged in it.",
    },
}
