"""Practice machines that take commands: refused as on AWS, and answered by what is known of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from flows.practice import PracticeAccount
from flows.practice.company.basics import BLOG
from flows.practice.gaps import machines
from flows.wordpress import script


@pytest.fixture
def ssm(account: PracticeAccount) -> Any:
    return account.session.client("ssm")


@pytest.fixture
def blog(ssm: Any) -> str:
    """The only machine that answers."""
    (known,) = ssm.describe_instance_information()["InstanceInformationList"]
    assert known["PingStatus"] == "Online"
    return str(known["InstanceId"])


def sent(ssm: Any, machine: str, lines: str, document: str = "AWS-RunShellScript") -> str:
    made = ssm.send_command(
        DocumentName=document, InstanceIds=[machine], Comment="a test", Parameters={"commands": [lines]}
    )
    return str(made["Command"]["CommandId"])


def said(ssm: Any, machine: str, **values: str) -> Mapping[str, Any]:
    id_ = sent(ssm, machine, script.command(values))
    answer: Mapping[str, Any] = ssm.get_command_invocation(CommandId=id_, InstanceId=machine)
    return answer


def test_a_machine_without_a_role_is_not_known(account: PracticeAccount, ssm: Any, blog: str) -> None:
    found = account.session.client("ec2").describe_instances(Filters=[{"Name": "tag:Name", "Values": ["shop-1"]}])
    for machine in (found["Reservations"][0]["Instances"][0]["InstanceId"], "i-0123456789abcdef0"):
        with pytest.raises(ClientError, match="InvalidInstanceId"):
            sent(ssm, machine, "true")


def test_only_an_address_that_was_reserved_is_the_accounts_own(account: PracticeAccount) -> None:
    ec2: Any = account.session.client("ec2")
    (group,) = ec2.describe_instances(Filters=[{"Name": "tag:Name", "Values": ["shop-1"]}])["Reservations"]
    like = group["Instances"][0]
    card = {"DeviceIndex": 0, "SubnetId": like["SubnetId"], "AssociatePublicIpAddress": True}
    made = ec2.run_instances(ImageId=like["ImageId"], MinCount=1, MaxCount=1, NetworkInterfaces=[card])
    id = made["Instances"][0]["InstanceId"]

    def owner() -> str:
        (found,) = ec2.describe_instances(InstanceIds=[id])["Reservations"]
        return str(found["Instances"][0]["NetworkInterfaces"][0]["Association"]["IpOwnerId"])

    assert owner() == "amazon"
    ec2.associate_address(AllocationId=ec2.allocate_address(Domain="vpc")["AllocationId"], InstanceId=id)
    assert owner() == "123456789012"


def test_another_document_is_refused(ssm: Any, blog: str) -> None:
    with pytest.raises(ClientError, match="InvalidDocument"):
        sent(ssm, blog, "true", document="AWS-RunPowerShellScript")


def test_any_other_command_says_nothing(ssm: Any, blog: str) -> None:
    id_ = sent(ssm, blog, "rm -rf /")
    answer = ssm.get_command_invocation(CommandId=id_, InstanceId=blog)
    assert (answer["Status"], answer["StandardOutputContent"]) == ("Success", "")


def test_the_blog_stays_as_it_is_until_it_is_put_right(ssm: Any, blog: str) -> None:
    for _ in range(2):
        assert "wrong permalinks" in said(ssm, blog, MODE="check", STEPS="permalinks")["StandardOutputContent"]
    assert "changed permalinks" in said(ssm, blog, STEPS="permalinks", KEY="x")["StandardOutputContent"]
    assert "ok permalinks" in said(ssm, blog, MODE="check", STEPS="permalinks")["StandardOutputContent"]
    assert said(ssm, blog, MODE="undo", KEY="x")["Status"] == "Success"
    assert "wrong permalinks" in said(ssm, blog, MODE="check", STEPS="permalinks")["StandardOutputContent"]


def test_what_a_command_said_is_listed_too(ssm: Any, blog: str) -> None:
    failed = said(ssm, blog, ROOT="/srv")
    assert failed["Status"] == "Failed"
    (listed,) = ssm.list_command_invocations(InstanceId=blog, Details=True)["CommandInvocations"]
    assert listed["Comment"] == "a test"
    assert listed["CommandPlugins"][0]["Output"] == "failed folder There is no wp-load.php in /srv.\n"


def test_the_images_of_both_systems_are_named(ssm: Any) -> None:
    for name in (
        "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
        "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
        "/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id",
    ):
        found = ssm.get_parameter(Name=name)["Parameter"]
        assert (found["Name"], found["Value"][:4]) == (name, "ami-")
    with pytest.raises(ClientError, match="ParameterNotFound"):
        ssm.get_parameter(Name="/aws/service/canonical/ubuntu/server/12.04")


def test_what_a_script_would_have_measured_is_said_to_be_simulated() -> None:
    """Nothing runs here, so nobody measured what PHP takes."""
    blog = SimpleNamespace(get_tags=lambda: [{"value": BLOG}])
    right = {"files": True, "permalinks": True, "upload": 100, "memory": 256}
    vars(blog)["wordpress"] = right
    said, well = machines._said(blog, {**machines.DEFAULTS, "MODE": "look"})  # type: ignore[arg-type]
    assert well
    assert [line for line in said.splitlines() if line.startswith("ok ") and "(simulated" not in line] == []
