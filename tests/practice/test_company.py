"""Fjord Coffee is what each set-up finds to work on."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from practice.office import refused

from flows.engine import Place
from flows.engine.boto import Aws
from flows.practice import ACCOUNT_ID, ALIAS, CALLER, SECOND_ACCOUNT_ID, PracticeAccount, open_account
from flows.practice.company.delivery import ROLES
from flows.practice.company.storage import FILES


@pytest.fixture
def client(account: PracticeAccount) -> Any:
    return account.session.client


def test_the_networks(client: Any) -> None:
    ec2 = client("ec2")
    vpcs = {tag["Value"]: vpc for vpc in ec2.describe_vpcs()["Vpcs"] for tag in vpc.get("Tags", [])}
    assert {name: vpc["CidrBlock"] for name, vpc in vpcs.items()} == {
        "shop": "10.0.0.0/16",
        "staging": "10.20.0.0/16",
    }
    in_shop = [{"Name": "vpc-id", "Values": [vpcs["shop"]["VpcId"]]}]
    subnets = ec2.describe_subnets(Filters=in_shop)["Subnets"]
    assert len(subnets) == 4
    assert {subnet["AvailabilityZone"] for subnet in subnets} == {"eu-central-1a", "eu-central-1b"}
    groups = ec2.describe_security_groups(Filters=in_shop)["SecurityGroups"]
    assert {group["GroupName"] for group in groups} == {"default", "web", "app", "database"}
    (instance,) = ec2.describe_instances()["Reservations"][0]["Instances"]
    assert (instance["State"]["Name"], instance["InstanceType"]) == ("running", "t3.small")
    assert instance["SubnetId"] in {subnet["SubnetId"] for subnet in subnets}
    devices = {each["Tags"][0]["Value"]: each for each in ec2.describe_customer_gateways()["CustomerGateways"]}
    assert (devices["warehouse"]["IpAddress"], devices["warehouse"]["BgpAsn"]) == ("198.51.100.99", "65010")
    (gateway,) = ec2.describe_vpn_gateways()["VpnGateways"]
    assert gateway["VpcAttachments"] == [{"VpcId": vpcs["staging"]["VpcId"], "State": "attached"}]
    (branch,) = ec2.describe_vpn_connections()["VpnConnections"]
    assert branch["CustomerGatewayId"] == devices["branch"]["CustomerGatewayId"]
    assert [each["Status"] for each in branch["VgwTelemetry"]] == ["UP", "UP"], "for as long as anybody remembers"


def test_the_buckets(client: Any) -> None:
    s3 = client("s3")
    names = {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
    assert {"fjord-coffee-site", "fjord-coffee-files"} <= names
    assert s3.get_bucket_website(Bucket="fjord-coffee-site")["IndexDocument"] == {"Suffix": "index.html"}
    (statement,) = json.loads(s3.get_bucket_policy(Bucket="fjord-coffee-site")["Policy"])["Statement"]
    assert SECOND_ACCOUNT_ID in statement["Principal"]["AWS"]
    block = s3.get_public_access_block(Bucket="fjord-coffee-files")["PublicAccessBlockConfiguration"]
    assert all(block.values())
    with refused("NoSuchPublicAccessBlockConfiguration"):
        s3.get_public_access_block(Bucket="fjord-coffee-site")


def test_a_new_bucket_is_closed_and_has_its_tags(client: Any) -> None:
    s3, mine = client("s3"), [{"Key": "team", "Value": "roasting"}]
    s3.create_bucket(Bucket="beans", CreateBucketConfiguration={"LocationConstraint": "eu-central-1", "Tags": mine})
    assert s3.get_bucket_tagging(Bucket="beans")["TagSet"] == mine
    block = s3.get_public_access_block(Bucket="beans")["PublicAccessBlockConfiguration"]
    assert len(block) == 4
    assert all(block.values())


def test_the_domain(client: Any) -> None:
    (zone,) = client("route53").list_hosted_zones()["HostedZones"]
    assert zone["Name"] == "fjord-coffee.example."


def test_the_load_balancer(client: Any) -> None:
    elbv2 = client("elbv2")
    (balancer,) = elbv2.describe_load_balancers(Names=["shop"])["LoadBalancers"]
    (listener,) = elbv2.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    (targets,) = elbv2.describe_target_groups(Names=["shop"])["TargetGroups"]
    assert (listener["Protocol"], listener["Port"]) == ("HTTP", 80)
    health = elbv2.describe_target_health(TargetGroupArn=targets["TargetGroupArn"])
    assert len(health["TargetHealthDescriptions"]) == 1


def test_the_database(client: Any) -> None:
    rds = client("rds")
    (orders,) = rds.describe_db_instances(DBInstanceIdentifier="orders")["DBInstances"]
    assert (orders["DBInstanceIdentifier"], orders["DBInstanceStatus"]) == ("orders", "available")
    snapshots = rds.describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    assert [each["DBSnapshotIdentifier"] for each in snapshots] == ["orders-before-summer"]


def test_the_delivery(client: Any) -> None:
    pipeline = client("codepipeline").get_pipeline(name="deliver-shop")["pipeline"]
    assert [stage["name"] for stage in pipeline["stages"]] == ["Source", "Build"]
    assert client("codebuild").list_projects()["projects"] == ["build-shop"]
    (function,) = client("lambda").list_functions()["Functions"]
    assert function["FunctionName"] == "resize-photos"
    assert client("iam").list_account_aliases()["AccountAliases"] == ["fjord-coffee"]


def test_there_is_a_second_account(client: Any, account: PracticeAccount) -> None:
    role = client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{SECOND_ACCOUNT_ID}:role/visitor", RoleSessionName="practice"
    )["Credentials"]
    keys = {
        "aws_access_key_id": role["AccessKeyId"],
        "aws_secret_access_key": role["SecretAccessKey"],
        "aws_session_token": role["SessionToken"],
    }
    other: Any = account.session.client
    assert other("sts", **keys).get_caller_identity()["Account"] == SECOND_ACCOUNT_ID
    assert [vpc["IsDefault"] for vpc in other("ec2", **keys).describe_vpcs()["Vpcs"]] == [True]


@pytest.mark.wild
def test_it_does_not_matter_which_part_is_looked_at_first(tmp_path: Path) -> None:
    def balancer(first: str) -> Any:
        with open_account(tmp_path / first, hurry=True) as account:
            client: Any = account.session.client
            if first == "s3":
                client("s3").list_buckets()
                client("ec2").describe_vpcs()
            found = client("elbv2").describe_load_balancers()["LoadBalancers"]
            for each in found:
                each.pop("CreatedTime")
            return found

    assert balancer("elbv2") == balancer("s3")


@pytest.mark.wild
def test_an_account_that_is_opened_later_is_set_up_alike(tmp_path: Path) -> None:
    """By clients in the first of a process, by what those had sent in the others."""
    seen = list[Any]()
    for number in range(2):
        with open_account(tmp_path / str(number), hurry=True) as account:
            client: Any = account.session.client
            seen.append(
                [
                    client("rds").describe_db_instances()["DBInstances"],
                    client("elbv2").describe_load_balancers()["LoadBalancers"],
                    client("ec2").describe_instances()["Reservations"],
                    client("codepipeline").list_pipelines()["pipelines"],
                    client("lambda").list_functions()["Functions"],
                ]
            )
            for database in seen[-1][0]:
                del database["LatestRestorableTime"]
    assert seen[0] == seen[1]


def test_looking_at_images_and_machine_types_changes_nothing(tmp_path: Path) -> None:
    def next_group(*, looked: bool) -> str:
        with open_account(tmp_path / str(looked), hurry=True) as account:
            ec2: Any = account.session.client("ec2")
            if looked:
                assert ec2.describe_images(Owners=["amazon"])["Images"]
                assert ec2.describe_instance_types(InstanceTypes=["t3.small"])["InstanceTypes"]
                zones = ec2.describe_instance_type_offerings(LocationType="availability-zone")
                assert {each["LocationType"] for each in zones["InstanceTypeOfferings"]} == {"availability-zone"}
            return str(ec2.create_security_group(GroupName="new", Description="new")["GroupId"])

    assert next_group(looked=True) == next_group(looked=False)


def test_who_practises_is_who_the_account_says(account: PracticeAccount) -> None:
    said = Aws(Place(practice=True), account.session).identity
    assert (said.account, said.arn, said.alias) == (ACCOUNT_ID, CALLER, ALIAS)


def test_opening_the_account_imports_no_moto(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from flows.practice import open_account\n"
        "account = open_account(Path(sys.argv[1])); account.session.client('ec2')\n"
        "print([name for name in sys.modules if name.split('.')[0] == 'moto'])"
    )
    root = Path(__file__).parents[2]
    shown = subprocess.check_output([sys.executable, "-c", code, str(folder)], cwd=root, text=True)
    assert shown.strip() == "[]"


LOOKS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("ec2", "describe_instances", {}),
    ("ec2", "describe_network_interfaces", {}),
    ("ec2", "describe_volumes", {}),
    ("ec2", "describe_iam_instance_profile_associations", {}),
    ("ec2", "describe_route_tables", {}),
    ("ec2", "describe_security_groups", {}),
    ("iam", "list_roles", {}),
    ("iam", "list_instance_profiles", {}),
    *(("iam", "list_role_policies", {"RoleName": role}) for role in ROLES),
    ("s3", "list_buckets", {}),
    ("s3", "get_bucket_notification_configuration", {"Bucket": FILES}),
    ("sqs", "list_queues", {}),
    ("sns", "list_topics", {}),
    ("ssm", "describe_instance_information", {}),
    ("lambda", "list_functions", {}),
    ("events", "list_rules", {}),
    ("codebuild", "list_projects", {}),
    ("codepipeline", "list_pipelines", {}),
    ("elbv2", "describe_load_balancers", {}),
)


def test_whatever_is_looked_at_first_the_company_is_the_same(tmp_path: Path) -> None:
    """Its parts are set up one after the other: none may show what another one brings."""

    def seen(name: str, looks: Sequence[tuple[str, str, dict[str, Any]]]) -> dict[str, Any]:
        with open_account(tmp_path / name, hurry=True) as account:
            return {
                f"{look} {asked}": getattr(account.session.client(service), look)(**asked) | {"ResponseMetadata": {}}
                for service, look, asked in looks
            }

    assert seen("forwards", LOOKS) == seen("backwards", LOOKS[::-1])
