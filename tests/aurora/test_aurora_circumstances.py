"""What the account already holds, and what that means for a new database."""

from __future__ import annotations

from typing import Any

import pytest
from support.aurora import SLEEPY, session

from flows.engine import Refused
from flows.engine.cloud import Aws
from flows.practice import PracticeAccount
from flows.practice.gaps.account import QUOTAS


def test_a_public_database_stands_in_public_subnets(account: PracticeAccount, cloud: Aws) -> None:
    """Names resolve now; private subnets are refused, and public ones are what is taken."""
    ec2 = account.session.client("ec2")
    (vpc,) = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["shop"]}])["Vpcs"]
    ec2.modify_vpc_attribute(VpcId=vpc["VpcId"], EnableDnsHostnames={"Value": True})
    made = session(cloud, None, {**SLEEPY, "public": "yes"})
    review = made.review()
    assert any("shop-public-a, shop-public-b" in action.sentence for action in review.plan.actions)
    assert [caution.id for caution in review.cautions if caution.confirm] == ["public-address"]
    names = [{"Name": "tag:Name", "Values": ["shop-private-*"]}]
    private = [each["SubnetId"] for each in ec2.describe_subnets(Filters=names)["Subnets"]]
    with pytest.raises(Refused, match="has no route to an internet gateway"):
        session(cloud, None, {**SLEEPY, "public": "yes", "places": private})


def test_a_name_that_is_taken_anywhere_stops_the_review(account: PracticeAccount, cloud: Aws, rds: Any) -> None:
    """The instance, the subnet group and the security group carry the name too; moto would overwrite."""
    ec2 = account.session.client("ec2")
    (vpc,) = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["shop"]}])["Vpcs"]
    ec2.create_security_group(GroupName="shop-db-db", Description="theirs", VpcId=vpc["VpcId"])
    subnets = [each["SubnetIdentifier"] for each in rds.describe_db_subnet_groups()["DBSubnetGroups"][0]["Subnets"]]
    rds.create_db_subnet_group(DBSubnetGroupName="shop-db", DBSubnetGroupDescription="theirs", SubnetIds=subnets)
    (refusal,) = session(cloud, None).review().refusals
    assert refusal.sentence == "There is already the subnet group shop-db, the security group shop-db-db."


def test_the_account_has_no_room(cloud: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(QUOTAS, ("rds", "L-952B80B8"), ("DB clusters", 2))
    (refusal,) = session(cloud, None).review().refusals
    assert refusal.sentence == "You have 2 clusters; 1 more would be over the limit of 2."
