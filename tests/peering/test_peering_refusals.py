"""What cannot be is refused with a sentence, and what else there is to think about is said before anything is made."""

from __future__ import annotations

from typing import Any

import pytest
from peering.cases import BILLING, ELSEWHERE, MINE, OWNER, PROFILE, ids, session
from peering.standing import table
from support.clock import FakeClock

import flows
from flows.engine import Place, Problem, Session
from flows.engine.boto import Aws
from flows.peering.answers import partition
from flows.practice import ACCOUNT_ID, SECOND_ACCOUNT_ID, PracticeAccount


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({**MINE, "peer_vpc": "shop"}, "That is the same VPC. Choose the other one."),
        (
            {**PROFILE, "peer_vpc": "lab", "peer_security_groups": []},
            r"10.0.0.0/16 of shop overlaps with 10.0.0.0/16 of lab. AWS refuses .* AWS PrivateLink",
        ),
        ({**OWNER, "peer_account": ACCOUNT_ID}, f"{ACCOUNT_ID} is your own account. Choose “mine” instead."),
        ({**OWNER, "peer_account": "12345"}, "It has exactly 12 digits"),
        ({**OWNER, "peer_vpc_id": "shop"}, "“shop” is not a VPC id. It looks like vpc-0123456789abcdef0"),
        ({**OWNER, "peer_networks": ["10.0.4.0/24"]}, "overlaps with 10.0.4.0/24, which is theirs, as you say"),
        ({**MINE, "dns": "yes"}, r"DNS hostnames is switched off in \w+. Answer dns_hostnames=yes"),
        ({**PROFILE, "peer_profile": "nobody"}, "There is no AWS profile called “nobody”"),
    ],
)
@pytest.mark.some(3)
def test_refusals(both: Aws, clock: FakeClock, answers: Any, sentence: str) -> None:
    with pytest.raises(Problem, match=sentence):
        session(both, None, answers, clock)


def test_another_part_of_aws(both: Aws, clock: FakeClock) -> None:
    assert [partition(each) for each in ("cn-north-1", "us-gov-west-1", "eusc-de-east-1", "us-east-1")] == [
        "aws-cn", "aws-us-gov", "aws-eusc", "aws",
    ]  # fmt: skip


def test_a_newcomer_is_asked_eight_questions_at_most() -> None:
    flow = flows.find("peering")
    assert max(sum(not each.fine_tuning for each in route) for route in flow.routes()) <= 8


def test_what_can_be_connected_comes_first(both: Aws, clock: FakeClock) -> None:
    """Those that never can stand last, and say why."""
    made = Session(flows.find("peering"), both, place=Place(practice=True), clock=clock)
    made.suggest({key: PROFILE[key] for key in ("vpc", "whose", "peer_profile", "peer_region")})
    while (asking := made.asking()) and asking.question.id != "peer_vpc":
        made.answer(PROFILE[asking.question.id])
    assert asking is not None and asking.offer is not None
    listed = [(each.label, each.hint.rpartition(", ")[2]) for each in asking.offer.options]
    assert listed[-1] == ("lab", "overlaps with yours")
    assert {name for name, _ in listed[:-1]} >= {"warehouse", "billing"}


def test_routes_that_are_taken(account: PracticeAccount, both: Aws, clock: FakeClock) -> None:
    """A living one stays unless that is said, a dead one is replaced, and what is narrower or wider is told."""
    ec2 = account.session.client("ec2")
    gateway = ec2.describe_internet_gateways()["InternetGateways"][0]["InternetGatewayId"]
    a, b, public = (table(ec2, f"shop-{each}") for each in ("private-a", "private-b", "public"))
    ec2.create_route(RouteTableId=a, DestinationCidrBlock="10.20.0.0/16", GatewayId=gateway)
    ec2.create_route(RouteTableId=b, DestinationCidrBlock="10.20.7.0/24", GatewayId=gateway)
    ec2.create_route(RouteTableId=public, DestinationCidrBlock="10.0.0.0/8", GatewayId=gateway)
    review = session(both, None, MINE, clock).review()
    told = {each.id for each in review.cautions}
    assert {"route-taken", "more-specific-route", "wider-route"} <= told
    assert not [each for each in review.plan.actions if each.call.operation == "ec2.ReplaceRoute"]
    replaced = session(both, None, {**MINE, "replace_routes": "replace"}, clock).review()
    (instead,) = [each for each in replaced.plan.actions if each.call.operation == "ec2.ReplaceRoute"]
    assert instead.call.params["RouteTableId"] == a
    assert [each.confirm for each in replaced.cautions if each.id == "route-replaced"] == [True]


