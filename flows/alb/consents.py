"""What needs a conscious yes here, by the question that it is about; "" is the review."""

from __future__ import annotations

from collections.abc import Mapping

CONSENTS: Mapping[str, Mapping[str, str]] = {
    "hsts": {
        "hsts": "Browsers refuse http for this name as long as that says; nobody can take it back before.",
    },
    "visitors": {
        "port-to-everybody": "A port that is closed now will be open to everybody.",
    },
    "port": {
        "port-stays": "The port of the listener stays in the redirect, and https does not answer there.",
        "http-on-443": "The redirect leads to http on port 443, which answers only https.",
    },
    "priority": {
        "never-used": "A rule before the new one catches the same requests, so that the new one is never used.",
    },
    "": {
        "visitors-move": "Visitors are kept by another cookie now, and may land on another server once.",
        "no-healthy-server": "No server there is known to be healthy, and visitors are redirected to it.",
    },
}
