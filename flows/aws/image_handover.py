"""What there is to say about a shared image: whether it can be, whether it is, and what the receiver does with it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flows.engine import Call, Cloud, CloudError, Finding, Grade, Handover

READS = (Call("ec2.DescribeImageAttribute"), Call("ec2.DescribeImages"))


def encryption(cloud: Cloud, keys: Iterable[str], account: str) -> Iterator[Finding]:
    """Whether the disks' keys let another account in. Amazon's standard key never does (EC2 User Guide, 2026-10)."""
    for key in dict.fromkeys(keys):
        try:
            about = cloud.make(Call("kms.DescribeKey", {"KeyId": key}))["KeyMetadata"]
        except CloudError as problem:
            yield Finding("key", Grade.NOT_CHECKED, f"The key {key} was not checked.", problem.what)
            continue
        if about.get("KeyManager") == "AWS":
            yield Finding(
                "key", Grade.REFUSED,
                "The disks are encrypted with Amazon's standard key, which never leaves your account.",
                f"KMS says that AWS manages {key}",
                "Copy the image with a key of your own (aws ec2 copy-image --encrypted --kms-key-id …), then share "
                "that copy with --set image=.",
            )  # fmt: skip
            continue
        policy = cloud.make(Call("kms.GetKeyPolicy", {"KeyId": about["KeyId"], "PolicyName": "default"}))["Policy"]
        if account in policy:
            yield Finding("key", Grade.PREDICTED, f"The policy of the key {key} names {account}.", "KMS key policy")
        else:
            yield Finding(
                "key", Grade.REFUSED, f"The policy of the key {key} does not let {account} use it.", "KMS key policy",
                f"Add arn:aws:iam::{account}:root to it with kms:DescribeKey, Decrypt, ReEncrypt*, GenerateDataKey* "
                "and CreateGrant for AWS resources.",
            )  # fmt: skip


def diagnose(cloud: Cloud, image: str, account: str) -> Iterator[Finding]:
    """Can that account launch the image?"""
    found = cloud.make(Call("ec2.DescribeImages", {"ImageIds": [image]}))["Images"]
    state = found[0]["State"] if found else "gone"
    if state != "available":
        yield Finding("image", Grade.REFUSED, f"The image {image} is {state}.", "DescribeImages", "Make a new one.")
        return
    yield Finding("image", Grade.PROVED, f"The image {image} is available.", "DescribeImages")
    look = Call("ec2.DescribeImageAttribute", {"ImageId": image, "Attribute": "launchPermission"})
    allowed = [each.get("UserId") for each in cloud.make(look).get("LaunchPermissions") or []]
    if account in allowed:
        yield Finding("shared", Grade.PROVED, f"The account {account} may launch it.", "its launch permissions")
    else:
        yield Finding(
            "shared", Grade.REFUSED, f"The account {account} may not launch it.", "its launch permissions",
            "Run handrail run share_ami with this image.",
        )  # fmt: skip


def hand_over(cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
    """Ids, proof, and a letter to the receiver with the exact commands."""
    image, region, account = outputs["image"], facts["region"], facts["account"]
    look = {"ImageId": image, "Attribute": "launchPermission"}
    listed = cloud.make(Call("ec2.DescribeImageAttribute", look, region)).get("LaunchPermissions") or []
    shared = any(each.get("UserId") == account for each in listed)
    commands = (
        f"aws ec2 describe-images --region {region} --executable-users self --owners {facts['owner']}\n"
        f"aws ec2 copy-image --region {region} --source-region {region} --source-image-id {image} "
        f"--name copy-of-{image}\n"
        f"aws ec2 run-instances --region {region} --image-id {image} --instance-type t3.micro "
        "--metadata-options HttpTokens=required\n"
    )
    needed = ["ec2:CopyImage", "ec2:CreateTags", "ec2:Describe*", "ec2:RunInstances", "ec2:TerminateInstances"]
    letter = f"In the account {account}: find the image, copy it, start a machine.\n\n{commands}"
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": needed, "Resource": "*"}]}
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
