"""The one door to the simulated AWS: every request passes here, from a client in this process or from the
loopback server, so that both meet the same account, the same gaps and the same refusals.

A request is answered by moto. Before the first one the company is set up and the diary played; after one that
changed something, a line is written. What moto cannot do is answered with an error code of its own, in the
wire format of the service, so that no caller ever sees moto's exceptions.
"""

from __future__ import annotations

import base64
import contextlib
import re
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders

from flows.practice import gaps
from flows.practice.clock import CLOCK
from flows.practice.diary import Diary
from flows.practice.refusal import FAULT, NOT_PART, Answer, refusal
from flows.practice.seal import sealed_session

READS = re.compile(r"(Describe|Get|List|Head|Search|Simulate|Lookup|Query|Scan|BatchGet|Check|Validate)(?=[A-Z])")
KEPT_HEADERS = re.compile(r"(?i)authorization|content-type|content-md5|content-encoding|host|x-amz-.*")
NEEDS_NO_COMPANY = {("sts", "GetCallerIdentity"), ("iam", "SimulatePrincipalPolicy")}
"""Answered the same whatever was practised; the first screen asks them and must not wait for a replay."""
NEEDS_NO_COMPANY_AT_ALL = {"servicequotas", "pricing"}


class Door:
    def __init__(self, diary: Diary, *, region: str, seed: bool) -> None:
        self.diary = diary
        self.region = region
        self.company = seed
        self._turn = threading.RLock()
        """moto loses changes when two calls run at once."""
        self._loaded = self._replayed = self._setting_up = self._closed = False
        self._seeded: set[str] = set()

    def answer(self, request: AWSPreparedRequest) -> Answer:
        with self._turn:
            method, url = str(request.method), str(request.url)
            if self._closed:
                return refusal(request, FAULT, "The practice account has been closed.")
            self._load()
            request.body = _whole(request.body)
            service, operation = service_of(url), operation_of(request)
            if service is None:
                return refusal(request, NOT_PART, f"{urlsplit(url).hostname} is not part of the practice account.")
            changes = READS.match(operation) is None if operation else method not in ("GET", "HEAD")
            if self._setting_up:
                return self._ask_moto(request, operation)
            if service not in NEEDS_NO_COMPANY_AT_ALL and (service, operation) not in NEEDS_NO_COMPANY:
                self._catch_up(service)
            if changes:
                _fix_randomness(f"call {len(self.diary.pages)}")
            at = CLOCK.now()
            answer = self._ask_moto(request, operation)
            if changes and answer[0] < 400:
                what = f"{service} {operation or method}"
                self.diary.write({"what": what, "at": at, **_packed(request)})
            return answer

    def close(self) -> None:
        with self._turn:
            self._closed = True
            self.diary.close()
            if self._loaded:
                from moto.core.base_backend import BackendDict
                from moto.core.model_instances import reset_model_data

                BackendDict.reset()
                reset_model_data()

    def _load(self) -> None:
        if self._loaded:
            return
        with _sealed_imports(self.region):
            from moto.core.base_backend import BackendDict
            from moto.core.config import default_user_config

            gaps.install("")
            BackendDict.reset()
            default_user_config["lambda"]["use_docker"] = False
            default_user_config["batch"]["use_docker"] = False
        self._loaded = True

    def _catch_up(self, service: str) -> None:
        """Set up what this call may look at: the company's part in this service, and what was practised."""
        self._seed(service)
        if self._replayed:
            return
        self._replayed = True
        with self._set_up():
            for number, page in enumerate(self.diary.pages):
                request = _unpacked(page)
                self._seed(service_of(request.url) or "")
                CLOCK.replaying = page["at"]
                _fix_randomness(f"call {number}")
                self._ask_moto(request, operation_of(request))

    def _seed(self, service: str) -> None:
        from flows.practice import company

        part = company.PARTS.get(service)
        if part is None or not self.company or service in self._seeded:
            return
        self._seeded.add(service)
        for other in part.needs:
            self._seed(other)
        with self._set_up():
            _fix_randomness(f"company {service}")
            part.found(sealed_session(company.REGION, self.answer))

    @contextlib.contextmanager
    def _set_up(self) -> Iterator[None]:
        before = self._setting_up, CLOCK.replaying
        self._setting_up, CLOCK.replaying = True, CLOCK.replaying or 0.0
        try:
            yield
        finally:
            self._setting_up, CLOCK.replaying = before

    def _ask_moto(self, request: AWSPreparedRequest, operation: str) -> Answer:
        from moto.core.botocore_stubber import BotocoreStubber

        name = operation or f"{request.method} {urlsplit(request.url).path}"
        try:
            with _sealed_imports(self.region):
                gaps.install(service_of(str(request.url)) or "")
                answer = BotocoreStubber().process_request(request)
        except NotImplementedError:
            return refusal(request, NOT_PART, f"{name} is not part of the practice account.")
        except Exception as error:  # moto's own mistakes come in every shape
            return refusal(request, FAULT, f"The practice account stumbled over {name}: {error!r}")
        status, headers, body = answer or (404, {}, "")
        if isinstance(body, str):
            body = body.encode()
        if status == 404 and body in (b"", b"Not yet implemented") and request.method != "HEAD":
            return refusal(request, NOT_PART, f"{name} is not part of the practice account.")
        return int(status), {key: str(value) for key, value in headers.items()}, body or b""


