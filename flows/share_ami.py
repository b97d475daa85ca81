"""A machine image, given to another account: made from a machine or taken as it is, copied where needed, and shared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from flows.aws import accounts, image_handover, image_sharing, images
from flows.engine import Caution, Choice, Cloud, Finding, Flow, Handover, Plan, Refused, Text, Yes

STOP, REBOOT, NO_REBOOT = "stop", "reboot", "no_reboot"


def ready(image: images.Image | str, flow: ShareImage) -> None:
    if isinstance(image, images.Image):
        images.usable(image)


def from_disks(machine: images.Machine, flow: ShareImage) -> None:
    if machine.root != "ebs":
        raise Refused(f"{machine.id} has its system on a temporary disk. Such a machine cannot be shared this way.")


def free(name: str, flow: ShareImage) -> None:
    images.free(flow.cloud, name)


def possible(how: str, flow: ShareImage) -> Iterator[Caution]:
    machine = flow.instance
    if how == NO_REBOOT and machine.state == images.RUNNING:
        disks = " Its disks are copied at slightly different moments." if len(machine.volumes) > 1 else ""
        yield Caution(
            "no-reboot",
            f"Files that are being written may be damaged; a database may not start from such an image.{disks}",
            confirm=True,
            switch=STOP,
        )
    if how != STOP or machine.state != images.RUNNING:
        return
    reason = ""
    if machine.group:
        reason = f"its Auto Scaling group {machine.group} would replace it"
    elif machine.spot:
        reason = "it is a spot machine"
    elif images.protected(flow.cloud, machine):
        reason = "stop protection is on"
    if reason:
        raise Refused(f"{machine.id} cannot be stopped here: {reason}. Choose {REBOOT} or {NO_REBOOT}.")
    yield Caution("stops", f"{machine.name or machine.id} is off for about a minute, then started again.")
    if machine.address and not machine.fixed_address:
        yield Caution(
            "address-changes",
            "After starting again the machine gets another public address. Everything that points to "
            f"{machine.address} must be changed.",
        )


def another(account: str, flow: ShareImage) -> Iterator[Caution]:
    accounts.another(flow.cloud, account)
    yield Caution(
        "compare-the-number",
        f"Compare {account} once more with the receiver: a wrong digit gives your disks, with every password and key "
        "on them, to a stranger.",
    )


def theirs(profile: str, flow: ShareImage) -> None:
    accounts.profile_of(flow.cloud, profile, flow.account)


def profile(text: str) -> str:
    if not text:
        raise Refused("No profile was given. Enter the name of an AWS profile of the receiver's account.")
    return text


def size(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9-]*\.[a-z0-9-]+", text):
        raise Refused(f"“{text}” is not an instance type. It looks like t3.micro.")
    return text


class ShareImage(Flow):
    """Give a copy of a machine, or an image that exists, to another account."""

    title = "Share a machine image"
    subject = {
        "image": "the image, for example ami-0123456789abcdef0",
        "account": "the receiver's account, for example 210987654321",
    }

    image = Choice(
        "Which image? Or make a new one?",
        lambda flow: images.mine(flow.cloud),
        check=ready,
        default=images.NEW,
        fine_tuning=True,
        why="If a good image exists already, there is no need to touch the machine.",
    )
    instance = Choice(
        "Which machine do you want to give away?",
        lambda flow: images.machines(flow.cloud),
        check=from_disks,
        when=image.is_(images.NEW),
        label="Machine",
        why="The image is a full copy of its disks: system, programs and data, also every password and key on them.",
        empty="There is no machine in this region. Choose an existing image with --set image=, or another --region.",
    )
    image_name = Text(
        "What should the image be called?",
        images.name,
        check=free,
        when=image.is_(images.NEW),
        default=lambda flow: f"{flow.instance.name or flow.instance.id}-{datetime.now(UTC):%Y%m%d}",
        example="shop-1-golden",
        why="The receiver sees this name. It cannot be changed later.",
    )
    consistency = Choice(
        "How shall the image be made?",
        {
            STOP: "Stop the machine, copy, start it again (safest)",
            REBOOT: "Short restart (about a minute without it)",
            NO_REBOOT: "Without interruption (files being written may be damaged)",
        },
        check=possible,
        default=STOP,
        when=image.is_(images.NEW),
        why="A copy of a switched-off disk is complete. A copy of a running one is like pulling the plug.",
    )
    account = Text(
        "What is the receiver's account number?",
        accounts.number,
        check=another,
        example="210987654321",
        why="AWS accounts are identified only by this number of 12 digits. Names and e-mail addresses do not work.",
    )
    region = Choice(
        "In which region does the receiver need it?",
        lambda flow: images.regions(flow.cloud),
        default=lambda flow: flow.cloud.identity.region,
        why="Images live in one region. For another region a copy is made and shared there; it costs storage there.",
        empty="No region is switched on in this account.",
    )
    launch = Yes(
        "Start a machine from it in the receiver's account now?",
        default="no",
        why="The only real proof is a start on the other side. It needs a profile of the receiver's account here, and "
        "the machine costs money there while it runs.",
    )
    target_profile = Text(
        "Which AWS profile belongs to the receiver's account?",
        profile,
        check=theirs,
        when=launch.is_(True),
        example="partner",
        why="A name from your AWS configuration. It is only used for the machine that is started there.",
    )
    copies = Yes(
        "May the receiver make an own copy?",
        default="yes",
        fine_tuning=True,
        why="An own copy is independent of you. For copying, the disks' snapshots are shared as well.",
    )
    size = Text(
        "What type of machine should be started there?",
        size,
        default="t3.micro",
        when=launch.is_(True),
        fine_tuning=True,
        example="t3.micro",
        why="A small one is enough to see that it works.",
    )

    def plan(self) -> Plan:
        here = self.cloud.identity.region
        piece, actions = self._source()
        if self.region != here:
            piece = image_sharing.copy(piece, here, self.region, self._called())
            actions += piece.actions
        actions.append(image_sharing.share(piece, self.account))
        if self.copies:
            actions += [image_sharing.share_disk(piece, number, self.account) for number in range(len(piece.snapshots))]
        facts: dict[str, Any] = {"account": self.account, "region": self.region, "owner": self.cloud.identity.account}
        outputs: dict[str, Any] = {"image": piece.id}
        if self.launch:
            machine = image_sharing.launch(piece, self.region, self._called(), self.target_profile, self.size)
            actions.append(machine)
            outputs["machine"] = machine.resource
        return Plan.of(actions, outputs=outputs, facts=facts, reads=image_handover.READS)

    def _called(self) -> str:
        return self.image_name if isinstance(self.image, str) else self.image.name

    def _source(self) -> tuple[image_sharing.Piece, list[Any]]:
        if isinstance(self.image, images.Image):
            return image_sharing.Piece(self.image.id, self.image.snapshots), []
        machine = self.instance
        stopping = machine.state == images.RUNNING and self.consistency == STOP
        piece = image_sharing.make(
            machine,
            self.image_name,
            images.gigabytes(self.cloud, machine.volumes),
            reboot=self.consistency != NO_REBOOT,
            after=("stop",) if stopping else (),
        )
        first, *rest = piece.actions
        if stopping:
            return piece, [image_sharing.stop(machine), first, image_sharing.start(machine), *rest]
        return piece, [first, *rest]

    def checks(self) -> Iterable[Finding | Caution]:
        image = self.image
        if isinstance(image, images.Image):
            keys = images.keys_of(self.cloud, snapshots=image.snapshots)
        else:
            keys = images.keys_of(self.cloud, volumes=self.instance.volumes)
        yield from image_handover.encryption(self.cloud, keys, self.account)

    @classmethod
    def handover(cls, cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
        return image_handover.hand_over(cloud, outputs, facts)

    @classmethod
    def diagnose(cls, cloud: Cloud, subject: Mapping[str, str]) -> Iterable[Finding]:
        return image_handover.diagnose(cloud, subject["image"], accounts.number(subject["account"]))
