"""A page is looked at by way of the proxy that this machine goes by, within the same limits."""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from flows.engine.web import READ, Missed, look_at

PAGE = b"HTTP/1.1 200 OK\r\nX-Seen: yes\r\nContent-Length: 5\r\n\r\nhello"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@contextmanager
def answering(answer: bytes) -> Iterator[tuple[str, list[str]]]:
    """Something on loopback that answers whatever comes; its address, and what came."""
    came: list[str] = []
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    came.append(connection.recv(65536).decode())
                    connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}", came
        server.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("written", ["http://{}", "{}", "http://{}/"])
def test_a_page_comes_by_way_of_the_proxy(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    with answering(PAGE) as (address, came):
        monkeypatch.setenv("http_proxy", written.format(address))
        page = look_at("http://www.example.com/a")
    assert (page.status, page.headers["x-seen"], page.body, page.missed) == (200, "yes", b"hello", None)
    assert came[0].startswith("GET http://www.example.com/a HTTP/1.1\r\nHost: www.example.com\r\n")


def test_each_of_several_cookies_is_told() -> None:
    """Only their lines tell them apart: a comma stands in their dates."""
    cookies = b"Set-Cookie: a=1; Expires=Mon, 07 Dec 2026 10:00:00 GMT\r\nset-cookie: b=2\r\n"
    with answering(PAGE.replace(b"X-Seen: yes\r\n", cookies)) as (address, _):
        page = look_at(f"http://{address}/")
    assert page.headers["set-cookie"] == "a=1; Expires=Mon, 07 Dec 2026 10:00:00 GMT\nb=2"


def test_https_is_tunnelled_and_the_password_stays_between_us_and_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n") as (address, came):
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:pass%3Aword@{address}")
        page = look_at("https://www.example.com/a")
    assert came[0].startswith("CONNECT www.example.com:443 HTTP/1.")
    assert f"Proxy-Authorization: Basic {base64.b64encode(b'me:pass:word').decode()}\r\n" in came[0]
    assert page.missed is Missed.UNREACHABLE
    assert "407" in page.why
    assert "(by way of the proxy 127.0.0.1)" in page.why
    assert "word" not in page.why


def test_what_needs_no_proxy_is_asked_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(PAGE) as (address, came):
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1,.example.com")
        page = look_at(f"http://{address}/a")
    assert page.status == 200
    assert came[0].startswith("GET /a HTTP/1.1\r\n")


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "https://127.0.0.1:1", "http://[::1", "http://h:port"])
def test_a_proxy_that_cannot_be_used_is_not_the_pages_fault(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("https_proxy", proxy)
    page = look_at("https://www.example.com/")
    assert page.missed is Missed.UNREACHABLE
    assert page.why


def test_no_more_is_read_by_way_of_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 3 * READ) as (address, _):
        monkeypatch.setenv("http_proxy", address)
        assert len(look_at("http://www.example.com/").body) == READ
