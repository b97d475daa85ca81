"""What needs a conscious yes here, by the question that it is about; "" is the review."""

from __future__ import annotations

from collections.abc import Mapping

CONSENTS: Mapping[str, Mapping[str, str]] = {
    "min_capacity": {
        "never-sleeps": "From 4 ACUs on: it costs much, and never falls asleep.",
    },
    "max_capacity": {
        "expensive-at-full-load": "At full load it costs much.",
    },
    "public": {
        "public-address": "The database's port is visible from the internet; only its security group protects it.",
    },
}