def service_of(url: str) -> str | None:
    """moto's name of the service behind an address, or None when it has none."""
    from moto.backend_index import backend_url_patterns

    parts = urlsplit(url)
    address = f"{parts.scheme}://{parts.netloc}{parts.path}"
    return next((service for service, pattern in backend_url_patterns if pattern.match(address)), None)


def operation_of(request: AWSPreparedRequest) -> str:
    """The operation's name where the wire carries it; "" where only the method and the path do."""
    target = _text(request.headers.get("X-Amz-Target", ""))
    if target:
        return target.rpartition(".")[2]
    if "x-www-form-urlencoded" in _text(request.headers.get("Content-Type", "")):
        return parse_qs(_text(request.body or b"")).get("Action", [""])[0]
    cbor = re.search(r"/operation/(\w+)$", urlsplit(str(request.url)).path)
    return cbor[1] if cbor else ""


def _packed(request: AWSPreparedRequest) -> dict[str, Any]:
    headers = {key: _text(value) for key, value in request.headers.items() if KEPT_HEADERS.fullmatch(key)}
    page: dict[str, Any] = {"method": request.method, "url": request.url, "headers": headers}
    body: bytes = request.body or b""
    try:
        return {**page, "body": body.decode()}
    except UnicodeDecodeError:
        return {**page, "base64": base64.b64encode(body).decode()}


def _unpacked(page: dict[str, Any]) -> AWSPreparedRequest:
    body = page["body"].encode() if "body" in page else base64.b64decode(page["base64"])
    return prepared(page["method"], page["url"], page["headers"], body)


def prepared(method: str, url: str, headers: dict[str, str], body: bytes) -> AWSPreparedRequest:
    kept = HTTPHeaders()
    for key, value in headers.items():
        kept[key] = value
    return AWSPreparedRequest(method=method, url=url, headers=kept, body=body, stream_output=False)


def _whole(body: Any) -> bytes:
    """The body in one piece; an upload arrives as a file, which can be read only once."""
    if hasattr(body, "read"):
        body = body.read()
    return body.encode() if isinstance(body, str) else bytes(body or b"")


def _text(value: str | bytes) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def _fix_randomness(seed: str) -> None:
    """The same call at the same place in the diary makes the same ids, keys and addresses."""
    from moto.moto_api._internal import mock_random

    mock_random.seed(seed)


@contextlib.contextmanager
def _sealed_imports(region: str) -> Iterator[None]:
    """moto makes boto3 sessions while its modules are imported; they must not read the user's profiles."""
    original = boto3.Session
    sealed = sealed_session(region)
    boto3.Session = lambda *_, **__: sealed  # type: ignore[assignment,misc]
    try:
        yield
    finally:
        boto3.Session = original  # type: ignore[misc]
