"""What is the matter with a connection is told, mended where that can be, and as before at undo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest
from peering.cases import ELSEWHERE, ids, picture
from peering.standing import Breaks, Restores, World, broken, connected, table
from support.clock import FakeClock
from support.repairs import check, mended_and_back, mended_or_why_not

from flows.engine import Grade, Journal, Refused
from flows.engine.findings import caution
from flows.peering import firewalls
from flows.peering.seen import Seen


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with connected(ELSEWHERE) as world:
        yield world


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


def closed_to(side: str, name: str) -> Breaks:
    def breaks(world: World) -> Restores:
        ec2 = getattr(world, side)
        (group,) = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": [name]}])["SecurityGroups"]
        which = {
            "GroupId": group["GroupId"],
            "IpPermissions": [each for each in group["IpPermissions"] if each["IpRanges"]],
        }
        ec2.revoke_security_group_ingress(**which)
        return lambda: ec2.authorize_security_group_ingress(**which)

    return breaks


closed = closed_to("here", "app")
asking = closed_to("there", "analytics-servers")
"""The other VPC only asks."""


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


LOW, HIGH = ("10.60.0.0/17", "10.60.128.0/17")
LETS = Mapping[str, Any]
IN: LETS = {"Egress": False, "RuleAction": "allow", "CidrBlock": "10.60.0.0/16", "Protocol": "-1"}
OUT: LETS = {**IN, "Egress": True, "CidrBlock": "0.0.0.0/0"}


def tcp(first: int, last: int) -> LETS:
    return {"Protocol": "6", "PortRange": {"From": first, "To": last}}


def acl_of(*lets: LETS, side: str = "here") -> Breaks:
    """The network ACL of the subnets of one side lets this through alone."""

    def breaks(world: World) -> Restores:
        ec2 = getattr(world, side)
        vpcs = ids(world.account) | ids(world.account, "us-east-1")
        mine = [{"Name": "vpc-id", "Values": [vpcs["shop" if side == "here" else "analytics"]]}]
        (acl,) = (each for each in ec2.describe_network_acls(Filters=mine)["NetworkAcls"] if each["Associations"])
        none = {"Protocol": "-1", "RuleAction": "deny", "CidrBlock": "0.0.0.0/0"}
        entries = [*lets, {**none, "Egress": False}, {**none, "Egress": True}]
        for number, each in enumerate(entries, 1):
            ec2.create_network_acl_entry(NetworkAclId=acl["NetworkAclId"], **{"RuleNumber": number, **each})
        return lambda: [
            ec2.delete_network_acl_entry(NetworkAclId=acl["NetworkAclId"], RuleNumber=number, Egress=each["Egress"])
            for number, each in enumerate(entries, 1)
        ]

    return breaks


def both(*breaks: Breaks) -> Breaks:
    def all_(world: World) -> Restores:
        restores = [each(world) for each in breaks]
        return lambda: [each() for each in reversed(restores)]

    return all_


def listed(world: World) -> str:
    entries = [{"Cidr": "10.60.0.0/16"}]
    which = {"PrefixListName": "partners", "MaxEntries": 5, "AddressFamily": "IPv4", "Entries": entries}
    return str(world.here.create_managed_prefix_list(**which)["PrefixList"]["PrefixListId"])


def group_by_list(world: World) -> Restores:
    """As Terraform does where the networks of partners are kept in one place."""
    opened, id = closed(world), listed(world)
    (group,) = world.here.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["app"]}])[
        "SecurityGroups"
    ]
    rules = [{"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "PrefixListIds": [{"PrefixListId": id}]}]
    world.here.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=rules)

    def restores() -> None:
        world.here.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=rules)
        world.here.delete_managed_prefix_list(PrefixListId=id)
        opened()

    return restores


def route_by_list(world: World) -> Restores:
    restores, id = without_route("here", "10.60.0.0/16", "shop-private-a")(world), listed(world)
    way = {"RouteTableId": table(world.here, "shop-private-a"), "DestinationPrefixListId": id}
    world.here.create_route(**way, VpcPeeringConnectionId=world.id)
    return lambda: [
        world.here.delete_route(**way), world.here.delete_managed_prefix_list(PrefixListId=id), restores()
    ]  # fmt: skip


def through_a_firewall(world: World) -> Restores:
    """A firewall of one's own stands between."""
    subnet = world.here.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [ids(world.account)["shop"]]}])
    made = world.here.create_network_interface(SubnetId=subnet["Subnets"][0]["SubnetId"])["NetworkInterface"]
    way = {"RouteTableId": table(world.here, "shop-private-a"), "DestinationCidrBlock": "10.60.0.0/16"}
    world.here.replace_route(**way, NetworkInterfaceId=made["NetworkInterfaceId"])
    return lambda: [
        world.here.replace_route(**way, VpcPeeringConnectionId=world.id),
        world.here.delete_network_interface(NetworkInterfaceId=made["NetworkInterfaceId"]),
    ]


