"""Applied, both sides know each other; undone, each is as before; and what was there before is never taken away."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

import pytest
from peering.cases import (
    BILLING,
    ELSEWHERE,
    MINE,
    OWNER,
    PROFILE,
    VARIANTS,
    connections,
    ids,
    machine,
    picture,
    session,
)
from support.clock import FakeClock
from support.clouds import Between
from support.colleagues import client
from support.sessions import carried_out, taken_back

from flows.engine import Blocked, Call, Journal, Receipt
from flows.engine.boto import Aws
from flows.engine.of_others import DOUBT
from flows.engine.problems import Lost
from flows.engine.receipts import left_of_run
from flows.practice import SECOND_ACCOUNT_ID, PracticeAccount
from tui import history, outcome, taking_back


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.some("mine", "profile")
@pytest.mark.quick
def test_undone_is_as_before(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock, variant: str
) -> None:
    answers = dict(VARIANTS[variant])
    if variant == "owner":
        answers["peer_vpc_id"] = ids(account, profile="partner")["warehouse"]
    if variant == "ipv6":
        machine(account, "staging")
    before = picture(account)
    made = session(both, journal, answers, clock)
    made.review()
    assert picture(account) == before
    assert not [event.problem for event in made.apply() if event.problem]
    told = made.hand_over()
    assert not [each for each in told.findings if each.grade.value in ("refused", "caution")]
    assert made.run and made.run.record.status == ("waiting" if variant == "owner" else "done")
    assert picture(account) != before
    cut_off = ("The two VPCs are connected: what their machines send each other by it is cut off at once.",)
    assert made.stops() == (() if variant == "owner" else cut_off), "nobody is connected before the owner accepts"
    list(made.undo())
    assert made.stops() == ()
    assert made.receipt().complete
    assert picture(account) == before


def test_the_tables_that_were_changed_are_listed(both: Aws, journal: Journal, clock: FakeClock) -> None:
    """Also in the other region; what costs by use has no most that could be told, and is not said to cost money."""
    made = session(both, journal, ELSEWHERE, clock)
    carried_out(made)
    assert made.run and made.run.plan
    routes = [each for each in made.run.plan.actions if each.call.operation == "ec2.CreateRoute"]
    assert {each.call.region for each in routes} == {"", "us-east-1"}
    changed = {each["id"] for each in outcome.resources(made.run, made.run.plan) if each.get("changed")}
    assert {each.call.params["RouteTableId"] for each in routes} <= changed
    entry = history.entry(made.run)
    assert (entry.usd_per_month, entry.usd_per_month_most, entry.costs) == (0, None, "billed by use")
    refused = [left_of_run(each, each.standing, "Somebody uses it.") for each in made.run.plan.actions if each.costs]
    assert taking_back.headline(Receipt(("It",), left=tuple(refused))) == "Undone, except 1 thing that costs by use."
    (told,) = map(taking_back.left_over, refused)
    assert told.endswith("Somebody uses it. Costs by use: Traffic over the connection.")
    taken_back(made)


def test_both_sides_are_asked_where_they_are(both: Aws, clock: FakeClock) -> None:
    """Nothing of the other side is done here, and nothing of this one there."""
    plan = session(both, None, ELSEWHERE, clock).review().plan
    there = {action.call.operation.partition(".")[2] for action in plan.actions if action.call.region == "us-east-1"}
    assert there == {
        "AcceptVpcPeeringConnection", "CreateTags", "CreateRoute", "AuthorizeSecurityGroupIngress",
        "ModifyVpcAttribute", "ModifyVpcPeeringConnectionOptions",
    }  # fmt: skip
    (asked,) = (a.call for a in plan.actions if a.call.operation == "ec2.CreateVpcPeeringConnection")
    assert (asked.region, asked.params["PeerRegion"]) == ("", "us-east-1")
    assert "PeerOwnerId" not in asked.params
    assert [(cost.what, cost.note) for cost in plan.costs] == [
        ("Traffic over the connection", "About 0.02 USD a GB between regions.")
    ]
    review = session(both, None, PROFILE, clock).review()
    assert {action.call.profile for action in review.plan.actions} == {"", "partner"}
    assert review.plan.actions[0].call.params["PeerOwnerId"] == SECOND_ACCOUNT_ID
    assert "ec2:AcceptVpcPeeringConnection" not in review.permissions


@pytest.mark.parametrize("turned", [False, True], ids=["asked from here", "asked from there"])
def test_a_connection_that_is_there_is_used_and_stays(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock, turned: bool
) -> None:
    ec2, known = account.session.client("ec2"), ids(account)
    pair = [known["shop"], known["staging"]]
    one, other = reversed(pair) if turned else pair
    made = ec2.create_vpc_peering_connection(VpcId=one, PeerVpcId=other)["VpcPeeringConnection"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=made["VpcPeeringConnectionId"])
    before = picture(account)
    run = session(both, journal, {**MINE, "dns_hostnames": "yes", "dns": "yes"}, clock)
    review = run.review()
    assert "already-connected" in {each.id for each in review.cautions}
    assert "ec2.CreateVpcPeeringConnection" not in {action.call.operation for action in review.plan.actions}
    carried_out(run)
    taken_back(run)
    assert picture(account) == before
    assert connections(account)[made["VpcPeeringConnectionId"]] == "active"


def test_a_request_of_theirs_is_accepted_instead(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock
) -> None:
    """After a yes, and in this region: a second one in the other direction could never be accepted."""
    made = session(both, journal, BILLING, clock)
    made.accepted.clear()
    review = made.review()
    assert next(action.call.operation for action in review.plan.actions) == "ec2.AcceptVpcPeeringConnection"
    assert review.plan.actions[0].call.profile == ""
    with pytest.raises(Blocked, match="has asked to connect"):
        list(made.apply())
    made.accepted.add("accept-theirs")
    carried_out(made)
    assert "active" in connections(account).values()
    assert made.run
    gone = f"The request of account {SECOND_ACCOUNT_ID} is gone with it: only they can ask anew."
    told = taking_back.not_brought_back(made.run, {}, ())
    assert told["What cannot be taken back:"] == [("LOST", gone)], "the request waited before, and cannot wait again"
    taken_back(made)
    assert "active" not in connections(account).values()
    assert made.receipt().lost == (gone,)
    assert taking_back.headline(made.receipt()) == "Undone; 1 thing is lost for good."


@pytest.mark.wild
def test_somebody_who_was_faster(account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock) -> None:
    """AWS answers a second request with the first: what is not this run's is used, and undo leaves it."""
    ec2, known = account.session.client("ec2"), ids(account)
    meddled = Between(both)
    made = session(meddled, journal, MINE, clock)
    made.review()

    def strike(_: int, call: Call) -> None:
        if call.operation == "ec2.CreateVpcPeeringConnection" and not faster:
            told = ec2.create_vpc_peering_connection(VpcId=known["shop"], PeerVpcId=known["staging"])
            faster.append(told["VpcPeeringConnection"]["VpcPeeringConnectionId"])

    faster = list[str]()
    meddled.before = strike
    carried_out(made)
    list(made.undo())
    assert connections(account)[faster[0]] == "active"
    assert [each.why for each in made.receipt().left if faster[0] in each.what]


