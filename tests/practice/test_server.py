"""The loopback server shows the same account, and keeps to this machine."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from practice.office import office, refused, the_connection
from practice.picture import snapshot

from flows.practice.server import Served, serve


@pytest.fixture
def served() -> Iterator[Served]:
    with serve() as served:
        yield served


@pytest.fixture
def visitor() -> boto3.Session:
    return boto3.Session(
        aws_access_key_id="AKIAVISITOR000000000", aws_secret_access_key="x", region_name="eu-central-1"
    )


def test_it_shows_the_same_account_as_in_process(served: Served, visitor: boto3.Session) -> None:
    ec2: Any = visitor.client("ec2", endpoint_url=served.url)
    made = office(ec2)
    assert the_connection(ec2, made["VpnConnectionId"]) == the_connection(
        served.account.session.client("ec2"), made["VpnConnectionId"]
    )
    assert snapshot(visitor, endpoint_url=served.url) == snapshot(served.account.session)


def test_an_empty_one_has_only_what_aws_gives(visitor: boto3.Session) -> None:
    with serve(seed=False) as empty:
        picture = snapshot(visitor, endpoint_url=empty.url)
    assert [cidr for cidr, _ in picture["vpcs"].values()] == ["172.31.0.0/16"]
    assert picture["vpn_gateways"] == picture["customer_gateways"] == {}


@pytest.mark.wild
def test_files_go_in_and_come_out_whole(served: Served, visitor: boto3.Session) -> None:
    s3: Any = visitor.client("s3", endpoint_url=served.url)
    s3.create_bucket(Bucket="beans", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    content = bytes(range(256)) * 400
    s3.put_object(Bucket="beans", Key="a b/ü.bin", Body=content)
    assert s3.get_object(Bucket="beans", Key="a b/ü.bin")["Body"].read() == content
    assert s3.head_object(Bucket="beans", Key="a b/ü.bin")["ContentLength"] == len(content)


def test_refusals_come_through(served: Served, visitor: boto3.Session) -> None:
    with refused("NotPartOfPractice"):
        visitor.client("cloudfront", endpoint_url=served.url).list_cache_policies()
    with refused("DryRunOperation"):
        visitor.client("ec2", endpoint_url=served.url).create_vpc(CidrBlock="10.9.0.0/16", DryRun=True)


def test_it_listens_on_this_machine_only_and_stops(served: Served) -> None:
    where = urlsplit(served.url)
    assert where.hostname == "127.0.0.1"
    served.stop()
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", int(where.port or 0)), timeout=1)
