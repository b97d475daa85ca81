"""What the account already holds, and what that means for a new database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from aurora.cases import SLEEPY, session
from support.clock import FakeClock
from support.clouds import Between
from support.sessions import carried_out

import flows
from flows.engine import Call, Grade, Journal, Refused
from flows.engine.boto import Aws
from flows.practice import PracticeAccount
from flows.practice.gaps.account import QUOTAS


@pytest.mark.wild
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


class Silent(Between):
    """An account that does not say how far a version grows, nor what becomes of a password."""

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        return map(self._less, super().pages(call))

    def make(self, call: Call) -> dict[str, Any]:
        return self._less(super().make(call))

    @staticmethod
    def _less(answer: dict[str, Any]) -> dict[str, Any]:
        for each in (*answer.get("DBEngineVersions", ()), *answer.get("DBClusters", ()), answer.get("DBCluster", {})):
            each.pop("ServerlessV2FeaturesSupport", None)
            each.pop("MasterUserSecret", None)
        if "OrderableDBInstanceOptions" in answer:
            answer["OrderableDBInstanceOptions"] = []
        return answer


@pytest.mark.wild
def test_where_nothing_is_told_of_versions_nothing_is_claimed_of_them(
    cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """These members are optional in AWS's answers, and emulators leave them out: no reason to refuse."""
    silent = Silent(cloud)
    made = session(silent, journal, SLEEPY, clock=clock)
    assert "serverless-not-told" in {caution.id for caution in made.review().cautions}
    carried_out(made)
    handover = made.hand_over()
    assert handover.outputs["secret"] == ""
    assert not any("None" in step for step in handover.next_steps)
    found = {each.id: each.grade for each in flows.find("aurora").diagnose(silent, {"cluster": "shop-db"})}
    assert found["reason-version"] is Grade.NOT_CHECKED
    assert "keeps-awake-version" not in found
    assert found["can-sleep"] is Grade.PREDICTED


@pytest.mark.wild
def test_a_name_that_is_taken_anywhere_stops_the_review(account: PracticeAccount, cloud: Aws, rds: Any) -> None:
    """The instance, the subnet group and the security group carry the name too; moto would overwrite."""
    ec2 = account.session.client("ec2")
    (vpc,) = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["shop"]}])["Vpcs"]
    ec2.create_security_group(GroupName="shop-db-db", Description="theirs", VpcId=vpc["VpcId"])
    subnets = [each["SubnetIdentifier"] for each in rds.describe_db_subnet_groups()["DBSubnetGroups"][0]["Subnets"]]
    rds.create_db_subnet_group(DBSubnetGroupName="shop-db", DBSubnetGroupDescription="theirs", SubnetIds=subnets)
    (refusal,) = session(cloud, None).review().refusals
    assert refusal.sentence == "There is already the subnet group shop-db, the security group shop-db-db."


@pytest.mark.wild
def test_the_account_has_no_room(cloud: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(QUOTAS, ("rds", "L-952B80B8"), ("DB clusters", 2))
    (refusal,) = session(cloud, None).review().refusals
    assert refusal.sentence == "You have 2 clusters; 1 more would be over the limit of 2."
