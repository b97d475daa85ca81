"""What must hold for an account that is to launch and copy an image, whether it is looked at before or long after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from flows.aws import amis, keepers, key_policies, key_switch, kms_keys, shared_keys
from flows.aws.kms_keys import Seen
from flows.engine import Cloud, CloudError, Finding, Grade, shell

from . import repairs


@dataclass(frozen=True)
class Situation:
    """An image, there or still to be made, and the account that is to have it.

    Args:
        cloud: the account of the image.
        account: the receiver's.
        image: the one there is; None where it is made from a machine.
        products: codes of software from the AWS Marketplace on it.
        keys: those with which its disks are encrypted, as far as they can be seen.
        unseen: why it is not known whether its disks are encrypted; empty if it is.
        planned: whether that is looked at before it is shared.
        copied: whether, then, a copy is made of it and not it itself is shared.
        anew: whether that copy gets another key.
    """

    cloud: Cloud
    account: str
    image: amis.Image | None
    products: tuple[str, ...] = ()
    keys: tuple[Seen, ...] = ()
    unseen: str = ""
    planned: bool = False
    copied: bool = False
    anew: bool = False


def available(here: Situation) -> Iterator[Finding]:
    """An image can be used only while it is complete and switched on."""
    if here.image:
        yield amis.condition(here.image, here.cloud.identity.region)


def in_lists(here: Situation) -> Iterator[Finding]:
    """A deprecated image can be launched, but others see it only where they ask for such (EC2 User Guide, "Deprecate an
    Amazon EC2 AMI", 2026-11)."""
    if not here.image or here.copied or not _past(here.image.deprecated):
        return
    back = shell.aws("ec2", "disable-image-deprecation", region=here.cloud.identity.region, image_id=here.image.id)
    yield Finding(
        "deprecated", Grade.CAUTION,
        f"{here.image.id} is deprecated since {here.image.deprecated[:10]}: it can be launched, but the receiver's "
        "lists do not show it.", "DescribeImages: its deprecation time",
        f"Let them list with --include-deprecated, or take that back: {back}.",
    )  # fmt: skip


def launch(here: Situation) -> Iterator[Finding]:
    """The launch permissions name the account, or everybody, or an organization that it may be in."""
    if not here.image:
        return
    try:
        told = amis.may_launch(here.cloud, here.image.id)
    except CloudError as problem:
        yield Finding("shared", Grade.NOT_CHECKED, "Who may launch it could not be read.", problem.what)
        return
    found = launches(here.account, here.image.id, told)
    shut = found.grade is Grade.REFUSED
    yield found.mended_by(repairs.launch(here.image, here.account) if shut else None)


def launches(account: str, image: str, told: amis.Shared) -> Finding:
    """Whether that account may launch an image that is shared like that."""
    by, id_ = "its launch permissions", "shared"
    if told.everybody and account not in told.accounts:
        return Finding(id_, Grade.PROVED, f"The account {account} may launch it, as everybody may.", by)
    match told.may(account):
        case True:
            return Finding(id_, Grade.PROVED, f"The account {account} may launch it.", by)
        case None:
            names = " and ".join(each.rpartition("/")[2] for each in told.organizations)
            return Finding(
                id_, Grade.NOT_CHECKED,
                f"It is shared with {names}; whether the account {account} is in there is not known from here.",
                f"{by}: {', '.join(told.organizations)}",
                f"Ask the receiver, or share it with the account itself: {_again(image, account)}.",
            )  # fmt: skip
        case _:
            return Finding(
                id_,
                Grade.REFUSED,
                f"The account {account} may not launch it.",
                by,
                f"Share it: {_again(image, account)}.",
            )


def public(here: Situation) -> Iterator[Finding]:
    """What is public is so for everybody who uses AWS, whomever it was meant for."""
    if not here.image:
        return
    region = here.cloud.identity.region
    try:
        if amis.may_launch(here.cloud, here.image.id).everybody:
            which = {"region": region, "image_id": here.image.id, "launch_permission": "Remove=[{Group=all}]"}
            yield Finding(
                "public", Grade.CAUTION, f"{here.image.id} is public: everybody may launch it and read its disks.",
                "its launch permissions: the group all",
                f"Take it back: {shell.aws('ec2', 'modify-image-attribute', **which)}.",
            )  # fmt: skip
        for disk in here.image.snapshots:
            if amis.may_copy(here.cloud, disk).everybody:
                which = {
                    "region": region, "snapshot_id": disk, "attribute": "createVolumePermission",
                    "operation_type": "remove", "group_names": "all",
                }  # fmt: skip
                yield Finding(
                    f"public:{disk}", Grade.CAUTION, f"The disk {disk} is public: everybody may copy it.",
                    "its permissions: the group all",
                    f"Take it back: {shell.aws('ec2', 'modify-snapshot-attribute', **which)}.",
                )  # fmt: skip
    except CloudError as problem:
        yield Finding("public", Grade.NOT_CHECKED, "Whether it is public could not be read.", problem.what, aside=True)


def copies(here: Situation) -> Iterator[Finding]:
    """A copy of an image needs the permission for each of its disks."""
    if not here.image or not here.image.snapshots:
        return
    try:
        out = [each for each in here.image.snapshots if not amis.may_copy(here.cloud, each).may(here.account)]
    except CloudError as problem:
        yield Finding("copies", Grade.NOT_CHECKED, "Who may copy its disks could not be read.", problem.what)
        return
    if out:
        yield Finding(
            "copies", Grade.CAUTION, f"The account {here.account} may not copy its disks: {', '.join(out)}.",
            "the permissions of its snapshots",
            f"Share the snapshots as well: {_again(here.image.id, here.account)}.", follows=("shared",),
        ).mended_by(repairs.copy(here.image, out, here.account))  # fmt: skip
    else:
        yield Finding("copies", Grade.PROVED, f"The account {here.account} may copy its disks.", "its snapshots")


def products(here: Situation) -> Iterator[Finding]:
    """AWS copies no image with software from the AWS Marketplace, and launches it only for subscribers (EC2 User Guide,
    "Copy an Amazon EC2 AMI"; API Reference, "ModifyImageAttribute", 2026-11)."""
    if not here.products:
        return
    by = f"its product codes: {', '.join(here.products)}"
    if here.copied:
        yield Finding(
            "products", Grade.REFUSED,
            "Software from the AWS Marketplace is on it: AWS makes no copy of such an image.", by,
            "Share it in the region where it is, with the key that its disks have, or take one without that software.",
        )  # fmt: skip
    else:
        yield Finding(
            "products", Grade.CAUTION,
            "Software from the AWS Marketplace is on it: the receiver can launch it only with a subscription of their "
            "own, and cannot copy it.", by,
            "Tell them to subscribe to it first. For an image of their own they launch it, and make one of that.",
        )  # fmt: skip


def key(here: Situation) -> Iterator[Finding]:
    """Amazon's keys cannot be opened for others; a copy with another key leaves them behind."""
    if here.unseen:
        sentence = "Whether its disks are encrypted, and with which keys, could not be looked at."
        yield Finding("key", Grade.NOT_CHECKED, sentence, here.unseen)
    for each in () if here.anew else here.keys:
        yield from kms_keys.whose(each)


def key_state(here: Situation) -> Iterator[Finding]:
    """A key that is off opens nothing, neither for the receiver nor for a copy."""
    for each in here.keys:
        for found in kms_keys.state(each, here.cloud.identity.region):
            yield key_switch.mended(found, each)


def key_use(here: Situation) -> Iterator[Finding]:
    """The policy of each key lets the receiver do all that launching and copying need."""
    for each in () if here.anew else here.keys:
        shares = (here.image.id, *here.image.snapshots) if here.image else ()
        for found in key_policies.may_use(here.cloud, each, [here.account], "ec2", opened=here.planned):
            mend = shared_keys.use(each.key, here.account, "ec2", shares) if found.repair and each.key else None
            yield found.mended_by(mend)


def kept_by(here: Situation) -> Iterator[Finding]:
    """Who else keeps the image."""
    if here.image:
        yield from keepers.told(here.image.id, f"The image {here.image.id}", dict(here.image.tags))


def _past(when: str) -> bool:
    try:
        at = datetime.fromisoformat(when)
    except ValueError:
        return False
    return (at if at.tzinfo else at.replace(tzinfo=UTC)) < datetime.now(UTC)


def _again(image: str, account: str) -> str:
    return shell.handrail("run", "share_ami", image=image, account=account, copies="yes")
