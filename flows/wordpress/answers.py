"""What the answers about WordPress must be, and what is worth saying about them."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import IPv4Network

from flows.aws import hostnames
from flows.engine import Refused

EVERYBODY = IPv4Network("0.0.0.0/0")
SYSTEM_FOLDERS = {
    "/", "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/opt", "/proc", "/root", "/run", "/sbin", "/srv", "/sys",
    "/usr", "/var", "/var/www", "/var/lib", "/var/log",
}  # fmt: skip


def whole(least: int, most: int, what: str) -> Callable[[str], int]:
    """A reader of whole numbers in that range; `what` names the unit."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 6 and least <= int(text) <= most):
            raise Refused(f"“{text}” will not do: a whole number from {least} to {most} {what}.")
        return int(text)

    return read


def one_of(*known: str) -> Callable[[str], str]:
    """A reader of one of these words."""

    def read(text: str) -> str:
        if text not in known:
            raise Refused(f"“{text}” is not known. Enter {' or '.join(known)}.")
        return text

    return read


def domain(text: str) -> str:
    """A name for visitors, or nothing. Raises Refused."""
    if not text:
        return ""
    name = hostnames.hostname(text)
    if name.startswith("*."):
        raise Refused(f"“{text}” is no single name. WordPress needs exactly one, for example www.{name[2:]}.")
    return name


def name(text: str) -> str:
    """A name that the machine, its role, its profile and its security group can have. Raises Refused."""
    if not re.fullmatch(r"[A-Za-z0-9-]{1,60}", text) or text.lower().startswith("sg-"):
        raise Refused(f"“{text}” cannot be its name: letters, digits and hyphens, at most 60, not sg-… at its start.")
    return text


def folder(text: str) -> str:
    """The folder with wp-load.php. Raises Refused."""
    bare = text.rstrip("/") or "/"
    if not re.fullmatch(r"/[A-Za-z0-9._/-]*", text) or ".." in text or "//" in text:
        raise Refused(f"“{text}”: give the full path of the folder that contains wp-load.php, like /var/www/html.")
    if bare in SYSTEM_FOLDERS:
        raise Refused(f"{bare} is a system folder; a change of its permissions could break the machine. Give another.")
    return bare


def visitors(text: str) -> IPv4Network:
    """Who may open the page. Raises Refused."""
    try:
        return IPv4Network(text)
    except ValueError:
        raise Refused(f"“{text}” is no network. Enter one like 203.0.113.7/32, or 0.0.0.0/0 for everybody.") from None


def enough_memory(memory: int, upload: int, machine: int = 0) -> None:
    """Raises Refused when PHP could not hold an upload, or would take more than half of a machine's MB."""
    most = machine // 2
    if memory < upload + 16 or (most and memory > most):
        limit = f" and at most {most}" if most else ""
        raise Refused(f"{memory} MB will not do for uploads of {upload} MB: at least {upload + 16}{limit} MB.")
