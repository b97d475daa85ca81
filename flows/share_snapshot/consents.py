"""What needs a conscious yes here, by the question that it is about; "" is the review."""

from __future__ import annotations

from collections.abc import Mapping

CONSENTS: Mapping[str, Mapping[str, str]] = {
    "account": {
        "compare-the-number": "Those accounts get all data of the database, and keep what they copy.",
    },
}