def test_routes_of_others_keep_it(account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock) -> None:
    """Somebody lets a table of theirs lead over the connection: it stays with them, on whichever side."""
    made = session(both, journal, PROFILE, clock)
    carried_out(made)
    id = made.run.record.handover["outputs"]["connection"] if made.run else ""
    partner: Any = account.session_of("partner")
    ec2, vpc = partner.client("ec2"), ids(account, profile="partner")["warehouse"]
    (main,) = (
        table["RouteTableId"]
        for table in ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
        if any(each.get("Main") for each in table["Associations"])
    )
    ec2.create_route(RouteTableId=main, DestinationCidrBlock="10.0.10.0/24", VpcPeeringConnectionId=id)
    list(made.undo({"others": "keep"}))
    assert connections(account)[id] == "active"
    list(made.undo({"others": "delete"}))
    assert id not in [each for each, state in connections(account).items() if state == "active"]


@pytest.mark.parametrize("stood", [False, True], ids=["made", "there before"])
def test_what_others_lead_over_it_gets_its_answers(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock, stood: bool
) -> None:
    """A colleague's table leads over it: the way back and the door on the other side stay, until they have left."""
    known, ec2 = ids(account), client(account, "ec2")
    (staging,) = ec2.describe_vpcs(VpcIds=[known["staging"]])["Vpcs"]
    early = ec2.create_route_table(VpcId=known["shop"])["RouteTable"]["RouteTableId"]
    if stood:
        told = ec2.create_vpc_peering_connection(VpcId=known["shop"], PeerVpcId=known["staging"])
        there = told["VpcPeeringConnection"]["VpcPeeringConnectionId"]
        ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=there)
        # somebody's way that never had an answer did without this run
        ec2.create_route(RouteTableId=early, DestinationCidrBlock="10.77.0.0/24", VpcPeeringConnectionId=there)
    before = picture(account)
    made = session(both, journal, {**MINE, "dns_hostnames": "yes", "dns": "yes"}, clock)
    carried_out(made)
    assert made.run and made.run.plan
    steps, id = made.run.plan.actions, made.run.record.handover["outputs"]["connection"]
    late = ec2.create_route_table(VpcId=known["shop"])["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=late, DestinationCidrBlock=staging["CidrBlock"], VpcPeeringConnectionId=id)
    list(made.undo())
    back = {each.id for each in steps if each.id.startswith(("route-", "let-in-")) and "10.0.0.0/16" in each.sentence}
    assert len(back) == 2
    with_it = set() if stood else {"connect", *(each.id for each in steps if each.id.startswith("hostnames-"))}
    assert {each.id for each in steps if made.run.status(each.id) == "left"} == back | with_it
    assert f"need the answers: {late}" in " ".join(each.why for each in made.receipt().left)
    ec2.delete_route(RouteTableId=late, DestinationCidrBlock=staging["CidrBlock"])
    ec2.delete_route_table(RouteTableId=late)
    taken_back(made)
    assert picture(account) == before


@pytest.mark.parametrize("killed", [False, True], ids=["no answer", "killed"])
def test_a_route_of_which_nobody_can_say_whose_it_is_is_asked_about(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock, killed: bool
) -> None:
    """Over a connection that was there a route may be anybody's: it stays until somebody says that it goes."""
    known, ec2 = ids(account), client(account, "ec2")
    told = ec2.create_vpc_peering_connection(VpcId=known["shop"], PeerVpcId=known["staging"])
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=told["VpcPeeringConnection"]["VpcPeeringConnectionId"])
    before, meddled, lost = picture(account), Between(both), list[Call]()

    def cut(_: int, call: Call) -> None:
        if call.operation == "ec2.CreateRoute" and not lost:
            lost.append(call)
            both.make(call)
            raise RuntimeError("The plug was pulled.") if killed else Lost("The line was cut.")

    meddled.before = cut
    made = session(meddled, journal, MINE, clock)
    with pytest.raises(RuntimeError) if killed else nullcontext():
        events = list(made.apply())
        assert [event.sentence for event in events if "nothing proves that this run made it" in event.sentence]
    assert made.run
    (foretold,) = [claim for claim in made.claims() if claim.why == DOUBT]
    assert "others" in [each.key for each in made.to_decide([foretold])]
    for _ in range(2):
        list(made.undo())
        assert [each.why for each in made.receipt().left if each.stays] == [DOUBT]
        assert picture(account) != before
    taken_back(made, others="delete")
    assert picture(account) == before


