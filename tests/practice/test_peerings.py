"""Peering connections in practice: the states, the refusals and the two sides that AWS has."""

from __future__ import annotations

from ipaddress import IPv6Network
from typing import Any

import pytest
from practice.office import refused

from flows.practice import ACCOUNT_ID, SECOND_ACCOUNT_ID, PracticeAccount


@pytest.fixture
def ec2(account: PracticeAccount) -> Any:
    return account.session.client("ec2")


def named(ec2: Any) -> dict[str, str]:
    return {each["Tags"][0]["Value"]: each["VpcId"] for each in ec2.describe_vpcs()["Vpcs"] if each.get("Tags")}


def asked(ec2: Any, one: str, other: str, **more: str) -> str:
    made = ec2.create_vpc_peering_connection(VpcId=one, PeerVpcId=other, **more)["VpcPeeringConnection"]
    return str(made["VpcPeeringConnectionId"])


def told(ec2: Any, id: str) -> Any:
    return ec2.describe_vpc_peering_connections(VpcPeeringConnectionIds=[id])["VpcPeeringConnections"][0]


def test_asked_twice_it_is_one(ec2: Any) -> None:
    """In the other direction it is another one, which can never be accepted."""
    vpcs = named(ec2)
    id = asked(ec2, vpcs["shop"], vpcs["staging"])
    assert asked(ec2, vpcs["shop"], vpcs["staging"]) == id
    turned = asked(ec2, vpcs["staging"], vpcs["shop"])
    assert turned != id
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=id)
    with refused("VpcPeeringConnectionAlreadyExists"):
        ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=turned)
    filters = [{"Name": "requester-vpc-info.vpc-id", "Values": [vpcs["staging"]]}]
    found = ec2.describe_vpc_peering_connections(Filters=filters)["VpcPeeringConnections"]
    assert [each["VpcPeeringConnectionId"] for each in found] == [turned]


def test_what_can_never_be_fails_at_once(ec2: Any) -> None:
    vpcs = named(ec2)
    shared = ec2.create_vpc(CidrBlock="10.0.128.0/17")["Vpc"]["VpcId"]
    for other, more in ((shared, {}), ("vpc-0123456789abcdef0", {"PeerOwnerId": SECOND_ACCOUNT_ID})):
        status = told(ec2, asked(ec2, vpcs["shop"], other, **more))["Status"]
        assert status["Code"] == "failed"
        assert "overlapping CIDR range" in status["Message"]
    with refused("InvalidVpcID.NotFound"):
        asked(ec2, vpcs["shop"], "vpc-0123456789abcdef0")


def test_each_side_has_its_own(account: PracticeAccount, ec2: Any) -> None:
    """Tags, and the ranges of the other only while it is active; who accepts is its owner, in its region."""
    vpcs, there = named(ec2), account.session.client("ec2", region_name="us-east-1")
    peer = named(there)["analytics"]
    id = asked(ec2, vpcs["shop"], peer, PeerRegion="us-east-1")
    assert "CidrBlock" not in told(ec2, id)["AccepterVpcInfo"]
    with refused("OperationNotPermitted"):
        ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=id)
    with refused("OperationNotPermitted"):
        ec2.modify_vpc_peering_connection_options(
            VpcPeeringConnectionId=id, RequesterPeeringConnectionOptions={"AllowDnsResolutionFromRemoteVpc": True}
        )
    there.accept_vpc_peering_connection(VpcPeeringConnectionId=id)
    assert told(ec2, id)["AccepterVpcInfo"]["CidrBlockSet"] == [{"CidrBlock": "10.60.0.0/16"}]
    there.create_tags(Resources=[id], Tags=[{"Key": "Name", "Value": "there"}])
    assert (told(ec2, id)["Tags"], told(there, id)["Tags"]) == ([], [{"Key": "Name", "Value": "there"}])
    with refused("InvalidVpcPeeringConnectionState.DnsHostnamesDisabled"):
        ec2.modify_vpc_peering_connection_options(
            VpcPeeringConnectionId=id, RequesterPeeringConnectionOptions={"AllowDnsResolutionFromRemoteVpc": True}
        )


