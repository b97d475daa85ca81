"""Machines, their disks, addresses and images."""

from __future__ import annotations

from collections.abc import Collection

from elsewhere.colleague.deed import client, only, to
from elsewhere.hand import Made

from flows.practice import PracticeAccount


@to("ec2.RunInstances", turns=True)
def protected_from_ending(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "ec2").modify_instance_attribute(InstanceId=it.id, DisableApiTermination={"Value": True})


@to("ec2.RunInstances", mere=True)
def stopped(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "ec2").stop_instances(InstanceIds=[it.id])


@to("ec2.RunInstances")
def disk_of_theirs_attached(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    ec2 = client(account, "ec2")
    (group,) = ec2.describe_instances(InstanceIds=[it.id])["Reservations"]
    zone = group["Instances"][0]["Placement"]["AvailabilityZone"]
    disk = ec2.create_volume(Size=8, AvailabilityZone=zone)["VolumeId"]
    ec2.attach_volume(VolumeId=disk, InstanceId=it.id, Device="/dev/sdf")


@to("ec2.AllocateAddress", "ec2.AssociateAddress", turns=True)
def address_moved_to_a_machine_of_theirs(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    ec2 = client(account, "ec2")
    addresses = {each.get("PublicIp"): each["AllocationId"] for each in ec2.describe_addresses()["Addresses"]}
    address = it.params.get("AllocationId") or addresses[it.id]
    ours = {each.id for each in all_}
    running = [i["InstanceId"] for group in ec2.describe_instances()["Reservations"] for i in group["Instances"]]
    other = only([each for each in running if each not in ours])
    ec2.associate_address(AllocationId=address, InstanceId=other, AllowReassociation=True)


@to("ec2.CreateImage", "ec2.CopyImage")
def image_shared_further(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "ec2").modify_image_attribute(ImageId=it.id, LaunchPermission={"Add": [{"UserId": "333333333333"}]})


@to("ec2.ModifyImageAttribute")
def image_shared_with_one_more(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "ec2").modify_image_attribute(
        ImageId=it.params["ImageId"], LaunchPermission={"Add": [{"UserId": "333333333333"}]}
    )


@to("ec2.ModifyImageAttribute", takes=True)
def image_deregistered(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "ec2").deregister_image(ImageId=it.params["ImageId"])


@to("ec2.ModifySnapshotAttribute")
def disk_shared_with_one_more(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "ec2").modify_snapshot_attribute(
        SnapshotId=it.params["SnapshotId"], Attribute="createVolumePermission", OperationType="add",
        UserIds=["333333333333"],
    )  # fmt: skip


@to("ssm.SendCommand", takes=True)
def machine_ended(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "ec2").terminate_instances(InstanceIds=list(it.params["InstanceIds"]))
