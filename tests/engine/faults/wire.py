"""What arrives instead of AWS's answer."""

from __future__ import annotations

from collections.abc import Callable

from botocore.awsrequest import AWSPreparedRequest

from flows.practice import PracticeAccount
from flows.practice.door import operation_of
from flows.practice.refusal import Answer
from flows.practice.seal import sealed_session

EC2_ERROR = "<Response><Errors><Error><Code>{}</Code><Message>{}</Message></Error></Errors></Response>"


class Wire:
    """What arrives instead of AWS's answer, decided for each request by its operation.

    Attributes:
        sends: every operation that was put on the wire, repetitions included.
        fault: gives another answer, raises what the network would, or returns None; it may ask for the real one.
    """

    def __init__(self, account: PracticeAccount) -> None:
        self.sends: list[str] = []
        self.fault: Fault | None = None
        self._door = account.door
        self.session = sealed_session("eu-central-1", self._answer)

    def _answer(self, request: AWSPreparedRequest) -> Answer:
        operation = operation_of(request)
        self.sends.append(operation)
        other = self.fault(operation, lambda: self._door.answer(request)) if self.fault else None
        return other or self._door.answer(request)


Fault = Callable[[str, Callable[[], Answer]], Answer | None]


def answer(status: int, body: str) -> Answer:
    return status, {"content-type": "text/xml"}, body.encode()
