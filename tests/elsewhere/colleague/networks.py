"""Routes, security groups, and what connects VPCs."""

from __future__ import annotations

import json
from collections.abc import Collection

from elsewhere.colleague.deed import NotHere, client, only, to
from elsewhere.hand import Made

from flows.practice import PracticeAccount


@to(
    "ec2.CreateVpnGateway", "ec2.CreateVpnConnection", "ec2.CreateCustomerGateway", "ec2.CreateSecurityGroup",
    "ec2.CreateVpcPeeringConnection", mere=True,
)  # fmt: skip
def renamed(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "ec2").create_tags(Resources=[it.id], Tags=[{"Key": "Name", "Value": "berlin"}])


@to("ec2.CreateVpcPeeringConnection")
def route_over_our_connection(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    table = next(each.params["RouteTableId"] for each in all_ if each.operation == "ec2.CreateRoute")
    client(account, "ec2").create_route(
        RouteTableId=table, DestinationCidrBlock="172.20.0.0/16", VpcPeeringConnectionId=it.id
    )


@to("ec2.CreateVpcPeeringConnection", mere=True)
def names_switched_on(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    ec2 = client(account, "ec2")
    there = client(account, "ec2", region_name=it.params.get("PeerRegion"))
    for side, vpc in ((ec2, it.params["VpcId"]), (there, it.params["PeerVpcId"])):
        side.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    names = {"AllowDnsResolutionFromRemoteVpc": True}
    ec2.modify_vpc_peering_connection_options(VpcPeeringConnectionId=it.id, RequesterPeeringConnectionOptions=names)


@to("ec2.CreateTransitGatewayVpcAttachment")
def way_of_theirs_to_the_transit_gateway(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    ec2 = client(account, "ec2")
    of = [{"Name": "vpc-id", "Values": [it.params["VpcId"]]}]
    table = ec2.describe_route_tables(Filters=of)["RouteTables"][0]["RouteTableId"]
    ec2.create_route(
        RouteTableId=table, DestinationCidrBlock="172.21.0.0/16", TransitGatewayId=it.params["TransitGatewayId"]
    )


@to("ec2.EnableVgwRoutePropagation", "ec2.CreateRoute", takes=True)
def table_deleted(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    ec2, table = client(account, "ec2"), it.params["RouteTableId"]
    (about,) = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    for each in about["Associations"]:
        ec2.disassociate_route_table(AssociationId=each["RouteTableAssociationId"])
    ec2.delete_route_table(RouteTableId=table)


@to("ec2.CreateRoute", turns=True)
def route_turned_elsewhere(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    ec2 = client(account, "ec2")
    this = [{"Name": "route-table-id", "Values": [it.params["RouteTableId"]]}]
    table = only(ec2.describe_route_tables(Filters=this)["RouteTables"])
    of_it = [{"Name": "attachment.vpc-id", "Values": [table["VpcId"]]}]
    internet = only(ec2.describe_internet_gateways(Filters=of_it)["InternetGateways"])
    ec2.replace_route(
        RouteTableId=it.params["RouteTableId"], DestinationCidrBlock=it.params["DestinationCidrBlock"],
        GatewayId=internet["InternetGatewayId"],
    )  # fmt: skip


@to("ec2.AuthorizeSecurityGroupIngress", "ec2.CreateSecurityGroup")
def rule_of_theirs_in_the_group(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 9000, "ToPort": 9000, "IpRanges": [{"CidrIp": "172.20.0.0/16"}]}
    client(account, "ec2").authorize_security_group_ingress(
        GroupId=it.params.get("GroupId") or it.id, IpPermissions=[rule]
    )


@to("ec2.AuthorizeSecurityGroupIngress", turns=True)
def rule_edited(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    ec2 = client(account, "ec2")
    found = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [it.params["GroupId"]]}])
    ours = [
        each for each in found["SecurityGroupRules"] if "handrail" in json.dumps(each).lower() and not each["IsEgress"]
    ]
    rule = only(ours)
    if rule.get("ReferencedGroupInfo"):  # AWS makes no rule for a network of one for a group, and moto does
        raise NotHere
    ec2.modify_security_group_rules(
        GroupId=it.params["GroupId"],
        SecurityGroupRules=[
            {
                "SecurityGroupRuleId": rule["SecurityGroupRuleId"],
                "SecurityGroupRule": {
                    "IpProtocol": "tcp", "FromPort": 8443, "ToPort": 8443, "CidrIpv4": "172.20.0.0/16",
                },
            }
        ],
    )  # fmt: skip


@to("ec2.CreateSecurityGroup")
def machine_of_theirs_behind_our_group(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    ec2 = client(account, "ec2")
    subnet = only(ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [it.params["VpcId"]]}])["Subnets"])
    image = ec2.describe_images(Filters=[{"Name": "name", "Values": ["amzn2-ami-hvm-2*"]}])["Images"][0]["ImageId"]
    ec2.run_instances(
        ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.small", SubnetId=subnet["SubnetId"],
        SecurityGroupIds=[it.id],
    )  # fmt: skip


@to("ec2.CreateSecurityGroup")
def rule_that_names_our_group(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    ec2 = client(account, "ec2")
    theirs = ec2.create_security_group(GroupName="theirs", Description="theirs", VpcId=it.params["VpcId"])["GroupId"]
    pair = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": [{"GroupId": it.id}]}
    ec2.authorize_security_group_ingress(GroupId=theirs, IpPermissions=[pair])
