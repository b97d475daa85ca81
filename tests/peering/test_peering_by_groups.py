"""Rules may name the other side's security groups: where AWS takes them, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from peering.cases import ELSEWHERE, GROUPS, IPV6, MINE, ids, picture, session
from peering.standing import Breaks, Restores, World, broken, connected
from support.clock import FakeClock
from support.clouds import Between
from support.repairs import check, mended_or_why_not
from support.sessions import carried_out

from flows.engine import Call, Journal, Refused
from flows.engine.boto import Aws
from flows.practice import ACCOUNT_ID, SECOND_ACCOUNT_ID, PracticeAccount

BY: Mapping[str, Any] = {**MINE, "by": "groups"}


def group(ec2: Any, vpc: str, name: str) -> str:
    named = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": [name]}]
    (found,) = ec2.describe_security_groups(Filters=named)["SecurityGroups"]
    return str(found["GroupId"])


def test_each_side_names_the_other_and_whose_it_is(account: PracticeAccount, both: Aws, clock: FakeClock) -> None:
    partner: Any = account.session_of("partner")
    app = group(account.session.client("ec2"), ids(account)["shop"], "app")
    theirs = group(partner.client("ec2"), ids(account, profile="partner")["warehouse"], "warehouse-servers")
    review = session(both, None, GROUPS, clock).review()
    rules = {a.call.profile: a for a in review.plan.actions if a.call.operation == "ec2.AuthorizeSecurityGroupIngress"}
    named = {
        profile: [
            (each["IpProtocol"], [{k: v for k, v in pair.items() if k != "Description"} for pair in
                                  each["UserIdGroupPairs"]])
            for each in action.call.params["IpPermissions"]
        ]
        for profile, action in rules.items()
    }  # fmt: skip
    there = [{"GroupId": theirs, "UserId": SECOND_ACCOUNT_ID}]
    assert named[""] == [("icmp", there), ("tcp", there)]
    assert named["partner"] == [("icmp", [{"GroupId": app, "UserId": ACCOUNT_ID}])]
    assert all(action.after == ("accept",) for action in rules.values())
    assert rules[""].sentence == f"Let warehouse-servers ({theirs}) use ping, postgres on what is in app ({app})"
    assert "by-groups" in {each.id for each in review.cautions if not each.confirm}


def test_in_one_account_no_number_is_needed(both: Aws, clock: FakeClock) -> None:
    asked = [a.call.params.get("IpPermissions") for a in session(both, None, BY, clock).review().plan.actions]
    assert "UserIdGroupPairs" in str(asked)
    assert "UserId'" not in str(asked)


def test_ping_is_a_rule_for_each_version_of_ip(account: PracticeAccount, both: Aws, clock: FakeClock) -> None:
    ec2 = account.session.client("ec2")
    ec2.associate_vpc_cidr_block(VpcId=ids(account)["shop"], AmazonProvidedIpv6CidrBlock=True)
    plan = session(both, None, BY, clock).review().plan
    (ours,) = (action for action in plan.actions if action.id == f"let-in-{group(ec2, ids(account)['shop'], 'app')}")
    protocols = [(each["IpProtocol"], each["FromPort"]) for each in ours.call.params["IpPermissions"]]
    assert protocols == [("icmp", 8), ("icmpv6", 128), ("tcp", 5432)]


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({**ELSEWHERE, "by": "groups"}, "only in the same region, and analytics is in us-east-1. Answer by=networks"),
        ({**IPV6, "by": "groups"}, "only in the same region"),
        ({**BY, "security_groups": []}, "No security group of shop is chosen"),
        (
            {**GROUPS, "peer_security_groups": []},
            "No security group of warehouse is chosen, so the other side has none",
        ),
    ],
)
def test_where_aws_takes_none(both: Aws, clock: FakeClock, answers: Mapping[str, Any], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        session(both, None, answers, clock)


def test_a_rule_that_is_there_is_used_and_stays(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock
) -> None:
    ec2, vpcs = account.session.client("ec2"), ids(account)
    made = ec2.create_vpc_peering_connection(VpcId=vpcs["shop"], PeerVpcId=vpcs["staging"])["VpcPeeringConnection"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=made["VpcPeeringConnectionId"])
    app, default = group(ec2, vpcs["shop"], "app"), group(ec2, vpcs["staging"], "default")
    rule = {"IpProtocol": "tcp", "FromPort": 5000, "ToPort": 6000, "UserIdGroupPairs": [{"GroupId": default}]}
    ec2.authorize_security_group_ingress(GroupId=app, IpPermissions=[rule])
    before = picture(account)
    run = session(both, journal, BY, clock)
    plan = run.review().plan
    assert f"app ({app}) lets default ({default}) use postgres already" in [each.sentence for each in plan.uses]
    carried_out(run)
    list(run.undo())
    assert run.receipt().complete
    assert picture(account) == before


def test_taken_back_when_the_connection_is_gone(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Somebody deleted it: the rules are stale by now, and still this run's."""
    before = picture(account)
    run = session(both, journal, GROUPS, clock)
    carried_out(run)
    assert run.run
    id = run.run.record.handover["outputs"]["connection"]
    account.session.client("ec2").delete_vpc_peering_connection(VpcPeeringConnectionId=id)
    list(run.undo())
    assert picture(account) == before