def halves_elsewhere(world: World) -> Restores:
    gateway = world.here.describe_internet_gateways()["InternetGateways"][0]["InternetGatewayId"]
    way = {"RouteTableId": table(world.here, "shop-private-a")}
    for each in (LOW, HIGH):
        world.here.create_route(**way, DestinationCidrBlock=each, GatewayId=gateway)
    return lambda: [world.here.delete_route(**way, DestinationCidrBlock=each) for each in (LOW, HIGH)]


def more_of_theirs(world: World) -> Restores:
    """The other VPC has a second range, for containers, which is nobody's business here, and an ACL keeps it away."""
    vpc = ids(world.account, "us-east-1")["analytics"]
    made = world.there.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="100.64.0.0/16")["CidrBlockAssociation"]
    lets = acl_of({**IN, "RuleAction": "deny", "CidrBlock": "100.64.0.0/16"}, {**IN, "CidrBlock": "0.0.0.0/0"}, OUT)
    restores = lets(world)
    return lambda: [restores(), world.there.disassociate_vpc_cidr_block(AssociationId=made["AssociationId"])]


def to_a_subnet_of_theirs(world: World) -> Restores:
    """As the guide to peering has it among its examples: only what is needed is led and let in."""
    vpc = ids(world.account)["shop"]
    (group,) = world.here.describe_security_groups(
        Filters=[{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["app"]}]
    )["SecurityGroups"]
    rule = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": [{"CidrIp": "10.60.1.0/24"}]}
    restores = [closed(world), without_route("here", "10.60.0.0/16", *HERE)(world)]
    world.here.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[rule])
    ways = [{"RouteTableId": table(world.here, name), "DestinationCidrBlock": "10.60.1.0/24"} for name in HERE]
    for way in ways:
        world.here.create_route(**way, VpcPeeringConnectionId=world.id)

    def back() -> None:
        for way in ways:
            world.here.delete_route(**way)
        world.here.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[rule])
        for each in restores:
            each()

    return back


def sends(*rules: Any) -> Breaks:
    """What the only group of the other VPC's server lets out; Terraform leaves none where none is written."""

    def breaks(world: World) -> Restores:
        (group,) = world.there.describe_security_groups(
            Filters=[{"Name": "group-name", "Values": ["analytics-servers"]}]
        )["SecurityGroups"]
        (subnet, *_) = world.there.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [group["VpcId"]]}])["Subnets"]
        server = world.there.create_network_interface(SubnetId=subnet["SubnetId"], Groups=[group["GroupId"]])
        before = {"GroupId": group["GroupId"], "IpPermissions": group["IpPermissionsEgress"]}
        after = {"GroupId": group["GroupId"], "IpPermissions": list(rules)}
        world.there.revoke_security_group_egress(**before)
        if rules:
            world.there.authorize_security_group_egress(**after)

        def back() -> None:
            if rules:
                world.there.revoke_security_group_egress(**after)
            world.there.authorize_security_group_egress(**before)
            world.there.delete_network_interface(NetworkInterfaceId=server["NetworkInterface"]["NetworkInterfaceId"])

        return back

    return breaks


def https(to: str) -> Mapping[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": to}]}


EVERYTHING = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}


def names_off(world: World) -> Restores:
    def option(on: bool) -> Any:
        return world.here.modify_vpc_peering_connection_options(
            VpcPeeringConnectionId=world.id, RequesterPeeringConnectionOptions={"AllowDnsResolutionFromRemoteVpc": on}
        )

    option(False)
    return lambda: option(True)


