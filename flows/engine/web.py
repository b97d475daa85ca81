"""A look at a page over the internet, as a visitor would see it. Only ever done when somebody allowed it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from .files import reason

if TYPE_CHECKING:
    from http.client import HTTPConnection

TIME_OUT = 10.0
"""Seconds for the whole look, looking the name up included."""
READ = 65536
"""Bytes of the page that are read; enough to compare two."""


class Missed(StrEnum):
    """Why a page could not be looked at."""

    UNRESOLVED = "the name is not known"
    UNREACHABLE = "there was no answer"
    CERTIFICATE = "the certificate is not good for the name"


@dataclass(frozen=True)
class Page:
    """What came back. `missed` says why nothing did; `why` has the details. A header that came several times, such as
    `set-cookie`, has a line for each."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    missed: Missed | None = None
    why: str = ""


def look_at(url: str, time_out: float = TIME_OUT) -> Page:
    """Fetch a page once, without following redirects, by way of the proxy that this machine's environment names.

    Never raises, and is over after `time_out` seconds.
    """
    pages: queue.SimpleQueue[Page] = queue.SimpleQueue()
    # looking a name up cannot be given a time-out of its own, and must not keep the process from ending
    threading.Thread(target=lambda: pages.put(_fetched(url, time_out)), daemon=True).start()
    try:
        return pages.get(timeout=time_out)
    except queue.Empty:
        return Page(missed=Missed.UNREACHABLE, why=f"no answer within {time_out:.0f} seconds")


def _fetched(url: str, time_out: float) -> Page:
    import http.client
    import socket
    import ssl

    try:
        parts = urlsplit(url)
        proxy = _proxy_for(parts)
        connection, where, headers = _opened(parts, proxy, time_out)
    except ValueError as error:
        return Page(missed=Missed.UNREACHABLE, why=str(error))
    by = f" (by way of the proxy {proxy.hostname})" if proxy else ""
    try:
        connection.request("GET", where, headers={"User-Agent": "handrail", **headers})
        answer = connection.getresponse()
        told: dict[str, str] = {}
        for name, value in answer.getheaders():
            told[name.lower()] = f"{told[name.lower()]}\n{value}" if name.lower() in told else value
        return Page(answer.status, told, answer.read(READ))
    except ssl.SSLCertVerificationError as error:
        return Page(missed=Missed.CERTIFICATE, why=f"{error.verify_message}{by}")
    except socket.gaierror as error:  # where there is a proxy, that is the only name which is looked up here
        return Page(missed=Missed.UNREACHABLE if proxy else Missed.UNRESOLVED, why=f"{error.strerror}{by}")
    except (OSError, http.client.HTTPException) as error:
        return Page(missed=Missed.UNREACHABLE, why=f"{reason(error)}{by}")
    finally:
        connection.close()


def _proxy_for(parts: SplitResult) -> SplitResult | None:
    """What HTTPS_PROXY, HTTP_PROXY and NO_PROXY say of this address, or the system's settings where it has some."""
    from urllib.request import getproxies, proxy_bypass

    proxy = getproxies().get(parts.scheme)
    if not proxy or proxy_bypass(parts.netloc):
        return None
    return urlsplit(proxy if "://" in proxy else f"http://{proxy}")


def _opened(
    parts: SplitResult, proxy: SplitResult | None, time_out: float
) -> tuple[HTTPConnection, str, dict[str, str]]:
    """A connection that is not open yet, what to ask for on it, and with which headers. Raises ValueError."""
    from base64 import b64encode
    from http.client import HTTPConnection, HTTPSConnection
    from urllib.parse import unquote

    path, kind = parts.path or "/", HTTPSConnection if parts.scheme == "https" else HTTPConnection
    if proxy is None:
        return kind(parts.netloc, timeout=time_out), path, {}
    if proxy.scheme != "http" or not proxy.hostname:
        raise ValueError(f"a proxy with {proxy.scheme}:// cannot be used here, only one with http://")
    words = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}" if proxy.username else ""
    headers = {"Proxy-Authorization": f"Basic {b64encode(words.encode()).decode()}"} if words else {}
    connection = kind(proxy.hostname, proxy.port or 80, timeout=time_out)
    if kind is HTTPConnection:
        return connection, f"http://{parts.netloc}{path}", headers
    connection.set_tunnel(parts.hostname or "", parts.port or 443, headers)
    return connection, path, {}
