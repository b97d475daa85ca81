"""A look at a page over the internet, as a visitor would see it. Only ever done when somebody allowed it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

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
    """What came back. `missed` says why nothing did; `why` has the details."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    missed: Missed | None = None
    why: str = ""


def look_at(url: str, time_out: float = TIME_OUT) -> Page:
    """Fetch a page once, without following redirects. Never raises, and is over after `time_out` seconds."""
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

    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=time_out)
    try:
        connection.request("GET", parts.path or "/", headers={"User-Agent": "handrail"})
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return Page(answer.status, headers, answer.read(READ))
    except ssl.SSLCertVerificationError as error:
        return Page(missed=Missed.CERTIFICATE, why=error.verify_message)
    except socket.gaierror as error:
        return Page(missed=Missed.UNRESOLVED, why=str(error.strerror))
    except (OSError, http.client.HTTPException) as error:
        return Page(missed=Missed.UNREACHABLE, why=str(error))
    finally:
        connection.close()
