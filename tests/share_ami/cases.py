"""Answers for sharing a machine image in the demo company, a session with them, and a picture of both accounts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from support.clock import FakeClock
from support.killed import Case, by_kind

import flows
from flows.engine import Cloud, Journal, Place, Session
from flows.practice import ACCOUNT_ID, SECOND_ACCOUNT_ID, PracticeAccount

NEW: Mapping[str, Any] = {
    "instance": "shop-1", "image_name": "shop-golden", "consistency": "stop", "account": "210987654321",
    "region": "eu-central-1", "launch": "no",
}  # fmt: skip
VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "stop": NEW,
    "reboot": {**NEW, "consistency": "reboot"},
    "no_reboot": {**NEW, "consistency": "no_reboot"},
    "elsewhere": {**NEW, "region": "eu-west-1"},
    "launched": {**NEW, "launch": "yes", "target_profile": "partner"},
}
MOST = "launched"
"""Of these the one that has as much of the set-up as can be."""


def made_by_hand(account: PracticeAccount) -> str:
    """An image with one disk, under the company's key; its id."""
    ec2, key = account.session.client("ec2"), "alias/shop"
    found = ec2.describe_images(Filters=[{"Name": "name", "Values": ["amzn2-ami-hvm-2*"]}])["Images"][0]["ImageId"]
    arn = account.session.client("kms").describe_key(KeyId=key)["KeyMetadata"]["Arn"]
    disk = {"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 8, "Encrypted": True, "KmsKeyId": arn}}
    machine = ec2.run_instances(
        ImageId=found, MinCount=1, MaxCount=1, InstanceType="t3.micro", BlockDeviceMappings=[disk]
    )["Instances"][0]["InstanceId"]
    made: str = ec2.create_image(InstanceId=machine, Name="by-hand")["ImageId"]
    return made


ACCOUNTS, REGIONS = ("own", "partner"), ("eu-central-1", "eu-west-1")


def picture(
    account: PracticeAccount, accounts: Sequence[str] = ACCOUNTS, regions: Sequence[str] = REGIONS
) -> dict[tuple[str, str], Any]:
    seen: dict[tuple[str, str], Any] = {}
    for name in accounts:
        boto = account.session if name == "own" else account.session_of(name)
        assert boto
        # by a filter: moto looks past OwnerIds, and would tell of more than a thousand of the public images
        own = [{"Name": "owner-id", "Values": [ACCOUNT_ID if name == "own" else SECOND_ACCOUNT_ID]}]
        for region in regions:
            ec2 = boto.client("ec2", region_name=region)
            machines = [each for group in ec2.describe_instances()["Reservations"] for each in group["Instances"]]
            seen[name, region] = (
                sorted(
                    (each["InstanceId"], each["State"]["Name"])
                    for each in machines
                    if each["State"]["Name"] != "terminated"
                ),
                sorted(each["ImageId"] for each in ec2.describe_images(Owners=["self"])["Images"]),
                sorted(each["SnapshotId"] for each in ec2.describe_snapshots(Filters=own)["Snapshots"]),
            )
    return seen


def subject(made: Mapping[str, str]) -> dict[str, str]:
    """What `check` is asked about once a run has made it."""
    return {"image": made["image"], "account": SECOND_ACCOUNT_ID}


def _killed(answers: Mapping[str, Any]) -> Case:
    return Case(
        "share_ami",
        answers,
        lambda account: by_kind({"here": picture(account, ["own"], ["eu-central-1"])["own", "eu-central-1"]}),
        re.compile(r"\b(ami|snap)-[0-9a-f]{8,17}\b"),
        accept=("compare-the-number", "stops", "address-changes"),
    )


CASES: Mapping[str, Case] = {"share_ami, the machine stopped": _killed(NEW)}
"""What is killed at every moment of it."""


def session(cloud: Cloud, journal: Journal | None, answers: Mapping[str, Any], clock: FakeClock) -> Session:
    made = Session(flows.find("share_ami"), cloud, journal, place=Place(practice=True), clock=clock)
    made.accepted |= {"compare-the-number", "no-reboot", "stops", "restarts", "address-changes"}
    made.fill(answers)
    return made