def test_the_owner_gets_the_commands(account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock) -> None:
    """The run waits; once they have accepted, a resume says so and nothing is asked again."""
    vpc = ids(account, profile="partner")["warehouse"]
    made = session(both, journal, {**OWNER, "peer_vpc_id": vpc}, clock)
    assert not [event.problem for event in made.apply() if event.problem]
    told = made.hand_over()
    id = told.outputs["connection"]
    assert told.waiting.startswith(f"Waiting for account {SECOND_ACCOUNT_ID} to accept {id} until ")
    letter = told.files[f"peering-{id}.txt"]
    for command in ("accept-vpc-peering-connection", "create-route", "authorize-security-group-ingress", "reject-"):
        assert f"aws ec2 {command}" in letter
    partner: Any = account.session_of("partner")
    partner.client("ec2").accept_vpc_peering_connection(VpcPeeringConnectionId=id)
    again = made.hand_over()
    assert again.waiting == ""
    assert made.run and made.run.record.status == "done"


def test_a_request_that_fails_says_why(both: Aws, journal: Journal, clock: FakeClock) -> None:
    """A stranger is not told which of the reasons it is."""
    made = session(both, journal, OWNER, clock)
    (problem,) = [event.problem for event in made.apply() if event.problem]
    assert "incorrect VPC-ID, Account ID, or overlapping CIDR range" in str(problem)
    list(made.undo())
    assert made.run and made.run.record.status == "undone"


@pytest.mark.wild
def test_as_many_calls_in_a_large_account_as_in_a_small_one(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock
) -> None:
    """However many VPCs, route tables and security groups there are: those of the two are asked for, and no others."""

    def calls() -> list[str]:
        seen = Between(both)
        session(seen, None, MINE, clock).review()
        return [f"{call.operation} {sorted(call.params)}" for call in seen.calls]

    few = calls()
    ec2 = account.session.client("ec2")
    for number in range(30):
        ec2.create_vpc(CidrBlock=f"10.{100 + number}.0.0/16")
    assert calls() == few
    assert not [each for each in few if each in ("ec2.DescribeRouteTables []", "ec2.DescribeSecurityGroups []")]
    assert len(few) == 29


@pytest.mark.parametrize("answers", [MINE, OWNER], ids=["mine", "somebody else's"])
def test_of_two_equal_runs_at_once_the_second_takes_nothing_of_the_first_away(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock, answers: Mapping[str, Any]
) -> None:
    """AWS answers the second with the connection of the first: with its routes and rules it stands until that goes."""
    if answers is OWNER:
        answers = {**OWNER, "peer_vpc_id": ids(account, profile="partner")["warehouse"]}
    before = picture(account)
    first, second = session(both, journal, answers, clock), session(both, journal, answers, clock)
    first.review(), second.review()
    carried_out(first)
    applied = picture(account)
    list(second.apply())  # what the first has already ends it, whichever comes first: a route, a rule, the acceptance
    taken_back(second)
    assert picture(account) == applied
    assert first.run and any(first.run.id in each.why for each in second.receipt().left)
    taken_back(first)
    assert picture(account) == before
