"""What is done with a shared image in the receiver's account, with a profile of theirs: a copy, and a machine.

Amazon EC2 User Guide, "Copy an Amazon EC2 AMI", 2026-10. A copy of an encrypted image that names no key is encrypted
with the standard key of whoever makes it.
"""

from __future__ import annotations

from flows.aws import ami_dependents, tags
from flows.aws.instances import price, protections
from flows.aws.systems_manager import LIVES
from flows.engine import RUN, TOKEN, Action, Call, Cost, Find, Others, Ref, Still, Undo, Wait, found, join

from .steps import Piece, deregistered, snapshots_of


def receive(
    piece: Piece,
    region: str,
    called: str,
    profile: str,
    costs: tuple[Cost, ...],
    *,
    encrypted: bool,
    after: tuple[str, ...],
) -> Piece:
    """The receiver's own copy, made in their account, under their own key where it is encrypted."""
    about = join("Handrail ", RUN, ", received")
    there = Ref("receive", "ImageId")
    image = Action(
        "receive",
        f"Copy it in the other account (profile {profile})",
        Call(
            "ec2.CopyImage",
            {
                "SourceImageId": piece.id, "SourceRegion": region, "Name": called, "ClientToken": TOKEN,
                "Description": about, **({"Encrypted": True} if encrypted else {}), **tags.tagged("image", called),
            },
            region,
            profile,
        ),
        wait=Wait(
            Call("ec2.DescribeImages", {"ImageIds": [there]}, region, profile),
            ready="Images[0].State=='available'", failed="Images[0].State=='failed'", now="Images[0].State",
            sentence="Waiting until the copy there is available", typical=300, limit=86400,
        ),
        undo=deregistered("receive", region, profile),
        others=(
            *ami_dependents.of_image(there, (), "", region, profile),
            Others(
                snapshots_of("receive", region, profile),
                "Snapshots[].SnapshotId",
                ami_dependents.SHARED,
                each=ami_dependents.copying(found("id"), region, profile),
                leans="CreateVolumePermissions[0]",
            ),
        ),
        settings=ami_dependents.settings(there, region, profile),
        find=Find(
            Call("ec2.DescribeImages", {"Owners": ["self"]}, region, profile),
            join("Images[?Description=='", *about.parts, "'] | [0].{ImageId: ImageId}"),
        ),
        after=after,
        copies=after,
        not_yet=("InvalidAMIID.NotFound", "AuthFailure"),
        type="AWS::EC2::Image",
        resource=there,
        costs=costs,
        undone="The copy in the other account and its snapshots",
    )  # fmt: skip
    return Piece(there, (), region, after=("receive",), actions=(image,))


def launch(
    piece: Piece, region: str, called: str, profile: str, size: str, after: tuple[str, ...] = ("share",)
) -> Action:
    """Start a machine from it in the receiver's account, which proves that it works there."""
    there = Ref("launch", "Instances[0].InstanceId")
    looked = Call("ec2.DescribeInstances", {"InstanceIds": [there]}, region, profile)
    mine = [{"Name": "tag:handrail:run", "Values": [RUN]}]
    return Action(
        "launch",
        f"Start a machine from it in the other account (profile {profile})",
        Call(
            "ec2.RunInstances",
            {
                "ImageId": piece.id, "InstanceType": size, "MinCount": 1, "MaxCount": 1,
                "MetadataOptions": {"HttpTokens": "required"}, **tags.tagged("instance", called),
            },
            region,
            profile,
        ),
        wait=Wait(
            looked, ready="Reservations[0].Instances[0].State.Name=='running'",
            failed="contains(['terminated', 'shutting-down'], Reservations[0].Instances[0].State.Name)",
            now="Reservations[0].Instances[0].State.Name", sentence="Waiting until the machine runs there", typical=30,
        ),
        undo=(
            Undo(
                Call("ec2.TerminateInstances", {"InstanceIds": [there]}, region, profile),
                still=Still(looked, f"{LIVES}.InstanceId", there, ""),
                wait=Wait(
                    looked, ready="Reservations[0].Instances[0].State.Name=='terminated'",
                    gone=("InvalidInstanceID.NotFound",), now="Reservations[0].Instances[0].State.Name",
                    sentence="Waiting until the machine there is gone", typical=60,
                ),
                gone=("InvalidInstanceID.NotFound",),
            ),
        ),
        find=Find(
            Call("ec2.DescribeInstances", {"Filters": mine}, region, profile),
            "Reservations[0].{Instances: Instances}",
        ),
        others=protections(there, region, profile),
        after=after,
        copies=tuple(id_ for id_ in after if not id_.startswith("key")),
        not_yet=("InvalidAMIID.NotFound", "AuthFailure"),
        type="AWS::EC2::Instance",
        resource=there,
        costs=(price("The machine in the other account", size, "Billed there until it is taken back, with its disk."),),
        undone="The machine in the other account",
    )  # fmt: skip
