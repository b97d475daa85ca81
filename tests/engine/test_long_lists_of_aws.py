"""What there can be thousands of on AWS: a look-up yields what it has before it asks for more, and can be narrowed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

import pytest

from flows.aws import (
    amis,
    buckets,
    codeconnections,
    lambda_functions,
    load_balancers,
    rds_snapshots,
    security_groups,
    vpcs,
)
from flows.engine import Call, Choice, Flow, Identity, Missed, Option, Page, Plan
from flows.engine.choices import look_for
from flows.engine.listing import seeking
from flows.s3_lambda import answers  # fmt: skip

PAGES, EACH = 4, 100
OFFICE = vpcs.Vpc("vpc-1", "office", (IPv4Network("10.0.0.0/16"),), False, "1", True)


@dataclass(frozen=True)
class Case:
    """A look-up, the list that it reads, one entry of it, and what the reply for that entry is narrowed to."""

    options: Callable[[Any], Iterable[Option[Any]]]
    operation: str
    key: str
    entry: Callable[[int], dict[str, Any]]
    narrowed: Callable[[str], dict[str, Any]] = lambda text: {}


def filtered(name: str) -> Callable[[str], dict[str, Any]]:
    return lambda text: {"Filters": [{"Name": name, "Values": [text]}]}


def named(number: int, **more: Any) -> dict[str, Any]:
    return {"Tags": [{"Key": "Name", "Value": f"thing-{number}"}], **more}


CASES = {
    "buckets": Case(
        lambda flow: buckets.buckets(flow.cloud), "s3.ListBuckets", "Buckets",
        lambda n: {"Name": f"thing-{n}", "BucketRegion": "eu-central-1"}, lambda text: {"Prefix": text},
    ),
    "buckets of a region": Case(
        answers.buckets_here, "s3.ListBuckets", "Buckets",
        lambda n: {"Name": f"thing-{n}", "BucketRegion": "eu-central-1"}, lambda text: {"Prefix": text},
    ),
    "images": Case(
        lambda flow: amis.mine(flow.cloud), "ec2.DescribeImages", "Images",
        lambda n: {"ImageId": f"ami-{n:08x}", "Name": f"thing-{n}", "State": "available"}, filtered("name"),
    ),
    "machines": Case(
        lambda flow: amis.machines(flow.cloud), "ec2.DescribeInstances", "Reservations",
        lambda n: {"Instances": [named(n, InstanceId=f"i-{n:08x}", State={"Name": "running"})]}, filtered("tag:Name"),
    ),
    "security groups": Case(
        lambda flow: security_groups.security_groups(flow.cloud, OFFICE),
        "ec2.DescribeSecurityGroups", "SecurityGroups",
        lambda n: {"GroupId": f"sg-{n:08x}", "GroupName": f"thing-{n}", "Description": "", "IpPermissions": []},
        filtered("group-name"),
    ),
    "VPCs": Case(
        lambda flow: vpcs.vpcs(flow.cloud), "ec2.DescribeVpcs", "Vpcs",
        lambda n: named(n, VpcId=f"vpc-{n:08x}", CidrBlock="10.0.0.0/16", IsDefault=False, OwnerId="1"),
        filtered("tag:Name"),
    ),
    "snapshots": Case(
        lambda flow: rds_snapshots.mine(flow.cloud), "rds.DescribeDBSnapshots", "DBSnapshots",
        lambda n: {
            "DBSnapshotIdentifier": f"thing-{n}", "DBSnapshotArn": f"arn:{n}", "Engine": "mysql", "Status": "available",
        },
        filtered("db-snapshot-id"),
    ),
}  # fmt: skip

PAGED = {
    "load balancers": Case(
        lambda flow: load_balancers.options(flow.cloud), "elbv2.DescribeLoadBalancers", "LoadBalancers",
        lambda n: {
            "LoadBalancerArn": f"arn:{n}", "LoadBalancerName": f"thing-{n}", "Type": "application", "VpcId": "vpc-1",
            "DNSName": f"thing-{n}.example.com", "Scheme": "internal", "State": {"Code": "active"},
        },
    ),
    "functions": Case(
        lambda flow: lambda_functions.functions(flow.cloud), "lambda.ListFunctions", "Functions",
        lambda n: {"FunctionName": f"thing-{n}", "FunctionArn": f"arn:aws:lambda:eu-central-1:1:function:thing-{n}"},
    ),
    "connections": Case(
        lambda flow: codeconnections.options(flow.cloud), "codeconnections.ListConnections", "Connections",
        lambda n: {"ConnectionArn": f"arn:{n}", "ConnectionName": f"thing-{n}", "ConnectionStatus": "AVAILABLE"},
    ),
}  # fmt: skip
"""Where AWS has no filter for a name."""


class Lists:
    """An account that has only that, page by page, and notes what it was asked for."""

    identity = Identity("1", "arn:aws:iam::1:user/kim", "eu-central-1")

    def __init__(self, case: Case) -> None:
        self._case = case
        self.asked: list[dict[str, Any]] = []
        self.given = 0

    def make(self, call: Call) -> dict[str, Any]:
        raise AssertionError(f"{call.operation} for every entry is too much")

    def look_at(self, url: str) -> Page:
        return Page(missed=Missed.UNREACHABLE)

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        self.asked.append(dict(call.params))
        if call.operation != self._case.operation:
            yield dict.fromkeys(("DBClusterSnapshots",), ())
            return
        for page in range(PAGES):
            self.given += 1
            yield {self._case.key: [self._case.entry(n) for n in range(page * EACH, (page + 1) * EACH)]}


class Nothing(Flow):
    """Only an account."""

    title = "Nothing"

    def plan(self) -> Plan:
        return Plan(())


@pytest.mark.parametrize("case", [*CASES.values(), *PAGED.values()], ids=[*CASES, *PAGED])
def test_a_page_is_offered_before_the_next_is_asked_for(case: Case) -> None:
    cloud = Lists(case)
    options = iter(case.options(Nothing(cloud)))
    for _ in range(EACH):
        next(options)
        assert cloud.given <= 1
    for _ in options:
        pass
    assert cloud.given >= PAGES


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_name_is_asked_for_by_what_aws_has_for_it(case: Case) -> None:
    cloud = Lists(case)
    question: Choice[Any] = Choice("Which?", case.options)
    (found,) = look_for(["thing-7"], question, Nothing(cloud))
    assert found.label == "thing-7"
    asked, wanted = cloud.asked[0], case.narrowed("thing-7")
    assert asked.items() >= wanted.items() or all(each in asked["Filters"] for each in wanted["Filters"])


def test_no_other_list_is_narrowed_by_a_name_that_is_looked_for() -> None:
    """What only serves to make another list must be whole, or something of the same name would be missed."""
    cloud = Lists(CASES["VPCs"])
    from flows.engine.listing import whole

    with seeking(["thing-7"]) as narrowed:
        assert len(list(vpcs.vpcs(cloud, whole))) == PAGES * EACH
        assert not narrowed()


class Emulator:
    """An account of 2 500 buckets that knows MaxBuckets, but neither a next page nor where a bucket is."""

    identity = Identity("1", "arn:aws:iam::1:user/kim", "eu-central-1")

    def __init__(self) -> None:
        self.names = [f"thing-{n}" for n in range(2500)]
        self.looked_into: list[str] = []

    def make(self, call: Call) -> dict[str, Any]:
        self.looked_into.append(call.params["Bucket"])
        return {"LocationConstraint": "eu-central-1", "BucketRegion": "eu-central-1"}

    def look_at(self, url: str) -> Page:
        return Page(missed=Missed.UNREACHABLE)

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        most = call.params.get("MaxBuckets", len(self.names))
        found = [name for name in self.names if name.startswith(call.params.get("Prefix", ""))]
        yield {"Buckets": [{"Name": name} for name in found[:most]]}


def test_an_emulator_that_keeps_the_rest_of_its_buckets_back_is_asked_for_all() -> None:
    cloud = Emulator()
    assert [option.key for option in buckets.buckets(cloud)] == cloud.names


@pytest.mark.parametrize("options", [lambda flow: buckets.buckets(flow.cloud), answers.buckets_here])
def test_where_a_bucket_is_is_only_asked_of_few_or_of_the_one_that_is_meant(options: Any) -> None:
    cloud = Emulator()
    assert len(list(options(Nothing(cloud)))) == len(cloud.names)
    assert len(cloud.looked_into) <= buckets.LOOKED_INTO
    cloud.looked_into.clear()
    question: Choice[Any] = Choice("Which?", options)
    (found,) = look_for(["thing-2499"], question, Nothing(cloud))
    assert found.value == buckets.Bucket("thing-2499", "eu-central-1")
    assert set(cloud.looked_into) == {"thing-2499"}
