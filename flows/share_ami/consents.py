"""What needs a conscious yes here, by the question that it is about; "" is the review."""

from __future__ import annotations

from collections.abc import Mapping

CONSENTS: Mapping[str, Mapping[str, str]] = {
    "consistency": {
        "no-reboot": "The image is taken while the machine runs: files that are being written may be damaged in it.",
    },
}
