"""What is broken about a VPN connection is mended, works then, and is as before once that is undone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from ipaddress import IPv4Network
from typing import Any

import pytest
from practice.office import named
from practice.picture import snapshot
from support.clock import FakeClock
from support.repairs import check, mended_and_back, mended_or_why_not, repairing
from vpn.standing import (
    OFFICE,
    Edit,
    Edited,
    State,
    World,
    connected,
    networks,
    table,
    taking_over,
    told,
    tunnels,
    without_the_office,
)
from vpn.states import STATES

import flows
from flows.aws import route_tables, site_to_site_vpn, vpcs
from flows.engine import Action, Journal
from flows.engine.repair import why_not
from flows.vpn.behind import situation
from flows.vpn.rules import ways_back

Breaks = Callable[[Any, World], Callable[[], Any]]
"""Breaks something in the account; gives what makes it whole again."""
SSH = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": OFFICE}]}


def gateway_of(ec2: Any, world: World) -> str:
    return str(ec2.describe_vpn_connections(VpnConnectionIds=[world.static])["VpnConnections"][0]["VpnGatewayId"])


def without_route(*tables: str) -> Breaks:
    def breaks(ec2: Any, world: World) -> Callable[[], Any]:
        gateway = gateway_of(ec2, world)
        ids = [named(ec2, "table", each) for each in tables]
        for id in ids:
            ec2.delete_route(RouteTableId=id, DestinationCidrBlock=OFFICE)
        return lambda: [ec2.create_route(RouteTableId=id, DestinationCidrBlock=OFFICE, GatewayId=gateway) for id in ids]

    return breaks


def to_a_peering(ec2: Any, world: World) -> Callable[[], Any]:
    table, gateway = named(ec2, "table", "shop-private-a"), gateway_of(ec2, world)
    peering = ec2.create_vpc_peering_connection(
        VpcId=named(ec2, "vpc", "shop"), PeerVpcId=named(ec2, "vpc", "staging")
    )["VpcPeeringConnection"]["VpcPeeringConnectionId"]  # fmt: skip
    way = {"RouteTableId": table, "DestinationCidrBlock": OFFICE}
    ec2.replace_route(**way, VpcPeeringConnectionId=peering)
    return lambda: ec2.replace_route(**way, GatewayId=gateway)


def closed(ec2: Any, world: World) -> Callable[[], Any]:
    group = named(ec2, "group", "app")
    ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[SSH])
    return lambda: ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[SSH])


def blocked(*, egress: bool) -> Breaks:
    def breaks(ec2: Any, world: World) -> Callable[[], Any]:
        acls = ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [named(ec2, "vpc", "shop")]}])
        (acl,) = [each for each in acls["NetworkAcls"] if each["Associations"]]
        which = {"NetworkAclId": acl["NetworkAclId"], "RuleNumber": 50, "Egress": egress}
        ec2.create_network_acl_entry(**which, Protocol="-1", RuleAction="deny", CidrBlock=OFFICE)
        return lambda: ec2.delete_network_acl_entry(**which)

    return breaks


def unplugged(ec2: Any, world: World) -> Callable[[], Any]:
    both = {"VpnGatewayId": gateway_of(ec2, world), "VpcId": named(ec2, "vpc", "shop")}
    ec2.detach_vpn_gateway(**both)
    return lambda: ec2.attach_vpn_gateway(**both)


def untold(ec2: Any, world: World) -> Callable[[], Any]:
    route = {"VpnConnectionId": world.static, "DestinationCidrBlock": OFFICE}
    ec2.delete_vpn_connection_route(**route)
    return lambda: ec2.create_vpn_connection_route(**route)


REALLY: dict[str, tuple[str, Breaks]] = {
    "the servers' own table": ("route-tables", without_route("shop-private-a")),
    "no table": ("route-tables", without_route("shop-private-a", "shop-private-b")),
    "to a peering": ("route-tables", to_a_peering),
    "the servers' group is closed": ("security-groups", closed),
    "the way in is blocked": ("network-acls", blocked(egress=False)),
    "the answers are blocked": ("network-acls", blocked(egress=True)),
    "not attached": ("attachment", unplugged),
    "no network of the office": ("static-routes", untold),
}
"""The states that a repair mends, made so in the account."""


@pytest.mark.some(1)
@pytest.mark.parametrize("state", REALLY)
def test_mended_and_taken_back(world: World, state: str, journal: Journal, clock: FakeClock) -> None:
    cause, breaks = REALLY[state]
    ec2: Any = world.account.session.client("ec2")
    made_whole = breaks(ec2, world)
    try:
        mended_and_back(
            "vpn", Edited(world.cloud, connected()), journal, clock, {"connection": world.static},
            lambda: (snapshot(world.account.session), acls(ec2)), cause=cause,
        )  # fmt: skip
    finally:
        made_whole()
    assert check("vpn", Edited(world.cloud, connected()), {"connection": world.static}).status.value == "works"


def test_what_the_repair_opens_is_said_with_its_servers_and_why_just_that(
    world: World, journal: Journal, clock: FakeClock
) -> None:
    """Whoever let the office ping another group is not surprised by a port of servers that they did not choose."""
    ec2: Any = world.account.session.client("ec2")
    made_whole = closed(ec2, world)
    try:
        cloud, subject = Edited(world.cloud, connected()), {"connection": world.static}
        because = check("vpn", cloud, subject).because
        made = repairing("vpn", cloud, journal, clock, subject, "security-groups")
        (caution,) = [each for each in made.review().cautions if each.id == "access"]
        made.close()
    finally:
        made_whole()
    group = named(ec2, "group", "app")
    assert because is not None and because.id == "security-groups"
    why = r"since shop-1 \(i-[0-9a-f]+\) is in it, and others use tcp/8080 of it\."
    assert re.search(rf"The repair opens tcp/8080 in app \({group}\), {why}", because.remedy), because.remedy
    assert re.search(
        r"that group because shop-1 \(i-[0-9a-f]+\) is in it, and others use tcp/8080 of it\.", caution.message
    )


def acls(ec2: Any) -> Any:
    return [(each["NetworkAclId"], each["Entries"]) for each in ec2.describe_network_acls()["NetworkAcls"]]


@pytest.mark.parametrize("state", [each for each in STATES.values() if each.status not in ("works", "unknown")])
@pytest.mark.some(every=3)
def test_every_state_has_a_repair_or_a_reason(world: World, state: State) -> None:
    found = check("vpn", Edited(world.cloud, state.edits), {"connection": world.bgp if state.bgp else world.static})
    assert mended_or_why_not("vpn", found) == []


RUN = told(Tags=[{"Key": "handrail:run", "Value": "vpn-2345abcd"}])
ELSEWHERE = {"DescribeRouteTables": table("shop-private", without_the_office)}
BEHIND = "the servers' table does not lead to the transit gateway"
WHY_NOT = {
    "to a transit gateway": (STATES[BEHIND].edits, "What leads to a"),
    "of a run": ({**connected(networks(), RUN), **ELSEWHERE}, "The run vpn-2345abcd made it, and knows: handrail runs"),
    "of others": ({**connected(networks()), **ELSEWHERE}, "Only you know the office's networks."),
    "waits for the device": (
        {"DescribeVpnConnections": tunnels("DOWN", "DOWN"), "DescribeRouteTables": table("shop-private", taking_over)},
        "It follows from this: No tunnel has been up yet",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("edits", "why"), WHY_NOT.values(), ids=WHY_NOT)
def test_the_reason_is_that_of_the_case(world: World, edits: Mapping[str, Edit], why: str) -> None:
    found = check("vpn", Edited(world.cloud, edits), {"connection": world.static})
    reasons = [why_not(flows.find("vpn"), each, found.findings) for each in found.findings]
    assert any(why in reason for reason in reasons), reasons
    assert not [reason for reason in reasons if "dead route" in reason]


def test_only_what_the_finding_names_is_led_there(world: World) -> None:
    """What goes through a firewall goes on through it."""
    (made,) = [each for each in site_to_site_vpn.connections(world.cloud) if each.id == world.static]
    (shop,) = [option.value for option in vpcs.vpcs(world.cloud) if option.value.name == "shop"]
    seen = situation(world.cloud, made, shop, made.vpn_gateway, (), up=True)
    office, branch = IPv4Network(OFFICE), IPv4Network("10.99.0.0/16")
    (table,) = [each for each in seen.tables if each.name == "shop-private-a"]
    kept = tuple(each for each in table.routes if each.network != office)
    filtered = replace(
        table, routes=(*kept, route_tables.Route(branch, "eni-1", "active", False, "NetworkInterfaceId"))
    )
    found = [*ways_back(replace(seen, networks=(office, branch), tables=(filtered,)))]
    (mend,) = [each.mend for each in found if each.mend]
    assert [each.call.params["DestinationCidrBlock"] for each in mend(world.cloud) if isinstance(each, Action)] == [
        OFFICE
    ]
