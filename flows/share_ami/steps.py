"""How a machine image is made, copied to another region, shared, launched elsewhere, and taken back.

Amazon EC2 User Guide, "Share an AMI with specific AWS accounts" and "CreateImage" in the API Reference, 2026-10.
CreateImage has no token, so an image is recognised by its run's tag.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flows.aws import accounts, ami_dependents, shared_keys, tags
from flows.aws.amis import RUNNING, STOPPED, Machine
from flows.engine import RUN, TOKEN, Action, Call, Cost, Find, Late, Ref, Still, Undo, Wait, found, join
from flows.engine.references import seen
from flows.engine.resource_types import DISK_KEYS

VOLUME = "arn:{partition}:ec2:{region}:{account}:volume/"
"""How the ARN of a disk begins."""
DISKS = "Images[0].BlockDeviceMappings[?Ebs.SnapshotId].Ebs.SnapshotId"
"""JMESPath to the snapshots of an image's disks."""
NO_DISK = "snap-00000000000000000"
"""Of which AWS says that it is gone."""
BEGUN = "Images[0].BlockDeviceMappings[?Ebs] | [0] && !([?!(Ebs.SnapshotId)])"
"""Every disk has its snapshot; in the first seconds some of them may be missing."""


@dataclass(frozen=True)
class Piece:
    """An image as the plan goes on with it: its id and snapshots, known now or later, the region it is in, and how a
    sentence speaks of it where there may be another."""

    id: Late
    snapshots: tuple[Late, ...]
    region: str = ""
    said: str = "the image"
    after: tuple[str, ...] = ()
    actions: tuple[Action, ...] = field(default=(), compare=False)


def stop(machine: Machine, keys: Sequence[str]) -> Action:
    """Switch a machine off. Whatever happens, it is switched on again: see `start`.

    `keys` are those of one's own with which its disks are encrypted.
    """
    return Action(
        "stop",
        f"Stop {machine.name or machine.id}; it is started again as soon as its disks are being copied",
        Call("ec2.StopInstances", {"InstanceIds": [machine.id]}),
        wait=_until(machine, STOPPED),
        undo=(
            Undo(
                _start(machine, keys),
                wait=_until(machine, RUNNING),
                not_yet=("IncorrectInstanceState",),
                restores=True,
            ),
        ),
        undone=f"{machine.name or machine.id} runs again",
        left=f"{machine.name or machine.id}, which was stopped",
        loses=f"The public address {machine.address} of {machine.name or machine.id}: it got another when it was "
        "stopped."
        if machine.loses_address
        else "",
        refusals={"UnsupportedOperation": "This machine cannot be stopped. Choose reboot or no_reboot."},
    )


def _start(machine: Machine, keys: Sequence[str]) -> Call:
    known = {DISK_KEYS: tuple(keys)} if keys else {}
    return Call("ec2.StartInstances", {"InstanceIds": [machine.id]}, known=known)


def start(machine: Machine, keys: Sequence[str]) -> Action:
    """Switch it on again, also when anything in between goes wrong."""
    return Action(
        "start",
        f"Start {machine.name or machine.id} again",
        _start(machine, keys),
        wait=_until(machine, RUNNING),
        after=("image",),
        not_yet=("IncorrectInstanceState",),
        relieves="stop",
    )


def make(
    machine: Machine, called: str, costs: tuple[Cost, ...], account: str, *, reboot: bool, after: tuple[str, ...]
) -> Piece:
    """An image of a machine, ready once its disks are copied; the snapshots are known a moment after the call.

    `costs` is what its disks cost: nothing where it is given up again. `account` is whom it will be shared with; empty
    if with nobody.
    """
    snapshots = _snapshots("image", max(1, len(machine.volumes)))
    image = Action(
        "image",
        f"Make the image {called} of {machine.name or machine.id}",
        Call(
            "ec2.CreateImage",
            {
                "InstanceId": machine.id, "Name": called, "NoReboot": not reboot,
                "Description": join("Handrail ", RUN), **tags.tagged("image", called),
            },
            known={"Volumes": tuple(f"{VOLUME}{each}" for each in machine.volumes)},
        ),
        wait=Wait(
            Call("ec2.DescribeImages", {"ImageIds": [Ref("image", "ImageId")]}),
            ready=BEGUN,
            failed="Images[0].State=='failed'", now="Images[0].State",
            sentence=f"Waiting until the disks of {called} are being copied", typical=10,
        ),
        undo=deregistered("image"),
        find=_ours(),
        others=ami_dependents.of_image(Ref("image", "ImageId"), snapshots, account),
        settings=ami_dependents.settings(Ref("image", "ImageId")),
        after=after,
        type="AWS::EC2::Image",
        resource=Ref("image", "ImageId"),
        costs=costs,
        undone=f"The image {called} and its snapshots",
        refusals={"InvalidAMIName.Duplicate": f"You have an image called “{called}” already."},
    )  # fmt: skip
    watched = (_tagged("image", called, called), *_watched("image", called))
    return Piece(image["ImageId"], snapshots, after=("image-ready",), actions=(image, *watched))


