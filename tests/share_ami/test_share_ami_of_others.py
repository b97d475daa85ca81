"""What somebody does to an image that a run made and shared, or to its key, and what an undo leaves because of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from moto.ec2.models import ec2_backends
from share_ami.cases import NEW, VARIANTS
from share_snapshot.cases import own_key
from support.clock import FakeClock
from support.colleagues import Deed, client, resource, taken_back_after
from support.sessions import carried_out

import flows
from flows.engine import Journal, Place, Session
from flows.engine.boto import Aws
from flows.practice import ACCOUNT_ID, PracticeAccount

THEIRS = "333333333333"
LOCKED: Mapping[str, Any] = {**NEW, "instance": "vault"}
RECEIVED: Mapping[str, Any] = {**VARIANTS["launched"], "own_copy": "yes"}


def shared_further(account: PracticeAccount, made: Session, action: str = "image", **whom: str) -> None:
    client(account, "ec2").modify_image_attribute(
        ImageId=resource(made, action), LaunchPermission={"Add": [whom or {"UserId": THEIRS}]}
    )


def shared_with_everybody(account: PracticeAccount, made: Session) -> None:
    shared_further(account, made, Group="all")


def disk_shared_further(account: PracticeAccount, made: Session, action: str = "image") -> None:
    client(account, "ec2").modify_snapshot_attribute(
        SnapshotId=disk(account, made, action), Attribute="createVolumePermission", OperationType="add",
        UserIds=[THEIRS],
    )  # fmt: skip


def disk(account: PracticeAccount, made: Session, action: str = "image") -> str:
    (image,) = client(account, "ec2").describe_images(ImageIds=[resource(made, action)])["Images"]
    return str(image["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"])


def launch_template_of_it(account: PracticeAccount, made: Session, action: str = "image") -> None:
    client(account, "ec2").create_launch_template(
        LaunchTemplateName="theirs", LaunchTemplateData={"ImageId": resource(made, action)}
    )


def image_of_the_same_disk(account: PracticeAccount, made: Session) -> None:
    amis = ec2_backends[ACCOUNT_ID]["eu-central-1"].amis
    theirs = client(account, "ec2").register_image(Name="theirs", RootDeviceName="/dev/sda1")["ImageId"]
    amis[theirs].ebs_snapshot = amis[resource(made, "image")].ebs_snapshot  # moto takes no disks that are there


def described_otherwise(account: PracticeAccount, made: Session) -> None:
    ec2_backends[ACCOUNT_ID]["eu-central-1"].amis[resource(made, "image")].description = "theirs"


def deregistered(account: PracticeAccount, made: Session) -> None:
    client(account, "ec2").deregister_image(ImageId=resource(made, "image"))


def share_taken_back(account: PracticeAccount, made: Session) -> None:
    client(account, "ec2").modify_image_attribute(
        ImageId=resource(made, "image"), LaunchPermission={"Remove": [{"UserId": NEW["account"]}]}
    )
    client(account, "ec2").modify_snapshot_attribute(
        SnapshotId=disk(account, made), Attribute="createVolumePermission", OperationType="remove",
        UserIds=[NEW["account"]],
    )  # fmt: skip


def copy_shared_further(account: PracticeAccount, made: Session) -> None:
    shared_further(account, made, "copy")


def another_name_for_the_key(account: PracticeAccount, made: Session) -> None:
    client(account, "kms").create_alias(AliasName="alias/theirs", TargetKeyId=resource(made, "key"))


def key_granted(account: PracticeAccount, made: Session) -> None:
    client(account, "kms").create_grant(
        KeyId=resource(made, "key"), GranteePrincipal="arn:aws:iam::123456789012:role/theirs", Operations=["Decrypt"]
    )


def key_granted_to_a_service(account: PracticeAccount, made: Session) -> None:
    client(account, "kms").create_grant(
        KeyId=resource(made, "key"), GranteePrincipal="ec2.eu-central-1.amazonaws.com", Operations=["Decrypt"]
    )


def key_policy_edited(account: PracticeAccount, made: Session) -> None:
    kms, key = client(account, "kms"), resource(made, "key")
    policy = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    policy["Statement"][1]["Principal"] = {"AWS": f"arn:aws:iam::{THEIRS}:root"}
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))


def disk_of_theirs_with_the_key(account: PracticeAccount, made: Session) -> None:
    client(account, "ec2").create_volume(
        Size=8, AvailabilityZone="eu-central-1a", Encrypted=True, KmsKeyId=resource(made, "key")
    )


def database_of_theirs_with_the_key(account: PracticeAccount, made: Session) -> None:
    client(account, "rds").create_db_instance(
        DBInstanceIdentifier="theirs", Engine="postgres", DBInstanceClass="db.t3.micro", AllocatedStorage=20,
        MasterUsername="theirs", MasterUserPassword="not-a-password", StorageEncrypted=True,
        KmsKeyId=resource(made, "key"),
    )  # fmt: skip


def disk_copied_with_its_tags(account: PracticeAccount, made: Session) -> None:
    ec2, ours = client(account, "ec2"), disk(account, made, "copy")
    tags = ec2.describe_snapshots(SnapshotIds=[ours])["Snapshots"][0]["Tags"]
    ec2.copy_snapshot(
        SourceRegion="eu-central-1", SourceSnapshotId=ours, Encrypted=True, KmsKeyId=resource(made, "key"),
        TagSpecifications=[{"ResourceType": "snapshot", "Tags": tags}],
    )  # fmt: skip


def name_of_another_key(account: PracticeAccount, made: Session) -> None:
    kms = client(account, "kms")
    theirs = kms.create_key(Description="theirs")["KeyMetadata"]["KeyId"]
    kms.update_alias(AliasName=resource(made, "key-name"), TargetKeyId=theirs)


def name_taken_away(account: PracticeAccount, made: Session) -> None:
    client(account, "kms").delete_alias(AliasName=resource(made, "key-name"))


def key_given_up(account: PracticeAccount, made: Session) -> None:
    client(account, "kms").schedule_key_deletion(KeyId=resource(made, "key").rpartition("/")[2], PendingWindowInDays=7)


def partners_ec2(account: PracticeAccount) -> Any:
    partner = account.session_of("partner")
    assert partner
    return partner.client("ec2", region_name="eu-central-1")


def their_copy_shared_further(account: PracticeAccount, made: Session) -> None:
    partners_ec2(account).modify_image_attribute(
        ImageId=resource(made, "receive"), LaunchPermission={"Add": [{"UserId": THEIRS}]}
    )


def their_machine_protected(account: PracticeAccount, made: Session) -> None:
    partners_ec2(account).modify_instance_attribute(
        InstanceId=resource(made, "launch"), DisableApiTermination={"Value": True}
    )


def their_machine_ended(account: PracticeAccount, made: Session) -> None:
    partners_ec2(account).terminate_instances(InstanceIds=[resource(made, "launch")])


def together(*acts: Callable[[PracticeAccount, Session], None]) -> Callable[[PracticeAccount, Session], None]:
    def act(account: PracticeAccount, made: Session) -> None:
        for each in acts:
            each(account, made)

    return act


KEY = "key key-name"
USED = (
    another_name_for_the_key,
    key_granted,
    key_policy_edited,
    disk_of_theirs_with_the_key,
    database_of_theirs_with_the_key,
    disk_copied_with_its_tags,
)
DEEDS: Mapping[str, tuple[Mapping[str, Any], Deed, str]] = {
    "an image": (
        NEW,
        Deed(
            together(
                shared_further,
                shared_with_everybody,
                disk_shared_further,
                image_of_the_same_disk,
                launch_template_of_it,
            ),
            "image",
            "Others may launch it",
        ),
        f"may launch it: {THEIRS}, everybody|may copy its disks: {THEIRS}|same disks: ami-"
        "|of it: lt-[0-9a-f]+ .theirs.[.]",
    ),
    "an image that is edited": (NEW, Deed(described_otherwise, "image", "Somebody changed it"), "changed it"),
    "an image that is gone": (
        NEW,
        Deed(deregistered, why="not found", gone="image share"),
        "",
    ),
    "a permission that is gone": (NEW, Deed(share_taken_back, why="not found", gone="share share-disk-1"), ""),
    "a copy": (LOCKED, Deed(copy_shared_further, f"copy {KEY}", "The copy of the image"), f"launch it: {THEIRS}"),
    "a key": (
        LOCKED,
        Deed(together(*USED), KEY, "Somebody changed it"),
        "names: alias/theirs|grants for it: .*role/theirs|made: vol-|made: snap-|db:theirs|Somebody changed it",
    ),
    "a key's name": (LOCKED, Deed(name_of_another_key, "key-name", "name of another key"), "name of another key"),
    "a key that only a service of AWS was given": (LOCKED, Deed(key_granted_to_a_service), ""),
    "a key that is gone": (
        LOCKED,
        Deed(together(name_taken_away, key_given_up), why="not found", gone="key key-name"),
        "",
    ),
    "a copy of theirs": (
        RECEIVED,
        Deed(
            together(their_copy_shared_further, their_machine_protected),
            "receive launch",
            "protected",
        ),
        f"launch it: {THEIRS}|protected",
    ),
    "a machine of theirs that is gone": (RECEIVED, Deed(their_machine_ended, why="not found", gone="launch"), ""),
}


def shared(both: Aws, journal: Journal, clock: FakeClock, answers: Mapping[str, Any]) -> Session:
    made = Session(flows.find("share_ami"), both, journal, place=Place(practice=True), clock=clock)
    made.accepted |= {"compare-the-number", "stops", "address-changes"}
    made.fill(answers)
    carried_out(made)
    return made


@pytest.mark.parametrize("what", DEEDS)
@pytest.mark.usefixtures("vault")
@pytest.mark.some("a permission that is gone")
def test_what_others_have_there_stays_and_is_named(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock, what: str
) -> None:
    answers, deed, said = DEEDS[what]
    made = shared(both, journal, clock, answers)

    def named_before(account: PracticeAccount, made: Session) -> None:
        deed.act(account, made)
        told = " ".join(claim.why for claim in made.claims())
        assert not [each for each in filter(None, said.split("|")) if not re.search(each, told)], told
        assert bool(told) == bool(said)

    taken_back_after(account, made, replace(deed, act=named_before))


@pytest.mark.usefixtures("vault")
@pytest.mark.wild
def test_it_is_named_before_and_goes_where_that_is_decided(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock
) -> None:
    made = shared(both, journal, clock, LOCKED)
    for deed in (copy_shared_further, another_name_for_the_key, key_policy_edited):
        deed(account, made)
    said = " ".join(claim.why for claim in made.claims())
    assert THEIRS in said
    assert "alias/theirs" in said
    list(made.undo({"others": "delete"}))
    told = made.receipt()
    assert told.complete
    assert THEIRS in " ".join(told.removed)
    assert not [left for left in told.left if "others" in left.why.lower()]


def test_what_they_may_already_is_not_taken_from_them(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Somebody shared an image of the company's between the review and the run."""
    ec2 = client(account, "ec2")
    machine = ec2.describe_instances()["Reservations"][0]["Instances"][0]["InstanceId"]
    image = ec2.create_image(InstanceId=machine, Name="standing")["ImageId"]
    made = Session(flows.find("share_ami"), both, journal, place=Place(practice=True), clock=clock)
    made.accepted.add("compare-the-number")
    made.fill({"image": image, "account": NEW["account"], "region": "eu-central-1", "launch": "no"})
    made.review()
    ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"UserId": NEW["account"]}]})
    carried_out(made)
    list(made.undo())
    told = ec2.describe_image_attribute(ImageId=image, Attribute="launchPermission")["LaunchPermissions"]
    assert told == [{"UserId": NEW["account"]}]
    assert "existed before" in " ".join(each.why for each in made.receipt().left)
    assert made.receipt().complete


