"""Why another account can or cannot launch an image, whoever shared it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.aws import amis, kms_keys
from flows.engine import Call, Cloud, CloudError, Finding, Grade


def diagnose(cloud: Cloud, image: str, account: str) -> Iterator[Finding]:
    """Can that account launch the image, given by its id or its name?"""
    named = {"Owners": ["self"], "Filters": [{"Name": "name", "Values": [image]}]}
    asked = {"ImageIds": [image]} if re.fullmatch("ami-[0-9a-f]+", image) else named
    try:
        found = cloud.make(Call("ec2.DescribeImages", asked))["Images"]
    except CloudError as problem:
        if not problem.aws_code.startswith("InvalidAMIID"):
            raise
        found = []
    state = f"is {found[0]['State']}" if found else f"is not in {cloud.identity.region}"
    if not found or found[0]["State"] != "available":
        remedy = "Give another --region, or make a new one."
        yield Finding("image", Grade.REFUSED, f"The image {image} {state}.", "DescribeImages", remedy)
        return
    yield Finding("image", Grade.PROVED, f"The image {image} is available.", "DescribeImages")
    image = found[0]["ImageId"]
    if account in amis.may_launch(cloud, image):
        yield Finding("shared", Grade.PROVED, f"The account {account} may launch it.", "its launch permissions")
    else:
        yield Finding(
            "shared", Grade.REFUSED, f"The account {account} may not launch it.", "its launch permissions",
            "Run handrail run share_ami with this image.",
        )  # fmt: skip
    disks = [disk.get("Ebs", {}).get("SnapshotId") for disk in found[0].get("BlockDeviceMappings", [])]
    snapshots = tuple(filter(None, disks))
    out = [each for each in snapshots if account not in amis.may_copy(cloud, each)]
    if out:
        yield Finding(
            "copies", Grade.REFUSED, f"The account {account} may launch it but not copy it: {', '.join(out)}.",
            "the permissions of its snapshots", "Share the snapshots as well: handrail run share_ami with copies=yes.",
        )  # fmt: skip
    elif snapshots:
        yield Finding("copies", Grade.PROVED, f"The account {account} may copy its disks.", "its snapshots")
    for key in dict.fromkeys(amis.keys_of(cloud, snapshots=snapshots)):
        yield kms_keys.finding(cloud, key, [account])