@pytest.mark.wild
def test_a_dead_route_is_replaced(account: PracticeAccount, both: Aws, clock: FakeClock) -> None:
    ec2, vpcs = account.session.client("ec2"), ids(account)
    old = ec2.create_vpc_peering_connection(VpcId=vpcs["shop"], PeerVpcId=vpcs["staging"])["VpcPeeringConnection"]
    gone = old["VpcPeeringConnectionId"]
    way = {"RouteTableId": table(ec2, "shop-private-a"), "DestinationCidrBlock": "10.20.0.0/16"}
    ec2.create_route(**way, VpcPeeringConnectionId=gone)
    ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=gone)
    review = session(both, None, MINE, clock).review()
    assert [each.call.operation for each in review.plan.actions].count("ec2.ReplaceRoute") == 1
    assert {each.id for each in review.cautions} >= {"dead-route"}
    assert [each.sentence for each in review.findings if each.id == "earlier"] == [
        f"An earlier request ({gone}) is deleted; a new one is sent."
    ]


@pytest.mark.wild
def test_as_many_as_there_may_be(account: PracticeAccount, both: Aws, clock: FakeClock) -> None:
    """Of active connections: five are a remark, fifty are the end."""
    ec2, vpcs = account.session.client("ec2"), ids(account)

    def more(numbers: range) -> None:
        for number in numbers:
            peer = ec2.create_vpc(CidrBlock=f"10.{100 + number}.0.0/16")["Vpc"]["VpcId"]
            made = ec2.create_vpc_peering_connection(VpcId=vpcs["shop"], PeerVpcId=peer)["VpcPeeringConnection"]
            ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=made["VpcPeeringConnectionId"])

    more(range(5))
    assert "many-connections" in {each.id for each in session(both, None, MINE, clock).review().cautions}
    more(range(5, 50))
    (full,) = session(both, None, MINE, clock).review().refusals
    assert f"{vpcs['shop']}) has 50 active connections; 50 is the limit (quota L-7E9ECCDB" in full.sentence


def test_who_pays_and_who_asks(account: PracticeAccount, both: Aws, clock: FakeClock) -> None:
    """Another region costs, and a request of theirs that wants more than one path costs more: it needs a yes."""
    assert "across-regions" in {each.id for each in session(both, None, ELSEWHERE, clock).review().cautions}
    partner: Any = account.session_of("partner")
    ec2, vpcs = partner.client("ec2"), ids(account, profile="partner")
    ec2.create_vpc_peering_connection(
        VpcId=vpcs["warehouse"], PeerVpcId=ids(account)["shop"], PeerOwnerId=ACCOUNT_ID,
        RequesterPeeringConnectionOptions={"AllowMultipathResilience": True},
    )  # fmt: skip
    review = session(both, None, PROFILE, clock).review()
    assert {each.id for each in review.cautions if each.confirm} == {"accept-theirs", "multipath"}
    (off,) = [each for each in review.plan.actions if each.id == "single-path"]
    assert off.call.params["AccepterPeeringConnectionOptions"] == {"AllowMultipathResilience": False}
    assert SECOND_ACCOUNT_ID in next(each.message for each in review.cautions if each.id == "accept-theirs")
    assert session(both, None, BILLING, clock).review().plan.actions[0].id == "accept"
