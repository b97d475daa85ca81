"""The company's account and its partner's, and a machine whose disk is encrypted with Amazon's key."""

from __future__ import annotations

from typing import Any

import pytest

from flows.engine import Place
from flows.engine.boto import Aws
from flows.practice import PracticeAccount


@pytest.fixture
def both(account: PracticeAccount) -> Aws:
    return Aws(Place(practice=True), account.session, account.session_of)


@pytest.fixture
def vault(account: PracticeAccount) -> str:
    ec2: Any = account.session.client("ec2")
    image = ec2.describe_images(Filters=[{"Name": "name", "Values": ["amzn2-ami-hvm-2*"]}])["Images"][0]["ImageId"]
    disk = {"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 8, "Encrypted": True}}
    ec2.run_instances(
        ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.micro", BlockDeviceMappings=[disk],
        TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "vault"}]}],
    )  # fmt: skip
    return "vault"
