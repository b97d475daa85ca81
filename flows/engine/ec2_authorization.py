"""What IAM asks about for each call to EC2, as `authorization` says it for all others."""

from __future__ import annotations

from collections.abc import Mapping

from .resource_types import DISK_KEYS, OUT_OF, Rule, Target, also, encrypts, given, linked, makes, on, passes

IMAGE = "arn:{partition}:ec2:{region}::image/"
SNAPSHOT = "arn:{partition}:ec2:{region}::snapshot/"
IN_EBS = encrypts(
    "ec2", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)  # fmt: skip
GATEWAY, CONNECTION = "vpn-gateway/{VpnGatewayId}", "vpn-connection/{VpnConnectionId}"
ATTACHMENT = "transit-gateway-attachment/{TransitGatewayAttachmentId}"
HUB_TABLE = "transit-gateway-route-table/{TransitGatewayRouteTableId}"
GROUP = "security-group/{GroupId}"
BY_REQUESTER = {"ec2:RequesterVpc": "{Requester}"}
PEERED = on("vpc-peering-connection/{VpcPeeringConnectionId}", ArnEquals=BY_REQUESTER)
"""A connection that the plan makes has no tag on its other side at first; who asked for it is known."""
INTO_GROUP = (*on(GROUP), Target("security-group-rule/*", when="TagSpecifications", made=True))
VENDING = (
    *("logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery"),
    *("logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups"),
)
"""What whoever lets a service write its logs needs (Site-to-Site VPN User Guide, "Site-to-Site VPN logs", 2026-11)."""
EC2: Mapping[str, Rule] = {
    "ec2.AcceptVpcPeeringConnection": (*PEERED, *on("vpc/{AcceptingVpc}")),
    "ec2.AllocateAddress": makes("elastic-ip/*"),
    "ec2.AssociateAddress": on("elastic-ip/{AllocationId}", "instance/{InstanceId}", "network-interface/*"),
    "ec2.AssociateTransitGatewayRouteTable": on(ATTACHMENT, HUB_TABLE),
    "ec2.AttachVpnGateway": on("vpc/{VpcId}", GATEWAY),
    "ec2.AuthorizeSecurityGroupEgress": INTO_GROUP,
    "ec2.AuthorizeSecurityGroupIngress": INTO_GROUP,
    "ec2.CopyImage": (
        *on("arn:{partition}:ec2:{SourceRegion}::image/{SourceImageId}"), *makes(f"{IMAGE}*", f"{SNAPSHOT}*"), *IN_EBS,
        *OUT_OF,
    ),
    "ec2.CreateCustomerGateway": makes("customer-gateway/*"),
    "ec2.CreateImage": (
        *on("instance/{InstanceId}"), *makes(f"{IMAGE}*"),
        Target(f"{SNAPSHOT}*", made=True, known_by={"ArnEquals": {"ec2:ParentVolume": "{Volumes}"}}),
    ),
    "ec2.CreateNetworkAclEntry": on("network-acl/{NetworkAclId}"),
    "ec2.CreateRoute": on("route-table/{RouteTableId}"),
    "ec2.CreateSecurityGroup": (*on("vpc/{VpcId}"), *makes("security-group/*")),
    "ec2.CreateTags": (
        Target(f"{SNAPSHOT}{{Resources}}", when="!(Resources[0])"),  # all that an image is made of
        Target("vpc-peering-connection/*", when="Resources[0]", only={"ArnEquals": BY_REQUESTER}),
    ),
    "ec2.CreateTransitGatewayRoute": on(ATTACHMENT, HUB_TABLE),
    "ec2.CreateTransitGatewayVpcAttachment": (
        *on("vpc/{VpcId}", "subnet/{SubnetIds}", "transit-gateway/{TransitGatewayId}"),
        *makes("transit-gateway-attachment/*"),
        *linked("transitgateway", "AWSServiceRoleForVPCTransitGateway"),
    ),
    "ec2.CreateVpcPeeringConnection": (
        *on("vpc/{VpcId}"),
        *makes("vpc-peering-connection/*", only={"ArnEquals": {"ec2:AccepterVpc": "{Accepter}"}}),
    ),
    "ec2.CreateVpnConnection": (
        *on("customer-gateway/{CustomerGatewayId}"), *makes("vpn-connection/*"),
        *given("vpn-gateway/{}", "VpnGatewayId"), *given("transit-gateway/{}", "TransitGatewayId"),
        Target("transit-gateway-attachment/*", when="TransitGatewayId", made=True, tags=False),
        *linked("s2svpn", "AWSServiceRoleForVPCS2SVPN", when="PreSharedKeyStorage"),
        *(each for action in VENDING for each in also(action, "*", when="Options.TunnelOptions[0].LogOptions")),
    ),
    "ec2.CreateVpnConnectionRoute": on(CONNECTION),
    "ec2.ModifyVpnTunnelOptions": (
        *on(CONNECTION), *(each for action in VENDING for each in also(action, "*", when="TunnelOptions.LogOptions")),
    ),
    "ec2.CreateVpnGateway": makes("vpn-gateway/*"),
    "ec2.DeleteCustomerGateway": on("customer-gateway/{CustomerGatewayId}"),
    "ec2.DeleteNetworkAclEntry": on("network-acl/{NetworkAclId}"),
    "ec2.DeleteRoute": on("route-table/{RouteTableId}"),
    "ec2.DeleteSecurityGroup": on(GROUP),
    "ec2.DeleteSnapshot": on(f"{SNAPSHOT}{{SnapshotId}}"),
    "ec2.DeleteTransitGatewayRoute": on(HUB_TABLE),
    "ec2.DeleteTransitGatewayVpcAttachment": on(ATTACHMENT),
    "ec2.DeleteVpcPeeringConnection": PEERED,
    "ec2.DeleteVpnConnection": on(CONNECTION),
    "ec2.DeleteVpnConnectionRoute": on(CONNECTION),
    "ec2.DeleteVpnGateway": on(GATEWAY),
    "ec2.DeregisterImage": (
        *on(f"{IMAGE}{{ImageId}}"),
        *also("ec2:DeleteSnapshot", f"{SNAPSHOT}{{ImageId}}", when="DeleteAssociatedSnapshots"),
    ),
    "ec2.DescribeImageAttribute": on(f"{IMAGE}{{ImageId}}"),
    "ec2.DescribeInstanceAttribute": on("instance/{InstanceId}"),
    "ec2.DescribeSnapshotAttribute": on(f"{SNAPSHOT}{{SnapshotId}}"),
    "ec2.DescribeVpcAttribute": on("vpc/{VpcId}"),
    "ec2.DetachVpnGateway": on("vpc/{VpcId}", GATEWAY),
    "ec2.DisableTransitGatewayRouteTablePropagation": on(ATTACHMENT, HUB_TABLE),
    "ec2.DisableVgwRoutePropagation": on("route-table/{RouteTableId}", "vpn-gateway/{GatewayId}"),
    "ec2.DisassociateAddress": on("elastic-ip/{AssociationId}", "network-interface/*"),
    "ec2.DisassociateTransitGatewayRouteTable": on(ATTACHMENT, HUB_TABLE),
    "ec2.EnableTransitGatewayRouteTablePropagation": on(ATTACHMENT, HUB_TABLE),
    "ec2.EnableVgwRoutePropagation": on("route-table/{RouteTableId}", "vpn-gateway/{GatewayId}"),
    "ec2.GetActiveVpnTunnelStatus": on(CONNECTION),
    "ec2.GetManagedPrefixListEntries": on("arn:{partition}:ec2:{region}:*:prefix-list/*"),  # AWS and others have lists
    "ec2.GetVpnConnectionDeviceSampleConfiguration": on(CONNECTION, "vpn-connection-device-type/*"),
    "ec2.DisableImage": on(f"{IMAGE}{{ImageId}}"),
    "ec2.EnableImage": on(f"{IMAGE}{{ImageId}}"),
    "ec2.ModifyImageAttribute": on(f"{IMAGE}{{ImageId}}"),
    "ec2.ModifyVpcAttribute": on("vpc/{VpcId}"),
    "ec2.ModifyVpcPeeringConnectionOptions": PEERED,
    "ec2.ModifySnapshotAttribute": on(f"{SNAPSHOT}{{SnapshotId}}"),
    "ec2.ReleaseAddress": on("elastic-ip/{AllocationId}"),
    "ec2.ReplaceRoute": on("route-table/{RouteTableId}"),
    "ec2.RevokeSecurityGroupEgress": on(GROUP),
    "ec2.RevokeSecurityGroupIngress": on(GROUP),
    "ec2.RunInstances": (
        *on(
            f"{IMAGE}{{ImageId}}", "subnet/{NetworkInterfaces[].SubnetId || SubnetId}",
            "security-group/{NetworkInterfaces[].Groups[] || SecurityGroupIds}", "network-interface/*",
        ),
        *makes("instance/*", "volume/*"),
        *given(f"{SNAPSHOT}{{}}", "BlockDeviceMappings[].Ebs.SnapshotId"),
        *passes("role/{IamInstanceProfile.Name}", "ec2", when="IamInstanceProfile"),  # set-ups name both alike
    ),
    "ec2.SearchTransitGatewayRoutes": on(HUB_TABLE),
    "ec2.StartInstances": (
        *on("instance/{InstanceIds}"), *encrypts("ec2", "kms:Decrypt", "kms:DescribeKey", at=DISK_KEYS),
    ),
    "ec2.StopInstances": on("instance/{InstanceIds}"),
    "ec2.TerminateInstances": on("instance/{InstanceIds}"),
}  # fmt: skip
