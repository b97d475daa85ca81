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
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, urlsplit

from boto3.session import Session
from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError

from flows.engine.secret_text import STAND_IN
from flows.practice import company, simulator
from flows.practice.clock import CLOCK
from flows.practice.diary import OWN_KEY, Diary
from flows.practice.refusal import FAULT, NOT_PART, Answer, refusal
from flows.practice.seal import sealed_session

READS = re.compile(r"(Describe|Get|List|Head|Search|Simulate|Lookup|Query|Scan|BatchGet|Validate)(?=[A-Z])")
KEPT_HEADERS = re.compile(
    r"(?i)authorization|content-type|content-md5|content-encoding|host|if-(none-)?match|x-(amz-.*|moto-account-id)"
)
KEPT_AFTER = 60
"""Requests after which the account is kept as it stands; so many are played in a moment."""
TIMELESS = re.compile(
    r"sts GetCallerIdentity|iam SimulatePrincipalPolicy|iam ListAccountAliases|servicequotas .*|pricing .*"
)
"""Answered the same whatever was practised; the first screen asks them and must not wait for a replay."""


class Door:
    def __init__(self, diary: Diary, *, region: str, seed: bool) -> None:
        self.session = sealed_session(region, self.answer)
        self._region = region
        self._diary = diary
        self._has_company = seed
        self._turn = threading.RLock()
        """moto loses changes when two calls run at once."""
        self._started = self._restored = self._setting_up = self._closed = False
        self._played = self._kept = 0
        self._unplayable = ""
        self._founded: set[str] = set()

    @cached_property
    def partner(self) -> Session:
        return sealed_session(self._region, self._answer_partner)

    def answer(self, request: AWSPreparedRequest) -> Answer:
        with self._turn:
            if self._closed:
                return refusal(request, FAULT, "The practice account has been closed.")
            if not self._started:
                self._started = True
                simulator.start()
            request.body = whole(request.body)
            services = simulator.services_of(str(request.url))
            if not services:
                host = urlsplit(str(request.url)).hostname
                return refusal(request, NOT_PART, f"{host} is not part of the practice account.")
            if self._setting_up:
                return _asked(request)
            with self._diary.turn() as anew:
                if anew:
                    self._forget()
                return self._answered(request, services)

    def _answered(self, request: AWSPreparedRequest, services: tuple[str, ...]) -> Answer:
        what = f"{services[0]} {operation_of(request) or request.method}"
        if not TIMELESS.fullmatch(what):
            self._restore()
        self._found(*([company.ENOUGH[what]] if what in company.ENOUGH else services), *_also(request, what))
        if not TIMELESS.fullmatch(what):
            self._catch_up()
            if self._unplayable:
                return refusal(request, FAULT, self._unplayable)
        return self._asked_and_noted(request, what)

    def _answer_partner(self, request: AWSPreparedRequest) -> Answer:
        """The second account's door; moto takes the account from this header."""
        request.headers["x-moto-account-id"] = company.SECOND_ACCOUNT_ID
        return self.answer(request)

    def close(self) -> None:
        with self._turn:
            self._closed = True
            self._diary.close()
            if self._started:
                simulator.stop()

    def _asked_and_noted(self, request: AWSPreparedRequest, what: str) -> Answer:
        operation = operation_of(request)
        if READS.match(operation) if operation else request.method in ("GET", "HEAD"):
            return _asked(request)
        simulator.fix_randomness(f"call {len(self._diary.pages)}")
        with CLOCK.stands_still() as at:
            answer = _asked(request)
        if answer[0] < 400:
            try:
                self._diary.write({"what": what, "at": at, **_packed(request)})
            except OSError as error:
                # The memory is now ahead of the disk; going on would build on what the next opening lacks.
                self._closed = True
                return refusal(request, FAULT, f"The practice account could not be saved ({error}); open it again.")
            self._played += 1
            self._keep()
        return answer

    def _forget(self) -> None:
        """Somebody began the account anew."""
        simulator.stop()
        simulator.start()
        self._founded.clear()
        self._played = self._kept = 0
        self._unplayable = ""

    def _restore(self) -> None:
        """Begin with what was kept of the account, once."""
        if self._restored:
            return
        self._restored = True
        if self._diary.snapshot is not None and self._diary.pages and self._has_company:
            from flows.practice import snapshot

            count, founded = snapshot.restore(self._diary.snapshot, self._diary.pages)
            if count:
                self._played = self._kept = count
                self._founded = founded

    def _catch_up(self) -> None:
        """Play what was practised and is not in the account yet, by an earlier process or in another window.

        What was accepted once and is refused now stops it: what came after it builds on what is missing, and an account
        that lacks it would say of things somebody made that they do not exist.
        """
        if self._unplayable:
            return
        pages = self._diary.pages
        for number in range(self._played, len(pages)):
            request = _unpacked(pages[number])
            self._found(*simulator.services_of(str(request.url)), *_also(request, str(pages[number].get("what", ""))))
            with self._set_up(pages[number]["at"]):
                simulator.fix_randomness(f"call {number}")
                status, _, body = _asked(request)
            if status >= 400:
                self._unplayable = _told(pages[number], number, body)
                return
        self._played = len(pages)
        self._keep()

    def _keep(self) -> None:
        """Keep the account as it stands, if a good deal was practised since."""
        if self._diary.snapshot is None or self._played - self._kept < KEPT_AFTER or not self._has_company:
            return
        from flows.practice import snapshot

        self._kept = self._played
        self._diary.keep(snapshot.taken(self._diary.pages, self._founded))

    def _found(self, *services: str) -> None:
        """Set up the company's part in these services, each once."""
        for service in services:
            part = company.PARTS.get(service)
            if part is None or not self._has_company or service in self._founded:
                continue
            self._founded.add(service)
            self._found(*part.needs)
            with (
                self._set_up(at=company.FOUNDED),
                contextlib.suppress(*((ClientError,) if part.needs else ())),
            ):
                # What it builds on may have been deleted in an earlier practice; then this part is smaller.
                simulator.fix_randomness(f"company {service}")
                self._build(service)

    def _build(self, service: str) -> None:
        def client(name: str, region: str = company.REGION, *, partner: bool = False) -> Any:
            whose: Any = self.partner if partner else self.session
            return whose.client(name, region_name=region)

        company.PARTS[service].found(client)

    @contextlib.contextmanager
    def _set_up(self, at: float) -> Iterator[None]:
        before = self._setting_up, CLOCK.replaying
        self._setting_up, CLOCK.replaying = True, at
        try:
            yield
        finally:
            self._setting_up, CLOCK.replaying = before


