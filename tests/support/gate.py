"""The gate of AWS: single sign-on, STS with MFA, and keys that expire, in the words of the wire.

A small server that speaks IAM Identity Center's OIDC and portal APIs and STS, and hands everything else on to an
account behind it. botocore meets it through its own endpoints, so nothing of Handrail is replaced.
"""

from __future__ import annotations

import json
import re
import threading
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import botocore.credentials
import botocore.tokens
import pytest
from awscrt.crypto import EC, ECExportFormat, ECType

ACCOUNT = "123456789012"
CODE = "ABCD-EFGH"
MFA = "774093"
CONFIG = f"""
[default]
region = eu-central-1
[profile acme]
sso_session = acme
sso_account_id = {ACCOUNT}
sso_role_name = Admin
region = eu-central-1
[sso-session acme]
sso_start_url = https://acme.awsapps.com/start
sso_region = eu-central-1
[profile old-style]
sso_start_url = https://old.awsapps.com/start
sso_region = eu-central-1
sso_account_id = {ACCOUNT}
sso_role_name = Admin
region = eu-central-1
[profile guarded]
role_arn = arn:aws:iam::{ACCOUNT}:role/Guarded
source_profile = keys
mfa_serial = arn:aws:iam::{ACCOUNT}:mfa/kim
region = eu-central-1
[profile keys]
aws_access_key_id = AKIAKEYS000000000001
aws_secret_access_key = x
[profile machine]
credential_process = /usr/bin/env false
"""
"""One profile of each kind. `keys` has no region; `default` has nothing else."""
CONSOLE = f"""
[profile console]
login_session = arn:aws:iam::{ACCOUNT}:user/kim
region = eu-central-1
[profile through-console]
role_arn = arn:aws:iam::{ACCOUNT}:role/Guarded
source_profile = console
region = eu-central-1
"""
"""Somebody who used `aws login`, which writes `login_session`."""


