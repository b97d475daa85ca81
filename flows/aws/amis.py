"""Machines and machine images (AMIs): which there are, and what speaks against sharing one.

Amazon EC2 User Guide, "Share an AMI with specific AWS accounts", 2026-10.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flows.engine import Action, Call, Cloud, CloudError, Finding, Grade, Option, Others, Refused, Restore, shell
from flows.engine.listing import by_filter, listed, seeking

from . import tags
from .regions import switched_on

NEW, DISABLED = "new", "disabled"
STOPPED, RUNNING = "stopped", "running"


@dataclass(frozen=True)
class Machine:
    """An instance, with what decides how an image of it can be made."""

    id: str
    name: str
    state: str
    volumes: tuple[str, ...]
    root: str = "ebs"
    address: str = ""
    fixed_address: bool = False
    group: str = ""
    spot: bool = False
    products: tuple[str, ...] = ()

    @property
    def loses_address(self) -> bool:
        """Whether it gets another public address when it is stopped and started (Amazon EC2 User Guide, "Amazon EC2
        instance IP addressing", 2026-11)."""
        return bool(self.address) and not self.fixed_address


@dataclass(frozen=True)
class Image:
    """An image, and the snapshots it is made of."""

    id: str
    name: str
    state: str
    snapshots: tuple[str, ...]
    products: tuple[str, ...] = ()
    deprecated: str = ""
    """When it was, or is to be, left out of lists; empty if never."""
    tags: tuple[tuple[str, str], ...] = ()
    gigabytes: int = 0
    """How large its disks are together; 0 where AWS does not say."""


@dataclass(frozen=True)
class Shared:
    """With whom something is shared.

    Args:
        accounts: by their numbers.
        everybody: whether it is public.
        organizations: the ARNs of organizations and of their units; who is in them is not known from here.
    """

    accounts: tuple[str, ...] = ()
    everybody: bool = False
    organizations: tuple[str, ...] = ()

    def may(self, account: str) -> bool | None:
        """Whether that account may; None is not known."""
        return True if self.everybody or account in self.accounts else None if self.organizations else False


def machines(cloud: Cloud) -> Iterator[Option[Machine]]:
    """Every machine that runs or is stopped."""
    states = {"Filters": [{"Name": "instance-state-name", "Values": [RUNNING, STOPPED]}]}
    asked = Call("ec2.DescribeInstances", states)
    for page in listed(cloud, asked, by_filter("instance-id", "tag:Name")):
        for machine in (_machine(each) for group in page["Reservations"] for each in group["Instances"]):
            hint = f"{machine.state}, {len(machine.volumes)} disk{'s' if len(machine.volumes) != 1 else ''}"
            yield Option(machine.id, machine, machine.name or machine.id, hint)


def mine(cloud: Cloud) -> Iterator[Option[Image | str]]:
    """A new image, or one of those there are."""
    yield Option(NEW, NEW, "A new one, made from a machine")
    for each in _mine(cloud):
        yield Option(each.id, each, each.name or each.id, each.state)


def name(text: str) -> str:
    """A name for an image. Raises Refused."""
    if not re.fullmatch(r"[A-Za-z0-9()\[\] ./\-'@_]{3,128}", text):
        raise Refused(
            f"“{text}” cannot be its name: 3 to 128 characters: letters, digits, spaces and ( ) [ ] . / - ' @ _"
        )
    return text


def free(cloud: Cloud, wanted: str) -> None:
    """Raises Refused if an own image has that name."""
    with seeking((wanted,)):
        taken = any(each.name == wanted for each in _mine(cloud))
    if taken:
        raise Refused(f"You have an image called “{wanted}” already. Choose another name.")


def condition(image: Image, region: str) -> Finding:
    """Whether an image can be used as it is (EC2 User Guide, "Disable an AMI", 2026-11)."""
    if image.state == "available":
        return Finding("image", Grade.PROVED, f"The image {image.id} is available.", "DescribeImages")
    what, by = f"The image {image.id} is {image.state}", f"DescribeImages: {image.state}"
    if image.state == "pending":
        return Finding("image", Grade.WAITING, f"{what}.", by, "Wait until its disks are copied.")
    if image.state == DISABLED:
        return Finding(
            "image", Grade.REFUSED, f"{what}: nobody can launch it.", by,
            f"Enable it: {shell.aws('ec2', 'enable-image', region=region, image_id=image.id)}. That brings nobody back "
            "with whom it was shared: share it again then.",
        )  # fmt: skip
    if image.state in ("failed", "error", "invalid", "deregistered"):
        return Finding("image", Grade.REFUSED, f"{what}.", by, "Make a new one, or choose another.")
    return Finding("image", Grade.NOT_CHECKED, f"{what}, a state that is not known here.", by)


def enabled(image: Image) -> Action:
    """An image that is disabled can be launched again; at undo it is disabled once more, which would take it from
    everybody with whom it is shared by then (EC2 User Guide, "Disable an AMI", 2026-11)."""
    this = {"ImageId": image.id}
    look = Call("ec2.DescribeImageAttribute", {**this, "Attribute": "launchPermission"})
    shared = "LaunchPermissions[].[UserId || Group || OrganizationArn || OrganizationalUnitArn]"
    return Action(
        f"enable-{image.id}",
        f"Enable the image {image.id}",
        Call("ec2.EnableImage", this),
        undo=Restore(
            Call("ec2.DescribeImages", {"ImageIds": [image.id], "IncludeDisabled": True}), "Images[0].State",
            Call("ec2.DisableImage", this), absent=("InvalidAMIID.NotFound", "InvalidAMIID.Unavailable"),
        ),
        others=(Others(look, shared, "It is shared, with"),),
        undone=f"That the image {image.id} was enabled",
    )  # fmt: skip


def usable(image: Image, region: str) -> None:
    """Raises Refused for an image that cannot be shared."""
    if image.state != "available":
        raise Refused(
            f"{image.id} is {image.state}. Only an image that is available can be shared; choose another.",
            remedy=condition(image, region).remedy,
        )
    if not image.snapshots:
        raise Refused(f"{image.id} has no disks of EBS. Such an image cannot be shared here; choose another.")


def may_launch(cloud: Cloud, image: str, region: str = "") -> Shared:
    """Who may launch an image. Raises CloudError."""
    look = Call("ec2.DescribeImageAttribute", {"ImageId": image, "Attribute": "launchPermission"}, region)
    return _shared(cloud.make(look).get("LaunchPermissions"))


def may_copy(cloud: Cloud, snapshot: str) -> Shared:
    """Who may copy a snapshot. Raises CloudError."""
    look = Call("ec2.DescribeSnapshotAttribute", {"SnapshotId": snapshot, "Attribute": "createVolumePermission"})
    return _shared(cloud.make(look).get("CreateVolumePermissions"))


def one(cloud: Cloud, wanted: str) -> Image | None:
    """The own image of that id or name, also one that is disabled, or one of others that may be seen."""
    by_id = {"ImageIds": [wanted]}
    by_name = {"Owners": ["self"], "Filters": [{"Name": "name", "Values": [wanted]}]}
    asked = by_id if re.fullmatch("ami-[0-9a-f]+", wanted) else by_name
    try:
        found = cloud.make(Call("ec2.DescribeImages", {**asked, "IncludeDisabled": True})).get("Images") or []
    except CloudError as problem:
        if not problem.aws_code.startswith("InvalidAMIID"):
            raise
        return None
    return _image(found[0]) if found else None


def regions(cloud: Cloud) -> list[Option[str]]:
    """Where it can be shared: in its own region, or in another by a copy."""
    return switched_on(cloud, "where it is now", "a copy is made there")


def protected(cloud: Cloud, machine: Machine) -> bool:
    """Whether stopping it is forbidden; not known counts as no, and AWS has the last word."""
    try:
        answer = cloud.make(
            Call("ec2.DescribeInstanceAttribute", {"InstanceId": machine.id, "Attribute": "disableApiStop"})
        )
    except CloudError:
        return False
    return bool((answer.get("DisableApiStop") or {}).get("Value"))


def keys_of(cloud: Cloud, *, volumes: tuple[str, ...] = (), snapshots: tuple[str, ...] = ()) -> list[str]:
    """The keys with which these disks are encrypted."""
    disks: list[dict[str, Any]] = []
    if volumes:
        disks = cloud.make(Call("ec2.DescribeVolumes", {"VolumeIds": list(volumes)}))["Volumes"]
    if snapshots:
        disks += cloud.make(Call("ec2.DescribeSnapshots", {"SnapshotIds": list(snapshots)}))["Snapshots"]
    return [str(each.get("KmsKeyId") or "alias/aws/ebs") for each in disks if each.get("Encrypted")]


def _mine(cloud: Cloud) -> Iterator[Image]:
    asked = Call("ec2.DescribeImages", {"Owners": ["self"], "IncludeDisabled": True})
    return (_image(each) for page in listed(cloud, asked, by_filter("image-id", "name")) for each in page["Images"])


def _shared(rows: list[Mapping[str, Any]] | None) -> Shared:
    given = rows or []
    organizations = [each.get("OrganizationArn") or each.get("OrganizationalUnitArn") for each in given]
    return Shared(
        tuple(str(each["UserId"]) for each in given if each.get("UserId")),
        any(each.get("Group") == "all" for each in given),
        tuple(filter(None, organizations)),
    )


def _image(each: Mapping[str, Any]) -> Image:
    disks = [disk.get("Ebs", {}) for disk in each.get("BlockDeviceMappings", [])]
    return Image(
        each["ImageId"],
        each.get("Name") or "",
        each.get("State") or "",
        tuple(disk["SnapshotId"] for disk in disks if disk.get("SnapshotId")),
        _products(each),
        str(each.get("DeprecationTime") or ""),
        tuple((str(tag.get("Key") or ""), str(tag.get("Value") or "")) for tag in each.get("Tags") or []),
        sum(int(disk.get("VolumeSize") or 0) for disk in disks if disk.get("SnapshotId")),
    )


def _products(each: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(code.get("ProductCodeId") or "?") for code in each.get("ProductCodes") or [])


def _machine(each: Mapping[str, Any]) -> Machine:
    leads = [card.get("Association") or {} for card in each.get("NetworkInterfaces") or []]
    own = [lead.get("PublicIp") for lead in leads if lead.get("IpOwnerId", "amazon") != "amazon"]
    return Machine(
        each["InstanceId"],
        tags.name_of(each),
        each["State"]["Name"],
        tuple(disk["Ebs"]["VolumeId"] for disk in each.get("BlockDeviceMappings", []) if "Ebs" in disk),
        each.get("RootDeviceType", "ebs"),
        each.get("PublicIpAddress") or "",
        each.get("PublicIpAddress") in own,
        next((t["Value"] for t in each.get("Tags") or [] if t["Key"] == "aws:autoscaling:groupName"), ""),
        each.get("InstanceLifecycle") == "spot",
        _products(each),
    )


def gigabytes(cloud: Cloud, volumes: tuple[str, ...]) -> int:
    """How large these disks are together."""
    if not volumes:
        return 0
    found = cloud.make(Call("ec2.DescribeVolumes", {"VolumeIds": list(volumes)}))["Volumes"]
    return sum(int(each.get("Size") or 0) for each in found)
