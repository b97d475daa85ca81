"""An account with very many VPCs, which answers as EC2 does: in pages, each after a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

DELAY = 0.15
"""Seconds that a call takes."""
EC2, STS = "http://ec2.amazonaws.com/doc/2016-11-15/", "https://sts.amazonaws.com/doc/2011-06-15/"


class Account:
    """What there is, and what was asked for.

    Attributes:
        url: where it listens.
        asked: every operation, in order.
    """

    def __init__(self, count: int, url: str) -> None:
        self.url, self.asked = url, list[str]()
        self._count = count

    def answer(self, asked: dict[str, str]) -> str:
        """The answer to a request, as XML."""
        action = asked["Action"]
        self.asked.append(action)
        time.sleep(DELAY)
        match action:
            case "GetCallerIdentity":
                who = "<Account>123456789012</Account><Arn>arn:aws:iam::123456789012:user/kim</Arn><UserId>A</UserId>"
                return _xml("GetCallerIdentity", STS, f"<GetCallerIdentityResult>{who}</GetCallerIdentityResult>")
            case "DescribeVpcs":
                return _xml("DescribeVpcs", EC2, self._vpcs(asked))
            case _:
                raise KeyError(action)

    def _vpcs(self, asked: dict[str, str]) -> str:
        numbers = list(range(self._count))
        if asked.get("Filter.1.Name") == "tag:Name":
            numbers = [n for n in numbers if f"network number {n}" == asked["Filter.1.Value.1"]]
        first, many = int(asked.get("NextToken", 0)), int(asked.get("MaxResults", self._count))
        page = numbers[first : first + many]
        more = f"<nextToken>{first + many}</nextToken>" if first + many < len(numbers) else ""
        return f"<vpcSet>{''.join(map(_vpc, page))}</vpcSet>{more}"


@contextmanager
def serve(count: int) -> Iterator[Account]:
    """The account, on a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            asked = {key: value[0] for key, value in parse_qs(self.rfile.read(length).decode()).items()}
            try:
                status, body = 200, account.answer(asked).encode()
            except KeyError:
                error = "<Error><Code>AccessDenied</Code><Message>no</Message></Error>"
                status, body = 403, f"<Response><Errors>{error}</Errors></Response>".encode()
            head = f"HTTP/1.1 {status} -\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
            self.wfile.write(head.encode() + body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    account = Account(count, f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield account
    finally:
        server.shutdown()
        server.server_close()


def _vpc(number: int) -> str:
    tag = f"<item><key>Name</key><value>network number {number}</value></item>"
    return (
        f"<item><vpcId>vpc-{number:08x}</vpcId><ownerId>123456789012</ownerId><state>available</state>"
        f"<cidrBlock>10.0.0.0/16</cidrBlock><isDefault>false</isDefault><tagSet>{tag}</tagSet></item>"
    )


def _xml(action: str, space: str, inside: str) -> str:
    return f'<{action}Response xmlns="{space}"><requestId>r</requestId>{inside}</{action}Response>'
