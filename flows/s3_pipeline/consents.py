"""What needs a conscious yes here, by the question that it is about; "" is the review."""

from __future__ import annotations

from collections.abc import Mapping

CONSENTS: Mapping[str, Mapping[str, str]] = {
    "bucket": {
        "versioning-on": "Versioning of the bucket is switched on for good: it can only be paused again.",
    },
}