@pytest.mark.usefixtures("vault")
@pytest.mark.wild
def test_what_others_share_under_a_key_of_ones_own_keeps_it_open(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock
) -> None:
    key, ec2 = own_key(account), client(account, "ec2")
    made = shared(both, journal, clock, {**LOCKED, "key": key})
    zone = {"AvailabilityZone": "eu-central-1a", "Size": 8}
    source = ec2.create_snapshot(VolumeId=ec2.create_volume(**zone)["VolumeId"])["SnapshotId"]
    private, disk, of_image = (
        ec2.copy_snapshot(SourceRegion="eu-central-1", SourceSnapshotId=source, Encrypted=True, KmsKeyId=key)[
            "SnapshotId"
        ]
        for _ in range(3)
    )
    ec2.modify_snapshot_attribute(
        SnapshotId=disk, Attribute="createVolumePermission", OperationType="add", UserIds=[NEW["account"]]
    )
    backend = ec2_backends[ACCOUNT_ID]["eu-central-1"]
    for name in ("theirs", "unshared", "under another key"):
        image = ec2.register_image(Name=name, RootDeviceName="/dev/sda1")["ImageId"]
        if name != "under another key":
            backend.amis[image].ebs_snapshot = backend.snapshots[of_image]  # moto takes no disks that are there
        if name != "unshared":
            ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"UserId": NEW["account"]}]})
    taken_back_after(account, made, Deed(lambda *_: None, "key-use key-grants", f"with it: {disk}."))
    (images,) = {
        each.why.partition("with it: ami-")[2]
        for each in made.receipt().left
        if each.what.startswith("What the policy")
    }
    assert images
    assert "ami-" not in images
    assert private not in str(made.receipt())