# -- as it stands ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """The shop, connected with staging by groups."""
    with connected(BY) as world:
        yield world


def without_rules(world: World) -> Restores:
    app = group(world.here, ids(world.account)["shop"], "app")
    (told,) = world.here.describe_security_groups(GroupIds=[app])["SecurityGroups"]
    rules = [
        {**{key: each[key] for key in ("IpProtocol", "FromPort", "ToPort")},
         "UserIdGroupPairs": [{"GroupId": pair["GroupId"]} for pair in pairs]}
        for each in told["IpPermissions"]
        if (pairs := [pair for pair in each["UserIdGroupPairs"] if pair.get("VpcPeeringConnectionId")])
    ]  # fmt: skip
    mine = [{"Name": "group-id", "Values": [app]}]
    over = [
        each["SecurityGroupRuleId"]
        for each in world.here.describe_security_group_rules(Filters=mine)["SecurityGroupRules"]
        if (each.get("ReferencedGroupInfo") or {}).get("VpcPeeringConnectionId")
    ]
    world.here.revoke_security_group_ingress(GroupId=app, SecurityGroupRuleIds=over)
    return lambda: world.here.authorize_security_group_ingress(GroupId=app, IpPermissions=rules)


def a_group_that_is_gone(world: World) -> Restores:
    """Another group of the peer was named and deleted since."""
    vpcs = ids(world.account)
    other = world.here.create_security_group(GroupName="old", Description="old", VpcId=vpcs["staging"])["GroupId"]
    app = group(world.here, vpcs["shop"], "app")
    rule = {"IpProtocol": "tcp", "FromPort": 81, "ToPort": 81, "UserIdGroupPairs": [{"GroupId": other}]}
    made = world.here.authorize_security_group_ingress(GroupId=app, IpPermissions=[rule])["SecurityGroupRules"]
    world.here.delete_security_group(GroupId=other)
    rules = [each["SecurityGroupRuleId"] for each in made]
    return lambda: world.here.revoke_security_group_ingress(GroupId=app, SecurityGroupRuleIds=rules)


STATES: Mapping[str, tuple[Breaks, str, str]] = {
    "whole": (lambda world: lambda: None, "works", ""),
    "no rule": (without_rules, "broken", "security-groups:"),
    "a group that is gone": (a_group_that_is_gone, "works_but", "stale:"),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.some("whole", "no rule")
def test_each_state_is_told(world: World, state: str) -> None:
    breaks, status, cause = STATES[state]
    with broken(breaks, world):
        found = check("peering", world.cloud, world.subject)
        assert (found.status.value, found.cause[: len(cause)]) == (status, cause), found.findings
        assert mended_or_why_not("peering", found) == []
        assert len({each.id for each in found.findings}) == len(found.findings)


@pytest.mark.parametrize(("over", "status"), [("", "works_but"), ("pcx-0123456789abcdef0", "works")])
def test_a_stale_rule_of_another_connection_is_no_matter_of_this_one(world: World, over: str, status: str) -> None:
    """AWS tells with each over which connection it was."""

    class Stale(Between):
        def pages(self, call: Call) -> Iterator[dict[str, Any]]:
            if call.name != "DescribeStaleSecurityGroups":
                yield from super().pages(call)
                return
            pair = {"GroupId": "sg-0gone", "VpcPeeringConnectionId": over or world.id, "PeeringStatus": "deleted"}
            rules = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "UserIdGroupPairs": [pair]}]
            told = {"GroupId": f"sg-{call.params['VpcId']}", "GroupName": "old", "StaleIpPermissions": rules}
            yield {"StaleSecurityGroupSet": [told]}

    assert check("peering", Stale(world.cloud), world.subject).status.value == status


def test_the_doors_say_what_is_let_in(world: World) -> None:
    shop = ids(world.account)["shop"]
    found = {each.id: each for each in check("peering", world.cloud, world.subject).findings}
    assert "ping, tcp/5432" in found[f"security-groups:{shop}"].sentence