PING: LETS = {"Protocol": "1", "IcmpTypeCode": {"Type": 8, "Code": -1}}
PONG: LETS = {"Protocol": "1", "IcmpTypeCode": {"Type": 0, "Code": -1}}
SERVES = acl_of({**IN, **tcp(5432, 5432)}, {**IN, **PING}, OUT)
"""No answers come in: what is there may not ask."""
HALVES = acl_of(
    {**IN, "CidrBlock": LOW}, {**IN, "CidrBlock": HIGH}, {**OUT, **tcp(0, 32767)}, {**OUT, **tcp(32768, 65535)},
    {**OUT, **PONG},
)  # fmt: skip
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
    "only what is let in gets through": (both(asking, SERVES), "works", ""),
    "what is let in gets through, and who may ask is not answered": (SERVES, "works_but", "network-acls:"),
    "an ACL in halves": (both(asking, HALVES), "works", ""),
    "answers go out to the ports of some": (
        acl_of(IN, {**OUT, **tcp(32768, 65535)}, {**OUT, "Protocol": "1"}), "works_but", "network-acls:",
    ),
    "nothing of it goes out again": (acl_of(IN), "broken", "network-acls:"),
    "who asks is not answered": (
        both(asking, acl_of({**OUT, "CidrBlock": "10.0.0.0/16"}, side="there")), "broken", "network-acls:",
    ),
    "a group by a prefix list": (group_by_list, "works", ""),
    "a route by a prefix list": (route_by_list, "works", ""),
    "to a subnet of theirs alone": (to_a_subnet_of_theirs, "works_but", "routes:"),
    "who asks may send nothing": (both(asking, sends()), "broken", "security-groups-out:"),
    "who asks may send something else": (both(asking, sends(https("0.0.0.0/0"))), "broken", "security-groups-out:"),
    "who asks may send it to others": (
        both(asking, sends({**EVERYTHING, "IpRanges": [{"CidrIp": "10.60.0.0/16"}]})), "broken", "security-groups-out:",
    ),
    "who asks may send it there": (both(asking, sends(https("0.0.0.0/0"), EVERYTHING)), "works", ""),
    "one side may only answer": (sends(), "works_but", "security-groups-out:"),
    "through a firewall": (through_a_firewall, "unknown", "routes:"),
    "both halves go elsewhere": (halves_elsewhere, "broken", "routes:"),
    "a second range that nobody means": (more_of_theirs, "works_but", "routes:"),
}  # fmt: skip
"""How it is broken, how it stands then, and because of what."""
MENDED = ("the servers' own table", "no table there", "a dead entry", "no group lets it in", "the way in is blocked")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.some("whole", "no table there", "a dead entry")
def test_each_state_is_told(world: World, state: str) -> None:
    breaks, status, cause = STATES[state]
    with broken(breaks, world):
        found = check("peering", world.cloud, world.subject)
        assert (found.status.value, found.cause[: len(cause)]) == (status, cause), found.findings
        assert bool(found.cause) == (status != "works")
        assert mended_or_why_not("peering", found) == []
        assert len({each.id for each in found.findings}) == len(found.findings)


@pytest.mark.parametrize("state", MENDED)
@pytest.mark.some("no table there")
def test_mended_and_taken_back(world: World, state: str, journal: Journal, clock: FakeClock) -> None:
    """On whichever side it is, with what is used there."""
    breaks, _, cause = STATES[state]
    acls = world.here.describe_network_acls
    with broken(breaks, world):
        mended_and_back(
            "peering", world.cloud, journal, clock, world.subject,
            lambda: (picture(world.account), [each["Entries"] for each in acls()["NetworkAcls"]]), cause=cause,
        )  # fmt: skip


def test_packets_that_arrive_and_answers_that_do_not(world: World) -> None:
    with broken(without_route("there", "10.0.0.0/16", "analytics-private"), world):
        found = {each.id: each for each in check("peering", world.cloud, world.subject).findings}
        assert "its answers do not come back: there is no route to 10.0.0.0/16 there" in found["one-way"].sentence
        assert found["one-way"].follows == (f"routes:{table(world.there, 'analytics-private')}",)


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


def test_a_vpc_in_which_there_is_nothing_is_no_fault_where_there_is_something_in_the_other() -> None:
    def one(vpc: str, *servers: str) -> Seen:
        return cast(Seen, SimpleNamespace(vpc=vpc, servers=servers))

    found = [caution(f"security-groups:{each}", "Empty, or only where everybody may.", "") for each in ("a", "b")]
    told = [each.grade for each in firewalls.either(found, [one("a"), one("b", "machine")])]
    assert told == [Grade.PREDICTED, Grade.CAUTION]
    assert [each.grade for each in firewalls.either(found, [one("a"), one("b")])] == [Grade.CAUTION, Grade.CAUTION]
