"""Security groups of another VPC may be named where AWS takes them, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
from practice.office import refused
from practice.test_peerings import asked, named

from flows.practice import SECOND_ACCOUNT_ID, PracticeAccount


def default(ec2: Any, vpc: str) -> str:
    mine = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    return str(ec2.describe_security_groups(Filters=mine)["SecurityGroups"][0]["GroupId"])


def let_in(ec2: Any, group: str, **pair: str) -> Any:
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "UserIdGroupPairs": [pair]}
    return ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])["SecurityGroupRules"][0]


@pytest.fixture
def ec2(account: PracticeAccount) -> Any:
    return account.session.client("ec2")


def test_only_while_the_two_are_connected(ec2: Any) -> None:
    vpcs = named(ec2)
    shop, staging = default(ec2, vpcs["shop"]), default(ec2, vpcs["staging"])
    with refused("InvalidGroup.NotFound"):
        let_in(ec2, shop, GroupId=staging)
    id = asked(ec2, vpcs["shop"], vpcs["staging"])
    with refused("InvalidGroup.NotFound"):
        let_in(ec2, shop, GroupId=staging)
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=id)
    info = let_in(ec2, shop, GroupId=staging)["ReferencedGroupInfo"]
    assert (info["VpcId"], info["VpcPeeringConnectionId"], info["PeeringStatus"]) == (vpcs["staging"], id, "active")
    with refused("InvalidPermission.Duplicate"):
        let_in(ec2, shop, GroupId=staging)
    assert ec2.describe_stale_security_groups(VpcId=vpcs["shop"])["StaleSecurityGroupSet"] == []
    ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=id)
    (told,) = ec2.describe_security_groups(GroupIds=[shop])["SecurityGroups"]
    (pair,) = (p for each in told["IpPermissions"] for p in each["UserIdGroupPairs"] if p["GroupId"] == staging)
    assert pair["PeeringStatus"] == "deleted"
    (stale,) = ec2.describe_stale_security_groups(VpcId=vpcs["shop"])["StaleSecurityGroupSet"]
    assert stale["GroupId"] == shop


def test_another_accounts_with_its_number(account: PracticeAccount, ec2: Any) -> None:
    partner: Any = account.session_of("partner")
    there = partner.client("ec2")
    shop, warehouse = named(ec2)["shop"], named(there)["warehouse"]
    id = asked(ec2, shop, warehouse, PeerOwnerId=SECOND_ACCOUNT_ID)
    there.accept_vpc_peering_connection(VpcPeeringConnectionId=id)
    group, theirs = default(ec2, shop), default(there, warehouse)
    with refused("InvalidGroup.NotFound"):
        let_in(ec2, group, GroupId=theirs)
    made = let_in(ec2, group, GroupId=theirs, UserId=SECOND_ACCOUNT_ID)
    assert made["ReferencedGroupInfo"]["UserId"] == SECOND_ACCOUNT_ID
    ec2.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=[made["SecurityGroupRuleId"]])


def test_never_of_another_region(account: PracticeAccount, ec2: Any) -> None:
    there = account.session.client("ec2", region_name="us-east-1")
    vpcs, analytics = named(ec2), named(there)["analytics"]
    id = asked(ec2, vpcs["shop"], analytics, PeerRegion="us-east-1")
    there.accept_vpc_peering_connection(VpcPeeringConnectionId=id)
    with refused("InvalidGroup.NotFound"):
        let_in(ec2, default(ec2, vpcs["shop"]), GroupId=default(there, analytics))
