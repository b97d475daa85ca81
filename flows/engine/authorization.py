"""What IAM asks about for each API call: which actions, on which things, and what it can be told of them.

From the Service Authorization Reference (2026-11), as far as set-ups use it; the tests compare it with a copy of that
reference. An operation that is not in `RULES` is one for which AWS knows no single things.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Conditions = Mapping[str, Mapping[str, str]]

HOMES: Mapping[str, str] = {
    "s3": "arn:{partition}:s3:::", "route53": "arn:{partition}:route53:::",
    "iam": "arn:{partition}:iam::{account}:", "cloudfront": "arn:{partition}:cloudfront::{account}:",
}  # fmt: skip
"""How the ARNs of a service begin, where they name no region."""
HOME = "arn:{{partition}}:{}:{{region}}:{{account}}:"
IMAGE = "arn:{partition}:ec2:{region}::image/"
SNAPSHOT = "arn:{partition}:ec2:{region}::snapshot/"


@dataclass(frozen=True)
class Target:
    """One kind of thing that IAM asks about.

    Args:
        arn: its ARN; what stands in braces is a JMESPath into the call's parameters, or partition, account, region. It
            is completed by how the ARNs of the service begin. With a question mark, all are meant where it is missing.
        action: the IAM action, if it is not that of the operation.
        when: JMESPath into the parameters; it is asked about only if that is there.
        only: what else a request may be allowed for, by operator and condition key; with places as in `arn`.
        made: the call makes it, with the tags in its parameters.
        tags: whether AWS can be told to look at its tags.
        asked: what IAM is asked about while it is made, if not about the thing itself; "*" for no single thing.
        known_by: what else than its tags tells what was made from others afterwards, as `only`.
    """

    arn: str
    action: str = ""
    when: str = ""
    only: Conditions = field(default_factory=dict)
    made: bool = False
    tags: bool = True
    asked: str = ""
    known_by: Conditions = field(default_factory=dict)


Rule = tuple[Target, ...]


def on(*arns: str, **only: Mapping[str, str]) -> Rule:
    """Things that are there."""
    return tuple(Target(arn, only=only) for arn in arns)


def makes(*arns: str, tags: bool = True, asked: str = "", only: Conditions | None = None) -> Rule:
    """Things that the call makes."""
    return tuple(Target(arn, made=True, tags=tags, asked=asked, only=only or {}) for arn in arns)


def also(action: str, *arns: str, when: str = "", **only: Mapping[str, str]) -> Rule:
    """A further action that the call needs."""
    return tuple(Target(arn, action, when, only) for arn in arns)


def given(arn: str, path: str) -> Rule:
    """Things that are asked about only where they are named: at `path`."""
    return (Target(arn.replace("{}", f"{{{path}}}"), when=path),)


def passes(role: str, service: str, when: str = "") -> Rule:
    """A role that is handed to a service."""
    return also("iam:PassRole", role, when=when, StringEquals={"iam:PassedToService": f"{service}.amazonaws.com"})


def linked(service: str, role: str, when: str = "") -> Rule:
    """A role that AWS makes for a service, where the account has not used it so far."""
    arn = f"role/aws-service-role/{service}.amazonaws.com/{role}"
    name = {"iam:AWSServiceName": f"{service}.amazonaws.com"}
    return also("iam:CreateServiceLinkedRole", arn, when=when, StringEquals=name)


def encrypts(service: str, *actions: str, at: str = "KmsKeyId", through: str = "") -> Rule:
    """The keys with which a service encrypts or decrypts, for whoever calls; grants for AWS's own services alone.

    Args:
        service: the service, as KMS calls it.
        actions: what it does with them beside making grants.
        at: where in the parameters they stand, or in what else is known of the call.
        through: the whole name of the service, if it is not the one of that region.
    """
    via, key = {"kms:ViaService": through or f"{service}.{{region}}.amazonaws.com"}, f"key/{{{at}}}"
    grant = also("kms:CreateGrant", key, when=at, StringEquals=via, Bool={"kms:GrantIsForAWSResource": "true"})
    used = (also(action, key, when=at, StringEquals=via) for action in actions)
    return (*grant, *(each for one in used for each in one))


TAGGING: Mapping[str, str] = {
    "ec2": "ec2:CreateTags", "elbv2": "elasticloadbalancing:AddTags", "rds": "rds:AddTagsToResource",
    "acm": "acm:AddTagsToCertificate", "cloudfront": "cloudfront:TagResource", "kms": "kms:TagResource",
    "logs": "logs:TagResource", "codecommit": "codecommit:TagResource", "codepipeline": "codepipeline:TagResource",
    "events": "events:TagResource", "cloudtrail": "cloudtrail:AddTags", "scheduler": "scheduler:TagResource",
    "codeconnections": "codeconnections:TagResource", "sqs": "sqs:TagQueue", "cloudwatch": "cloudwatch:TagResource",
}  # fmt: skip
"""The action that a service asks for besides when something is made with tags."""
WHILE_MAKING: Mapping[str, str] = {"ec2": "ec2:CreateAction", "elbv2": "elasticloadbalancing:CreateAction"}
"""Services that can be told to allow tagging only while a thing is made."""

IN_RDS = encrypts("rds", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey")
IN_EBS = encrypts(
    "ec2", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)  # fmt: skip
SOURCE_KEYS, SOURCE_THROUGH, DISK_KEYS = "SourceKeys", "SourceThrough", "DiskKeys"
"""What is known of a call besides its parameters: with which keys of one's own that is encrypted which it copies or
starts, and through which service they are used."""
OUT_OF = encrypts(
    "", "kms:Decrypt", "kms:DescribeKey", "kms:ReEncryptFrom", at=SOURCE_KEYS, through=f"{{{SOURCE_THROUGH}}}"
)
"""Amazon EBS User Guide, "Copy an Amazon EBS snapshot", and Amazon RDS User Guide, "Copying a DB snapshot", 2026-11."""
GATEWAY, CONNECTION = "vpn-gateway/{VpnGatewayId}", "vpn-connection/{VpnConnectionId}"
ATTACHMENT = "transit-gateway-attachment/{TransitGatewayAttachmentId}"
HUB_TABLE = "transit-gateway-route-table/{TransitGatewayRouteTableId}"
GROUP = "security-group/{GroupId}"
BY_REQUESTER = {"ec2:RequesterVpc": "{Requester}"}
PEERED = on("vpc-peering-connection/{VpcPeeringConnectionId}", ArnEquals=BY_REQUESTER)
"""A connection that the plan makes has no tag on its other side at first; who asked for it is known."""
INTO_GROUP = (*on(GROUP), Target("security-group-rule/*", when="TagSpecifications", made=True))
PROFILE, ROLE = "instance-profile/{InstanceProfileName}", "role/{RoleName}"
SOME_ROLE = on(ROLE, "role/*/{RoleName}")  # a name is unique, and does not tell the path before it
LISTENER, RULE = "listener/{ListenerArn}", "listener-rule/{RuleArn}"
CLUSTER, INSTANCE, SUBNETS = "cluster:{DBClusterIdentifier}", "db:{DBInstanceIdentifier}", "subgrp:{DBSubnetGroupName}"
GLOBAL_CLUSTER = "arn:{partition}:rds::{account}:global-cluster:{}"
OF_CLUSTER, OF_INSTANCE = "cluster-snapshot:{DBClusterSnapshotIdentifier}", "snapshot:{DBSnapshotIdentifier}"
SECRET = "secret:rds!cluster-*"  # noqa: S105 - how RDS begins the names of secrets that it manages
LOG = ("log-group:{logGroupName}", "log-group:{logGroupName}:*")  # CloudWatch Logs knows both, by the action
VENDING = (
    *("logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery"),
    *("logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups"),
)
"""What whoever lets a service write its logs needs (Site-to-Site VPN User Guide, "Site-to-Site VPN logs", 2026-11)."""
FUNCTION = ("function:{FunctionName}", "function:{FunctionName}:*")
SCHEDULE, SCHEDULES = "schedule/{GroupName}/{Name}", "schedule-group/{Name}"
PIPELINE, EVENT_RULE = "{name}", "rule/{Name}"
BUCKET, FILES = on("{Bucket}"), "{Bucket}/*"
LISTED = also("s3:ListBucket", "{Bucket}")  # without it a file that is not there is told as forbidden
RECORDS = {
    "ForAllValues:StringLike": {
        "route53:ChangeResourceRecordSetsNormalizedRecordNames": "{ChangeBatch.Changes[].ResourceRecordSet.Name}",
    },
    "ForAllValues:StringEquals": {
        "route53:ChangeResourceRecordSetsRecordTypes": "{ChangeBatch.Changes[].ResourceRecordSet.Type}",
    },
}

RULES: Mapping[str, Rule] = {
    # -- EC2
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
    # -- load balancers
    "elbv2.CreateListener": makes("listener/{LoadBalancerArn}/*", asked="loadbalancer/{LoadBalancerArn}"),
    "elbv2.CreateRule": makes("listener-rule/{ListenerArn}/*", asked=LISTENER),
    "elbv2.DeleteListener": on(LISTENER),
    "elbv2.DeleteRule": on(RULE),
    "elbv2.ModifyListener": on(LISTENER),
    "elbv2.ModifyListenerAttributes": on(LISTENER),
    "elbv2.ModifyRule": on(RULE),
    "elbv2.ModifyTargetGroupAttributes": on("targetgroup/{TargetGroupArn}"),
    "elbv2.SetRulePriorities": on("listener-rule/{RulePriorities[].RuleArn}"),
    # -- certificates, CloudFront, names
    "acm.DeleteCertificate": on("certificate/{CertificateArn}"),
    "acm.DescribeCertificate": on("certificate/{CertificateArn}"),
    "acm.RequestCertificate": makes(
        "certificate/*", asked="*", only={
            "StringEquals": {"acm:ValidationMethod": "{ValidationMethod}"},
            "ForAllValues:StringEquals": {"acm:DomainNames": "{[DomainName, SubjectAlternativeNames][]}"},
        },
    ),
    "cloudfront.CreateDistribution": makes("distribution/*", asked="*"),
    "cloudfront.CreateDistributionWithTags": makes("distribution/*", asked="*"),
    "cloudfront.CreateOriginAccessControl": makes("origin-access-control/*", tags=False, asked="*"),
    "cloudfront.DeleteDistribution": on("distribution/{Id}"),
    "cloudfront.DeleteOriginAccessControl": on("origin-access-control/{Id}"),
    "cloudfront.GetDistribution": on("distribution/{Id}"),
    "cloudfront.GetDistributionConfig": on("distribution/{Id}"),
    "cloudfront.GetOriginAccessControl": on("origin-access-control/{Id}"),
    "cloudfront.ListTagsForResource": on("{Resource}"),
    "cloudfront.UpdateDistribution": on("distribution/{Id}"),
    **{
        f"route53.{operation}": on("hostedzone/{HostedZoneId}")
        for operation in (
            "AssociateVPCWithHostedZone", "DisassociateVPCFromHostedZone", "CreateVPCAssociationAuthorization",
            "DeleteVPCAssociationAuthorization", "ListVPCAssociationAuthorizations",
        )
    },
    "route53.ChangeResourceRecordSets": on("hostedzone/{HostedZoneId}", **RECORDS),
    "route53.GetHostedZone": on("hostedzone/{Id}"),
    "route53.ListResourceRecordSets": on("hostedzone/{HostedZoneId}"),
    "route53.ListTagsForResource": on("{ResourceType}/{ResourceId}"),
    # -- databases
    "rds.CopyDBClusterSnapshot": (
        *on("cluster-snapshot:{SourceDBClusterSnapshotIdentifier}"),
        *makes("cluster-snapshot:{TargetDBClusterSnapshotIdentifier}"), *IN_RDS, *OUT_OF,
    ),
    "rds.CopyDBSnapshot": (
        *on("snapshot:{SourceDBSnapshotIdentifier}"), *makes("snapshot:{TargetDBSnapshotIdentifier}"), *IN_RDS,
        *OUT_OF,
    ),
    "rds.CreateDBCluster": (
        *makes(CLUSTER), *on(SUBNETS, "cluster-pg:default.*", "og:default:*"), *IN_RDS,
        *given("db:*", "DBClusterInstanceClass"), *given(GLOBAL_CLUSTER, "GlobalClusterIdentifier"),
        *linked("rds", "AWSServiceRoleForRDS"),
        *also("secretsmanager:CreateSecret", SECRET, when="ManageMasterUserPassword"),
        *also("secretsmanager:TagResource", SECRET, when="ManageMasterUserPassword"),
        *also("kms:DescribeKey", "key/*", when="ManageMasterUserPassword"),
    ),
    "rds.CreateDBClusterSnapshot": (*on(CLUSTER), *makes(OF_CLUSTER)),
    "rds.CreateDBInstance": (
        *makes(INSTANCE), *on(CLUSTER, "pg:default.*", "og:default:*"), *given("subgrp:{}", "DBSubnetGroupName"),
    ),
    "rds.CreateDBSnapshot": (*on(INSTANCE), *makes(OF_INSTANCE)),
    "rds.CreateDBSubnetGroup": makes(SUBNETS),
    "rds.DeleteDBCluster": (
        *on(CLUSTER), Target("cluster-snapshot:{FinalDBSnapshotIdentifier}", when="FinalDBSnapshotIdentifier"),
        *also("rds:CreateDBClusterSnapshot", CLUSTER, when="FinalDBSnapshotIdentifier"),
        *also(
            "rds:CreateDBClusterSnapshot", "cluster-snapshot:{FinalDBSnapshotIdentifier}",
            when="FinalDBSnapshotIdentifier",
        ),
        *also(
            "rds:AddTagsToResource", "cluster-snapshot:{FinalDBSnapshotIdentifier}", when="FinalDBSnapshotIdentifier"
        ),
    ),
    "rds.DeleteDBClusterSnapshot": on(OF_CLUSTER),
    "rds.DeleteDBInstance": on(INSTANCE),
    "rds.DeleteDBSnapshot": on(OF_INSTANCE),
    "rds.DeleteDBSubnetGroup": on(SUBNETS),
    "rds.DescribeDBClusterParameters": on("cluster-pg:{DBClusterParameterGroupName}"),
    "rds.DescribeDBClusterSnapshotAttributes": on(OF_CLUSTER),
    "rds.DescribeDBClusterSnapshots": on(
        "cluster:{DBClusterIdentifier?}", "cluster-snapshot:{DBClusterSnapshotIdentifier?}"
    ),
    "rds.DescribeDBClusters": on("cluster:{DBClusterIdentifier?}"),
    "rds.DescribeDBInstances": on("db:{DBInstanceIdentifier?}"),
    "rds.DescribeDBProxies": on("db-proxy:*"),
    "rds.DescribeDBProxyTargets": on("db-proxy:*", "target-group:*"),
    "rds.DescribeDBSnapshotAttributes": on(OF_INSTANCE),
    "rds.DescribeDBSnapshots": on("db:{DBInstanceIdentifier?}", "snapshot:{DBSnapshotIdentifier?}"),
    "rds.DescribeDBSubnetGroups": on("subgrp:{DBSubnetGroupName?}"),
    "rds.DescribeGlobalClusters": on(GLOBAL_CLUSTER.replace("{}", "*")),
    "rds.DescribeIntegrations": on("integration:*"),
    "rds.DescribeOptionGroups": on("og:*"),
    "rds.ListTagsForResource": on("{ResourceName}"),
    "rds.ModifyDBCluster": (
        *on(CLUSTER), *given("cluster-pg:{}", "DBClusterParameterGroupName"), *given("og:{}", "OptionGroupName"),
        *given("pg:{}", "DBInstanceParameterGroupName"),
    ),
    "rds.ModifyDBClusterSnapshotAttribute": on(OF_CLUSTER),
    "rds.ModifyDBSnapshotAttribute": on(OF_INSTANCE),
    "rds-data.ExecuteStatement": (
        *on("arn:{partition}:rds:{region}:{account}:cluster:{resourceArn}"),
        *also(
            "secretsmanager:GetSecretValue", SECRET,
            StringEquals={"secretsmanager:ResourceTag/aws:rds:primaryDBClusterArn": "{resourceArn}"},
        ),
    ),
    # -- keys
    "kms.CreateAlias": on("{AliasName}", "key/{TargetKeyId}"),
    "kms.CreateKey": makes("key/*", asked="*"),
    "kms.DeleteAlias": on("{AliasName}", "key/{TargetKeyId}"),
    "kms.DescribeKey": on("key/{KeyId}"),
    "kms.DisableKey": on("key/{KeyId}"),
    "kms.EnableKey": on("key/{KeyId}"),
    "kms.EnableKeyRotation": on("key/{KeyId}"),
    "kms.GetKeyPolicy": on("key/{KeyId}"),
    "kms.GetKeyRotationStatus": on("key/{KeyId}"),
    "kms.ListGrants": on("key/{KeyId}"),
    "kms.ListResourceTags": on("key/{KeyId}"),
    "kms.PutKeyPolicy": on("key/{KeyId}"),
    "kms.ScheduleKeyDeletion": on(
        "key/{KeyId}",
        NumericEquals={"kms:ScheduleKeyDeletionPendingWindowInDays": "{PendingWindowInDays}"},
    ),
    # -- roles
    "iam.AddRoleToInstanceProfile": (*on(PROFILE), *passes(ROLE, "ec2")),
    "iam.CreateInstanceProfile": (
        *makes(PROFILE), Target(PROFILE, "iam:TagInstanceProfile", made=True),
    ),
    "iam.CreateRole": (*makes(ROLE), Target(ROLE, "iam:TagRole", made=True)),
    "iam.DeleteInstanceProfile": on(PROFILE),
    "iam.DeleteRole": on(ROLE),
    "iam.DeleteRolePolicy": on(ROLE),
    "iam.GetInstanceProfile": on(PROFILE),
    "iam.GetPolicy": on("policy/{PolicyArn}"),
    "iam.GetPolicyVersion": on("policy/{PolicyArn}"),
    "iam.GetRole": SOME_ROLE,
    "iam.GetRolePolicy": SOME_ROLE,
    "iam.ListAttachedRolePolicies": SOME_ROLE,
    "iam.ListInstanceProfilesForRole": SOME_ROLE,
    "iam.ListRolePolicies": SOME_ROLE,
    "iam.ListRoleTags": SOME_ROLE,
    "iam.PutRolePolicy": on(ROLE),
    "iam.RemoveRoleFromInstanceProfile": on(PROFILE),
    "iam.SimulatePrincipalPolicy": on("role/*", "user/*"),  # of whoever holds the policy, which is not known here
    # -- S3
    "s3.CreateBucket": (
        *BUCKET, *also("s3:PutBucketOwnershipControls", "{Bucket}", when="ObjectOwnership"),
        *also("s3:TagResource", "{Bucket}", when="CreateBucketConfiguration.Tags"),
    ),
    **dict.fromkeys(
        (
            f"s3.{name}"
            for name in (
                "DeleteBucket", "DeleteBucketPolicy", "DeleteBucketWebsite", "DeletePublicAccessBlock",
                "GetBucketEncryption", "GetBucketLifecycleConfiguration", "GetBucketNotificationConfiguration",
                "GetBucketPolicy", "GetBucketPolicyStatus", "GetBucketRequestPayment", "GetBucketTagging",
                "GetBucketVersioning",
                "GetBucketWebsite", "GetPublicAccessBlock", "HeadBucket", "ListObjectVersions", "ListObjectsV2",
                "PutBucketLifecycleConfiguration", "PutBucketNotificationConfiguration", "PutBucketPolicy",
                "PutBucketTagging", "PutBucketVersioning", "PutBucketWebsite", "PutPublicAccessBlock",
            )
        ),
        BUCKET,
    ),
    "s3.DeleteObjects": (*on(FILES), *also("s3:DeleteObjectVersion", FILES)),
    "s3.HeadObject": (*on("{Bucket}/{Key}"), *LISTED),
    # -- pipelines
    "codebuild.BatchGetBuilds": on("project/{ids}"),
    "codebuild.BatchGetProjects": on("project/{names}"),
    "codebuild.CreateProject": (*makes("project/{name}"), *passes("role/{serviceRole}", "codebuild")),
    "codebuild.DeleteProject": on("project/{name}"),
    "codecommit.CreateRepository": makes("{repositoryName}"),
    "codecommit.DeleteRepository": on("{repositoryName}"),
    "codecommit.GetRepository": on("{repositoryName}"),
    "codecommit.ListBranches": on("{repositoryName}"),
    "codecommit.ListTagsForResource": on("{resourceArn}"),
    "codeconnections.CreateConnection": makes("connection/*", asked="*"),
    "codeconnections.DeleteConnection": on("connection/{ConnectionArn}"),
    "codeconnections.GetConnection": on("connection/{ConnectionArn}"),
    "codeconnections.ListConnections": on("connection/*"),
    "codeconnections.ListTagsForResource": on("connection/{ResourceArn}"),
    "codepipeline.CreatePipeline": (
        *makes("{pipeline.name}"), *passes("role/{pipeline.roleArn}", "codepipeline"),
        *also(
            "codeconnections:PassConnection",
            "connection/{pipeline.stages[].actions[].configuration.ConnectionArn}",
            when="pipeline.stages[].actions[].configuration.ConnectionArn",
            StringEquals={"codeconnections:PassedToService": "codepipeline.amazonaws.com"},
        ),
    ),
    "codepipeline.DeletePipeline": on(PIPELINE),
    "codepipeline.GetPipeline": on(PIPELINE),
    "codepipeline.GetPipelineState": on(PIPELINE),
    "codepipeline.ListPipelineExecutions": on("{pipelineName}"),
    "codepipeline.ListTagsForResource": on("{resourceArn}"),
    "codepipeline.StartPipelineExecution": on(PIPELINE),
    "codepipeline.UpdatePipeline": (*on("{pipeline.name}"), *passes("role/{pipeline.roleArn}", "codepipeline")),
    "logs.CreateLogGroup": (*makes(LOG[0]), *on(LOG[1])),
    "logs.DeleteLogGroup": on(*LOG),
    "logs.DescribeLogStreams": on(*LOG),
    "logs.GetLogEvents": on(*LOG),
    "logs.ListTagsForResource": on("log-group:{resourceArn}"),
    "logs.PutRetentionPolicy": on(*LOG),
    "cloudwatch.DeleteAlarms": on("alarm:{AlarmNames}"),
    "cloudwatch.DescribeAlarms": on("alarm:{AlarmNames?}"),
    "cloudwatch.ListTagsForResource": on("alarm:{ResourceARN}"),
    "cloudwatch.PutMetricAlarm": makes("alarm:{AlarmName}"),
    # -- events, trails, functions, queues, machines
    "events.DeleteRule": on(EVENT_RULE),
    "events.DescribeRule": on(EVENT_RULE),
    "events.DisableRule": on(EVENT_RULE),
    "events.EnableRule": on(EVENT_RULE),
    "events.ListTagsForResource": on("rule/{ResourceARN}"),
    "events.ListTargetsByRule": on("rule/{Rule}"),
    "events.PutRule": makes(EVENT_RULE),
    "events.PutTargets": (
        *on("rule/{Rule}", ArnEquals={"events:TargetArn": "{Targets[].Arn}"}),
        *passes("role/{Targets[].RoleArn}", "events", when="Targets[].RoleArn"),
    ),
    "events.RemoveTargets": on("rule/{Rule}"),
    "cloudtrail.CreateTrail": makes("trail/{Name}"),
    "cloudtrail.DeleteTrail": on("trail/{Name}"),
    "cloudtrail.GetEventSelectors": on("trail/{TrailName}"),
    "cloudtrail.GetTrailStatus": on("trail/{Name}"),
    "cloudtrail.ListTags": on("trail/{ResourceIdList}"),
    "cloudtrail.PutEventSelectors": on("trail/{TrailName}"),
    "cloudtrail.StartLogging": on("trail/{Name}"),
    "lambda.AddPermission": on(*FUNCTION, StringEquals={"lambda:Principal": "{Principal}"}),
    "lambda.DeleteFunctionConcurrency": on(*FUNCTION),
    "lambda.GetEventSourceMapping": on("event-source-mapping:{UUID}"),
    "lambda.GetFunctionConcurrency": on(*FUNCTION),
    "lambda.GetFunctionConfiguration": on(*FUNCTION),
    "lambda.GetPolicy": on(*FUNCTION),
    "lambda.ListAliases": on(*FUNCTION),
    "lambda.ListTags": on("{Resource}"),
    "lambda.PutFunctionConcurrency": on(*FUNCTION),
    "lambda.RemovePermission": on(*FUNCTION),
    "lambda.UpdateEventSourceMapping": on("event-source-mapping:{UUID}"),
    "scheduler.CreateSchedule": (*on(SCHEDULE), *passes("role/{Target.RoleArn}", "scheduler")),
    "scheduler.CreateScheduleGroup": makes(SCHEDULES),
    "scheduler.DeleteSchedule": on(SCHEDULE),
    "scheduler.DeleteScheduleGroup": on(SCHEDULES),
    "scheduler.GetSchedule": on(SCHEDULE),
    "scheduler.GetScheduleGroup": on(SCHEDULES),
    "scheduler.ListTagsForResource": on("schedule-group/{ResourceArn}"),
    "scheduler.UpdateSchedule": (*on(SCHEDULE), *passes("role/{Target.RoleArn}", "scheduler")),
    "sns.GetTopicAttributes": on("{TopicArn}"),
    "sqs.CreateQueue": makes("{QueueName}"),
    "sqs.DeleteQueue": on("{QueueUrl}"),
    "sqs.GetQueueAttributes": on("{QueueUrl}"),
    "sqs.GetQueueUrl": on("{QueueName}"),
    "sqs.ListQueueTags": on("{QueueUrl}"),
    "ssm.GetParameter": on("arn:{partition}:ssm:{region}:*:parameter{Name}"),  # AWS's own have no account
    "ssm.SendCommand": (
        *on(
            "arn:{partition}:ssm:{region}:*:document/{DocumentName}",
            "arn:{partition}:ec2:{region}:{account}:instance/{InstanceIds}",
        ),
        *given("arn:{partition}:s3:::{}", "OutputS3BucketName"),
    ),
    "service-quotas.GetServiceQuota": on("{ServiceCode}/{QuotaCode}"),
}  # fmt: skip
"""Operation → what IAM asks about."""
