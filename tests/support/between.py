"""Something between Handrail and the practice account that listens, refuses, or talks nonsense."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

Answer = tuple[int, str, bytes]
"""Status, content type and body."""


def ec2_error(code: str, message: str, status: int = 403) -> Answer:
    """An error as EC2 writes it; `message` is put into the XML as it is."""
    body = f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors></Response>"
    return status, "text/xml", body.encode()


def sts_error(code: str, message: str, status: int = 403) -> Answer:
    """An error as the older query services write it."""
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    body = f"<ErrorResponse>{error}</ErrorResponse>"
    return status, "text/xml", body.encode()


@contextmanager
def answering(answer: Callable[[str, bytes, dict[str, str]], Answer]) -> Iterator[str]:
    """A server on this machine; `answer` gets the operation's name, the body and the headers."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            target = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
            operation = target or parse_qs(body.decode(errors="replace")).get("Action", [""])[0]
            status, kind, text = answer(operation, body, dict(self.headers.items()))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_HEAD = do_PUT = do_DELETE = do_POST

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def between(
    url: str,
    *,
    deny: str = "",
    error: Answer | None = None,
    heard: list[str] | None = None,
    first: Callable[[str], None] = lambda operation: None,
) -> Iterator[str]:
    """The account at `url`, except that the operation `deny` ("*" is every EC2 one) gets `error`.

    Every operation is noted in `heard`, as `service:Operation` with IAM's name of the service. `first` is called
    with each before it is passed on, and may take its time.
    """
    refusal = error or ec2_error("UnauthorizedOperation", "You are not authorized to perform this operation.")

    def answer(operation: str, body: bytes, headers: dict[str, str]) -> Answer:
        service = headers.get("Authorization", "").split("/")[3:4]
        if heard is not None:
            heard.append(f"{''.join(service)}:{operation}")
        first(operation)
        if operation == deny or (deny == "*" and service == ["ec2"]):
            return refusal
        sent = {name: value for name, value in headers.items() if name.lower() not in ("host", "content-length")}
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, sent, method="POST")) as reply:
                return reply.status, reply.headers["Content-Type"], reply.read()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.headers["Content-Type"], refused.read()

    with answering(answer) as address:
        yield address
