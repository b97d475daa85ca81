"""What there is to say about a shared image: whether it can be, whether it is, and what the receiver does with it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from flows.aws import images, shared_keys
from flows.engine import Call, Cloud, CloudError, Finding, Grade, Handover, shell

READS = (Call("ec2.DescribeImageAttribute"), Call("ec2.DescribeImages"))


def allowed_there(cloud: Cloud, region: str, profile: str) -> Finding:
    """Whether the receiver's account hides images of this one (EC2 User Guide, "Allowed AMIs", 2026-10)."""
    own = cloud.identity.account
    try:
        answer = cloud.make(Call("ec2.GetAllowedImagesSettings", {}, region, profile))
    except CloudError as problem:
        return Finding(
            "allowed-images", Grade.NOT_CHECKED, "Which images their account allows was not checked.", problem.what
        )
    criteria = answer.get("ImageCriteria") or []
    known = any(own in (each.get("ImageProviders") or [own]) for each in criteria)
    if answer.get("State") != "enabled" or known:
        return Finding("allowed-images", Grade.PREDICTED, "Their account allows images of yours.", "its Allowed AMIs")
    return Finding(
        "allowed-images", Grade.REFUSED, f"Their account allows no images of {own}; it would not see this one.",
        "its Allowed AMIs", f"Let them add {own} to the image providers there, or answer no to starting a machine.",
    )  # fmt: skip


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
    if account in images.may_launch(cloud, image):
        yield Finding("shared", Grade.PROVED, f"The account {account} may launch it.", "its launch permissions")
    else:
        yield Finding(
            "shared", Grade.REFUSED, f"The account {account} may not launch it.", "its launch permissions",
            "Run handrail run share_ami with this image.",
        )  # fmt: skip
    disks = [disk.get("Ebs", {}).get("SnapshotId") for disk in found[0].get("BlockDeviceMappings", [])]
    snapshots = tuple(filter(None, disks))
    out = [each for each in snapshots if account not in images.may_copy(cloud, each)]
    if out:
        yield Finding(
            "copies", Grade.REFUSED, f"The account {account} may launch it but not copy it: {', '.join(out)}.",
            "the permissions of its snapshots", "Share the snapshots as well: handrail run share_ami with copies=yes.",
        )  # fmt: skip
    elif snapshots:
        yield Finding("copies", Grade.PROVED, f"The account {account} may copy its disks.", "its snapshots")
    for key in dict.fromkeys(images.keys_of(cloud, snapshots=snapshots)):
        yield shared_keys.finding(cloud, key, [account])


def hand_over(cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
    """Ids, proof, and a letter to the receiver with the exact commands."""
    image, region, account = outputs["image"], facts["region"], facts["account"]
    keys = [outputs["key"]] if "key" in outputs else list(facts.get("keys", ()))
    shared = account in images.may_launch(cloud, image, region)
    here = ("--region", region)
    anew = ("--encrypted", "--kms-key-id", "alias/aws/ebs") if keys else ()
    of = {"source_region": region, "source_image_id": image, "name": f"copy-of-{image}"}
    small = {"image_id": image, "instance_type": "t3.micro", "metadata_options": "HttpTokens=required"}
    commands = (
        shell.aws("ec2", "describe-images", *here, executable_users="self", owners=facts["owner"]),
        shell.aws("ec2", "copy-image", *here, *anew, **of),
        shell.aws("ec2", "run-instances", *here, **small),
    )
    needed = ["ec2:CopyImage", "ec2:CreateTags", "ec2:Describe*", "ec2:RunInstances", "ec2:TerminateInstances"]
    letter = "\n".join([f"In the account {account}: find the image, copy it, start a machine.", "", *commands, ""])
    statements = [
        {"Effect": "Allow", "Action": needed, "Resource": "*"},
        *shared_keys.for_their_user(keys),
    ]
    policy = {"Version": "2012-10-17", "Statement": statements}
    return Handover(
        outputs={**outputs, "region": region, "shared_with": account},
        files={
            "for-the-receiver.txt": letter,
            "receiver-policy.json": json.dumps(policy, indent=2) + "\n",
        },
        next_steps=(
            "Send for-the-receiver.txt to the receiver; receiver-policy.json is what their user needs.",
            "Withdrawing it later stops new machines, not those that run, nor copies.",
        ),
        findings=(
            Finding(
                "shared", Grade.PROVED if shared else Grade.REFUSED,
                f"The account {account} may{'' if shared else ' not'} launch {image} in {region}.",
                "its launch permissions",
            ),
        ),
    )  # fmt: skip
