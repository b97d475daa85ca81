"""The company's networks: the shop, the staging area, and the warehouse's VPN device."""

from __future__ import annotations

from ipaddress import IPv6Network
from typing import Any

from flows.practice.company.basics import REGION, Client, named
from flows.practice.happenings import CALLS

SHOP, STAGING = "shop", "staging"
BRANCH = "192.168.77.0/24"


def networks(client: Client) -> None:
    for name, block in ((SHOP, "10.0.0.0/16"), (STAGING, "10.20.0.0/16")):
        made = client("ec2").create_vpc(CidrBlock=block, TagSpecifications=named("vpc", name))
    with_ipv6(client("ec2"), made["Vpc"]["VpcId"])


def with_ipv6(ec2: Any, vpc: str) -> None:
    """Give a VPC a range of IPv6 as well, and each subnet that it has a part of it."""
    ec2.associate_vpc_cidr_block(VpcId=vpc, AmazonProvidedIpv6CidrBlock=True)
    subnets_with_ipv6(ec2, vpc)


def subnets_with_ipv6(ec2: Any, vpc: str) -> None:
    (told,) = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]
    block = told["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"]
    found = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
    for subnet, part in zip(found, IPv6Network(block).subnets(new_prefix=64), strict=False):
        ec2.associate_subnet_cidr_block(SubnetId=subnet["SubnetId"], Ipv6CidrBlock=str(part))


def found(client: Client) -> None:
    ec2 = client("ec2")
    vpcs = {each["Tags"][0]["Value"]: each["VpcId"] for each in ec2.describe_vpcs()["Vpcs"] if each.get("Tags")}
    shop = _shop(ec2, vpcs[SHOP])
    _staging(ec2, vpcs[STAGING])
    ec2.create_customer_gateway(
        Type="ipsec.1",
        IpAddress="198.51.100.99",
        BgpAsn=65010,
        TagSpecifications=named("customer-gateway", "warehouse"),
    )
    groups = _security_groups(ec2, shop["vpc"])
    ec2.run_instances(
        ImageId=_image(ec2),
        InstanceType="t3.small",
        MinCount=1,
        MaxCount=1,
        ClientToken="shop-1",
        SubnetId=shop["private-a"],
        SecurityGroupIds=[groups["app"]],
        TagSpecifications=named("instance", "shop-1"),
    )
    subnets_with_ipv6(ec2, vpcs[STAGING])


def _shop(ec2: Any, vpc: str) -> dict[str, str]:
    """Two public and two private subnets, in two zones."""
    made = {"vpc": vpc}
    gateway = ec2.create_internet_gateway(TagSpecifications=named("internet-gateway", "shop"))
    gateway_id = gateway["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc)
    public = _route_table(ec2, "shop-public", vpc)
    ec2.create_route(RouteTableId=public, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway_id)
    for kind, zone, block in (
        ("public", "a", "10.0.0.0/24"),
        ("public", "b", "10.0.1.0/24"),
        ("private", "a", "10.0.10.0/24"),
        ("private", "b", "10.0.11.0/24"),
    ):
        table = public if kind == "public" else _route_table(ec2, f"shop-private-{zone}", vpc)
        made[f"{kind}-{zone}"] = _subnet(ec2, vpc, table, name=f"shop-{kind}-{zone}", block=block, zone=zone)
    return made


def _staging(ec2: Any, vpc: str) -> None:
    """A network that already has its VPN gateway, so that a set-up can use it again, and the branch connected to it."""
    table = _route_table(ec2, "staging-private", vpc)
    _subnet(ec2, vpc, table, name="staging-private", block="10.20.0.0/24", zone="a")
    gateway = ec2.create_vpn_gateway(Type="ipsec.1", TagSpecifications=named("vpn-gateway", "staging-vgw"))
    ec2.attach_vpn_gateway(VpnGatewayId=gateway["VpnGateway"]["VpnGatewayId"], VpcId=vpc)
    _branch(ec2, vpc, gateway["VpnGateway"]["VpnGatewayId"], table)


def _branch(ec2: Any, vpc: str, gateway: str, table: str) -> None:
    """An office that is connected since long ago, both tunnels up, with everything that AWS allows where nobody says
    more."""
    device = ec2.create_customer_gateway(
        Type="ipsec.1", IpAddress="198.51.100.77", BgpAsn=65000,
        TagSpecifications=named("customer-gateway", "branch"),
    )  # fmt: skip
    made = ec2.create_vpn_connection(
        Type="ipsec.1", CustomerGatewayId=device["CustomerGateway"]["CustomerGatewayId"], VpnGatewayId=gateway,
        Options={"StaticRoutesOnly": True}, TagSpecifications=named("vpn-connection", "branch"),
    )  # fmt: skip
    connection = str(made["VpnConnection"]["VpnConnectionId"])
    ec2.create_vpn_connection_route(VpnConnectionId=connection, DestinationCidrBlock=BRANCH)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock=BRANCH, GatewayId=gateway)
    ec2.create_tags(Resources=[connection], Tags=[{"Key": CALLS, "Value": "yes"}])
    inside = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    (group,) = ec2.describe_security_groups(Filters=inside)["SecurityGroups"]
    ping = {"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1, "IpRanges": [{"CidrIp": BRANCH}]}
    ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[ping])


def _subnet(ec2: Any, vpc: str, table: str, *, name: str, block: str, zone: str) -> str:
    made = ec2.create_subnet(
        VpcId=vpc,
        CidrBlock=block,
        AvailabilityZone=f"{REGION}{zone}",
        TagSpecifications=named("subnet", name),
    )
    subnet = str(made["Subnet"]["SubnetId"])
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    return subnet


def _route_table(ec2: Any, name: str, vpc: str) -> str:
    made = ec2.create_route_table(VpcId=vpc, TagSpecifications=named("route-table", name))
    return str(made["RouteTable"]["RouteTableId"])


def _security_groups(ec2: Any, vpc: str) -> dict[str, str]:
    groups: dict[str, str] = {}
    for name, about, port, source in (
        ("web", "The shop's load balancer", 80, None),
        ("app", "The shop's servers", 8080, "web"),
        ("database", "The shop's database", 5432, "app"),
    ):
        made = ec2.create_security_group(
            GroupName=name, Description=about, VpcId=vpc, TagSpecifications=named("security-group", name)
        )
        groups[name] = made["GroupId"]
        permission: dict[str, Any] = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
        if source is None:
            permission["IpRanges"] = [{"CidrIp": "0.0.0.0/0", "Description": "customers"}]
        else:
            permission["UserIdGroupPairs"] = [{"GroupId": groups[source]}]
        ec2.authorize_security_group_ingress(GroupId=groups[name], IpPermissions=[permission])
    return groups


def _image(ec2: Any) -> str:
    found = ec2.describe_images(Filters=[{"Name": "name", "Values": ["amzn2-ami-hvm-2*"]}])
    return str(min(image["ImageId"] for image in found["Images"]))
