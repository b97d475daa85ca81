"""What needs a conscious yes here, by the question that it is about; "" is the review."""

from __future__ import annotations

from collections.abc import Mapping

CONSENTS: Mapping[str, Mapping[str, str]] = {
    "visitors": {
        "set-up-page-open": "Everybody reaches the set-up page, on which the first visitor becomes the administrator.",
    },
}
