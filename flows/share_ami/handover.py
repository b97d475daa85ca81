"""What a person has in hand once an image is shared: ids, proof, and a letter to the receiver."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flows.aws import amis, shared_keys
from flows.engine import Call, Cloud, Finding, Grade, Handover, monthly, shell

READS = (Call("ec2.DescribeImageAttribute"), Call("ec2.DescribeImages"))


def hand_over(cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
    """Ids, proof, and a letter to the receiver with the exact commands."""
    image, region, account = outputs["image"], facts["region"], facts["account"]
    keys = [outputs["key"]] if "key" in outputs else list(facts.get("keys", ()))
    shared = amis.may_launch(cloud, image, region).may(account)
    here = ("--region", region)
    anew = ("--encrypted", "--kms-key-id", "alias/aws/ebs") if keys else ()
    of = {"source_region": region, "source_image_id": image, "name": f"copy-of-{image}"}
    small = {"image_id": image, "instance_type": "t3.micro", "metadata_options": "HttpTokens=required"}
    commands = (
        shell.aws(
            "ec2", "describe-images", "--include-deprecated", *here, executable_users="self", owners=facts["owner"]
        ),
        shell.aws("ec2", "copy-image", *here, *anew, **of),
        shell.aws("ec2", "run-instances", *here, **small),
    )
    needed = ["ec2:CopyImage", "ec2:CreateTags", "ec2:Describe*", "ec2:RunInstances", "ec2:TerminateInstances"]
    letter = "\n".join(
        [
            f"In the account {account}: find the image, copy it, start a machine.",
            "",
            *commands,
            "",
            "Its tags and those of its disks do not come along: give your copy tags of your own.",
            "",
        ]
    )
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
        ),
        notes=(
            *monthly.until_undone(facts),
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