def copy(
    source: Piece,
    here: str,
    region: str,
    called: str,
    account: str,
    keys: Sequence[str],
    key: Late = "",
    after: tuple[str, ...] = (),
    costs: tuple[Cost, ...] = (),
) -> Piece:
    """A copy: in another region if one is named, encrypted anew with `key` if there is one; shared with `account`.

    `keys` are those of one's own with which the source is encrypted.
    It is recognised by its description, as not everything that speaks EC2 gives a copy its tags at once.
    """
    snapshots = _snapshots("copy", len(source.snapshots))
    about = join("Handrail ", RUN, ", copy")
    encrypted = {"Encrypted": True, "KmsKeyId": key} if key else {}
    there = f" in {region}" if region else ""
    image = Action(
        "copy",
        f"Copy the image{f' to {region}' if region else ''}{', encrypted with that key' if key else ''}",
        Call(
            "ec2.CopyImage",
            {
                "SourceImageId": source.id, "SourceRegion": here, "Name": called, "ClientToken": TOKEN,
                "Description": about, **encrypted, **tags.tagged("image", called, "snapshot"),
            },
            region,
            known=shared_keys.copied_from(keys, "ec2", here),
        ),
        wait=Wait(
            Call("ec2.DescribeImages", {"ImageIds": [Ref("copy", "ImageId")]}, region),
            ready=BEGUN,
            failed="Images[0].State=='failed'", now="Images[0].State",
            sentence="Waiting until the copy has begun", typical=30, limit=3600,
        ),
        undo=deregistered("copy", region),
        find=Find(
            Call("ec2.DescribeImages", {"Owners": ["self"]}, region),
            join("Images[?Description=='", *about.parts, "'] | [0].{ImageId: ImageId}"),
        ),
        others=ami_dependents.of_image(Ref("copy", "ImageId"), snapshots, account, region),
        settings=ami_dependents.settings(Ref("copy", "ImageId"), region),
        after=(*source.after, *after),
        copies=("image", *source.after, *shared_keys.let_in(after)),
        type="AWS::EC2::Image",
        resource=Ref("copy", "ImageId"),
        costs=costs,
        undone=f"The copy of the image{there} and its snapshots",
        refusals={"InvalidAMIName.Duplicate": f"You have an image called “{called}” already{there}."},
    )  # fmt: skip
    said = f"the copy{there}"
    watched = (_tagged("copy", called, said, region), *_watched("copy", said, region))
    return Piece(image["ImageId"], snapshots, region, said, ("copy-ready",), (image, *watched))


def drop(passing: Piece) -> Action:
    """Give up an image that was only made to be copied. It may be gone: then that is what is wanted."""
    return Action(
        "drop",
        "Give up the first image, now that it is copied",
        Call("ec2.DeregisterImage", {"ImageId": passing.id, "DeleteAssociatedSnapshots": True}),
        after=("copy-ready",),
        exists=ami_dependents.GONE,
        gives_up="image",
    )


def share(piece: Piece, account: str, after: tuple[str, ...] = ()) -> Action:
    """Let another account launch it; `after` are the actions that open its key."""
    change = {"ImageId": piece.id, "OperationType": "add", "UserIds": [account], "Attribute": "launchPermission"}
    there, still = ami_dependents.permission(ami_dependents.launch(piece.id, piece.region), "Launch", account)
    return Action(
        "share",
        f"Let the account {account} launch {piece.said}",
        Call("ec2.ModifyImageAttribute", change, piece.region),
        undo=(
            Undo(
                Call("ec2.ModifyImageAttribute", {**change, "OperationType": "remove"}, piece.region),
                still=still,
                gone=ami_dependents.GONE,
                kept=accounts.copied(account),
            ),
        ),
        find=there if piece.actions else None,
        unless=None if piece.actions else there,
        after=(*piece.after, *after),
        undone=f"The permission of {account} to launch {piece.said}",
        refusals={
            "InvalidAMIAttributeItemValue": f"AWS does not know the account {account}.",
            "InvalidParameter": "AWS does not share this image: its disks are encrypted with Amazon's own key.",
        },
    )


