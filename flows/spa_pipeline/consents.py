"""What needs a conscious yes here, by the question that it is about; "" is the review."""

from __future__ import annotations

from collections.abc import Mapping

CONSENTS: Mapping[str, Mapping[str, str]] = {
    "public": {
        "public-http": "Everybody will be able to read all files of the bucket.",
    },
    "site_bucket": {
        "files-replaced": "Each delivery deletes all other files of the bucket; undo does not bring them back.",
    },
}
