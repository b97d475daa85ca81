"""A session that cannot reach AWS.

Two walls. The session knows nothing of the user: no profile files, no variables, no instance metadata, only
made-up keys. And whatever a client made from it wants to send is answered here, before botocore would open a
connection: the hook always returns an answer, so there is no request it lets through.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import botocore.session
from boto3.session import Session
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES
from botocore.loaders import Loader, create_loader

from flows.engine.service_models import quick

if TYPE_CHECKING:
    from flows.practice.refusal import Answer

ACCESS_KEY = "PRACTICEPRACTICE0000"
SECRET_KEY = "not-a-key"  # noqa: S105 - a placeholder that opens nothing


def sealed_session(region: str | None = None, answer: Callable[[AWSPreparedRequest], Answer] | None = None) -> Session:
    """Without `answer` the session may only be asked what botocore knows by heart, such as the regions."""
    core = botocore.session.Session(session_vars=_no_surroundings())
    core.register_component("data_loader", shared_loader())
    settings: Any = Config  # the stubs lag behind: they do not know this setting
    core.set_default_client_config(settings(ignore_configured_endpoint_urls=True))
    hook: Any = _closed if answer is None else _answering(answer)
    core.register("before-send", hook)
    return Session(
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        region_name=region,
        botocore_session=core,
    )


@cache
def shared_loader() -> Loader:
    """A service's description is read once for all sealed sessions, and for what answers them."""
    return quick(create_loader())


def _no_surroundings() -> dict[str, Any]:
    """botocore's own table of settings, with no file and no variable to read any of them from."""
    settings: dict[str, Any] = {
        name: (None, None, default, convert)
        for name, (_, _, default, convert) in BOTOCORE_DEFAUT_SESSION_VARIABLES.items()
    }
    for name in ("config_file", "credentials_file"):
        settings[name] = (None, None, os.devnull, None)
    return settings


def _answering(answer: Callable[[AWSPreparedRequest], Answer]) -> Callable[..., AWSResponse]:
    def before_send(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        status, headers, body = answer(request)
        return AWSResponse(str(request.url), status, HTTPHeaders.from_dict(headers), _Body(body))

    return before_send


def _closed(**_: Any) -> AWSResponse:
    raise ConnectionRefusedError("This session of the practice account sends nothing.")


class _Body:
    """What botocore reads an answer from, in the shape of a urllib3 response."""

    def __init__(self, body: bytes) -> None:
        self._left = body

    def read(self, amount: int | None = None) -> bytes:
        size = len(self._left) if amount is None or amount < 0 else amount
        taken, self._left = self._left[:size], self._left[size:]
        return taken

    def stream(self, amount: int = 65536, **_: Any) -> Any:
        while piece := self.read(amount):
            yield piece

    def close(self) -> None:
        self._left = b""
