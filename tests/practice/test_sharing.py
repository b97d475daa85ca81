"""Snapshots, images and keys between two accounts: what AWS refuses is refused, and what is shared can be copied."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from practice.office import refused
from practice.test_waiting import Time

from flows.practice import SECOND_ACCOUNT_ID, PracticeAccount, clock, open_account

HERE = "eu-central-1"


@pytest.fixture
def rds(account: PracticeAccount) -> Any:
    return account.session.client("rds")


@pytest.fixture
def theirs(account: PracticeAccount) -> Any:
    partner = account.session_of("partner")
    assert partner
    return lambda service: partner.client(service, region_name=HERE)


def own_key(account: PracticeAccount) -> str:
    return str(account.session.client("kms").create_key()["KeyMetadata"]["Arn"])


def share(rds: Any, name: str, *accounts: str) -> Any:
    which = {"DBSnapshotIdentifier": name, "AttributeName": "restore"}
    told = rds.modify_db_snapshot_attribute(**which, ValuesToAdd=list(accounts))["DBSnapshotAttributesResult"]
    return told["DBSnapshotAttributes"][0]["AttributeValues"]


def test_amazons_keys_are_amazons(account: PracticeAccount, rds: Any) -> None:
    kms = account.session.client("kms")
    (members,) = rds.describe_db_instances(DBInstanceIdentifier="members")["DBInstances"]
    about = kms.describe_key(KeyId=members["KmsKeyId"])["KeyMetadata"]
    assert about["KeyManager"] == "AWS"
    assert kms.describe_key(KeyId=own_key(account))["KeyMetadata"]["KeyManager"] == "CUSTOMER"
    with refused("AccessDeniedException"):
        kms.schedule_key_deletion(KeyId=about["KeyId"])
    own = own_key(account).rpartition("/")[2]
    kms.schedule_key_deletion(KeyId=own)
    with refused("KMSInvalidStateException"):
        kms.schedule_key_deletion(KeyId=own)


def test_what_cannot_be_shared(rds: Any) -> None:
    rds.create_db_snapshot(DBSnapshotIdentifier="locked", DBInstanceIdentifier="members")
    for name in ("locked", "rds:orders-2026-03-02-09-00"):
        with refused("InvalidDBSnapshotState"):
            share(rds, name, SECOND_ACCOUNT_ID)
    assert share(rds, "orders-before-summer", SECOND_ACCOUNT_ID) == [SECOND_ACCOUNT_ID]
    assert share(rds, "orders-before-summer", SECOND_ACCOUNT_ID) == [SECOND_ACCOUNT_ID]


def test_a_copy_with_a_key_of_ones_own_is_shared_and_copied_there(
    account: PracticeAccount, rds: Any, theirs: Any
) -> None:
    rds.create_db_snapshot(DBSnapshotIdentifier="locked", DBInstanceIdentifier="members")
    copy = rds.copy_db_snapshot(
        SourceDBSnapshotIdentifier="locked", TargetDBSnapshotIdentifier="opened", KmsKeyId=own_key(account)
    )["DBSnapshot"]
    source, there = {"SourceDBSnapshotIdentifier": copy["DBSnapshotArn"]}, theirs("rds")
    with pytest.raises(ClientError, match="DBSnapshotNotFound"):
        there.copy_db_snapshot(**source, TargetDBSnapshotIdentifier="mine", KmsKeyId="alias/aws/rds")
    share(rds, "opened", SECOND_ACCOUNT_ID)
    with refused("KMSKeyNotAccessibleFault"):
        there.copy_db_snapshot(**source, TargetDBSnapshotIdentifier="mine")
    mine = there.copy_db_snapshot(**source, TargetDBSnapshotIdentifier="mine", KmsKeyId="alias/aws/rds")["DBSnapshot"]
    assert SECOND_ACCOUNT_ID in mine["KmsKeyId"]
    with refused("InvalidDBSnapshotState"):
        share(rds, "opened", "all")


def test_an_unencrypted_cluster_snapshot_is_not_encrypted_by_copying(account: PracticeAccount, rds: Any) -> None:
    rds.create_db_cluster_snapshot(DBClusterSnapshotIdentifier="now", DBClusterIdentifier="reports")
    names = {"SourceDBClusterSnapshotIdentifier": "now", "TargetDBClusterSnapshotIdentifier": "then"}
    with refused("InvalidParameterCombination"):
        rds.copy_db_cluster_snapshot(**names, KmsKeyId=own_key(account))
    assert rds.copy_db_cluster_snapshot(**names)["DBClusterSnapshot"]["Status"] == "available"


def test_a_snapshot_takes_its_time_and_is_the_same_when_the_account_is_opened_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    time = Time()
    monkeypatch.setattr(clock, "time", time)
    with open_account(folder) as account:
        rds = account.session.client("rds")
        rds.create_db_snapshot(DBSnapshotIdentifier="now", DBInstanceIdentifier="orders")
        (made,) = rds.describe_db_snapshots(DBSnapshotIdentifier="now")["DBSnapshots"]
        assert (made["Status"], made["PercentProgress"]) == ("creating", 45)
        for impossible in (lambda: rds.delete_db_snapshot(DBSnapshotIdentifier="now"), lambda: share(rds, "now", "1")):
            with refused("InvalidDBSnapshotState"):
                impossible()
        time.pass_by(5)
        (made,) = rds.describe_db_snapshots(DBSnapshotIdentifier="now")["DBSnapshots"]
        assert (made["Status"], made["PercentProgress"]) == ("available", 100)
        key = own_key(account)
    with open_account(folder) as account:
        (again,) = account.session.client("rds").describe_db_snapshots(DBSnapshotIdentifier="now")["DBSnapshots"]
        assert again == made
        assert account.session.client("kms").describe_key(KeyId=key)["KeyMetadata"]["Arn"] == key


def test_images_keep_their_keys_and_tags_and_are_copied_where_they_are_shared(
    account: PracticeAccount, ec2: Any, theirs: Any
) -> None:
    amazons = ec2.describe_images(Filters=[{"Name": "name", "Values": ["amzn2-ami-hvm-2*"]}])["Images"][0]["ImageId"]
    disk = {"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 8, "Encrypted": True}}
    made = ec2.run_instances(ImageId=amazons, MinCount=1, MaxCount=1, BlockDeviceMappings=[disk])["Instances"][0]
    image = ec2.create_image(InstanceId=made["InstanceId"], Name="locked")["ImageId"]
    to_them = {"Attribute": "launchPermission", "OperationType": "add", "UserIds": [SECOND_ACCOUNT_ID]}
    with refused("InvalidParameter"):
        ec2.modify_image_attribute(ImageId=image, **to_them)
    tags = [{"ResourceType": "image", "Tags": [{"Key": "Name", "Value": "opened"}]}]
    with refused("InvalidAMIName.Duplicate"):
        ec2.copy_image(SourceImageId=image, SourceRegion=HERE, Name="locked")
    copy = ec2.copy_image(
        SourceImageId=image, SourceRegion=HERE, Name="opened", Encrypted=True, KmsKeyId=own_key(account),
        TagSpecifications=tags,
    )["ImageId"]  # fmt: skip
    (told,) = ec2.describe_images(ImageIds=[copy])["Images"]
    assert told["Tags"] == tags[0]["Tags"]
    there, source = theirs("ec2"), {"SourceImageId": copy, "SourceRegion": HERE, "Name": "mine"}
    with refused("InvalidAMIID.NotFound"):
        there.copy_image(**source)
    ec2.modify_image_attribute(ImageId=copy, **to_them)
    with refused("UnauthorizedOperation"):
        there.copy_image(**source)
    snapshot = told["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
    ec2.modify_snapshot_attribute(SnapshotId=snapshot, **{**to_them, "Attribute": "createVolumePermission"})
    (mine,) = there.describe_images(ImageIds=[there.copy_image(**source)["ImageId"]])["Images"]
    own = there.describe_snapshots(SnapshotIds=[mine["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]])["Snapshots"]
    assert SECOND_ACCOUNT_ID in own[0]["KmsKeyId"]
    assert there.get_allowed_images_settings()["State"] == "disabled"
    ec2.deregister_image(ImageId=copy)
    with refused("InvalidAMIID.NotFound"):
        ec2.describe_image_attribute(ImageId=copy, Attribute="launchPermission")
