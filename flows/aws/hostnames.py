"""Names under which a website can be reached, and what such a name may look like."""

from __future__ import annotations

import re
from ipaddress import ip_address

from flows.engine import Refused

LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
AMAZONS = ("cloudfront.net", "amazonaws.com")


def hostname(text: str) -> str:
    """A host name that somebody may choose, as `visited` has it. Raises Refused."""
    name = visited(text)
    for own in AMAZONS:
        if name.removeprefix("*.") == own or name.endswith(f".{own}"):
            raise Refused(f"You cannot choose names below {own}.")
    return name


def visited(text: str) -> str:
    """A host name that there may be, in lower case, other alphabets as DNS writes them. Raises Refused."""
    if "://" in text or "/" in text:
        bare = re.sub(r"^[a-z]+://", "", text.lower()).partition("/")[0]
        raise Refused("Only the name, without https:// and without path.", suggestion=bare)
    name = text.lower().rstrip(".")
    if _is_address(name):
        raise Refused(f"{name} is an IP address. An IP address cannot be used; enter a name like www.example.com.")
    if not name.isascii():
        try:
            name = name.encode("idna").decode()
        except UnicodeError:
            raise _no_name(text) from None
    rest = name.removeprefix("*.")
    if "*" in rest:
        raise Refused(f"“{text}”: a wildcard may only be the first part, for example *.example.com.")
    labels = rest.split(".")
    if len(labels) == 1 and LABEL.fullmatch(rest):
        raise Refused(f"“{text}” has no domain ending. It looks like www.example.com.")
    if len(name) > 253 or not all(LABEL.fullmatch(label) for label in labels):
        raise _no_name(text)
    return name


def covers(certified: str, name: str) -> bool:
    """Whether a certificate's name is good for `name`: a wildcard stands for exactly one label, never for none."""
    if certified == name:
        return True
    return certified.startswith("*.") and name.partition(".")[2] == certified[2:] and not name.startswith("*.")


def slug(name: str) -> str:
    """A name as part of an action's id."""
    return name.replace("*", "any").replace(".", "-")


def _no_name(text: str) -> Refused:
    return Refused(f"“{text}” is not a domain name. It looks like www.example.com.")


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
