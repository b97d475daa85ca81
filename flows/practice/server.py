"""The practice account behind a loopback address, for tests that need it to outlive the process under test.

It is the same door: only the way a request arrives differs. It listens on 127.0.0.1 alone, has no reset
address, and prints nothing.
"""

from __future__ import annotations

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from botocore.awsrequest import AWSPreparedRequest

from flows.practice import PracticeAccount
from flows.practice.door import Door, prepared

HOSTS = {
    "iam": "iam",
    "route53": "route53",
    "cloudfront": "cloudfront",
    "pricing": "api.pricing.{region}",
}
"""Signing name → host, where it is not <name>.<region>."""
SCOPE = re.compile(r"Credential=[^/]+/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")


class Served:
    """A running server; `account` is what it serves."""

    def __init__(self, account: PracticeAccount, port: int) -> None:
        self.account = account
        handler = type("Handler", (_Handler,), {"door": account.door})
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self.account.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def serve(port: int = 0, *, seed: bool = True, hurry: bool = True, folder: Path | None = None) -> Served:
    """Serve an account until stopped: in memory, or kept in `folder`; without `seed` an empty one."""
    account = PracticeAccount(folder, region="eu-central-1", hurry=hurry, seed=seed)
    try:
        return Served(account, port)
    except BaseException:
        account.close()
        raise


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # an answer in one piece and at once: in two, the second waits 40 ms for the visitor to confirm the first
    wbufsize = -1
    disable_nagle_algorithm = True
    door: Door

    def _answer(self) -> None:
        headers = dict(self.headers.items())
        body = self._body(headers)
        status, answered, answer = self.door.answer(forwarded(self.command, self.path, headers, body))
        self.send_response(status)
        for name, value in answered.items():
            if name.lower() not in ("content-length", "connection", "transfer-encoding", "status"):
                self.send_header(name, value)
        length = next((value for name, value in answered.items() if name.lower() == "content-length"), "")
        self.send_header("Content-Length", length if self.command == "HEAD" and length else str(len(answer)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = _answer

    def _body(self, headers: dict[str, str]) -> bytes:
        lowered = {name.lower(): value for name, value in headers.items()}
        if lowered.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(lowered.get("content-length") or 0))
        whole = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            whole += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return whole

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: what a test prints should be the test's own."""


def forwarded(method: str, path: str, headers: dict[str, str], body: bytes) -> AWSPreparedRequest:
    """A request to this machine as it would have gone to AWS."""
    host = _host(headers.get("Authorization", ""), headers.get("x-amz-account-id", ""))
    others = {name: value for name, value in headers.items() if name.lower() != "host"}
    return prepared(method, f"https://{host}{path}", {**others, "Host": host}, body)


def _host(authorization: str, account: str) -> str:
    """The host the request would have had on AWS, which its signature tells; without one it is S3's.

    S3 Control signs as S3 does, and names the account.
    """
    scope = SCOPE.search(authorization)
    if scope is None:
        return "s3.amazonaws.com"
    if account:
        return f"{account}.s3-control.{scope['region']}.amazonaws.com"
    name = HOSTS.get(scope["service"], scope["service"] + ".{region}")
    return f"{name.format(region=scope['region'])}.amazonaws.com"
