"""Networks that the company's own could be connected with: in another region, and in the partner's account."""

from __future__ import annotations

from typing import Any

from flows.practice.company.basics import ACCOUNT_ID, REGION, Client, named
from flows.practice.company.network import SHOP, with_ipv6

ELSEWHERE = "us-east-1"


def networks(client: Client) -> None:
    """One that can be connected with in each, one with the shop's own addresses, and one whose owner asks to be. That
    in the other region has IPv6, as the company's staging has; it and the warehouse have names of their own."""
    analytics = _network(client("ec2", ELSEWHERE), "analytics", "10.60.0.0/16", f"{ELSEWHERE}a")
    partner = client("ec2", REGION, partner=True)
    warehouse = _network(partner, "warehouse", "10.40.0.0/16", f"{REGION}a")
    partner.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=named("vpc", "lab"))
    billing = partner.create_vpc(CidrBlock="10.50.0.0/16", TagSpecifications=named("vpc", "billing"))
    found = client("ec2").describe_vpcs(Filters=[{"Name": "tag:Name", "Values": [SHOP]}])["Vpcs"]
    if found:
        partner.create_vpc_peering_connection(
            VpcId=billing["Vpc"]["VpcId"], PeerVpcId=found[0]["VpcId"], PeerOwnerId=ACCOUNT_ID,
            TagSpecifications=named("vpc-peering-connection", "billing-shop"),
        )  # fmt: skip
    with_ipv6(client("ec2", ELSEWHERE), analytics)
    _names(client("route53"), "analytics.internal", ELSEWHERE, analytics)
    _names(client("route53", partner=True), "warehouse.internal", REGION, warehouse)


def _names(route53: Any, name: str, region: str, vpc: str) -> None:
    """A private hosted zone for a VPC."""
    route53.create_hosted_zone(
        Name=name, CallerReference="the founding", HostedZoneConfig={"PrivateZone": True},
        VPC={"VPCRegion": region, "VPCId": vpc},
    )  # fmt: skip


def _network(ec2: Any, name: str, block: str, zone: str) -> str:
    vpc = str(ec2.create_vpc(CidrBlock=block, TagSpecifications=named("vpc", name))["Vpc"]["VpcId"])
    table = ec2.create_route_table(VpcId=vpc, TagSpecifications=named("route-table", f"{name}-private"))
    subnet = ec2.create_subnet(
        VpcId=vpc, CidrBlock=block.replace("0.0/16", "1.0/24"), AvailabilityZone=zone,
        TagSpecifications=named("subnet", f"{name}-private"),
    )  # fmt: skip
    ec2.associate_route_table(RouteTableId=table["RouteTable"]["RouteTableId"], SubnetId=subnet["Subnet"]["SubnetId"])
    group = ec2.create_security_group(
        GroupName=f"{name}-servers", Description=f"The servers of {name}", VpcId=vpc,
        TagSpecifications=named("security-group", f"{name}-servers"),
    )  # fmt: skip
    permission = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": [{"CidrIp": block}]}
    ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[permission])
    return vpc
