"""A picture of the network side of an account, for comparing before and after.

Everything that a set-up could change and that a person would notice is in it; what is gone, and what changes
by itself, is not.
"""

from __future__ import annotations

from typing import Any

import boto3

Picture = dict[str, Any]


def snapshot(session: boto3.Session, *, endpoint_url: str | None = None) -> Picture:
    ec2: Any = session.client("ec2", endpoint_url=endpoint_url)
    logs: Any = session.client("logs", endpoint_url=endpoint_url)
    alarms: Any = session.client("cloudwatch", endpoint_url=endpoint_url)
    return {
        "logs": {
            group["logGroupName"]: group.get("retentionInDays") for group in logs.describe_log_groups()["logGroups"]
        },
        "alarms": {
            each["AlarmName"]: (each["Statistic"], each["Threshold"], each["AlarmActions"])
            for each in alarms.describe_alarms()["MetricAlarms"]
        },
        "log_policies": {
            each["policyName"]: each["policyDocument"] for each in logs.describe_resource_policies()["resourcePolicies"]
        },
        "vpcs": {vpc["VpcId"]: (vpc["CidrBlock"], _tags(vpc)) for vpc in ec2.describe_vpcs()["Vpcs"]},
        "subnets": {
            subnet["SubnetId"]: (subnet["VpcId"], subnet["CidrBlock"], _tags(subnet))
            for subnet in ec2.describe_subnets()["Subnets"]
        },
        "route_tables": {table["RouteTableId"]: _table(table) for table in ec2.describe_route_tables()["RouteTables"]},
        "security_groups": {
            group["GroupId"]: (group["GroupName"], _tags(group))
            for group in ec2.describe_security_groups()["SecurityGroups"]
        },
        "security_group_rules": {
            rule["SecurityGroupRuleId"]: _rule(rule)
            for rule in ec2.describe_security_group_rules()["SecurityGroupRules"]
        },
        "customer_gateways": {
            gateway["CustomerGatewayId"]: (
                gateway["IpAddress"],
                gateway.get("BgpAsn") or gateway.get("BgpAsnExtended"),
                gateway.get("DeviceName"),
                gateway["State"],
                _tags(gateway),
            )
            for gateway in _there(ec2.describe_customer_gateways()["CustomerGateways"])
        },
        "vpn_gateways": {
            gateway["VpnGatewayId"]: (
                gateway["AmazonSideAsn"],
                gateway["State"],
                sorted(each["VpcId"] for each in _there(gateway["VpcAttachments"])),
                _tags(gateway),
            )
            for gateway in _there(ec2.describe_vpn_gateways()["VpnGateways"])
        },
        "vpn_connections": {
            each["VpnConnectionId"]: _connection(each)
            for each in _there(ec2.describe_vpn_connections()["VpnConnections"])
        },
        "transit_attachments": {
            each["TransitGatewayAttachmentId"]: (
                each["TransitGatewayId"], each["ResourceType"], each["State"], each.get("Association"), _tags(each),
            )
            for each in _there(ec2.describe_transit_gateway_attachments()["TransitGatewayAttachments"])
        },
        "transit_tables": {
            table["TransitGatewayRouteTableId"]: _transit(ec2, table["TransitGatewayRouteTableId"])
            for table in ec2.describe_transit_gateway_route_tables()["TransitGatewayRouteTables"]
        },
    }  # fmt: skip


def _transit(ec2: Any, table: str) -> tuple[list[Any], list[Any]]:
    """Where a transit gateway's route table leads, and what brings its networks into it."""
    of = {"TransitGatewayRouteTableId": table}
    every = [{"Name": "state", "Values": ["active", "blackhole"]}]
    bringing = ec2.get_transit_gateway_route_table_propagations(**of)["TransitGatewayRouteTablePropagations"]
    routes = ec2.search_transit_gateway_routes(**of, Filters=every)["Routes"]
    return (
        sorted((each["ResourceType"], each["State"]) for each in bringing),
        sorted((each["DestinationCidrBlock"], each["Type"], each["State"]) for each in routes),
    )


def _there(things: list[Any]) -> list[Any]:
    return [thing for thing in things if thing["State"] not in ("deleted", "detached")]


def _tags(thing: Any) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in thing.get("Tags", [])}


def _table(table: Any) -> Picture:
    return {
        "vpc": table["VpcId"],
        "tags": _tags(table),
        "subnets": sorted(each["SubnetId"] for each in table["Associations"] if "SubnetId" in each),
        "propagating": sorted(each["GatewayId"] for each in table.get("PropagatingVgws", [])),
        "routes": sorted(
            (
                str(route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock")),
                str(
                    route.get("GatewayId")
                    or route.get("NatGatewayId")
                    or route.get("TransitGatewayId")
                    or route.get("NetworkInterfaceId")
                ),
                str(route["State"]),
            )
            for route in table["Routes"]
        ),
    }


def _rule(rule: Any) -> tuple[Any, ...]:
    source = rule.get("CidrIpv4") or rule.get("CidrIpv6") or (rule.get("ReferencedGroupInfo") or {}).get("GroupId")
    return (
        rule["GroupId"],
        "out" if rule["IsEgress"] else "in",
        rule["IpProtocol"],
        rule["FromPort"],
        rule["ToPort"],
        source,
        rule.get("Description"),
        _tags(rule),
    )


def _connection(each: Any) -> Picture:
    return {
        "customer_gateway": each["CustomerGatewayId"],
        "aws_end": each.get("VpnGatewayId") or each["TransitGatewayId"],
        "state": each["State"],
        "static": each["Options"]["StaticRoutesOnly"],
        "routes": sorted(
            route["DestinationCidrBlock"] for route in each["Routes"] if route["State"] not in ("deleting", "deleted")
        ),
        "tags": _tags(each),
    }
