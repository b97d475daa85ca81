"""What others may have of an image that a run made: permissions, images of the same disks, launch
templates, a protection.

EC2 API Reference: DescribeImageAttribute, DescribeSnapshotAttribute, DeregisterImage; DescribeLaunchTemplateVersions,
which tells of all templates where none is named, 2026-11.
"""

from __future__ import annotations

from collections.abc import Sequence

from flows.engine import Call, Find, Late, Others, Settings, Still, join

from . import edits

GONE = ("InvalidAMIID.NotFound", "InvalidAMIID.Unavailable")
WHO = "[UserId || OrganizationArn || OrganizationalUnitArn || Group && 'everybody' || 'somebody'][]"
"""JMESPath from those who may use something to whom they are: an account, an organization or a part of one, or all."""


def of_image(
    image: Late, disks: Sequence[Late], account: str, region: str = "", profile: str = ""
) -> tuple[Others, ...]:
    """What others have of an image and of the snapshots of its disks, but for the `account` that this run shares with.

    An empty one is nobody's.
    """
    described = Call("ec2.DescribeImages", {"ImageIds": [image]}, region, profile)
    alike = join(*(part for disk in disks for part in ("Ebs.SnapshotId=='", disk, "' || ")), "`false`")
    own = Call("ec2.DescribeImages", {"Owners": ["self"]}, region, profile)
    same = Others(
        own,
        join("Images[?ImageId!='", image, "' && BlockDeviceMappings[?", alike, "]].[ImageId, Name]"),
        "Images of others have the same disks",
    )
    return (
        Others(
            described,
            "Images[?starts_with(DeregistrationProtection || '', 'enabled')].['DeregistrationProtection'][]",
            "It is protected against being given up; switch that off first",
            key="",
            absent=GONE,
        ),
        Others(
            Call("ec2.DescribeLaunchTemplateVersions", {"Versions": ["$Latest", "$Default"]}, region, profile),
            join(
                "LaunchTemplateVersions[?LaunchTemplateData.ImageId=='", image, "']"
                ".[LaunchTemplateId, LaunchTemplateName]",
            ),
            "Launch templates start machines of it",
        ),
        Others(launch(image, region, profile), _but(account, "Launch"), "Others may launch it", absent=GONE),
        *((same,) if disks else ()),
        *(Others(copying(disk, region, profile), _but(account, "CreateVolume"), SHARED) for disk in disks),
    )  # fmt: skip


SHARED = "Others may copy its disks"


def launch(image: Late, region: str = "", profile: str = "") -> Call:
    """Who may launch an image."""
    return Call("ec2.DescribeImageAttribute", {"ImageId": image, "Attribute": "launchPermission"}, region, profile)


def copying(disk: Late, region: str = "", profile: str = "") -> Call:
    """Who may copy a snapshot."""
    asked = {"SnapshotId": disk, "Attribute": "createVolumePermission"}
    return Call("ec2.DescribeSnapshotAttribute", asked, region, profile)


def settings(image: Late, region: str = "", profile: str = "") -> Settings:
    """What of an image may be edited."""
    parts = ["Description", "[DeprecationTime]", "[ImdsSupport]"]
    return Settings(Call("ec2.DescribeImages", {"ImageIds": [image]}, region, profile), edits.each("Images[0]", parts))


def permission(look: Call, kind: str, account: str) -> tuple[Find, Still]:
    """How to recognise that an account has a permission, and that it has it still; `kind` as in `Launch`Permission."""
    there = f"{kind}Permissions[?UserId=='{account}'] | [0]"
    return Find(look, f"{there}.{{{kind}Permission: @}}"), Still(look, f"{there}.UserId", account, "")


def _but(account: str, kind: str) -> str:
    return f"{kind}Permissions[?UserId!='{account}'].{WHO}"
