"""What a colleague, or another tool, may do to what a run made, by operation: each set-up that calls it has it.

A deed is done to one action of a run. It may ask what else the run made, to know what to do to which. `mere` deeds
change nothing that anybody would miss; those that `take` take away what the action's work was a part of; after those
that `turn` a thing it is somebody else's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from elsewhere.hand import Made

from flows.practice import SECOND_ACCOUNT_ID, PracticeAccount

Act = Callable[[PracticeAccount, Made, Collection[Made]], None]


@dataclass(frozen=True)
class Deed:
    act: Act
    mere: bool
    takes: bool
    turns: bool

    @property
    def name(self) -> str:
        return self.act.__name__.replace("_", " ")

    @property
    def kind(self) -> tuple[bool, ...]:
        return self.mere, self.takes, self.turns


DEEDS: dict[str, list[Deed]] = {}
NOBODY: Mapping[str, str] = {
    "ec2.CreateVpnConnectionRoute": "a route of a connection is there or not",
    "ec2.AssociateTransitGatewayRouteTable": "an attachment goes by a table or not",
    "ec2.EnableTransitGatewayRouteTablePropagation": "networks are brought into a table or not",
    "codecommit.CreateRepository": "moto takes no files into it",
    "codebuild.CreateProject": "moto cannot edit one",
    "rds.CreateDBInstance": "what it holds is its cluster's",
    "ec2.ModifyVpcAttribute": "it is on or off",
    "route53.AssociateVPCWithHostedZone": "a VPC resolves a zone or not",
    "ec2.StopInstances": "it is started again before the run ends",
}
"""Operations to whose work nobody does anything here, and why."""


class NotHere(Exception):
    """There is nothing here to which this could be done."""


def to(*operations: str, mere: bool = False, takes: bool = False, turns: bool = False) -> Callable[[Act], Act]:
    """What may happen to the work of these operations."""

    def noted(act: Act) -> Act:
        for operation in operations:
            DEEDS.setdefault(operation, []).append(Deed(act, mere, takes, turns))
        return act

    return noted


def done(account: PracticeAccount, act: Act, made: Made, all_: Collection[Made]) -> bool:
    """Do it; False if there is nothing here to which it could be done."""
    try:
        act(account, made, all_)
    except NotHere:
        return False
    return True


def _c(account: PracticeAccount, service: str, **more: Any) -> Any:
    return account.session.client(service, **more)  # type: ignore[call-overload]


def _only(listed: Collection[Any]) -> Any:
    if not listed:
        raise NotHere
    return next(iter(listed))


# -- networks --------------------------------------------------------------------------------------------------------


@to("ec2.CreateVpnGateway", "ec2.AttachVpnGateway")
def second_connection_on_our_gateway(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    ec2 = _c(account, "ec2")
    gateway = it.id or it.params["VpnGatewayId"]
    device = ec2.create_customer_gateway(Type="ipsec.1", IpAddress="198.51.100.200", BgpAsn=65020)
    ec2.create_vpn_connection(
        Type="ipsec.1", CustomerGatewayId=device["CustomerGateway"]["CustomerGatewayId"],
        VpnGatewayId=gateway if gateway.startswith("vgw") else it.params["VpnGatewayId"],
        Options={"StaticRoutesOnly": True},
    )  # fmt: skip


def _another_table(account: PracticeAccount, gateway: str) -> str:
    """A route table beside the gateway that neither uses it yet nor is the main one."""
    ec2 = _c(account, "ec2")
    (about,) = ec2.describe_vpn_gateways(VpnGatewayIds=[gateway])["VpnGateways"]
    vpc = about["VpcAttachments"][0]["VpcId"]
    for table in ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]:
        leads = [route.get("GatewayId") for route in table["Routes"]]
        if gateway not in leads and not table.get("PropagatingVgws"):
            return str(table["RouteTableId"])
    raise NotHere


@to("ec2.CreateVpnGateway")
def propagation_into_another_table(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "ec2").enable_vgw_route_propagation(RouteTableId=_another_table(account, it.id), GatewayId=it.id)


@to("ec2.CreateVpnGateway")
def route_to_our_gateway(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "ec2").create_route(
        RouteTableId=_another_table(account, it.id), DestinationCidrBlock="172.20.0.0/16", GatewayId=it.id
    )


@to(
    "ec2.CreateVpnGateway", "ec2.CreateVpnConnection", "ec2.CreateCustomerGateway", "ec2.CreateSecurityGroup",
    "ec2.CreateVpcPeeringConnection", mere=True,
)  # fmt: skip
def renamed(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "ec2").create_tags(Resources=[it.id], Tags=[{"Key": "Name", "Value": "berlin"}])


@to("ec2.CreateVpcPeeringConnection")
def route_over_our_connection(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    table = next(each.params["RouteTableId"] for each in all_ if each.operation == "ec2.CreateRoute")
    _c(account, "ec2").create_route(
        RouteTableId=table, DestinationCidrBlock="172.20.0.0/16", VpcPeeringConnectionId=it.id
    )


@to("ec2.CreateVpcPeeringConnection", mere=True)
def names_switched_on(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    ec2 = _c(account, "ec2")
    there = _c(account, "ec2", region_name=it.params.get("PeerRegion"))
    for side, vpc in ((ec2, it.params["VpcId"]), (there, it.params["PeerVpcId"])):
        side.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    names = {"AllowDnsResolutionFromRemoteVpc": True}
    ec2.modify_vpc_peering_connection_options(VpcPeeringConnectionId=it.id, RequesterPeeringConnectionOptions=names)


@to("ec2.CreateVpnConnection")
def static_route_of_theirs(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    ec2 = _c(account, "ec2")
    if "TransitGatewayId" not in it.params:
        if not it.params["Options"]["StaticRoutesOnly"]:
            raise NotHere
        ec2.create_vpn_connection_route(VpnConnectionId=it.id, DestinationCidrBlock="172.20.0.0/16")
        return
    of = [{"Name": "resource-id", "Values": [it.id]}]
    (own,) = ec2.describe_transit_gateway_attachments(Filters=of)["TransitGatewayAttachments"]
    ec2.create_transit_gateway_route(
        TransitGatewayRouteTableId=own["Association"]["TransitGatewayRouteTableId"],
        TransitGatewayAttachmentId=own["TransitGatewayAttachmentId"], DestinationCidrBlock="172.20.0.0/16",
    )  # fmt: skip


@to("ec2.CreateTransitGatewayVpcAttachment")
def way_of_theirs_to_the_transit_gateway(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    ec2 = _c(account, "ec2")
    of = [{"Name": "vpc-id", "Values": [it.params["VpcId"]]}]
    table = ec2.describe_route_tables(Filters=of)["RouteTables"][0]["RouteTableId"]
    ec2.create_route(
        RouteTableId=table, DestinationCidrBlock="172.21.0.0/16", TransitGatewayId=it.params["TransitGatewayId"]
    )


@to("ec2.CreateCustomerGateway")
def our_device_on_another_gateway(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    ec2 = _c(account, "ec2")
    gateways = ec2.describe_vpn_gateways()["VpnGateways"]
    ours = {each.id for each in all_}
    other = _only([g["VpnGatewayId"] for g in gateways if g["VpnGatewayId"] not in ours and g["State"] == "available"])
    ec2.create_vpn_connection(
        Type="ipsec.1", CustomerGatewayId=it.id, VpnGatewayId=other, Options={"StaticRoutesOnly": True}
    )


@to("ec2.EnableVgwRoutePropagation", "ec2.CreateRoute", takes=True)
def table_deleted(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    ec2, table = _c(account, "ec2"), it.params["RouteTableId"]
    (about,) = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    for each in about["Associations"]:
        ec2.disassociate_route_table(AssociationId=each["RouteTableAssociationId"])
    ec2.delete_route_table(RouteTableId=table)


@to("ec2.CreateRoute", turns=True)
def route_turned_elsewhere(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    ec2 = _c(account, "ec2")
    internet = ec2.describe_internet_gateways()["InternetGateways"][0]["InternetGatewayId"]
    ec2.replace_route(
        RouteTableId=it.params["RouteTableId"], DestinationCidrBlock=it.params["DestinationCidrBlock"],
        GatewayId=internet,
    )  # fmt: skip


@to("ec2.AuthorizeSecurityGroupIngress", "ec2.CreateSecurityGroup")
def rule_of_theirs_in_the_group(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 9000, "ToPort": 9000, "IpRanges": [{"CidrIp": "172.20.0.0/16"}]}
    _c(account, "ec2").authorize_security_group_ingress(GroupId=it.params.get("GroupId") or it.id, IpPermissions=[rule])


@to("ec2.AuthorizeSecurityGroupIngress", turns=True)
def rule_edited(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    ec2 = _c(account, "ec2")
    found = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [it.params["GroupId"]]}])
    ours = [
        each for each in found["SecurityGroupRules"] if "handrail" in json.dumps(each).lower() and not each["IsEgress"]
    ]
    rule = _only(ours)
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
    ec2 = _c(account, "ec2")
    subnet = _only(ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [it.params["VpcId"]]}])["Subnets"])
    image = ec2.describe_images(Filters=[{"Name": "name", "Values": ["amzn2-ami-hvm-2*"]}])["Images"][0]["ImageId"]
    ec2.run_instances(
        ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.small", SubnetId=subnet["SubnetId"],
        SecurityGroupIds=[it.id],
    )  # fmt: skip


@to("ec2.CreateSecurityGroup")
def rule_that_names_our_group(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    ec2 = _c(account, "ec2")
    theirs = ec2.create_security_group(GroupName="theirs", Description="theirs", VpcId=it.params["VpcId"])["GroupId"]
    pair = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": [{"GroupId": it.id}]}
    ec2.authorize_security_group_ingress(GroupId=theirs, IpPermissions=[pair])


# -- machines --------------------------------------------------------------------------------------------------------


@to("ec2.RunInstances", turns=True)
def protected_from_ending(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "ec2").modify_instance_attribute(InstanceId=it.id, DisableApiTermination={"Value": True})


@to("ec2.RunInstances", mere=True)
def stopped(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "ec2").stop_instances(InstanceIds=[it.id])


@to("ec2.RunInstances")
def disk_of_theirs_attached(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    ec2 = _c(account, "ec2")
    (group,) = ec2.describe_instances(InstanceIds=[it.id])["Reservations"]
    zone = group["Instances"][0]["Placement"]["AvailabilityZone"]
    disk = ec2.create_volume(Size=8, AvailabilityZone=zone)["VolumeId"]
    ec2.attach_volume(VolumeId=disk, InstanceId=it.id, Device="/dev/sdf")


@to("ec2.AllocateAddress", "ec2.AssociateAddress", turns=True)
def address_moved_to_a_machine_of_theirs(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    ec2 = _c(account, "ec2")
    addresses = {each.get("PublicIp"): each["AllocationId"] for each in ec2.describe_addresses()["Addresses"]}
    address = it.params.get("AllocationId") or addresses[it.id]
    ours = {each.id for each in all_}
    running = [i["InstanceId"] for group in ec2.describe_instances()["Reservations"] for i in group["Instances"]]
    other = _only([each for each in running if each not in ours])
    ec2.associate_address(AllocationId=address, InstanceId=other, AllowReassociation=True)


@to("ec2.CreateImage", "ec2.CopyImage")
def image_shared_further(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "ec2").modify_image_attribute(ImageId=it.id, LaunchPermission={"Add": [{"UserId": "333333333333"}]})


@to("ec2.ModifyImageAttribute")
def image_shared_with_one_more(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "ec2").modify_image_attribute(
        ImageId=it.params["ImageId"], LaunchPermission={"Add": [{"UserId": "333333333333"}]}
    )


@to("ec2.ModifyImageAttribute", takes=True)
def image_deregistered(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "ec2").deregister_image(ImageId=it.params["ImageId"])


@to("ec2.ModifySnapshotAttribute")
def disk_shared_with_one_more(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "ec2").modify_snapshot_attribute(
        SnapshotId=it.params["SnapshotId"], Attribute="createVolumePermission", OperationType="add",
        UserIds=["333333333333"],
    )  # fmt: skip


@to("ssm.SendCommand", takes=True)
def machine_ended(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "ec2").terminate_instances(InstanceIds=list(it.params["InstanceIds"]))


# -- load balancers --------------------------------------------------------------------------------------------------


def _rule(elbv2: Any, listener: str, priority: int) -> None:
    elbv2.create_rule(
        ListenerArn=listener, Priority=priority,
        Conditions=[{"Field": "host-header", "HostHeaderConfig": {"Values": ["theirs.example.com"]}}],
        Actions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}],
    )  # fmt: skip


@to("elbv2.CreateListener")
def rule_of_theirs_on_our_listener(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _rule(_c(account, "elbv2"), it.id, 77)


@to("elbv2.CreateListener", "elbv2.ModifyListener")
def default_edited(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "elbv2").modify_listener(
        ListenerArn=it.params.get("ListenerArn") or it.id,
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}],
    )


@to("elbv2.ModifyListener", "elbv2.ModifyListenerAttributes", "elbv2.CreateRule", takes=True)
def listener_deleted(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "elbv2").delete_listener(ListenerArn=it.params["ListenerArn"])


@to("ec2.ModifyVpnTunnelOptions")
def tunnel_set_otherwise(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    """One of the options that the run changed; the others are put back all the same."""
    _c(account, "ec2").modify_vpn_tunnel_options(
        VpnConnectionId=it.params["VpnConnectionId"], VpnTunnelOutsideIpAddress=it.params["VpnTunnelOutsideIpAddress"],
        TunnelOptions={"DPDTimeoutSeconds": 90}
        if "DPDTimeoutSeconds" in it.params["TunnelOptions"]
        else {"Phase1DHGroupNumbers": [{"Value": 21}]},
    )  # fmt: skip


@to("ec2.ModifyVpnTunnelOptions", mere=True)
def another_option_set(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "ec2").modify_vpn_tunnel_options(
        VpnConnectionId=it.params["VpnConnectionId"], VpnTunnelOutsideIpAddress=it.params["VpnTunnelOutsideIpAddress"],
        TunnelOptions={"ReplayWindowSize": 512},
    )  # fmt: skip


@to("ec2.ModifyVpnTunnelOptions", takes=True)
def connection_deleted(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "ec2").delete_vpn_connection(VpnConnectionId=it.params["VpnConnectionId"])


@to("elbv2.ModifyListenerAttributes")
def attribute_edited(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    key = it.params["Attributes"][0]["Key"]
    _c(account, "elbv2").modify_listener_attributes(
        ListenerArn=it.params["ListenerArn"], Attributes=[{"Key": key, "Value": "max-age=60"}]
    )


@to("elbv2.ModifyTargetGroupAttributes")
def visitors_kept_longer(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    longer = [{"Key": "stickiness.app_cookie.duration_seconds", "Value": "172800"}]
    _c(account, "elbv2").modify_target_group_attributes(TargetGroupArn=it.params["TargetGroupArn"], Attributes=longer)


@to("elbv2.ModifyTargetGroupAttributes", mere=True)
def servers_taken_out_later(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    """Another setting of the same target group."""
    later = [{"Key": "deregistration_delay.timeout_seconds", "Value": "60"}]
    _c(account, "elbv2").modify_target_group_attributes(TargetGroupArn=it.params["TargetGroupArn"], Attributes=later)


@to("elbv2.ModifyTargetGroupAttributes", takes=True)
def target_group_deleted(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    elbv2, arn = _c(account, "elbv2"), it.params["TargetGroupArn"]
    (group,) = elbv2.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"]
    for balancer in group["LoadBalancerArns"]:
        for each in elbv2.describe_listeners(LoadBalancerArn=balancer)["Listeners"]:
            elbv2.delete_listener(ListenerArn=each["ListenerArn"])
    elbv2.delete_target_group(TargetGroupArn=arn)


@to("elbv2.CreateRule")
def rule_pointed_elsewhere(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "elbv2").modify_rule(
        RuleArn=it.id, Actions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}]
    )


@to("elbv2.CreateRule")
def rule_renumbered(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "elbv2").set_rule_priorities(RulePriorities=[{"RuleArn": it.id, "Priority": 4321}])


# -- sites -----------------------------------------------------------------------------------------------------------


def _edited_distribution(account: PracticeAccount, id_: str, **change: Any) -> None:
    cloudfront = _c(account, "cloudfront")
    found = cloudfront.get_distribution_config(Id=id_)
    cloudfront.update_distribution(
        Id=id_, IfMatch=found["ETag"], DistributionConfig={**found["DistributionConfig"], **change}
    )


@to("cloudfront.CreateDistribution", "cloudfront.CreateDistributionWithTags")
def distribution_edited(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _edited_distribution(account, it.id, Comment="theirs", HttpVersion="http2and3")


@to("cloudfront.CreateDistribution", "cloudfront.CreateDistributionWithTags", mere=True)
def distribution_switched_off(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _edited_distribution(account, it.id, Enabled=False)


def _their_distribution(account: PracticeAccount, all_: Collection[Made]) -> None:
    cloudfront = _c(account, "cloudfront")
    ours = next(each for each in all_ if each.operation.startswith("cloudfront.CreateDistribution"))
    found = cloudfront.get_distribution_config(Id=ours.id)["DistributionConfig"]
    aliases = {"Aliases": {"Quantity": 0, "Items": []}}
    cloudfront.create_distribution(
        DistributionConfig={**found, **aliases, "CallerReference": "theirs", "Comment": "theirs"}
    )


@to("cloudfront.CreateOriginAccessControl")
def access_control_used_by_theirs(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _their_distribution(account, all_)


@to("acm.RequestCertificate")
def certificate_used_by_theirs(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _their_distribution(account, all_)


def _records(account: PracticeAccount, zone: str, *changes: Mapping[str, Any]) -> None:
    _c(account, "route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": list(changes)})


@to("route53.ChangeResourceRecordSets")
def first_record_removed(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    zone, first = it.params["HostedZoneId"], it.params["ChangeBatch"]["Changes"][0]["ResourceRecordSet"]
    _records(account, zone, {"Action": "DELETE", "ResourceRecordSet": first})


@to("route53.ChangeResourceRecordSets")
def last_record_removed(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    if len(it.params["ChangeBatch"]["Changes"]) < 2:
        raise NotHere
    zone, last = it.params["HostedZoneId"], it.params["ChangeBatch"]["Changes"][-1]["ResourceRecordSet"]
    _records(account, zone, {"Action": "DELETE", "ResourceRecordSet": last})


@to("route53.ChangeResourceRecordSets", turns=True)
def first_record_pointed_elsewhere(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    zone, first = it.params["HostedZoneId"], it.params["ChangeBatch"]["Changes"][0]["ResourceRecordSet"]
    value = {"A": "198.51.100.77", "AAAA": "2001:db8::77", "CNAME": "theirs.example.com."}[first["Type"]]
    kept = {"Name": first["Name"], "Type": first["Type"], "TTL": 60, "ResourceRecords": [{"Value": value}]}
    _records(account, zone, {"Action": "UPSERT", "ResourceRecordSet": kept})


@to("route53.ChangeResourceRecordSets")
def record_beside_ours(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    first = it.params["ChangeBatch"]["Changes"][0]["ResourceRecordSet"]
    if first["Type"] == "CNAME":
        raise NotHere  # nothing may stand beside one
    theirs = {"Name": first["Name"], "Type": "TXT", "TTL": 60, "ResourceRecords": [{"Value": '"theirs"'}]}
    _records(account, it.params["HostedZoneId"], {"Action": "UPSERT", "ResourceRecordSet": theirs})


@to("route53.ChangeResourceRecordSets", takes=True)
def zone_deleted(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    route53, zone = _c(account, "route53"), it.params["HostedZoneId"]
    for record in route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]:
        if record["Type"] not in ("NS", "SOA"):
            _records(account, zone, {"Action": "DELETE", "ResourceRecordSet": record})
    route53.delete_hosted_zone(Id=zone)


# -- buckets ---------------------------------------------------------------------------------------------------------


def _policy(account: PracticeAccount, bucket: str) -> dict[str, Any]:
    s3 = _c(account, "s3")
    try:
        found: dict[str, Any] = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    except s3.exceptions.ClientError:
        return {"Version": "2012-10-17", "Statement": []}
    return found


def _write_policy(account: PracticeAccount, bucket: str, policy: Mapping[str, Any]) -> None:
    _c(account, "s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))


def _their_statement(bucket: str) -> dict[str, Any]:
    who = f"arn:aws:iam::{SECOND_ACCOUNT_ID}:root"
    return {"Sid": "Theirs", "Effect": "Allow", "Principal": {"AWS": who}, "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{bucket}/theirs/*"}  # fmt: skip


@to("s3.PutBucketPolicy", "s3.CreateBucket")
def statement_of_theirs(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    bucket = it.params["Bucket"]
    policy = _policy(account, bucket)
    _write_policy(account, bucket, {**policy, "Statement": [*policy["Statement"], _their_statement(bucket)]})


@to("s3.PutPublicAccessBlock")
def everybody_let_in_by_theirs(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    bucket = it.params["Bucket"]
    policy = _policy(account, bucket)
    theirs = {**_their_statement(bucket), "Principal": "*"}
    _write_policy(account, bucket, {**policy, "Statement": [*policy["Statement"], theirs]})


@to("s3.PutBucketPolicy", turns=True)
def our_statement_edited(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    bucket = it.params["Bucket"]
    policy = _policy(account, bucket)
    ours = _only([each for each in policy["Statement"] if "andrail" in str(each.get("Sid"))])
    resource = ours["Resource"]
    ours["Resource"] = [resource if isinstance(resource, str) else resource[0], f"arn:aws:s3:::{bucket}/theirs/*"]
    _write_policy(account, bucket, policy)


@to("s3.PutBucketPolicy")
def only_statement_left_as_no_list(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    """Somebody else's tool writes the policy with one statement, without a list around it."""
    bucket = it.params["Bucket"]
    _write_policy(account, bucket, {"Version": "2012-10-17", "Statement": _their_statement(bucket)})