def share_disk(piece: Piece, number: int, account: str) -> Action:
    """Let another account copy one of its snapshots, and so the image."""
    change = {
        "SnapshotId": piece.snapshots[number], "Attribute": "createVolumePermission", "OperationType": "add",
        "UserIds": [account],
    }  # fmt: skip
    look = ami_dependents.copying(piece.snapshots[number], piece.region)
    there, still = ami_dependents.permission(look, "CreateVolume", account)
    return Action(
        f"share-disk-{number + 1}",
        f"Let the account {account} copy disk {number + 1} of {piece.said}",
        Call("ec2.ModifySnapshotAttribute", change, piece.region),
        undo=(
            Undo(
                Call("ec2.ModifySnapshotAttribute", {**change, "OperationType": "remove"}, piece.region),
                still=still,
                gone=("InvalidSnapshot.NotFound",),
            ),
        ),
        find=there if piece.actions else None,
        unless=None if piece.actions else there,
        after=piece.after,
        undone=f"The permission of {account} to copy disk {number + 1} of {piece.said}",
    )


def _snapshots(image: str, disks: int) -> tuple[Late, ...]:
    """Those of the disks of the image that this action makes."""
    return tuple(seen(image, f"{DISKS} | [{number}]") for number in range(disks))


def _until(machine: Machine, state: str) -> Wait:
    return Wait(
        Call("ec2.DescribeInstances", {"InstanceIds": [machine.id]}),
        ready=f"Reservations[0].Instances[0].State.Name=='{state}'",
        failed="Reservations[0].Instances[0].State.Name=='terminated'",
        now="Reservations[0].Instances[0].State.Name",
        sentence=f"Waiting until {machine.name or machine.id} is {state}",
        typical=60,
        limit=1800,
    )


def _watched(image: str, said: str, region: str = "") -> tuple[Action, Action]:
    """Watch the disks' progress in per cent, then the image; a large disk takes hours the first time."""
    snapshots = seen(image, DISKS)
    progress = Call("ec2.DescribeSnapshots", {"SnapshotIds": snapshots}, region)
    look = Call("ec2.DescribeImages", {"ImageIds": [Ref(image, "ImageId")]}, region)
    return (
        Action(
            f"{image}-disks", f"Copy the disks of {said}", progress,
            wait=Wait(
                progress, ready="Snapshots && !(Snapshots[?State!='completed'])",
                failed="Snapshots[?State=='error']", now="join(', ', Snapshots[].Progress || `[]`)",
                sentence="Copying the disks", typical=300, limit=86400,
            ),
        ),
        Action(
            f"{image}-ready", f"Wait for {said} to be complete", look,
            wait=Wait(
                look, ready="Images[0].State=='available'", failed="Images[0].State=='failed'",
                now="Images[0].State", sentence="Waiting until the image is available", typical=60, limit=86400,
            ),
            after=(f"{image}-disks",),
        ),
    )  # fmt: skip


def _tagged(image: str, called: str, said: str, region: str = "") -> Action:
    """The snapshots get their tags in a call of their own: not everything that speaks EC2 takes them with the image."""
    snapshots = seen(image, DISKS)
    return Action(
        f"{image}-tags",
        f"Give the disks of {said} their tags",
        Call("ec2.CreateTags", {"Resources": snapshots, "Tags": tags.tags(called)}, region),
        stands=Still(
            Call("ec2.DescribeSnapshots", {"SnapshotIds": snapshots}, region),
            "Snapshots[0] && (Snapshots[?!(Tags[?Key=='handrail:run'])] && 'some' || 'all')",
            "all",
            "Some of them have no tag of this run any more.",
        ),
    )


def _ours() -> Find:
    look = Call("ec2.DescribeImages", {"Owners": ["self"]})
    return Find(look, join("Images[?Tags[?Key=='handrail:run' && Value=='", RUN, "']] | [0].{ImageId: ImageId}"))


def deregistered(image: str, region: str = "", profile: str = "") -> tuple[Undo, ...]:
    """Deregistering takes the snapshots along where that is known; what an emulator leaves is deleted one by one.

    They are those that the image itself named: by what is written on them they may be somebody's copies.
    """
    return (
        Undo(
            Call(
                "ec2.DeregisterImage",
                {"ImageId": Ref(image, "ImageId"), "DeleteAssociatedSnapshots": True},
                region,
                profile,
            ),
            gone=ami_dependents.GONE,
        ),
        Undo(
            Call(
                "ec2.DeleteSnapshot", {"SnapshotId": found(f"Snapshots[0].SnapshotId || '{NO_DISK}'")}, region, profile
            ),
            read=snapshots_of(image, region, profile),
            more="Snapshots[1]",
            gone=("InvalidSnapshot.NotFound",),
        ),
    )


def snapshots_of(image: str, region: str = "", profile: str = "") -> Call:
    """Those of the image that this action makes, by the ids that it names."""
    ids = seen(image, f'{DISKS} || [`"{NO_DISK}"`]')
    whose = {"OwnerIds": ["self"], "Filters": [{"Name": "snapshot-id", "Values": ids}]}
    return Call("ec2.DescribeSnapshots", whose, region, profile)
