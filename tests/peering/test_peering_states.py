"""What is the matter with a connection is told, mended where that can be, and as before at undo."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from peering.cases import ELSEWHERE, ids, picture
from support.clock import FakeClock
from support.repairs import check, mended_and_back, mended_or_why_not
from support.sessions import carried_out
from test_peering_apply_and_undo import session

from flows.engine import Journal, Place, Refused
from flows.engine.boto import Aws
from flows.practice import PracticeAccount


@dataclass
class World:
    """The shop, connected with a network of another region; `here` and `there` are clients."""

    account: PracticeAccount
    cloud: Aws
    id: str

    @property
    def here(self) -> Any:
        return self.account.session.client("ec2")

    @property
    def there(self) -> Any:
        return self.account.session.client("ec2", region_name="us-east-1")

    @property
    def subject(self) -> dict[str, str]:
        return {"connection": self.id}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with (
        tempfile.TemporaryDirectory() as folder,
        PracticeAccount(None, region="eu-central-1", hurry=True) as account,
    ):
        cloud = Aws(Place(practice=True), account.session, account.session_of)
        made = session(cloud, Journal(Path(folder)), ELSEWHERE, FakeClock())
        carried_out(made)
        assert made.run
        yield World(account, cloud, made.run.record.handover["outputs"]["connection"])
        made.close()


Restores = Callable[[], Any]
Breaks = Callable[[World], Restores]


def table(ec2: Any, name: str) -> str:
    (found,) = ec2.describe_route_tables(Filters=[{"Name": "tag:Name", "Values": [name]}])["RouteTables"]
    return str(found["RouteTableId"])


def without_route(side: str, network: str, *names: str) -> Breaks:
    def breaks(world: World) -> Restores:
        ec2 = getattr(world, side)
        tables = [table(ec2, name) for name in names]
        for each in tables:
            ec2.delete_route(RouteTableId=each, DestinationCidrBlock=network)
        return lambda: [
            ec2.create_route(RouteTableId=each, DestinationCidrBlock=network, VpcPeeringConnectionId=world.id)
            for each in tables
        ]

    return breaks


HERE = ("shop-private-a", "shop-private-b", "shop-public")


def dead_entry(world: World) -> Restores:
    """The servers' own table leads to a connection that is gone."""
    vpcs = ids(world.account)
    old = world.here.create_vpc_peering_connection(VpcId=vpcs["shop"], PeerVpcId=vpcs["staging"])
    gone = old["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    way = {"RouteTableId": table(world.here, "shop-private-a"), "DestinationCidrBlock": "10.60.0.0/16"}
    world.here.replace_route(**way, VpcPeeringConnectionId=gone)
    world.here.delete_vpc_peering_connection(VpcPeeringConnectionId=gone)
    return lambda: world.here.replace_route(**way, VpcPeeringConnectionId=world.id)


def more_specific(world: World) -> Restores:
    gateway = world.here.describe_internet_gateways()["InternetGateways"][0]["InternetGatewayId"]
    way = {"RouteTableId": table(world.here, "shop-private-a"), "DestinationCidrBlock": "10.60.7.0/24"}
    world.here.create_route(**way, GatewayId=gateway)
    return lambda: world.here.delete_route(**way)


def not_theirs(world: World) -> Restores:
    way = {"RouteTableId": table(world.here, "shop-private-a"), "DestinationCidrBlock": "192.168.0.0/16"}
    world.here.create_route(**way, VpcPeeringConnectionId=world.id)
    return lambda: world.here.delete_route(**way)


def closed(world: World) -> Restores:
    (group,) = world.here.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["app"]}])[
        "SecurityGroups"
    ]
    rules = [each for each in group["IpPermissions"] if each["IpRanges"]]
    world.here.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=rules)
    return lambda: world.here.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=rules)


def blocked(*, egress: bool) -> Breaks:
    def breaks(world: World) -> Restores:
        mine = [{"Name": "vpc-id", "Values": [ids(world.account)["shop"]]}]
        (acl,) = (
            each for each in world.here.describe_network_acls(Filters=mine)["NetworkAcls"] if each["Associations"]
        )
        which = {"NetworkAclId": acl["NetworkAclId"], "RuleNumber": 50, "Egress": egress}
        world.here.create_network_acl_entry(**which, Protocol="-1", RuleAction="deny", CidrBlock="10.60.0.0/16")
        return lambda: world.here.delete_network_acl_entry(**which)

    return breaks