def test_routes_follow_its_state(ec2: Any) -> None:
    vpcs = named(ec2)
    id = asked(ec2, vpcs["shop"], vpcs["staging"])
    tables = {each["VpcId"]: each["RouteTableId"] for each in ec2.describe_route_tables()["RouteTables"]}
    table = tables[vpcs["shop"]]

    def state() -> str:
        (found,) = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
        return str(next(each["State"] for each in found["Routes"] if each.get("VpcPeeringConnectionId")))

    ec2.create_route(RouteTableId=table, DestinationCidrBlock="10.20.0.0/16", VpcPeeringConnectionId=id)
    assert state() == "blackhole"
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=id)
    assert state() == "active"
    third = next(table for vpc, table in tables.items() if vpc not in (vpcs["shop"], vpcs["staging"]))
    with refused("InvalidParameterValue"):
        ec2.create_route(RouteTableId=third, DestinationCidrBlock="10.20.0.0/16", VpcPeeringConnectionId=id)
    ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=id)
    assert state() == "blackhole"
    with refused("InvalidStateTransition"):
        ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=id)
    with refused("InvalidVpcPeeringConnectionID.NotFound"):
        told(ec2, "pcx-0123456789abcdef0")


def test_a_request_waits_for_the_company(account: PracticeAccount, ec2: Any) -> None:
    """It may be refused, and only its owner takes it back."""
    (waits,) = ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]
    assert (waits["Status"]["Code"], waits["RequesterVpcInfo"]["OwnerId"]) == ("pending-acceptance", SECOND_ACCOUNT_ID)
    assert waits["AccepterVpcInfo"]["OwnerId"] == ACCOUNT_ID
    id = waits["VpcPeeringConnectionId"]
    with refused("OperationNotPermitted"):
        ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=id)
    ec2.reject_vpc_peering_connection(VpcPeeringConnectionId=id)
    assert told(ec2, id)["Status"]["Code"] == "rejected"


def test_rules_for_what_is_gone_are_stale(account: PracticeAccount, ec2: Any) -> None:
    vpc = named(ec2)["shop"]
    groups = {each["GroupName"]: each["GroupId"] for each in ec2.describe_security_groups()["SecurityGroups"]}
    assert ec2.describe_stale_security_groups(VpcId=vpc)["StaleSecurityGroupSet"] == []
    assert ec2.describe_vpc_encryption_controls(VpcIds=[vpc])["VpcEncryptionControls"] == []
    permission = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "UserIdGroupPairs": [{"GroupId": groups["app"]}]}
    ec2.authorize_security_group_ingress(GroupId=groups["database"], IpPermissions=[permission])
    assert ec2.describe_stale_security_groups(VpcId=vpc)["StaleSecurityGroupSet"] == []


def test_ipv6_is_let_through_and_routed_once(ec2: Any) -> None:
    """A VPC that gets IPv6 has it in its default network ACL, and a table one route to a network."""
    vpc = ec2.create_vpc(CidrBlock="10.70.0.0/16")["Vpc"]["VpcId"]
    mine = [{"Name": "vpc-id", "Values": [vpc]}]

    def entries() -> list[tuple[int, bool, str]]:
        (acl,) = ec2.describe_network_acls(Filters=mine)["NetworkAcls"]
        told = [each for each in acl["Entries"] if each.get("Ipv6CidrBlock") == "::/0"]
        return sorted((each["RuleNumber"], each["Egress"], each["RuleAction"]) for each in told)

    assert entries() == []
    told = ec2.associate_vpc_cidr_block(VpcId=vpc, AmazonProvidedIpv6CidrBlock=True)
    assert entries() == [
        (101, False, "allow"), (101, True, "allow"), (32768, False, "deny"), (32768, True, "deny"),
    ]  # fmt: skip
    block = told["Ipv6CidrBlockAssociation"]["Ipv6CidrBlock"]
    assert block == str(IPv6Network(block))
    id = asked(ec2, vpc, named(ec2)["staging"])
    (table,) = ec2.describe_route_tables(Filters=mine)["RouteTables"]
    way = {"RouteTableId": table["RouteTableId"], "DestinationIpv6CidrBlock": "2600:1f14:2a7:d800::/56"}
    ec2.create_route(**way, VpcPeeringConnectionId=id)
    with refused("RouteAlreadyExists"):
        ec2.create_route(**way, VpcPeeringConnectionId=id)
