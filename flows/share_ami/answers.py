"""What an answer about a shared image must be beyond its form, and what is worth saying about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

from flows.aws import accounts, amis, kms_keys
from flows.aws.kms_keys import KEEP, Key
from flows.engine import Caution, Cloud, Danger, Refused

STOP, REBOOT, NO_REBOOT = "stop", "reboot", "no_reboot"


class Answers(Protocol):
    """The set-up as the functions here see it: its answers by their keys."""

    cloud: Cloud
    instance: amis.Machine
    account: str
    copies: bool

    def elsewhere(self) -> str: ...
    def called(self, key: Key | str) -> str: ...
    def key_is_closed(self) -> str: ...


def ready(image: amis.Image | str, flow: Answers) -> None:
    if isinstance(image, amis.Image):
        amis.usable(image, flow.cloud.identity.region)


def from_disks(machine: amis.Machine, flow: Answers) -> None:
    if machine.root != "ebs":
        raise Refused(f"{machine.id} has its system on a temporary disk. Such a machine cannot be shared this way.")


def free(name: str, flow: Answers) -> None:
    amis.free(flow.cloud, name)


def possible(how: str, flow: Answers) -> Iterator[Caution]:
    machine = flow.instance
    if how == NO_REBOOT and machine.state == amis.RUNNING:
        disks = " Its disks are copied at slightly different moments." if len(machine.volumes) > 1 else ""
        yield Caution(
            "no-reboot",
            f"Files that are being written may be damaged; a database may not start from such an image.{disks}",
            confirm=True,
            switch=STOP,
        )
    if how == REBOOT and machine.state == amis.RUNNING:
        yield Caution(
            "restarts",
            f"{machine.name or machine.id} is restarted: what runs on it is away for about a minute.",
            confirm=True,
            danger=Danger.STOPS,
        )
    if how != STOP or machine.state != amis.RUNNING:
        return
    reason = ""
    if machine.group:
        reason = f"its Auto Scaling group {machine.group} would replace it"
    elif machine.spot:
        reason = "it is a spot machine"
    elif amis.protected(flow.cloud, machine):
        reason = "stop protection is on"
    if reason:
        raise Refused(f"{machine.id} cannot be stopped here: {reason}. Choose {REBOOT} or {NO_REBOOT}.")
    yield Caution(
        "stops",
        f"{machine.name or machine.id} is stopped: it is off for about a minute, then started again.",
        confirm=True,
        danger=Danger.STOPS,
    )
    if machine.loses_address:
        yield Caution(
            "address-changes",
            f"The machine loses its public address {machine.address} for good. After starting again it gets another: "
            "everything that points to the old one must be changed.",
            confirm=True,
            danger=Danger.FOR_GOOD,
        )


def another(account: str, flow: Answers) -> Iterator[Caution]:
    accounts.another(flow.cloud, account)
    yield Caution(
        "compare-the-number",
        f"{account} gets your disks, with every password and key on them, and keeps what it copies. Compare the number "
        "once more with the receiver: a wrong digit gives all of it to a stranger.",
        confirm=True,
        danger=Danger.FOR_GOOD,
    )


def theirs(profile: str, flow: Answers) -> None:
    accounts.profile_of(flow.cloud, profile, flow.account)


def size(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9-]*\.[a-z0-9-]+", text):
        raise Refused(f"“{text}” is not an instance type. It looks like t3.micro.")
    return text


def fits(key: Key | str, flow: Answers) -> Iterator[Caution]:
    if key == KEEP:
        if reason := flow.key_is_closed():
            raise Refused(f"The disks cannot keep their key: {reason}. Choose {kms_keys.NEW}, or a key of your own.")
        return
    if isinstance(key, Key):
        kms_keys.usable(flow.cloud, key, flow.elsewhere())
    if flow.called(key) != flow.called(KEEP):
        amis.free(flow.cloud, flow.called(key))
    yield Caution("key-stays", "While the receiver uses the image, do not delete or disable its key.")


def copyable(wanted: bool, flow: Answers) -> None:
    if wanted and not flow.copies:
        raise Refused("They may not copy it: the disks' snapshots are not shared. Answer yes to “copies” first.")