def names_off(world: World) -> Restores:
    def option(on: bool) -> Any:
        return world.here.modify_vpc_peering_connection_options(
            VpcPeeringConnectionId=world.id, RequesterPeeringConnectionOptions={"AllowDnsResolutionFromRemoteVpc": on}
        )

    option(False)
    return lambda: option(True)


STATES: Mapping[str, tuple[Breaks, str, str]] = {
    "whole": (lambda world: lambda: None, "works", ""),
    "the servers' own table": (without_route("here", "10.60.0.0/16", "shop-private-a"), "broken", "routes:"),
    "another table": (without_route("here", "10.60.0.0/16", "shop-private-b"), "works_but", "routes:"),
    "no table here": (without_route("here", "10.60.0.0/16", *HERE), "broken", "routes:"),
    "no table there": (without_route("there", "10.0.0.0/16", "analytics-private"), "broken", "routes:"),
    "a dead entry": (dead_entry, "broken", "routes:"),
    "a narrower entry": (more_specific, "works_but", "more-specific-route:"),
    "something else over it": (not_theirs, "broken", "not-theirs:"),
    "no group lets it in": (closed, "broken", "security-groups:"),
    "the way in is blocked": (blocked(egress=False), "broken", "network-acls:"),
    "the answers are blocked": (blocked(egress=True), "broken", "network-acls:"),
    "names are off": (names_off, "works", ""),
}
"""How it is broken, how it stands then, and because of what."""
MENDED = ("the servers' own table", "no table there", "a dead entry", "no group lets it in", "the way in is blocked")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.some("whole", "no table there", "a dead entry")
def test_each_state_is_told(world: World, state: str) -> None:
    breaks, status, cause = STATES[state]
    made_whole = breaks(world)
    try:
        found = check("peering", world.cloud, world.subject)
        assert (found.status.value, found.cause[: len(cause)]) == (status, cause), found.findings
        assert bool(found.cause) == (status != "works")
        assert mended_or_why_not("peering", found) == []
        assert len({each.id for each in found.findings}) == len(found.findings)
    finally:
        made_whole()


@pytest.mark.parametrize("state", MENDED)
@pytest.mark.some("no table there")
def test_mended_and_taken_back(world: World, state: str, journal: Journal, clock: FakeClock) -> None:
    """On whichever side it is, with what is used there."""
    breaks, _, cause = STATES[state]
    made_whole = breaks(world)
    acls = world.here.describe_network_acls
    try:
        mended_and_back(
            "peering", world.cloud, journal, clock, world.subject,
            lambda: (picture(world.account), [each["Entries"] for each in acls()["NetworkAcls"]]), cause=cause,
        )  # fmt: skip
    finally:
        made_whole()


def test_packets_that_arrive_and_answers_that_do_not(world: World) -> None:
    made_whole = without_route("there", "10.0.0.0/16", "analytics-private")(world)
    try:
        found = {each.id: each for each in check("peering", world.cloud, world.subject).findings}
        assert "its answers do not come back: there is no route to 10.0.0.0/16 there" in found["one-way"].sentence
        assert found["one-way"].follows == (f"routes:{table(world.there, 'analytics-private')}",)
    finally:
        made_whole()


@pytest.mark.wild
def test_by_its_two_vpcs(world: World) -> None:
    vpcs = ids(world.account) | ids(world.account, "us-east-1")
    both = {"vpc": vpcs["shop"], "peer_vpc": vpcs["analytics"]}
    assert check("peering", world.cloud, both) == check("peering", world.cloud, world.subject)
    none = check("peering", world.cloud, both | {"peer_vpc": vpcs["staging"]})
    assert (none.status.value, none.cause) == ("broken", "state")
    assert none.findings[0].sentence.startswith(f"{vpcs['shop']} and {vpcs['staging']} are not connected.")
    with pytest.raises(Refused, match="There is no peering connection “pcx-0123456789abcdef0” in eu-central-1"):
        check("peering", world.cloud, {"connection": "pcx-0123456789abcdef0"})