class Gate:
    """What the gate lets through, and what it was asked.

    Attributes:
        url: where it listens.
        behind: the address of the account behind it; empty if there is none.
        said_yes: whether somebody confirmed the code on the page.
        answer: an error that the page's code meets instead, such as "ExpiredTokenException".
        refreshable: whether a sign-in can renew itself.
        lacks: members that its answers about single sign-on leave out.
        otherwise: members that they have another value in.
        page: what they are instead.
        interval: seconds between two looks whether somebody said yes.
        lasts: seconds for which sign-ins and keys are good.
        expired: access keys that AWS does not take any more.
        ends_after: after so many further calls behind the gate, all keys of that moment expire; None for never.
        asked: every request, as "METHOD path" or STS's action.
        heard: every request as it came, its headers and its body.
    """

    def __init__(self, url: str, behind: str = "") -> None:
        self.url, self.behind = url, behind
        self.said_yes, self.answer, self.refreshable, self.lasts = False, "", False, 8 * 3600
        self.interval = 0
        self.lacks: set[str] = set()
        self.otherwise: dict[str, Any] = {}
        self.page: bytes | None = None
        self.expired: set[str] = set()
        self.ends_after: int | None = None
        self.asked: list[str] = []
        self.heard: list[str] = []
        self.issued: list[str] = []
        self.lock = threading.Lock()

    def end_all(self) -> None:
        """Every sign-in of until now has ended."""
        self.expired |= set(self.issued)
        self.said_yes = False

    # -- what is asked at the gate -----------------------------------------------------------------------

    def single_sign_on(self, path: str, said: Mapping[str, Any], token: str) -> tuple[int, dict[str, Any]] | None:
        """Status and document; None if this is something else."""
        match path:
            case "/client/register":
                later = int((datetime.now(UTC) + timedelta(days=90)).timestamp())
                return 200, {"clientId": "us", "clientSecret": "hush", "clientSecretExpiresAt": later}
            case "/device_authorization":
                page = "https://device.sso.eu-central-1.amazonaws.com/"
                return 200, {
                    "deviceCode": "device-1", "userCode": CODE, "verificationUri": page, "interval": self.interval,
                    "verificationUriComplete": f"{page}?user_code={CODE}", "expiresIn": 600,
                }  # fmt: skip
            case "/token":
                return self._token(said)
            case "/federation/credentials" if token in self.issued and token not in self.expired:
                until = int((datetime.now(UTC) + timedelta(seconds=self.lasts)).timestamp() * 1000)
                keys = self._issue("ASIASSO")
                role = {"accessKeyId": keys, "secretAccessKey": "x", "sessionToken": "t", "expiration": until}
                return 200, {"roleCredentials": role}
            case "/v1/token":
                return self._login(said)
            case "/federation/credentials":
                return 401, {"__type": "UnauthorizedException", "message": "Session token not found or invalid"}
        return None

    def _token(self, said: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        if said["grantType"] == "refresh_token":
            return 400, {"__type": "InvalidGrantException", "error_description": "It has run out."}
        assert said["deviceCode"] == "device-1" and said["clientSecret"] == "hush"
        if self.answer:
            return 400, {"__type": self.answer, "error_description": "As was asked for."}
        if not self.said_yes:
            return 400, {"__type": "AuthorizationPendingException", "error": "authorization_pending"}
        token = {"accessToken": self._issue("token"), "expiresIn": self.lasts, "tokenType": "Bearer"}
        return 200, {**token, **({"refreshToken": "again"} if self.refreshable else {})}

    def _login(self, said: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        """The sign-in of `aws login` renews itself (AWS Sign-In API Reference, CreateOAuth2Token, 2026-11)."""
        assert said["grantType"] == "refresh_token" and said["refreshToken"] == "again"
        if self.answer:
            return 400, {"__type": "AccessDeniedException", "error": self.answer, "message": "As was asked for."}
        keys = {"accessKeyId": self._issue("ASIALOGIN"), "secretAccessKey": "x", "sessionToken": "t"}
        return 200, {"accessToken": keys, "tokenType": "aws_sigv4", "expiresIn": 900, "refreshToken": "again"}

    def security_tokens(self, said: Mapping[str, str], key: str) -> tuple[int, str]:
        """Status and document of STS."""
        if said["Action"] == "GetCallerIdentity":
            arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/kim"
            return 200, _xml("GetCallerIdentity", f"<Arn>{arn}</Arn><UserId>U</UserId><Account>{ACCOUNT}</Account>")
        if "SerialNumber" in said and said.get("TokenCode") != MFA:
            why = "MultiFactorAuthentication failed with invalid MFA one time pass code."
            return 403, _error("AccessDenied", why)
        until = (datetime.now(UTC) + timedelta(seconds=self.lasts)).strftime("%Y-%m-%dT%H:%M:%SZ")
        keys = (
            f"<Credentials><AccessKeyId>{self._issue('ASIAMFA')}</AccessKeyId><SecretAccessKey>x</SecretAccessKey>"
            f"<SessionToken>t</SessionToken><Expiration>{until}</Expiration></Credentials>"
        )
        return 200, _xml("AssumeRole", keys)

    def let_through(self, key: str) -> bool:
        """Whether AWS takes these keys for one more call."""
        with self.lock:
            if self.ends_after is not None:
                self.ends_after -= 1
                if self.ends_after < 0:
                    self.ends_after = None
                    self.end_all()
            return key not in self.expired

    def _issue(self, kind: str) -> str:
        with self.lock:
            self.issued.append(f"{kind}{len(self.issued):013}")
            return self.issued[-1]


@contextmanager
def gate(behind: str = "") -> Iterator[Gate]:
    """A gate in front of an account, or of nothing."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Visitor)
    server.daemon_threads = True
    made = Gate(f"http://127.0.0.1:{server.server_address[1]}", behind)
    server.gate = made  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def at_home(folder: Path, gate: Gate, config: str = CONFIG) -> dict[str, str]:
    """The environment of somebody with these profiles, whose AWS is behind the gate. `folder` is their home."""
    (folder / "config").write_text(config)
    return {"HOME": str(folder), "AWS_CONFIG_FILE": str(folder / "config"), "AWS_ENDPOINT_URL": gate.url}


def readable_key() -> bytes:
    """A new key; of some 400 that awscrt makes there is one that it does not read again (awscrt 0.38)."""
    while True:
        der: bytes = EC.new_generate(ECType.P_256).export_key(ECExportFormat.SEC1)
        with suppress(RuntimeError):
            EC.new_key_from_der_data(der)
            return der


def logged_in(folder: Path, minutes: int = 15) -> Path:
    """What `aws login` leaves, whose keys are good for so many minutes; `folder` is the home of CONSOLE's person.

    The form is that of botocore.credentials.LoginCredentialFetcher (botocore 1.44).
    """
    until = datetime.now(UTC) + timedelta(minutes=minutes)
    pem = f"-----BEGIN EC PRIVATE KEY-----\n{b64encode(readable_key()).decode()}\n-----END EC PRIVATE KEY-----\n"
    keys = {"accessKeyId": "ASIALOGIN", "secretAccessKey": "x", "sessionToken": "t", "accountId": ACCOUNT}
    token = {
        "accessToken": {**keys, "expiresAt": until.strftime("%Y-%m-%dT%H:%M:%SZ")}, "tokenType": "aws_sigv4",
        "refreshToken": "again", "idToken": "who", "clientId": "arn:aws:signin:::devtools/same-device", "dpopKey": pem,
    }  # fmt: skip
    name = sha256(f"arn:aws:iam::{ACCOUNT}:user/kim".encode()).hexdigest()
    file = folder / ".aws" / "login" / "cache" / f"{name}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(token))
    return file


class _Visitor(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def _answer(self) -> None:
        gate: Gate = self.server.gate  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path).path
        gate.heard.append(f"{self.command} {self.path}\n{self.headers}\n{body.decode(errors='replace')}")
        found = re.search(r"Credential=([^/]+)/\d+/[^/]+/([^/]+)/", self.headers.get("Authorization", ""))
        key, service = (found[1], found[2]) if found else ("", "")
        if not service:
            said = json.loads(body) if body.startswith(b"{") else {}
            gate.asked.append(f"{self.command} {path}")
            answer = gate.single_sign_on(path, said, self.headers.get("x-amz-sso_bearer_token", ""))
            assert answer is not None, f"{self.command} {self.path} is not single sign-on"
            kind = {"x-amzn-ErrorType": str(answer[1].get("__type", ""))} if answer[0] >= 400 else {}
            told = {key: gate.otherwise.get(key, value) for key, value in answer[1].items() if key not in gate.lacks}
            self._send(
                answer[0],
                json.dumps(told).encode() if gate.page is None else gate.page,
                {"Content-Type": "application/json", **kind},
            )
            return
        form = {name: values[0] for name, values in parse_qs(body.decode(errors="replace")).items()}
        gate.asked.append(form.get("Action", f"{self.command} {path}"))
        if not gate.let_through(key):
            self._send(403, _error("ExpiredToken", "The security token included in the request is expired").encode())
        elif service == "sts":
            status, text = gate.security_tokens(form, key)
            self._send(status, text.encode())
        elif gate.behind:
            self._hand_on(gate.behind, body)
        else:
            self._send(403, _error("AccessDenied", "There is nothing behind this gate.").encode())

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _answer

    def _hand_on(self, behind: str, body: bytes) -> None:
        request = urllib.request.Request(f"{behind}{self.path}", body or None, dict(self.headers), method=self.command)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                self._send(answer.status, answer.read(), dict(answer.headers))
        except urllib.error.HTTPError as error:
            self._send(error.code, error.read(), dict(error.headers))

    def _send(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {"Content-Type": "text/xml"}).items():
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def _xml(action: str, inside: str) -> str:
    return (
        f'<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result>{inside}</{action}Result>'
        f"<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{action}Response>"
    )


def _error(code: str, message: str) -> str:
    """Both XML forms of an error at once: that of EC2 and that of the other query services."""
    return (
        f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        f"<Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors></ErrorResponse>"
    )


def keep_tokens_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore works out where sign-ins are kept when it is loaded: in this process, tell it again."""
    for provider in (botocore.credentials.SSOProvider, botocore.tokens.SSOTokenProvider):
        monkeypatch.setattr(provider, "_SSO_TOKEN_CACHE_DIR", str(folder / ".aws" / "sso" / "cache"))
