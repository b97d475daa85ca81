"""What needs a conscious yes here, by the question that it is about; "" is the review."""

from __future__ import annotations

from collections.abc import Mapping

CONSENTS: Mapping[str, Mapping[str, str]] = {
    "": {
        "cuts-the-only-tunnel": "The only tunnel that is up is taken away for minutes: the office is cut off.",
    },
}
