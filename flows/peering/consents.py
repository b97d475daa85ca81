"""What needs a conscious yes here, by the question that it is about; "" is the review."""

from __future__ import annotations

from collections.abc import Mapping

CONSENTS: Mapping[str, Mapping[str, str]] = {
    "": {
        "accept-theirs": "A request that the other side has sent is accepted; undo deletes the connection.",
        "multipath": "Their request asks for multipath resilience, which costs extra for every GB.",
        "route-replaced": "A route that leads elsewhere now leads to the connection; undo puts it back.",
    },
}
