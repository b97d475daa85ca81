"""MiniStack: an AWS that is neither moto nor ours, started on a port of its own, with a firm as others furnish it.

It is a program of its own environment (`make .venv-second/test.done`); nothing of it is imported.
"""

from __future__ import annotations

import io
import json
import os
import select
import socket
import subprocess
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

PROGRAM = Path(__file__).parents[2] / ".venv-second" / "bin" / "ministack"
REGION, ACCOUNT = "eu-central-1", "123456789012"
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": REGION}
READY = b"Running on"
PATIENCE = 60
"""Seconds until it must listen."""


class Second:
    """The account; `session.client` as a picture of it wants it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = self

    def client(self, service: str, region_name: str = REGION) -> Any:
        return boto3.client(  # type: ignore[call-overload]
            service,
            region_name=region_name,
            endpoint_url=self.url,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}),
        )


@contextmanager
def ministack(folder: Path) -> Iterator[Second]:
    """An empty account, until it is left."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    here = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder), "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port), "MINISTACK_REGION": REGION, "MINISTACK_ACCOUNT_ID": ACCOUNT,
    }  # fmt: skip
    with subprocess.Popen([PROGRAM], cwd=folder, env=here, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            _listens(process)
            yield Second(f"http://127.0.0.1:{port}")
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.communicate(timeout=10)
            process.kill()


def _listens(process: subprocess.Popen[bytes]) -> None:
    assert process.stdout
    until, said = time.monotonic() + PATIENCE, b""
    while READY not in said:
        heard, _, _ = select.select([process.stdout], [], [], until - time.monotonic())
        assert heard, f"it does not listen: {said.decode()}"
        more = os.read(process.stdout.fileno(), 65536)
        assert more, f"it ended: {said.decode()}"
        said += more


def furnished(account: Second) -> None:
    """A network, a load balancer, buckets, a function and a database, as somebody's own scripts leave them."""
    client = account.client
    ec2, elbv2, s3, rds = client("ec2"), client("elbv2"), client("s3"), client("rds")

    def named(kind: str, name: str) -> list[Any]:
        return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]

    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": "shop"}])
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    subnets = []
    for number, (name, zone) in enumerate((("out-a", "a"), ("out-b", "b"), ("in-a", "a"), ("in-b", "b"))):
        made = ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=REGION + zone,
            TagSpecifications=named("subnet", name),
        )  # fmt: skip
        subnets.append(made["Subnet"]["SubnetId"])
        table = ec2.create_route_table(VpcId=vpc, TagSpecifications=named("route-table", name))
        table = table["RouteTable"]["RouteTableId"]
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnets[-1])
        if name.startswith("out"):
            ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    group = ec2.create_security_group(GroupName="app", Description="app", VpcId=vpc)["GroupId"]
    ec2.run_instances(
        ImageId="ami-0abcdef1234567890", MinCount=1, MaxCount=1, InstanceType="t3.small", SubnetId=subnets[2],
        SecurityGroupIds=[group], TagSpecifications=named("instance", "shop-1"),
    )  # fmt: skip
    client("acm").request_certificate(DomainName="shop.fjord.example", ValidationMethod="DNS")
    balancer = elbv2.create_load_balancer(
        Name="shop", Subnets=subnets[:2], SecurityGroups=[group], Scheme="internet-facing", Type="application"
    )["LoadBalancers"][0]["LoadBalancerArn"]
    targets = elbv2.create_target_group(Name="shop", Protocol="HTTP", Port=8080, VpcId=vpc, TargetType="instance")
    forward = {"Type": "forward", "TargetGroupArn": targets["TargetGroups"][0]["TargetGroupArn"]}
    elbv2.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[forward])
    for bucket in ("fjord-site", "fjord-files"):
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    statement = {
        "Sid": "Theirs", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::210987654321:root"},
        "Action": "s3:GetObject", "Resource": "arn:aws:s3:::fjord-files/theirs/*",
    }  # fmt: skip
    alone = {"Version": "2012-10-17", "Statement": statement}  # without a list around it, as some tools write it
    s3.put_bucket_policy(Bucket="fjord-files", Policy=json.dumps(alone))
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = client("iam").create_role(RoleName="resize", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as packed:
        packed.writestr("photos.py", "def resize(event, context): ...")
    client("lambda").create_function(
        FunctionName="resize-photos", Role=role, Runtime="python3.12", Handler="photos.resize",
        Code={"ZipFile": code.getvalue()},
    )  # fmt: skip
    rds.create_db_subnet_group(DBSubnetGroupName="shop", DBSubnetGroupDescription="shop", SubnetIds=subnets[2:])
    rds.create_db_instance(
        DBInstanceIdentifier="orders", DBInstanceClass="db.t3.micro", Engine="postgres", AllocatedStorage=20,
        MasterUsername="keeper", MasterUserPassword="not-a-password", DBSubnetGroupName="shop",
    )  # fmt: skip
    rds.create_db_cluster(
        DBClusterIdentifier="reports", Engine="aurora-postgresql", DBSubnetGroupName="shop",
        MasterUsername="keeper", MasterUserPassword="not-a-password",
        ServerlessV2ScalingConfiguration={"MinCapacity": 0, "MaxCapacity": 4, "SecondsUntilAutoPause": 300},
    )  # fmt: skip
    rds.create_db_instance(
        DBInstanceIdentifier="reports-1", DBInstanceClass="db.serverless", Engine="aurora-postgresql",
        DBClusterIdentifier="reports",
    )  # fmt: skip
