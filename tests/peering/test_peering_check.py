"""The check of a connection of two accounts, of a request, and of what has ended."""

from __future__ import annotations

import pytest
from peering.cases import ids
from peering.standing import table
from support.clock import FakeClock
from support.repairs import check, repairing
from support.sessions import carried_out, taken_back

from flows.engine import Journal
from flows.engine.boto import Aws
from flows.practice import SECOND_ACCOUNT_ID, PracticeAccount


@pytest.mark.parametrize("profile", ["", "partner"])
def test_the_other_account_is_looked_at_with_a_profile(account: PracticeAccount, both: Aws, profile: str) -> None:
    """Without one its side is unknown; a request of theirs waits for us, and is accepted by a repair."""
    ec2 = account.session.client("ec2")
    (waits,) = ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]
    subject = {"connection": waits["VpcPeeringConnectionId"], "peer_profile": profile}
    asked = check("peering", both, subject)
    assert (asked.status.value, asked.cause) == ("waiting", "state")
    assert f"Account {SECOND_ACCOUNT_ID} asks to connect" in asked.findings[0].sentence
    assert asked.findings[0].repair == "state"
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=subject["connection"])
    there = {each.id: each.grade.value for each in check("peering", both, subject).findings}
    assert there.get("other-side", "") == ("" if profile else "not checked")


def test_a_request_of_theirs_is_accepted_by_a_repair(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock
) -> None:
    ec2 = account.session.client("ec2")
    (waits,) = ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]
    made = repairing("peering", both, journal, clock, {"connection": waits["VpcPeeringConnectionId"]}, "state")
    carried_out(made)
    (now,) = ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]
    assert now["Status"]["Code"] == "active"
    taken_back(made)
    assert made.receipt().lost, "it waited for an answer before, and no undo makes it wait again"


@pytest.mark.parametrize("how", ["deleted", "rejected"])
@pytest.mark.some(1)
def test_one_that_has_ended_says_how(account: PracticeAccount, both: Aws, how: str) -> None:
    ec2, vpcs = account.session.client("ec2"), ids(account)
    made = ec2.create_vpc_peering_connection(VpcId=vpcs["shop"], PeerVpcId=vpcs["staging"])
    id = made["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    way = {"RouteTableId": table(ec2, "shop-private-a"), "DestinationCidrBlock": "10.20.0.0/16"}
    ec2.create_route(**way, VpcPeeringConnectionId=id)
    end = ec2.delete_vpc_peering_connection if how == "deleted" else ec2.reject_vpc_peering_connection
    end(VpcPeeringConnectionId=id)
    found = check("peering", both, {"connection": id})
    assert (found.status.value, found.cause) == ("broken", "state")
    assert f"is {how}" in found.findings[0].sentence
    assert "into nothing" in found.findings[-1].sentence
