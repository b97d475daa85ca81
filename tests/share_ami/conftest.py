"""The company's account and its partner's, a machine whose disk is encrypted with Amazon's key, and an image
that is shared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from share_ami.cases import made_by_hand
from share_snapshot.cases import own_key

from flows.engine import Place
from flows.engine.boto import Aws
from flows.practice import PracticeAccount, open_account


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


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Aws, str, str]]:
    """An image that is shared, under a key of one's own that the receiver may use; and that key."""
    with open_account(tmp_path_factory.mktemp("states"), hurry=True) as account:
        arn, made = own_key(account), made_by_hand(account)
        yield Aws(Place(practice=True), account.session, account.session_of), made, arn