@pytest.mark.parametrize(("answers", "action"), [(NEW, "image"), (LOCKED, "copy"), (RECEIVED, "receive")])
@pytest.mark.parametrize("noted", [True, False])
@pytest.mark.usefixtures("vault")
@pytest.mark.wild
def test_a_copy_that_somebody_made_of_a_disk_is_theirs(
    account: PracticeAccount,
    both: Aws,
    journal: Journal,
    clock: FakeClock,
    answers: Mapping[str, Any],
    action: str,
    noted: bool,
) -> None:
    """Also of a run that broke off before it had noted which disks are its own."""
    made = shared(both, journal, clock, answers)
    ec2 = partners_ec2(account) if action == "receive" else client(account, "ec2")
    (image,) = ec2.describe_images(ImageIds=[resource(made, action)])["Images"]
    ours = image["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
    about = ec2.describe_snapshots(SnapshotIds=[ours])["Snapshots"][0]["Description"]
    theirs = [
        ec2.copy_snapshot(SourceRegion="eu-central-1", SourceSnapshotId=ours, Description=description)["SnapshotId"]
        for description in (about, f"[Copied {ours} from eu-central-1] {about}")
    ]
    assert made.run is not None
    if not noted:
        made.run._facts[action].pop("seen")
    list(made.undo())
    told = ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]
    assert {each["SnapshotId"] for each in told} & {ours, *theirs} == set(theirs)
    assert made.receipt().complete
