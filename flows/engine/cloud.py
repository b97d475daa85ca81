"""The only door to AWS, and the only module of the engine that knows botocore.

Credentials are botocore's business: profiles, SSO, roles, MFA, processes and containers work as everywhere.
What is added here: plain words for what went wrong, a read-only mode, and one rule about retries. botocore
repeats a request whose answer got lost. For a call that creates something that would make it twice, so
changing calls are repeated by botocore only where AWS said that it did nothing (throttling); a lost answer is
reported as `Lost`, and the engine looks before it calls again.
"""

from __future__ import annotations

import json
import os
import random
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from ..place import Place
from ..version import __version__
from .outside import Missed, Page, look_at
from .plan import Call
from .problems import CloudError, Denied, Lost, NoAccess, Problem, Unreachable

READS = ("Describe", "List", "Get", "Head", "Lookup", "Search", "Simulate", "BatchGet")
THROTTLED = {
    "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException",
    "RequestLimitExceeded", "TooManyRequestsException", "SlowDown", "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException", "BandwidthLimitExceeded", "LimitExceededException",
    "TransactionInProgressException", "EC2ThrottledException",
}  # fmt: skip
"""As botocore.retries.standard lists them (botocore 1.44)."""
ATTEMPTS = 8


@dataclass(frozen=True)
class Identity:
    """Who is signed in, and where. Empty strings are unknown."""

    account: str
    arn: str
    region: str
    alias: str = ""

    @property
    def partition(self) -> str:
        return self.arn.split(":")[1] if self.arn.count(":") > 1 else "aws"


class Cloud(Protocol):
    """An account, as the set-ups see it. Tests write their own in ten lines."""

    @property
    def identity(self) -> Identity: ...

    def make(self, call: Call) -> dict[str, Any]:
        """Make one call and return its answer. Raises CloudError."""
        ...

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        """Make a reading call and every further page of it. Raises CloudError."""
        ...

    def look_at(self, url: str) -> Page:
        """Look at a page over the internet, as a visitor would. Never raises; a simulated account has no outside."""
        ...


def changes(call: Call) -> bool:
    """Whether this call may change anything."""
    return not call.name.startswith(READS)


class Aws:
    """A real account, an emulator behind an endpoint, or the practice account.

    Args:
        place: profile, region and endpoint.
        session: a ready boto3 session, for practice; made from `place` if left out.
        others: for practice, the session of a profile by its name; None if there is none of that name.

    Raises:
        NoAccess: no such profile, no credentials, no region.
        Unreachable: AWS cannot be reached.
    """

    def __init__(self, place: Place, session: Any = None, others: Callable[[str], Any] = lambda profile: None) -> None:
        self.place = place
        self._clients: dict[tuple[str, str, str, bool], Any] = {}
        self._sessions: dict[str, Any] = {}
        self._others = others
        self._lock = threading.Lock()
        self._session = session or _open(place)
        if not self._session.region_name:
            raise NoAccess(
                "No region is chosen.",
                remedy="Add --region, for example --region eu-central-1, or set AWS_REGION.",
            )
        self._identity: Identity | None = None

    @property
    def identity(self) -> Identity:
        if self._identity is None:
            region = self._session.region_name
            who = self.make(Call("sts.GetCallerIdentity"))
            self._identity = Identity(str(who.get("Account", "")), str(who.get("Arn", "")), region, self._alias())
        return self._identity

    def make(self, call: Call) -> dict[str, Any]:
        from botocore import xform_name

        answer: dict[str, Any] = self._send(call, lambda client: getattr(client, xform_name(call.name))(**call.params))
        return answer

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        from botocore import xform_name

        method = xform_name(call.name)
        if not self._client(call).can_paginate(method):
            yield self.make(call)
            return
        pages = iter(self._client(call).get_paginator(method).paginate(**call.params))
        while (page := self._send(call, lambda _: next(pages, None))) is not None:
            yield page

    def look_at(self, url: str) -> Page:
        if self.place.practice or self.place.endpoint_url:
            return Page(missed=Missed.UNREACHABLE, why="a simulated account has no outside")
        return look_at(url)

    def _alias(self) -> str:
        try:
            return str((self.make(Call("iam.ListAccountAliases")).get("AccountAliases") or [""])[0])
        except CloudError:  # a nicety that many users may not read
            return ""

    def _send(self, call: Call, send: Callable[[Any], Any]) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
        from botocore.parsers import ResponseParserError

        if self.place.read_only and changes(call):
            raise CloudError(f"{call.operation} was not sent: this is read-only.", remedy="Leave out --read-only.")
        try:
            return send(self._client(call))
        except ClientError as error:
            raise explain(call, error.response, self._session.region_name) from None
        except ParamValidationError as error:
            # botocore's text repeats the parameters, which may hold secrets: keep only their names
            raise CloudError(f"{call.operation} was not sent: its parameters are not valid.") from error.__cause__
        except (BotoCoreError, ResponseParserError) as error:
            raise _misfortune(call, error) from None

    def _client(self, call: Call) -> Any:
        key = (call.service, call.region, call.profile, changes(call))
        with self._lock:  # a boto3 session is not thread-safe, its clients are
            if key not in self._clients:
                self._clients[key] = self._new_client(*key)
            return self._clients[key]

    def _session_of(self, profile: str) -> Any:
        """The session for a call's profile: this one, or another account's at the same endpoint."""
        if not profile:
            return self._session
        if profile not in self._sessions:
            other = self._others(profile)
            if other is None and self.place.practice:
                raise NoAccess(f"There is no AWS profile called “{profile}” in the practice account.")
            place = Place(profile, self._session.region_name, self.place.endpoint_url)
            self._sessions[profile] = other or _open(place)
        return self._sessions[profile]

    def _new_client(self, service: str, region: str, profile: str, changing: bool) -> Any:
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, UnknownServiceError

        retries: Any = {"total_max_attempts": 1} if changing else {"mode": "standard", "total_max_attempts": 5}
        config = Config(
            user_agent_extra=f"handrail/{__version__}", retries=retries, connect_timeout=10, read_timeout=60,
            max_pool_connections=16,
        )  # fmt: skip
        endpoint = {"endpoint_url": self.place.endpoint_url} if self.place.endpoint_url else {}
        try:
            client = self._session_of(profile).client(service, config=config, region_name=region or None, **endpoint)
        except (UnknownServiceError, ValueError) as error:
            raise NoAccess(f"A client for {service} could not be made.", str(error)) from None
        except BotoCoreError as error:
            raise _misfortune(Call(f"{service}."), error) from None
        if changing:
            client.meta.events.register("needs-retry.*", _when_throttled)
        if ALONE.match(client.meta.endpoint_url):
            client.meta.events.register("before-sign.s3-control", _without_account)
        return client