def _also(request: AWSPreparedRequest, what: str) -> tuple[str, ...]:
    """The parts of the company beyond the service that the request could meet."""
    address = urlsplit(str(request.url))
    host = address.hostname or ""
    account = _text(request.headers.get("x-moto-account-id", "")) or company.ACCOUNT_ID
    named = f"{address.query} {_text(request.body or b'')}"
    return company.also(what, named, host.partition(".")[2].partition(".")[0], account)


def _asked(request: AWSPreparedRequest) -> Answer:
    name = operation_of(request) or f"{request.method} {urlsplit(str(request.url)).path}"
    missing = refusal(request, NOT_PART, f"{name} is not part of the practice account.")
    try:
        status, headers, body = simulator.ask(request)
    except (NotImplementedError, ImportError):  # some of moto's services need packages that are not ours
        return missing
    except Exception as error:  # moto's own mistakes come in every shape
        return refusal(request, FAULT, f"The practice account stumbled over {name}: {error!r}")
    whole = body.encode() if isinstance(body, str) else body or b""
    if status == 404 and not whole and request.method != "HEAD":
        return missing
    return int(status), {key: str(value) for key, value in headers.items()}, whole


def _told(page: dict[str, Any], number: int, body: bytes) -> str:
    """Why the account cannot be opened as it was left."""
    why = re.search(r"<Code>([^<]+)|\"__type\": ?\"([^\"]+)", _text(body))
    code = f" ({why[1] or why[2]})" if why else ""
    return (
        f"What was practised cannot be played again: call {number + 1}, {page.get('what')}, was accepted then and is "
        f"refused now{code}. Begin anew with: handrail practice reset"
    )


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
    body = whole(request.body)
    try:
        return {**page, "body": OWN_KEY.sub(STAND_IN, body.decode())}
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


def whole(body: Any) -> bytes:
    """The body in one piece; an upload arrives as a file, which can be read only once."""
    if hasattr(body, "read"):
        body = body.read()
    return body.encode() if isinstance(body, str) else bytes(body or b"")


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
