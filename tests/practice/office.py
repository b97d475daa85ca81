"""The calls of a VPN set-up, so that the tests read as what happens and not as parameters."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError


def refused(code: str) -> Any:
    """The call must be refused with this code."""
    return pytest.raises(ClientError, match=rf"\({code}\)")


def named(ec2: Any, kind: str, name: str) -> str:
    """The id of the company's thing of this name."""
    call, listed, key = {
        "vpc": ("describe_vpcs", "Vpcs", "VpcId"),
        "table": ("describe_route_tables", "RouteTables", "RouteTableId"),
        "group": ("describe_security_groups", "SecurityGroups", "GroupId"),
        "vgw": ("describe_vpn_gateways", "VpnGateways", "VpnGatewayId"),
        "cgw": ("describe_customer_gateways", "CustomerGateways", "CustomerGatewayId"),
    }[kind]
    (found,) = getattr(ec2, call)(Filters=[{"Name": "tag:Name", "Values": [name]}])[listed]
    return str(found[key])


def tags(kind: str, name: str) -> list[Any]:
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


def customer_gateway(ec2: Any, address: str = "198.51.100.7", **more: Any) -> Any:
    return ec2.create_customer_gateway(Type="ipsec.1", IpAddress=address, **more)["CustomerGateway"]


def vpn_gateway(ec2: Any, vpc: str | None = None, **more: Any) -> str:
    gateway = str(ec2.create_vpn_gateway(Type="ipsec.1", **more)["VpnGateway"]["VpnGatewayId"])
    if vpc:
        ec2.attach_vpn_gateway(VpnGatewayId=gateway, VpcId=vpc)
    return gateway


def connection(ec2: Any, customer: str, gateway: str, *, static: bool = True, tunnels: Any = ()) -> Any:
    return ec2.create_vpn_connection(
        Type="ipsec.1",
        CustomerGatewayId=customer,
        VpnGatewayId=gateway,
        Options={"StaticRoutesOnly": static, "TunnelOptions": list(tunnels)},
        TagSpecifications=tags("vpn-connection", "office"),
    )["VpnConnection"]


def office(ec2: Any, **options: Any) -> Any:
    """The whole connection to the staging network, which has its gateway already."""
    customer = customer_gateway(ec2)["CustomerGatewayId"]
    return connection(ec2, customer, named(ec2, "vgw", "staging-vgw"), **options)


def the_connection(ec2: Any, connection_id: str) -> Any:
    (found,) = ec2.describe_vpn_connections(VpnConnectionIds=[connection_id])["VpnConnections"]
    return found


def lets_in(resource: str) -> str:
    """A policy by which AWS's log delivery may write there."""
    statement = {
        "Effect": "Allow", "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": resource,
    }  # fmt: skip
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
