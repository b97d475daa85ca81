"""A certificate whose records nobody has entered yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flows.engine import Call
from flows.engine.boto import Aws
from support.clouds import Between

MADE = 3
"""How often is looked at most until the certificate tells its records and one begins to wait for them."""


class NotEntered(Between):
    """An account in which ACM sees the records of a certificate only once they are `entered`, at another provider.

    `stops` is what somebody does who has seen for a while that it waits for that.
    """

    def __init__(self, cloud: Aws, stops: Callable[[], None] | None = None) -> None:
        super().__init__(cloud)
        self.entered, self.stops = False, stops

    def make(self, call: Call) -> dict[str, Any]:
        answer = super().make(call)
        if call.operation == "acm.DescribeCertificate" and not self.entered:
            answer["Certificate"]["Status"] = "PENDING_VALIDATION"
            if self.stops and sum(each.operation == call.operation for each in self.calls) > MADE:
                self.stops()
        return answer
