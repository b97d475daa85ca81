"""What the answers about WordPress must be, and what is worth saying about them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network
from typing import Any, Protocol

from flows.aws import addresses, hostnames, instances, keepers
from flows.engine import Caution, Cloud, Danger, Refused

from . import rules

NEW, EXISTING = "new_instance", "existing_instance"
DASHBOARD, COMMAND = "dashboard", "command"
EVERYBODY = IPv4Network("0.0.0.0/0")
SYSTEM_FOLDERS = {
    "/", "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/opt", "/proc", "/root", "/run", "/sbin", "/srv", "/sys",
    "/usr", "/var", "/var/www", "/var/lib", "/var/log",
}  # fmt: skip


class Answers(Protocol):
    """The set-up as the functions here see it: its answers by their keys."""

    cloud: Cloud
    mode: str
    instance_type: str
    upload_limit_mb: int


# -- the form of an answer -------------------------------------------------------------------------------------


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
        network = IPv4Network(text, strict=False)
    except ValueError:
        raise Refused(f"“{text}” is no network. Enter one like 203.0.113.7/32, or 0.0.0.0/0 for everybody.") from None
    if IPv4Address(text.partition("/")[0]) != network.network_address:
        raise addresses.beginning(text, network)
    return network


uploads, memory = whole(2, 1024, "MB"), whole(32, 16384, "MB")
PARAMETERS: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "domain": ("SITE", domain),
    "folder": ("ROOT", folder),
    "upload_limit_mb": ("UPLOAD_MB", uploads),
    "memory_limit_mb": ("MEMORY_MB", memory),
    "updates": ("UPDATES", one_of(DASHBOARD, COMMAND)),
}
"""Answers → what the script calls them, and how they are read."""


# -- what it must be beyond that -------------------------------------------------------------------------------


def fit(type_: str, flow: Answers) -> Iterator[Caution]:
    kind = instances.kind(flow.cloud, type_)
    if kind.memory < 2048:
        yield Caution(
            "little-memory",
            f"{kind.id} has {kind.memory} MB. With a database on the same machine that is slow; a swap file of 2 GB "
            "is made, so that it does not run out.",
        )


def offered(place: instances.Place, flow: Answers) -> None:
    instances.offered(flow.cloud, flow.instance_type, place)


def nameless(name: str, flow: Answers) -> Iterator[Caution]:
    if not name:
        yield Caution(
            "no-domain",
            "WordPress keeps the address of the first visit. With a name later, both addresses must be changed in it.",
        )


def manageable(machine: instances.Machine, flow: Answers) -> Iterator[Caution]:
    if machine.state != "running":
        raise Refused(f"{machine.id} is {machine.state}. Start it first, or choose another.")
    if machine.answers is False:
        raise Refused(rules.SILENT.format(machine.id))
    if machine.group:
        yield Caution(
            "replaced",
            f"{machine.id} belongs to the Auto Scaling group {machine.group}: what is changed on it is lost when the "
            "group replaces it. Change the image or the launch template as well.",
        )
    others = [each for each in machine.tags if each["Key"] != instances.GROUPED]
    yield from keepers.beforehand(f"The machine {machine.name or machine.id}", others, "instance")


def holds(memory: int, flow: Answers) -> None:
    machine = instances.kind(flow.cloud, flow.instance_type).memory if flow.mode == NEW else 0
    enough_memory(memory, flow.upload_limit_mb, machine)


def enough_memory(memory: int, upload: int, machine: int = 0) -> None:
    """Raises Refused when PHP could not hold an upload, or would take more than half of a machine's MB."""
    most = machine // 2
    if memory < upload + 16 or (most and memory > most):
        limit = f" and at most {most}" if most else ""
        raise Refused(f"{memory} MB will not do for uploads of {upload} MB: at least {upload + 16}{limit} MB.")


def first_come(networks: tuple[IPv4Network, ...], flow: Answers) -> Iterator[Caution]:
    if EVERYBODY in networks:
        yield Caution(
            "set-up-page-open",
            "Everybody reaches the machine, and until you finish WordPress's set-up page, anybody who finds it can "
            "become the administrator. Finish it at once, or name your own address under “visitors” first.",
            confirm=True,
            danger=Danger.OPENS,
        )
