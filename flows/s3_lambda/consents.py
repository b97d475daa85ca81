"""What needs a conscious yes here, by the question that it is about; "" is the review."""

from __future__ import annotations

from collections.abc import Mapping

CONSENTS: Mapping[str, Mapping[str, str]] = {
    "": {
        "recursion": "The function may write the very files that start it: then it starts itself again and again.",
    },
}