@to("s3.CreateBucket")
def file_of_theirs(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    s3, bucket = _c(account, "s3"), it.params["Bucket"]
    policy = _policy(account, bucket)
    if policy["Statement"]:  # moto takes a refusal without looking at its condition
        s3.delete_bucket_policy(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="theirs.txt", Body=b"theirs")
    if policy["Statement"]:
        _write_policy(account, bucket, policy)


@to(
    "s3.PutBucketPolicy", "s3.PutBucketNotificationConfiguration", "s3.PutBucketVersioning", "s3.PutBucketWebsite",
    "s3.PutPublicAccessBlock", takes=True)  # fmt: skip
def bucket_deleted(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    s3, bucket = _c(account, "s3"), it.params["Bucket"]
    listed = s3.list_object_versions(Bucket=bucket)
    for each in listed.get("Versions", []) + listed.get("DeleteMarkers", []):
        s3.delete_object(Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"])
    s3.delete_bucket(Bucket=bucket)


@to("s3.PutBucketWebsite")
def hosting_edited(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "s3").put_bucket_website(
        Bucket=it.params["Bucket"], WebsiteConfiguration={"IndexDocument": {"Suffix": "theirs.html"}}
    )


@to("s3.PutPublicAccessBlock")
def block_edited(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    block = {**it.params["PublicAccessBlockConfiguration"]}
    block["IgnorePublicAcls"] = not block.get("IgnorePublicAcls", False)
    _c(account, "s3").put_public_access_block(Bucket=it.params["Bucket"], PublicAccessBlockConfiguration=block)


@to("s3.PutBucketVersioning", mere=True)
def versioning_paused(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "s3").put_bucket_versioning(Bucket=it.params["Bucket"], VersioningConfiguration={"Status": "Suspended"})


@to("s3.PutBucketNotificationConfiguration")
def queue_of_theirs_notified(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    s3, bucket = _c(account, "s3"), it.params["Bucket"]
    found = s3.get_bucket_notification_configuration(Bucket=bucket)
    found.pop("ResponseMetadata")
    prefix = {"Key": {"FilterRules": [{"Name": "prefix", "Value": "theirs/"}]}}
    theirs = {"Id": "theirs", "QueueArn": "arn:aws:sqs:eu-central-1:123456789012:theirs",
              "Events": ["s3:ObjectRemoved:*"], "Filter": prefix}  # fmt: skip
    queues = [*found.get("QueueConfigurations", []), theirs]
    s3.put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={**found, "QueueConfigurations": queues},
        SkipDestinationValidation=True,
    )  # fmt: skip


@to("s3.PutBucketNotificationConfiguration", turns=True)
def our_notification_edited(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    s3, bucket = _c(account, "s3"), it.params["Bucket"]
    found = s3.get_bucket_notification_configuration(Bucket=bucket)
    found.pop("ResponseMetadata")
    ours = _only([each for each in found.get("LambdaFunctionConfigurations", []) if "andrail" in each["Id"]])
    ours["Events"] = ["s3:ObjectRemoved:*"]
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=found)


# -- databases and keys ----------------------------------------------------------------------------------------------


@to("rds.CreateDBCluster", turns=True)
def cluster_protected(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "rds").modify_db_cluster(DBClusterIdentifier=it.id, DeletionProtection=True, ApplyImmediately=True)


@to("rds.CreateDBCluster")
def server_of_theirs_in_the_cluster(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "rds").create_db_instance(
        DBInstanceIdentifier="theirs-1", DBClusterIdentifier=it.id, DBInstanceClass="db.serverless",
        Engine=it.params["Engine"],
    )  # fmt: skip


@to("rds.CreateDBSubnetGroup")
def database_of_theirs_in_our_subnets(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "rds").create_db_instance(
        DBInstanceIdentifier="theirs-2", DBInstanceClass="db.t3.micro", Engine="postgres", MasterUsername="theirs",
        MasterUserPassword="not-a-password", AllocatedStorage=20, DBSubnetGroupName=it.params["DBSubnetGroupName"],
    )  # fmt: skip


@to("rds.CreateDBCluster")
def capacity_edited(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "rds").modify_db_cluster(
        DBClusterIdentifier=it.id, ServerlessV2ScalingConfiguration={"MinCapacity": 1, "MaxCapacity": 4}
    )


@to("rds.CreateDBSnapshot", "rds.CopyDBSnapshot", "rds.ModifyDBSnapshotAttribute")
def snapshot_shared_further(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    rds = _c(account, "rds")
    name = it.params.get("TargetDBSnapshotIdentifier") or it.params["DBSnapshotIdentifier"]
    try:
        rds.describe_db_snapshots(DBSnapshotIdentifier=name)
    except rds.exceptions.ClientError:
        raise NotHere from None
    rds.modify_db_snapshot_attribute(DBSnapshotIdentifier=name, AttributeName="restore", ValuesToAdd=["333333333333"])


@to("rds.ModifyDBSnapshotAttribute", takes=True)
def snapshot_deleted(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "rds").delete_db_snapshot(DBSnapshotIdentifier=it.params["DBSnapshotIdentifier"])


@to("kms.CreateKey")
def snapshot_of_theirs_with_our_key(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "rds").copy_db_snapshot(
        SourceDBSnapshotIdentifier="orders-before-summer", TargetDBSnapshotIdentifier="theirs", KmsKeyId=it.id
    )


@to("kms.CreateKey")
def alias_of_theirs_for_our_key(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "kms").create_alias(AliasName="alias/theirs", TargetKeyId=it.id)


@to("kms.CreateKey")
def key_policy_edited(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    kms = _c(account, "kms")
    policy = json.loads(kms.get_key_policy(KeyId=it.id, PolicyName="default")["Policy"])
    policy["Statement"].append(
        {
            "Sid": "Theirs",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::333333333333:root"},
            "Action": "kms:Decrypt",
            "Resource": "*",
        }
    )
    kms.put_key_policy(KeyId=it.id, PolicyName="default", Policy=json.dumps(policy))


@to("kms.CreateKey", mere=True)
def key_switched_off(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "kms").disable_key(KeyId=it.id.rpartition("/")[2])


@to("kms.CreateAlias", turns=True)
def alias_pointed_elsewhere(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    kms = _c(account, "kms")
    theirs = kms.create_key(Description="theirs")["KeyMetadata"]["KeyId"]
    kms.update_alias(AliasName=it.params["AliasName"], TargetKeyId=theirs)


# -- roles -----------------------------------------------------------------------------------------------------------


@to("iam.CreateRole")
def policy_of_theirs_on_our_role(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    may = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}}
    _c(account, "iam").put_role_policy(
        RoleName=it.params["RoleName"], PolicyName="theirs", PolicyDocument=json.dumps(may)
    )


@to("iam.CreateRole")
def managed_policy_attached_to_our_role(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    iam = _c(account, "iam")
    may = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]}
    arn = iam.create_policy(PolicyName="theirs", PolicyDocument=json.dumps(may))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=it.params["RoleName"], PolicyArn=arn)


@to("iam.CreateRole")
def our_role_in_a_profile_of_theirs(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    iam = _c(account, "iam")
    iam.create_instance_profile(InstanceProfileName="theirs")
    iam.add_role_to_instance_profile(InstanceProfileName="theirs", RoleName=it.params["RoleName"])


@to("iam.CreateRole")
def our_role_used_by_a_function_of_theirs(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    iam, functions = _c(account, "iam"), _c(account, "lambda")
    trust = iam.get_role(RoleName=it.params["RoleName"])["Role"]["AssumeRolePolicyDocument"]
    trust["Statement"].append(
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    )
    iam.update_assume_role_policy(RoleName=it.params["RoleName"], PolicyDocument=json.dumps(trust))
    arn = iam.get_role(RoleName=it.params["RoleName"])["Role"]["Arn"]
    functions.create_function(
        FunctionName="theirs", Role=arn, Runtime="python3.12", Handler="a.b", Code={"ZipFile": b"theirs"}
    )


@to("iam.PutRolePolicy")
def policy_edited(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    may = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]}
    _c(account, "iam").put_role_policy(
        RoleName=it.params["RoleName"], PolicyName=it.params["PolicyName"], PolicyDocument=json.dumps(may)
    )


@to("iam.CreateInstanceProfile")
def machine_of_theirs_with_our_profile(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    ec2 = _c(account, "ec2")
    image = ec2.describe_images(Filters=[{"Name": "name", "Values": ["amzn2-ami-hvm-2*"]}])["Images"][0]["ImageId"]
    ec2.run_instances(
        ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.small",
        IamInstanceProfile={"Name": it.params["InstanceProfileName"]},
    )  # fmt: skip


@to("iam.AddRoleToInstanceProfile")
def another_role_in_our_profile(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    iam, name = _c(account, "iam"), it.params["InstanceProfileName"]
    trust = {"Version": "2012-10-17", "Statement": []}
    iam.create_role(RoleName="theirs", AssumeRolePolicyDocument=json.dumps(trust))
    iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=it.params["RoleName"])
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName="theirs")


# -- deliveries ------------------------------------------------------------------------------------------------------


def _names_of_pipelines(account: PracticeAccount) -> list[str]:
    return [each["name"] for each in _c(account, "codepipeline").list_pipelines()["pipelines"]]


@to("codepipeline.CreatePipeline", "codepipeline.UpdatePipeline")
def pipeline_edited(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client, name = _c(account, "codepipeline"), it.id or _only(_names_of_pipelines(account))
    pipeline = client.get_pipeline(name=name)["pipeline"]
    pipeline["stages"][-1]["name"] = "Theirs"
    client.update_pipeline(pipeline=pipeline)


@to("codepipeline.UpdatePipeline", takes=True)
def pipeline_deleted(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "codepipeline").delete_pipeline(name=it.id or _only(_names_of_pipelines(account)))


@to("logs.CreateLogGroup")
def kept_longer(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "logs").put_retention_policy(logGroupName=it.params["logGroupName"], retentionInDays=365)


@to("logs.PutResourcePolicy")
def statement_beside_ours(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    document = json.loads(it.params["policyDocument"])
    theirs = {**document["Statement"][0], "Sid": "Theirs", "Principal": {"Service": "es.amazonaws.com"}}
    document["Statement"].append(theirs)
    _c(account, "logs").put_resource_policy(policyName=it.params["policyName"], policyDocument=json.dumps(document))


@to("cloudwatch.PutMetricAlarm")
def alarm_that_waits_longer(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "cloudwatch").put_metric_alarm(**{**it.params, "EvaluationPeriods": 9, "DatapointsToAlarm": 9})


@to("events.PutRule")
def target_of_theirs(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "events").put_targets(
        Rule=it.params["Name"], Targets=[{"Id": "theirs", "Arn": "arn:aws:sqs:eu-central-1:123456789012:theirs"}]
    )


@to("events.PutRule")
def pattern_edited(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "events").put_rule(Name=it.params["Name"], EventPattern=json.dumps({"source": ["theirs"]}))


@to("events.PutTargets")
def target_edited(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    target = {**it.params["Targets"][0], "Input": json.dumps({"theirs": True})}
    _c(account, "events").put_targets(Rule=it.params["Rule"], Targets=[target])


@to("cloudtrail.CreateTrail")
def trail_records_more(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "cloudtrail").put_event_selectors(
        TrailName=it.params["Name"],
        EventSelectors=[{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}],
    )


@to("cloudtrail.CreateTrail", mere=True)
def logging_stopped(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "cloudtrail").stop_logging(Name=it.params["Name"])


@to("lambda.AddPermission")
def permission_of_theirs(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "lambda").add_permission(
        FunctionName=it.params["FunctionName"], StatementId="theirs", Action="lambda:InvokeFunction",
        Principal="sns.amazonaws.com",
    )  # fmt: skip


@to("lambda.AddPermission", takes=True)
def function_deleted(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _c(account, "lambda").delete_function(FunctionName=it.params["FunctionName"])


# -- schedules -------------------------------------------------------------------------------------------------------


def _written_anew(account: PracticeAccount, it: Made, **changed: Any) -> None:
    scheduler = _c(account, "scheduler")
    found = scheduler.get_schedule(GroupName=it.params["GroupName"], Name=it.params["Name"])
    kept = (
        "Name", "GroupName", "ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "State",
        "Target", "Description",
    )  # fmt: skip
    scheduler.update_schedule(**{key: found[key] for key in kept} | changed)


@to("scheduler.CreateSchedule")
def times_edited(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _written_anew(account, it, ScheduleExpression="cron(15 6 ? * MON *)")


@to("scheduler.CreateSchedule")
def switched_off(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _written_anew(account, it, State="DISABLED")


@to("scheduler.CreateSchedule", turns=True)
def schedule_said_to_be_theirs(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _written_anew(account, it, Description="theirs")


@to("scheduler.CreateScheduleGroup")
def schedule_of_theirs_in_our_group(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    scheduler, name = _c(account, "scheduler"), it.params["Name"]
    ours = next(each for each in all_ if each.operation == "scheduler.CreateSchedule")
    found = scheduler.get_schedule(GroupName=name, Name=ours.params["Name"])
    scheduler.create_schedule(
        Name="theirs", GroupName=name, ScheduleExpression="cron(0 3 * * ? *)", FlexibleTimeWindow={"Mode": "OFF"},
        Target=found["Target"],
    )  # fmt: skip


@to("sqs.CreateQueue")
def somebody_let_into_our_queue(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    sqs, name = _c(account, "sqs"), it.params["QueueName"]
    who = {"AWS": f"arn:aws:iam::{SECOND_ACCOUNT_ID}:root"}
    statement = {"Sid": "Theirs", "Effect": "Allow", "Principal": who, "Action": "sqs:ReceiveMessage",
                 "Resource": f"arn:aws:sqs:eu-central-1:123456789012:{name}"}  # fmt: skip
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"], Attributes={"Policy": policy})


@to("sqs.CreateQueue")
def messages_kept_for_less_long(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    sqs = _c(account, "sqs")
    at = sqs.get_queue_url(QueueName=it.params["QueueName"])["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=at, Attributes={"MessageRetentionPeriod": "3600"})


@to("sqs.CreateQueue", turns=True)
def queue_tagged_as_theirs(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    sqs = _c(account, "sqs")
    at = sqs.get_queue_url(QueueName=it.params["QueueName"])["QueueUrl"]
    sqs.untag_queue(QueueUrl=at, TagKeys=["handrail:run"])
