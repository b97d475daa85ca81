"""boto3 behind `Cloud`: the only door to AWS. With its neighbours for signing in, for endpoints and for what went wrong
on the way, it is all of the engine that knows botocore.

Credentials are botocore's business: profiles, SSO, roles, MFA, processes and containers work as everywhere.
What is added here: plain words for what went wrong, a read-only mode, and one rule about retries. botocore
repeats a request whose answer got lost. For a call that creates something that would make it twice, so
changing calls are repeated by botocore only where AWS said that it did nothing (throttling); a lost answer is
reported as `Lost`, and the engine looks before it calls again.
"""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from ..place import Place
from ..version import __version__
from .bucket_owner import OWNER, Taken, owned
from .call_log import noted
from .calls import Call
from .cloud import Identity
from .endpoints import address_of, settled
from .problems import CloudError, Denied, NoAccess, NoSuchCall, NotChosen, SignInNeeded
from .refusal_families import THROTTLED
from .refusals import changes, explain
from .responses import told
from .sign_in import ProfileDoor, ends, open_session, where_from
from .transport import from_a_parser, misfortune, no_credentials, unlike_aws, with_command
from .web import Missed, Page, look_at

UPGRADE = "If it is a new one, the installed botocore does not know it yet. Run: pip install --upgrade boto3"
ATTEMPTS = 8
PORTION = 500
"""Of a list at a time: half of what EC2 gives at the most (Amazon EC2 API Reference, "MaxResults", 2026-10)."""


