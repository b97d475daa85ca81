"""The company's transit gateways: the shop's VPC is attached to one of them."""

from __future__ import annotations

from flows.practice.company.basics import Client, named
from flows.practice.company.network import SHOP


def transit_gateways(client: Client) -> None:
    """One associates and propagates by itself, the other has a route table, and nothing goes by that unasked."""
    ec2 = client("ec2")
    made = ec2.create_transit_gateway(
        Description="Joins the company's networks", Options={"AmazonSideAsn": 64530},
        TagSpecifications=named("transit-gateway", "hub"),
    )["TransitGateway"]["TransitGatewayId"]  # fmt: skip
    shop = {"Name": "tag:Name", "Values": [SHOP]}
    private = {"Name": "tag:Name", "Values": ["shop-private-a", "shop-private-b"]}
    subnets = ec2.describe_subnets(Filters=[private])["Subnets"]
    for vpc in ec2.describe_vpcs(Filters=[shop])["Vpcs"]:
        ec2.create_transit_gateway_vpc_attachment(
            TransitGatewayId=made, VpcId=vpc["VpcId"], SubnetIds=[each["SubnetId"] for each in subnets],
            TagSpecifications=named("transit-gateway-attachment", "hub-shop"),
        )  # fmt: skip
    none = {"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable"}
    other = ec2.create_transit_gateway(
        Description="Joins the branches", Options={"AmazonSideAsn": 64531, **none},
        TagSpecifications=named("transit-gateway", "branches"),
    )["TransitGateway"]["TransitGatewayId"]  # fmt: skip
    ec2.create_transit_gateway_route_table(
        TransitGatewayId=other, TagSpecifications=named("transit-gateway-route-table", "branches"),
    )  # fmt: skip
