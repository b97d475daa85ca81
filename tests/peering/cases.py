"""Answers for connecting two VPCs in the demo company, a session with them, and a picture of both sides."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from support.clock import FakeClock
from support.killed import Case, by_kind

import flows
from flows.engine import Cloud, Journal, Place, Session
from flows.practice import PracticeAccount

MINE: Mapping[str, Any] = {
    "vpc": "shop", "whose": "mine", "peer_region": "eu-central-1", "peer_vpc": "staging",
    "security_groups": ["app"], "peer_security_groups": ["default"], "allow": ["ping", "postgres"],
}  # fmt: skip
"""Two networks of one region."""
ELSEWHERE: Mapping[str, Any] = {
    **MINE, "peer_region": "us-east-1", "peer_vpc": "analytics", "peer_security_groups": ["analytics-servers"],
    "dns_hostnames": "yes", "dns": "yes",
}  # fmt: skip
"""One in another region, with names."""
PROFILE: Mapping[str, Any] = {
    **MINE, "whose": "profile", "peer_profile": "partner", "peer_vpc": "warehouse",
    "peer_security_groups": ["warehouse-servers"],
}  # fmt: skip
"""One in another account, by a profile."""
OWNER: Mapping[str, Any] = {
    "vpc": "shop", "whose": "owner", "peer_account": "210987654321", "peer_region": "eu-central-1",
    "peer_vpc_id": "vpc-0123456789abcdef0", "peer_networks": ["10.40.0.0/16"], "security_groups": ["app"],
}  # fmt: skip
"""One of somebody else."""
IPV6: Mapping[str, Any] = {
    "vpc": "staging", "whose": "mine", "peer_region": "us-east-1", "peer_vpc": "analytics",
    "security_groups": ["default"], "peer_security_groups": ["analytics-servers"], "peer_allow": ["ping", "postgres"],
}  # fmt: skip
"""Two networks that have IPv6 as well."""
GROUPS: Mapping[str, Any] = {**PROFILE, "by": "groups"}
"""One in another account, whose security groups are named instead of its networks."""
ZONES: Mapping[str, Any] = {**PROFILE, "zones": ["warehouse.internal"], "dns_hostnames": "yes"}
"""One in another account, whose private names are resolved as well."""
BILLING: Mapping[str, Any] = {**PROFILE, "peer_vpc": "billing", "peer_security_groups": []}
"""One whose owner asked already."""

VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "mine": MINE,
    "elsewhere": ELSEWHERE,
    "profile": PROFILE,
    "owner": OWNER,
    "ipv6": IPV6,
    "groups": GROUPS,
    "private names": ZONES,
}
MOST = "elsewhere"
"""Of these the one that has as much of the set-up as can be."""

SIDES = (("own", "eu-central-1"), ("own", "us-east-1"), ("partner", "eu-central-1"))


def ids(account: PracticeAccount, region: str = "eu-central-1", profile: str = "") -> dict[str, str]:
    """The VPCs by their names."""
    boto: Any = account.session_of(profile) if profile else account.session
    vpcs = boto.client("ec2", region_name=region).describe_vpcs()["Vpcs"]
    return {each["Tags"][0]["Value"]: each["VpcId"] for each in vpcs if each.get("Tags")}


def machine(account: PracticeAccount, vpc: str) -> None:
    """Something that the default security group of a VPC guards."""
    ec2: Any = account.session.client("ec2")
    mine = [{"Name": "vpc-id", "Values": [ids(account)[vpc]]}]
    (group,) = ec2.describe_security_groups(Filters=[*mine, {"Name": "group-name", "Values": ["default"]}])[
        "SecurityGroups"
    ]
    subnet = ec2.describe_subnets(Filters=mine)["Subnets"][0]["SubnetId"]
    ec2.create_network_interface(SubnetId=subnet, Groups=[group["GroupId"]])


def picture(account: PracticeAccount, sides: Sequence[tuple[str, str]] = SIDES) -> dict[tuple[str, str], Any]:
    """What a connection could change on each side."""
    seen: dict[tuple[str, str], Any] = {}
    for name, region in sides:
        boto: Any = account.session if name == "own" else account.session_of(name)
        ec2 = boto.client("ec2", region_name=region)
        seen[name, region] = (
            sorted(
                (
                    table["RouteTableId"],
                    route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock") or "", route["State"],
                    route.get("VpcPeeringConnectionId") or route.get("GatewayId") or "",
                )
                for table in ec2.describe_route_tables()["RouteTables"]
                for route in table["Routes"]
            ),
            sorted(_connections(ec2), key=lambda told: repr(told[1:])),  # ids are drawn anew in each account
            sorted((id, str(rules)) for id, rules in _rules(ec2)),
            sorted((vpc["VpcId"], _hostnames(ec2, vpc["VpcId"])) for vpc in ec2.describe_vpcs()["Vpcs"]),
            sorted(_zones(boto.client("route53", region_name=region))),
        )  # fmt: skip
    return seen


def _connections(ec2: Any) -> Any:
    return [
        (
            each["VpcPeeringConnectionId"], each["Status"]["Code"],
            each["RequesterVpcInfo"].get("PeeringOptions"), each["AccepterVpcInfo"].get("PeeringOptions"),
            sorted(tag["Key"] for tag in each["Tags"]),
        )
        for each in ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]
        if each["Status"]["Code"] not in ("deleted", "deleting", "failed")
    ]  # fmt: skip


def _rules(ec2: Any) -> Any:
    return [(each["GroupId"], each["IpPermissions"]) for each in ec2.describe_security_groups()["SecurityGroups"]]


def _hostnames(ec2: Any, vpc: str) -> bool:
    told = ec2.describe_vpc_attribute(VpcId=vpc, Attribute="enableDnsHostnames")
    return bool(told["EnableDnsHostnames"]["Value"])


def _zones(route53: Any) -> Any:
    """Each private zone of the account, with its VPCs and those that may be."""
    for zone in route53.list_hosted_zones()["HostedZones"]:
        if zone["Config"]["PrivateZone"]:
            vpcs = route53.get_hosted_zone(Id=zone["Id"])["VPCs"]
            allowed = route53.list_vpc_association_authorizations(HostedZoneId=zone["Id"])["VPCs"]
            yield zone["Name"], sorted(each["VPCId"] for each in vpcs), sorted(each["VPCId"] for each in allowed)


def subject(made: Mapping[str, str]) -> dict[str, str]:
    """What `check` is asked about once a run has made it."""
    return {"connection": made["connection"]}


def _killed(answers: Mapping[str, Any], sides: int = 1) -> Case:
    return Case(
        "peering",
        answers,
        lambda account: by_kind({where: seen for (_, where), seen in picture(account, SIDES[:sides]).items()}),
        re.compile(r"\bpcx-[0-9a-f]{8,17}\b"),
        accept=(),
    )


CASES: Mapping[str, Case] = {
    "peering": _killed(MINE), "peering, IPv6": _killed(IPV6, 2),
    "peering, by groups": _killed({**MINE, "by": "groups"}),
    "peering, private names": _killed({**ELSEWHERE, "zones": ["analytics.internal"]}, 2),
}  # fmt: skip
"""What is killed at every moment of it."""


def session(cloud: Cloud, journal: Journal | None, answers: Mapping[str, Any], clock: FakeClock) -> Session:
    made = Session(flows.find("peering"), cloud, journal, place=Place(practice=True), clock=clock)
    made.accepted |= {"accept-theirs", "multipath", "route-replaced"}
    made.fill(answers)
    return made


def connections(account: PracticeAccount) -> dict[str, str]:
    """The state of each by its id."""
    ec2: Any = account.session.client("ec2")
    told = ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]
    return {each["VpcPeeringConnectionId"]: each["Status"]["Code"] for each in told}