class Aws:
    """A real account, an emulator behind an endpoint, or the practice account.

    Args:
        place: profile, region and endpoint.
        session: a ready boto3 session, for practice; made from `place` if left out.
        others: for practice, the session of a profile by its name; None if there is none of that name.
        identity: for practice, who is signed in; asked from AWS if left out.

    Raises:
        NoAccess: no such profile, no credentials, no region.
        SignInNeeded: from any call; `renew` signs in.
        Unreachable: AWS cannot be reached.
    """

    def __init__(
        self,
        place: Place,
        session: Any = None,
        others: Callable[[str], Any] = lambda profile: None,
        identity: Identity | None = None,
    ) -> None:
        self._clients: dict[tuple[str, str, str, bool], Any] = {}
        self._sessions: dict[str, Any] = {}
        self._others = others
        self._lock = threading.Lock()
        self._given = session
        self._session = session or open_session(place)
        if not self._session.region_name:
            remedy = "Add --region, for example --region eu-central-1, or set AWS_REGION."
            raise NotChosen("No region is chosen.", remedy=remedy, lacks="region")
        self.place = settled(place, self._session)
        self._identity = identity

    @property
    def identity(self) -> Identity:
        if self._identity is None:
            region = self._session.region_name
            who = self.make(Call("sts.GetCallerIdentity"))
            until = None if self._given else ends(self._session)
            account, arn = str(who.get("Account", "")), str(who.get("Arn", ""))
            if not account:
                raise unlike_aws(Call("sts.GetCallerIdentity"), "It names no account.")
            where = self.place.endpoint_url, self.place.endpoints
            self._identity = Identity(account, arn, region, self._alias(), until, *where)
        return self._identity

    def renew(self, profile: str = "", code: str = "") -> None:
        """Read the credentials afresh and try them, with the code of an MFA device if one is asked for.

        Raises:
            SignInNeeded: that was not enough, or the code was wrong.
            NoAccess: they are those of another account now.
        """
        fresh = self._given if self._given and not profile else self._opened(profile, code)
        with self._lock:
            if profile:
                self._sessions[profile] = fresh
            else:
                self._session = fresh
            self._clients = {key: client for key, client in self._clients.items() if key[2] != profile}
        who = str(self.make(Call("sts.GetCallerIdentity", profile=profile)).get("Account", ""))
        if profile or self._identity is None:
            return
        if who != self._identity.account:
            here, remedy = self._identity.account, "Sign in to that one, or leave; nothing is lost."
            raise NoAccess(f"You signed in to account {who}, but this is about account {here}.", remedy=remedy)
        self._identity = replace(self._identity, ends=None if self._given else ends(self._session))

    def make(self, call: Call) -> dict[str, Any]:
        from botocore import xform_name

        call = self._owned(call)
        answer: dict[str, Any] = self._send(call, lambda client: getattr(client, xform_name(call.name))(**call.params))
        return self._whole(call, answer)

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        from botocore import xform_name

        call, method = self._owned(call), xform_name(call.name)
        if not self._send(call, lambda client: client.can_paginate(method)):
            yield self.make(call)
            return
        portion = _portion(call, self._client(call))
        pages = iter(self._client(call).get_paginator(method).paginate(**call.params, **portion))
        while (page := self._send(call, lambda _: next(pages, None))) is not None:
            yield self._whole(call, page)

    def _owned(self, call: Call) -> Call:
        """What is about a bucket of this account, with the account."""
        return owned(call, self.identity.account) if call.service == "s3" and "Bucket" in call.params else call

    def _whole(self, call: Call, answer: dict[str, Any]) -> dict[str, Any]:
        """A list of things that is left out is an empty one; what is read to be written back stays as it is."""
        if call.name.startswith(("Describe", "List")):
            shape = self._client(call).meta.service_model.operation_model(call.name).output_shape
            for name, member in shape.members.items() if shape else ():
                if member.type_name == "list":
                    answer.setdefault(name, [])
        whole: dict[str, Any] = told(answer)
        return whole

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
        try:
            return self._sent(call, send)
        except Denied as problem:
            raise self._of_another(call) or problem from None
        except SignInNeeded as need:
            if not self.place.practice:
                need.door = ProfileDoor(self, call.profile or self.place.profile, call.profile)
                with_command(need, where_from(self._session_of(call.profile)))
            raise

    def _of_another(self, call: Call) -> Taken | None:
        """That a bucket is somebody else's, if it is; S3 says so and that one may not in the same words."""
        if OWNER not in call.params:
            return None
        name = str(call.params["Bucket"])
        try:
            mine = self.make(Call("s3.ListBuckets", {"Prefix": name}))["Buckets"]
        except CloudError:
            return None
        return None if any(each.get("Name") == name for each in mine) else Taken(name, self.identity.account)

    def _sent(self, call: Call, send: Callable[[Any], Any]) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError

        if self.place.read_only and changes(call):
            raise CloudError(f"{call.operation} was not sent: this is read-only.", remedy="Leave out --read-only.")
        self._find_credentials(call.profile)
        client = self._client(call)
        if (
            call.name not in client.meta.service_model.operation_names
        ):  # what is not one may be any method of the client
            raise NoSuchCall(f"AWS has no operation {call.operation}.", "So nothing was sent.", UPGRADE)
        try:
            return noted(call, self._session.region_name, lambda: send(client))
        except ClientError as error:
            raise explain(call, error.response, self._session.region_name) from None
        except (BotoCoreError, ResponseParserError) as error:
            raise misfortune(call, error) from None
        except Exception as error:
            if from_a_parser(error):  # they raise whatever a web page makes of them
                raise unlike_aws(call, str(error)) from None
            raise

    def _find_credentials(self, profile: str) -> None:
        """Have botocore find the credentials, or fetch new ones, so that what is in their way is told from an answer.

        Raises:
            CloudError: there are none, or not any more.
        """
        from botocore.exceptions import NoCredentialsError

        with self._lock:
            session = self._session_of(profile)
        try:
            with self._lock:
                found = session.get_credentials()
            if found is not None:
                found.get_frozen_credentials()
                return
        except Exception as error:  # programs, files and other services have their say here, in any form
            raise no_credentials(error, where_from(session), session.region_name) from None
        raise no_credentials(NoCredentialsError(), where_from(session))

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
            self._sessions[profile] = other or self._opened(profile)
        return self._sessions[profile]

    def _opened(self, profile: str, code: str = "") -> Any:
        """A new session of that profile, or of our own, at the same place."""
        return open_session(replace(self.place, profile=profile or self.place.profile), code)

    def _new_client(self, service: str, region: str, profile: str, changing: bool) -> Any:
        from botocore.config import Config

        retries: Any = {"total_max_attempts": 1} if changing else {"mode": "standard", "total_max_attempts": 5}
        config = Config(
            user_agent_extra=f"handrail/{__version__}", retries=retries, connect_timeout=10, read_timeout=60,
            max_pool_connections=16,
        )  # fmt: skip
        session = self._session_of(profile)
        try:
            address = address_of(self.place, session._session, service) or None
            client = session.client(service, config=config, region_name=region or None, endpoint_url=address)
        except Exception as error:
            raise misfortune(Call(f"{service}."), error) from None
        if changing:
            client.meta.events.register("needs-retry.*", _when_throttled)
        if ALONE.match(client.meta.endpoint_url):
            client.meta.events.register("before-sign.s3-control", _without_account)
        return client


def _portion(call: Call, client: Any) -> dict[str, Any]:
    """How much of a list comes at a time, where AWS would send all of it at once: EC2, if a call names no things."""
    if call.service != "ec2" or call.params.keys() - {"Filters", "Owners", "OwnerIds"}:
        return {}
    shape = client.meta.service_model.operation_model(call.name).input_shape
    limit = shape.members.get("MaxResults") if shape else None
    return {"PaginationConfig": {"PageSize": min(PORTION, limit.metadata.get("max", PORTION))}} if limit else {}


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
    return random.uniform(0, min(2**attempts, 20)) if THROTTLED.search(str(code)) else None  # noqa: S311 - jitter
