"""A log for support: each call that was sent, when, where, how it ended and how long it took.

Never what was sent or answered: both can hold secrets. Nothing is written unless somebody asks for it (`--log FILE`).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from .calls import Call

LOG = logging.getLogger("handrail")
LOG.propagate = False
LOG.addHandler(logging.NullHandler())


def noted(call: Call, region: str, send: Callable[[], Any]) -> Any:
    """Send a call, and write down how that ended. Raises what `send` raises."""
    began = time.monotonic()
    try:
        answer = send()
    except Exception as error:
        _note(call, region, began, getattr(error, "response", None), type(error).__name__)
        raise
    if isinstance(answer, Mapping):  # else nothing was sent, or a list is at its end
        _note(call, region, began, answer, "")
    return answer


def _note(call: Call, region: str, began: float, answer: Any, error: str) -> None:
    known = answer if isinstance(answer, Mapping) else {}
    about = known.get("ResponseMetadata", {})
    how = known.get("Error", {}).get("Code") or about.get("HTTPStatusCode") or error
    seconds = time.monotonic() - began
    LOG.info("%s %s %s %.2fs %s", call.operation, call.region or region, how, seconds, about.get("RequestId", ""))
