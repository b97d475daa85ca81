"""Where both VPCs have IPv6 it goes over the connection as well, and what is the matter with it is told apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from peering.cases import ELSEWHERE, IPV6, MINE, OWNER, connections, ids, machine, picture, session
from peering.standing import Breaks, Restores, World, broken, connected, table
from support.clock import FakeClock
from support.repairs import check, mended_and_back, mended_or_why_not
from support.sessions import carried_out

from flows.engine import Journal, Refused
from flows.engine.boto import Aws
from flows.practice import PracticeAccount


def six(ec2: Any, name: str) -> str:
    """The IPv6 range of a VPC."""
    (vpc,) = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": [name]}])["Vpcs"]
    return str(vpc["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"])


def test_routes_and_rules_of_both_kinds(account: PracticeAccount, both: Aws, clock: FakeClock) -> None:
    ours, theirs = six(account.session.client("ec2"), "staging"), six(world_of(account), "analytics")
    plan = session(both, None, IPV6, clock).review().plan
    routes = {
        (a.call.region, *(a.call.params.get(f"Destination{kind}CidrBlock") for kind in ("", "Ipv6")))
        for a in plan.actions if a.call.operation == "ec2.CreateRoute"
    }  # fmt: skip
    assert routes == {
        ("", "10.60.0.0/16", None), ("", None, theirs),
        ("us-east-1", "10.20.0.0/16", None), ("us-east-1", None, ours),
    }  # fmt: skip
    (there,) = (a.call for a in plan.actions if a.id.startswith("let-in-") and a.call.region)
    asked = [
        (each["IpProtocol"], each["FromPort"], each["ToPort"], [r["CidrIpv6"] for r in each.get("Ipv6Ranges", [])])
        for each in there.params["IpPermissions"]
    ]
    assert asked == [
        ("icmp", 8, -1, []), ("icmpv6", 128, -1, [ours]), ("tcp", 5432, 5432, []), ("tcp", 5432, 5432, [ours]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "routes"), [({**IPV6, "ipv6": "no"}, 2), (ELSEWHERE, 4), ({**MINE, "ipv6": "no"}, 4)]
)
def test_without_it_there_is_none(both: Aws, clock: FakeClock, answers: Mapping[str, Any], routes: int) -> None:
    """Where it is not wanted, or one of the two has none."""
    made = [a.call for a in session(both, None, answers, clock).review().plan.actions]
    assert sum(each.operation == "ec2.CreateRoute" for each in made) == routes
    assert "pv6" not in str([each.params for each in made])


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({**MINE, "ipv6": "yes"}, r"shop has no IPv6 range. Give it one first, or answer ipv6=no"),
        ({**OWNER, "vpc": "staging", "security_groups": [], "ipv6": "yes"}, "vpc-0123456789abcdef0 has no IPv6 range"),
        ({**OWNER, "peer_networks": ["fe80::/64"]}, "fe80::/64 is no range that a VPC has. Those begin with 2, 3"),
        ({**OWNER, "peer_networks": ["2600:1f14:2a7:d800::1/56"]}, "Did you mean 2600:1f14:2a7:d800::/56"),
        ({**OWNER, "peer_networks": ["2600:1f14:2a7:d800::"]}, "is not a network. Write it as address/length"),
    ],
)
def test_what_cannot_be(both: Aws, clock: FakeClock, answers: Mapping[str, Any], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        session(both, None, answers, clock)


def test_ranges_that_overlap(account: PracticeAccount, both: Aws, clock: FakeClock) -> None:
    """AWS refuses whatever overlaps, also where only the others would be used."""
    half = six(account.session.client("ec2"), "staging").replace("/56", "/60")
    answers = {**OWNER, "vpc": "staging", "security_groups": [], "peer_networks": ["10.40.0.0/16", half]}
    with pytest.raises(Refused, match=f"of staging overlaps with {half}, which is theirs, as you say"):
        session(both, None, answers, clock)


def test_subnets_that_have_none(account: PracticeAccount, both: Aws, clock: FakeClock) -> None:
    ec2 = account.session.client("ec2")
    assert "subnets-without-ipv6" not in {each.id for each in session(both, None, IPV6, clock).review().cautions}
    mine = [{"Name": "vpc-id", "Values": [ids(account)["staging"]]}]
    for each in ec2.describe_subnets(Filters=mine)["Subnets"]:
        for part in each["Ipv6CidrBlockAssociationSet"]:
            ec2.disassociate_subnet_cidr_block(AssociationId=part["AssociationId"])
    told = {each.id: each.message for each in session(both, None, IPV6, clock).review().cautions}
    assert told["subnets-without-ipv6"].startswith("No subnet of staging (vpc-")


def test_the_letter_has_both_kinds(account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock) -> None:
    vpc = ids(account, profile="partner")["warehouse"]
    answers = {
        **OWNER, "vpc": "staging", "security_groups": [], "peer_vpc_id": vpc,
        "peer_networks": ["10.40.0.0/16", "2600:1f14:2a7:d800::/56"],
    }  # fmt: skip
    made = session(both, journal, answers, clock)
    carried_out(made)
    (letter,) = made.hand_over().files.values()
    ours = six(account.session.client("ec2"), "staging")
    assert f"--destination-ipv6-cidr-block {ours}" in letter
    assert "--destination-cidr-block 10.20.0.0/16" in letter
    assert f"Ipv6Ranges=[{{CidrIpv6={ours},Description=" in letter


def test_routes_of_others_are_of_both_kinds(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock
) -> None:
    made = session(both, journal, IPV6, clock)
    carried_out(made)
    id = made.run.record.handover["outputs"]["connection"] if made.run else ""
    ec2 = account.session.client("ec2")
    way = {"RouteTableId": table(ec2, "staging-private"), "DestinationIpv6CidrBlock": "2600:1f14:2a7:d800::/56"}
    ec2.create_route(**way, VpcPeeringConnectionId=id)
    list(made.undo({"others": "keep"}))
    assert connections(account)[id] == "active"
    list(made.undo({"others": "delete"}))
    assert connections(account)[id] in ("deleting", "deleted")
    (told,) = ec2.describe_route_tables(RouteTableIds=[way["RouteTableId"]])["RouteTables"]
    assert not [each for each in told["Routes"] if each.get("VpcPeeringConnectionId")]


# -- as it stands ----------------------------------------------------------------------------------------------


def world_of(account: PracticeAccount) -> Any:
    return account.session.client("ec2", region_name="us-east-1")


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Staging, connected with a network of another region by both kinds."""
    with connected(IPV6) as world:
        machine(world.account, "staging")
        yield world


