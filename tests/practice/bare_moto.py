"""What moto alone answers, run by a test in a process of its own: each line is a gap that is filled."""

from typing import Any

import boto3
from moto import mock_aws


def main() -> None:
    session = boto3.Session(region_name="eu-central-1")
    assert session.client("sts").get_caller_identity()["Arn"].endswith("user/moto")
    ec2: Any = session.client("ec2")
    customer = ec2.create_customer_gateway(Type="ipsec.1", IpAddress="not-an-ip", BgpAsn=0, DeviceName="office")
    customer_id = customer["CustomerGateway"]["CustomerGatewayId"]
    assert "DeviceName" not in customer["CustomerGateway"]
    assert ec2.describe_customer_gateways(CustomerGatewayIds=["cgw-00000000000000000"])["CustomerGateways"] == []

    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    gateways = [ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"] for _ in range(6)]
    assert "AmazonSideAsn" not in gateways[0]
    first, second = (gateway["VpnGatewayId"] for gateway in gateways[:2])
    for gateway in (first, second):
        attached = ec2.attach_vpn_gateway(VpnGatewayId=gateway, VpcId=vpc)
        assert attached["VpcAttachment"]["State"] == "attached"
    ec2.delete_vpn_gateway(VpnGatewayId=first)

    made = ec2.create_vpn_connection(
        Type="ipsec.1",
        CustomerGatewayId=customer_id,
        VpnGatewayId="vgw-00000000000000000",
        Options={"StaticRoutesOnly": True, "TunnelOptions": [{"PreSharedKey": "a-b"}]},
    )["VpnConnection"]
    assert made["State"] == "available"
    assert not {"Options", "Routes", "VgwTelemetry", "Category"} & set(made)
    ec2.delete_customer_gateway(CustomerGatewayId=customer_id)
    ec2.delete_vpn_connection(VpnConnectionId=made["VpnConnectionId"])
    ec2.delete_vpn_connection(VpnConnectionId=made["VpnConnectionId"])

    group = ec2.create_security_group(GroupName="g", Description="g", VpcId=vpc)["GroupId"]
    permissions = [
        {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": "10.0.0.1/8"}]}
        for port in (99999, 99998)
    ]
    answer = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=permissions)
    assert len(answer["SecurityGroupRules"]) == 1

    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    stranger = gateways[2]["VpnGatewayId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="192.168.10.0/24", GatewayId=stranger)

    count = len(ec2.describe_vpcs()["Vpcs"])
    ec2.create_vpc(CidrBlock="10.1.0.0/16", DryRun=True)
    assert len(ec2.describe_vpcs()["Vpcs"]) == count + 1


if __name__ == "__main__":
    with mock_aws():
        main()
