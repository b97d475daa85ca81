"""Something between a command and the practice account that notes each request and refuses one that would change it."""

from __future__ import annotations

import http.client
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

WORDS = "You are not authorized to perform this operation. Encoded authorization failure message: 4GIOHlTkIaWHQD0Q74m6"

OWN = ("host", "content-length", "transfer-encoding", "expect", "connection", "date", "server")
"""Headers that each side of it has for itself."""


@dataclass
class Refusing:
    """What it does, and what it saw.

    Attributes:
        url: where it listens.
        behind: the account.
        refuse: the number of the changing request that is refused, from 1 on, and all after it; 0 is none.
        changing: every request that would change something, by its operation or its method and path.
    """

    url: str
    behind: str
    refuse: int = 0
    changing: list[str] = field(default_factory=list)

    def refuses(self, name: str) -> bool:
        """Whether this one is not let through."""
        self.changing.append(name)
        return 0 < self.refuse <= len(self.changing)


@contextmanager
def refusing(behind: str) -> Iterator[Refusing]:
    """Such a door before the account at the address `behind`."""

    class Visitor(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            name = _operation(self.command, self.path, self.headers.get("X-Amz-Target", ""), body)
            if name and made.refuses(name):
                kind, text = _refusal(self.headers.get("Authorization", ""), self.headers.get("Content-Type", ""))
                self._send(403, {"Content-Type": kind, "x-amzn-ErrorType": "AccessDeniedException"}, text.encode())
                return
            sent = {name: value for name, value in self.headers.items() if name.lower() not in OWN}
            account = http.client.HTTPConnection(urlsplit(made.behind).netloc, timeout=60)
            account.request(self.command, self.path, body, sent)
            answer = account.getresponse()
            self._send(answer.status, dict(answer.headers), answer.read())
            account.close()

        do_GET = do_HEAD = do_PUT = do_DELETE = do_POST

        def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in OWN:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Visitor)
    server.daemon_threads = True
    made = Refusing(f"http://127.0.0.1:{server.server_address[1]}", behind)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _operation(method: str, path: str, target: str, body: bytes) -> str:
    """What a request would change; empty if it only reads."""
    name = target.rpartition(".")[2] or parse_qs(body.decode(errors="replace")).get("Action", [""])[0]
    if name:
        return "" if re.match("Get|List|Describe|BatchGet", name) else name
    return "" if method in ("GET", "HEAD") else f"{method} {path}"


def _refusal(signature: str, kind: str) -> tuple[str, str]:
    """Content type and body, in the form of the service that was asked."""
    service = re.findall(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/", signature)
    if "json" in kind or service == ["lambda"]:
        return "application/x-amz-json-1.1", f'{{"__type": "AccessDeniedException", "message": "{WORDS}"}}'
    error = f"<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>{WORDS}</Message></Error>"
    if service == ["s3"]:
        return "application/xml", error
    return "text/xml", f"<ErrorResponse>{error}<Errors>{error}</Errors></ErrorResponse>"