def without_route(world: World, side: str, name: str, network: str) -> Restores:
    ec2 = getattr(world, side)
    way = {"RouteTableId": table(ec2, name), "DestinationIpv6CidrBlock": network}
    ec2.delete_route(**way)
    return lambda: ec2.create_route(**way, VpcPeeringConnectionId=world.id)


def here(world: World) -> Restores:
    return without_route(world, "here", "staging-private", six(world.there, "analytics"))


def there(world: World) -> Restores:
    return without_route(world, "there", "analytics-private", six(world.here, "staging"))


def no_rule(world: World) -> Restores:
    """Neither a route nor a rule of it is there on either side: it is not meant."""
    restores = [here(world), there(world)]
    for ec2 in (world.here, world.there):
        for group in ec2.describe_security_groups()["SecurityGroups"]:
            rules = [
                {key: each[key] for key in ("IpProtocol", "FromPort", "ToPort", "Ipv6Ranges")}
                for each in group["IpPermissions"] if each["Ipv6Ranges"]
            ]  # fmt: skip
            if rules:
                ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=rules)
                again = {"GroupId": group["GroupId"], "IpPermissions": rules}
                restores.append(lambda ec2=ec2, again=again: ec2.authorize_security_group_ingress(**again))  # type: ignore[misc]
    return lambda: [each() for each in restores]


def blocked(world: World) -> Restores:
    mine = [{"Name": "vpc-id", "Values": [ids(world.account)["staging"]]}]
    (acl,) = world.here.describe_network_acls(Filters=mine)["NetworkAcls"]
    which = {"NetworkAclId": acl["NetworkAclId"], "RuleNumber": 50, "Egress": False}
    world.here.create_network_acl_entry(**which, Protocol="-1", RuleAction="deny", Ipv6CidrBlock="::/0")
    return lambda: world.here.delete_network_acl_entry(**which)


STATES: Mapping[str, tuple[Breaks, str, str]] = {
    "whole": (lambda world: lambda: None, "works", ""),
    "no route here": (here, "broken", "routes:"),
    "no route there": (there, "broken", "routes:"),
    "neither routes nor rules": (no_rule, "works", ""),
    "the way in is blocked": (blocked, "broken", "network-acls:"),
}
"""What of IPv6 is broken while IPv4 is whole, how it stands then, and because of what."""


@pytest.mark.parametrize("state", STATES)
@pytest.mark.some("whole", "no route here")
def test_each_state_is_told(world: World, state: str) -> None:
    breaks, status, cause = STATES[state]
    with broken(breaks, world):
        found = check("peering", world.cloud, world.subject)
        assert (found.status.value, found.cause[: len(cause)]) == (status, cause), found.findings
        assert mended_or_why_not("peering", found) == []
        assert len({each.id for each in found.findings}) == len(found.findings)
        assert ("ipv6" in {each.id for each in found.findings}) == (state == "neither routes nor rules")


@pytest.mark.parametrize("state", ["no route there", "the way in is blocked"])
def test_mended_and_taken_back(world: World, state: str, journal: Journal, clock: FakeClock) -> None:
    breaks, _, cause = STATES[state]
    acls = world.here.describe_network_acls
    with broken(breaks, world):
        mended_and_back(
            "peering", world.cloud, journal, clock, world.subject,
            lambda: (picture(world.account), [each["Entries"] for each in acls()["NetworkAcls"]]), cause=cause,
        )  # fmt: skip


def test_answers_of_one_kind_that_do_not_come_back(world: World) -> None:
    with broken(there, world):
        found = {each.id: each for each in check("peering", world.cloud, world.subject).findings}
        assert f"there is no route to {six(world.here, 'staging')} there" in found["one-way:ipv6"].sentence
        assert "one-way" not in found