class Offline:
    """No account at all: for what can be said before one is opened."""

    identity = Identity("", "", "")

    def make(self, call: Call) -> dict[str, Any]:
        raise Unreachable(f"{call.operation} was not asked.")

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        yield self.make(call)

    def look_at(self, url: str) -> Page:
        return Page(missed=Missed.UNREACHABLE, why="not asked")


class Remembering:
    """Reads each thing once, so that going back and forth is instant; a change makes it forget."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._seen: dict[str, list[dict[str, Any]]] = {}
        self._lock = threading.RLock()
        self.reads: dict[str, None] = {}
        """Every operation that was read, in order: what the permissions for reading follow from."""

    @property
    def identity(self) -> Identity:
        return self._cloud.identity

    def forget(self) -> None:
        """Read everything afresh from now on."""
        with self._lock:
            self._seen.clear()

    def make(self, call: Call) -> dict[str, Any]:
        if changes(call):
            self.forget()
            return self._cloud.make(call)
        return self._remembered(call, lambda: [self._cloud.make(call)])[0]

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        yield from self._remembered(call, lambda: list(self._cloud.pages(call)))

    def look_at(self, url: str) -> Page:
        return self._cloud.look_at(url)

    def _remembered(self, call: Call, read: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]]:
        key = call.operation + call.region + call.profile + json.dumps(call.params, sort_keys=True, default=str)
        with self._lock:
            if not call.profile:
                self.reads[call.operation] = None
            if key not in self._seen:
                self._seen[key] = read()
            return self._seen[key]


def explain(call: Call, response: Any, region: str = "") -> CloudError:
    """AWS's refusal in plain words. `response` is botocore's parsed error response."""
    error = response.get("Error", {})
    code, message = str(error.get("Code", "Unknown")), str(error.get("Message", "") or "")
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
    if code in ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "Client.UnauthorizedOperation"):
        return _denied(call, code, message)
    if code in ("ExpiredToken", "ExpiredTokenException", "RequestExpired", "UnauthorizedSSOTokenError"):
        remedy = "Sign in again (for example `aws sso login`) and go on; nothing is lost."
        return NoAccess("Your AWS sign-in has expired.", message, remedy, aws_code=code, aws_message=message)
    if code in ("InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure", "SignatureDoesNotMatch"):
        return NoAccess(
            "AWS does not accept these credentials.", message,
            f"Check the profile, this machine's clock, and that the region {region} is switched on in this account.",
            aws_code=code, aws_message=message,
        )  # fmt: skip
    if code in ("OptInRequired", "SubscriptionRequiredException"):
        what = f"{call.service} is not activated for this account in {region}."
        return CloudError(what, message, aws_code=code, aws_message=message)
    if code in THROTTLED and code != "LimitExceededException":
        what, remedy = f"AWS wants fewer requests; {call.operation} was refused.", "Wait a minute, then go on."
        return CloudError(what, f"{code} {message}".strip(), remedy, aws_code=code, aws_message=message)
    if "LimitExceeded" in code or "QuotaExceeded" in code:
        what = f"Your account has reached a limit: {call.operation} was refused ({code})."
        remedy = "Delete what is no longer used, or ask for more under Service Quotas in the AWS console."
        return CloudError(what, message, remedy, aws_code=code, aws_message=message)
    if status >= 500 and code not in THROTTLED and changes(call):
        return Lost(f"AWS broke off {call.operation}.", f"{code} {message}".strip(), aws_code=code, aws_message=message)
    return CloudError(f"AWS refused {call.operation} ({code}).", message, aws_code=code, aws_message=message)


def _denied(call: Call, code: str, message: str) -> Denied:
    from .permissions import permission

    action = permission(call.operation) or call.operation
    if "service control policy" in message:
        remedy = "Your organization forbids this with a service control policy; only its administrators can change it."
    elif "permissions boundary" in message:
        remedy = f"A permissions boundary forbids it; ask your administrator to allow {action} there too."
    else:
        remedy = f"Ask your administrator for the permission {action}, then go on."
    return Denied(f"You are not allowed to {action}.", message, remedy, permission=action, aws_code=code)


def _open(place: Place) -> Any:
    import boto3
    from botocore.exceptions import BotoCoreError, ProfileNotFound

    if place.endpoint_url:  # a profile may assume a role, and botocore then asks STS on its own
        os.environ.setdefault("AWS_ENDPOINT_URL_STS", place.endpoint_url)
    try:
        # boto3 itself reads AWS_DEFAULT_REGION only; the AWS CLI and the other SDKs put AWS_REGION first
        region = place.region or os.environ.get("AWS_REGION") or None
        return boto3.Session(profile_name=place.profile or None, region_name=region)
    except ProfileNotFound:
        known = ", ".join(boto3.Session().available_profiles) if not place.profile else _profiles()
        raise NoAccess(
            f"There is no AWS profile called “{place.profile}”." if place.profile else "The AWS profile is unknown.",
            remedy=f"Known profiles: {known}." if known else "Make one with `aws configure sso`.",
        ) from None
    except BotoCoreError as error:
        raise NoAccess("Your AWS configuration cannot be read.", str(error)) from None


def _profiles() -> str:
    import botocore.session

    return ", ".join(botocore.session.Session().available_profiles)


def _misfortune(call: Call, error: Exception) -> Problem:
    from botocore import exceptions as sad
    from botocore.parsers import ResponseParserError

    text = str(error)
    match error:
        case sad.SSLError() if changes(call) and "CERTIFICATE" not in text.upper():
            # the connection stood when it broke, so the request may have arrived
            return Lost(f"The answer to {call.operation} got lost.", text)
        case sad.NoCredentialsError() | sad.PartialCredentialsError() | sad.CredentialRetrievalError():
            return NoAccess(
                "No AWS credentials were found.", "" if isinstance(error, sad.NoCredentialsError) else text,
                "Sign in (`aws configure sso`, `aws sso login`), choose a --profile, or look around with --practice.",
            )  # fmt: skip
        case sad.NoRegionError():
            return NoAccess("No region is chosen.", remedy="Add --region, for example --region eu-central-1.")
        case sad.SSOTokenLoadError() | sad.UnauthorizedSSOTokenError() | sad.TokenRetrievalError():
            return NoAccess("Your AWS sign-in has expired.", text, "Run `aws sso login`, then go on; nothing is lost.")
        case sad.EndpointConnectionError() | sad.ConnectTimeoutError() | sad.ProxyConnectionError() | sad.SSLError():
            return Unreachable(
                f"{call.service or 'AWS'} cannot be reached.", text,
                "Check the network, a proxy, the region, and --endpoint-url or AWS_ENDPOINT_URL.",
            )  # fmt: skip
        case (
            sad.HTTPClientError() | sad.ResponseStreamingError() | sad.IncompleteReadError() | ResponseParserError()
        ) if changes(call):
            return Lost(f"The answer to {call.operation} got lost.", text)
        case sad.HTTPClientError():
            return Unreachable(f"{call.service} did not answer {call.operation}.", text, "Check the network and retry.")
        case sad.InvalidRegionError():
            return NoAccess("That region cannot be right.", text, "A region looks like eu-central-1.")
        case _:
            return CloudError(f"{call.operation} could not be called.", text)


ALONE = re.compile(r"https?://(\d+\.\d+\.\d+\.\d+|localhost)(:\d+)?(/|$)")
"""An emulator's address, in front of which no account's number can stand."""


def _without_account(request: Any, **_: Any) -> None:
    """S3 Control writes the account in front of every host; an emulator has only the one it was given."""
    request.url = re.sub(r"^(https?://)\d{12}\.", r"\1", request.url)


def _when_throttled(attempts: int, response: Any = None, **_: Any) -> float | None:
    """How long botocore should wait before it sends a changing call again; None for "do not"."""
    if response is None or attempts >= ATTEMPTS:
        return None
    code = response[1].get("Error", {}).get("Code")
    return random.uniform(0, min(2**attempts, 20)) if code in THROTTLED else None  # noqa: S311 - jitter
